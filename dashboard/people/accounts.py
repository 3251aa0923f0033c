"""How an account comes into being: an e-mail address is all it takes, the password is chosen through a link.

django-allauth does the work (https://docs.allauth.org/en/latest/account/adapter.html); this says what its e-mails hold
and in which language they are, and sees to it that the installation goes on in whichever browser a link is opened.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url, user_pk_to_url_str
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.conf import settings
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from integrations.models import User
from integrations.trial import trial_ends
from webshop import handshakes

from ..views.preferences import keep

DAY = 24 * 3600


class Site(NamedTuple):
    """What allauth's e-mails say of where they come from."""

    domain: str
    name: str


class Adapter(DefaultAccountAdapter):
    """Where this program differs from allauth's defaults."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The language of the page is that of the person from now on, and the shop that brought them waits for them."""
        user.language = translation.get_language() or ""
        super().save_user(request, user, form, commit)
        handshakes.claim(request.session.get("handshake"), user)
        return user

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        if signup:
            self.send_registration(request, emailconfirmation.email_address.user)
        else:
            super().send_confirmation_mail(request, emailconfirmation, signup)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Who signs up again without ever having chosen a password has lost the first e-mail, and gets it again."""
        address = EmailAddress.objects.filter(email__iexact=email, verified=False).select_related("user").first()
        if address is None or address.user.has_usable_password():
            super().send_account_already_exists_mail(email)
        else:
            handshakes.claim(self.request.session.get("handshake"), address.user)
            self.send_registration(self.request, address.user)

    def send_registration(self, request: HttpRequest, user: User) -> None:
        """User name, the address to log in at, the end of the trial, and a link that works once; never a password."""
        context = {
            "user": user,
            "public_url": settings.PUBLIC_URL,
            "trial_ends": trial_ends(timezone.now()),
            "password_url": self.password_url(request, user),
            "days": settings.PASSWORD_RESET_TIMEOUT // DAY,
            "handshake": handshakes.waiting(request.session.get("handshake"), user),
        }
        self.send_mail("account/email/email_confirmation_signup", user.email, context)

    def password_url(self, request: HttpRequest, user: User) -> str:
        """A single-use link to choose the password, which goes on to where the person was."""
        key = f"{user_pk_to_url_str(user)}-{forms.default_token_generator.make_token(user)}"
        following = get_next_redirect_url(request)
        query = f"?{urlencode({'next': following})}" if following else ""
        return f"{self.get_reset_password_from_key_url(key)}{query}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person whose address it is; to a stranger in that of the page. Its links lead to our
        own address, whatever the request called us: that may be anybody's words."""
        host = urlsplit(settings.PUBLIC_URL).netloc
        links = {name: at_public_url(link) for name, link in context.items() if name.endswith("_url")}
        context = {**context, **links, "current_site": Site(host, host)}
        person = context.get("user") or User.objects.filter(emailaddress__email__iexact=email).first()
        with translation.override(getattr(person, "language", "") or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """On with the installation, for somebody who has nothing else yet."""
        has_one = request.user.memberships.exists()
        waits = not has_one and handshakes.waiting(request.session.get("handshake"), request.user)
        return reverse("install") if waits else super().get_login_redirect_url(request)

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        """A browser in which no language was chosen takes over the person's."""
        answer = super().post_login(request, user, **how)
        if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            keep(answer, settings.LANGUAGE_COOKIE_NAME, user.language)
        return answer


def at_public_url(link: str) -> str:
    public = urlsplit(settings.PUBLIC_URL)
    return urlsplit(link)._replace(scheme=public.scheme, netloc=public.netloc).geturl()


class SignupForm(forms.SignupForm):
    """An e-mail address and nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password1"]


class ChoosePasswordForm(forms.ResetPasswordKeyForm):
    """Whoever has the link out of our e-mail reads that address: choosing the password verifies it."""

    def save(self) -> None:
        super().save()
        for address in EmailAddress.objects.filter(user=self.user, email__iexact=self.user.email, verified=False):
            address.set_verified()


class AddPasskeyForm(AddWebAuthnForm):
    """With a label that can be translated, which allauth's field has not."""

    name = CharField(label=_("Name"), required=False)


class EditPasskeyForm(EditWebAuthnForm):
    """With a label that can be translated, which allauth's field has not."""

    name = CharField(label=_("Name"))
