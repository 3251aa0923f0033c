"""Installation links: the way in for a shop without the App Store. Staff make one, signed and with an end; the merchant
opens it, and gives the keys that were made by hand in the shop."""

import time
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting.connectors import SYSTEMS
from integrations.models import User

SALT = "installation-link"
DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """Whom a link was made for, and for which accounting system if that was said. A link may be passed on, so only who
    reads that e-mail address can use it."""

    email: str
    system: str

    def is_for(self, user: User) -> bool:
        return EmailAddress.objects.filter(user=user, verified=True, email__iexact=self.email).exists()

    @property
    def masked_email(self) -> str:
        return masked(self.email)


def masked(email: str) -> str:
    """Enough to recognise an address of one's own."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


class NotValid(Exception):
    """The link was not made here, or not like this; or ``is_expired``."""

    def __init__(self, *, is_expired: bool) -> None:
        super().__init__("expired" if is_expired else "not a link of ours")
        self.is_expired = is_expired


def make(email: str, system: str = "", days: int | None = None) -> str:
    """The address of a link for this person, which can be used for so many days."""
    until = int(time.time()) + DAY * (settings.INSTALLATION_LINK_DAYS if days is None else days)
    token = signing.dumps({"email": email, "system": system, "until": until}, salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('install-link', args=[token])}"


def read(token: str) -> Invitation:
    """The invitation in a link. Raises ``NotValid``."""
    try:
        given = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotValid(is_expired=False) from error
    if given["until"] < time.time():
        raise NotValid(is_expired=True)
    return Invitation(email=given["email"], system=given["system"])


class KeysForm(forms.Form):
    """The address of a shop and the two keys that its owner made there."""

    address = forms.CharField(
        label=_("Address of the webshop"),
        max_length=200,
        help_text=_("For example www.yourshop.nl"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
    )
    api_public = forms.CharField(
        label=_("Public key"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    api_secret = forms.CharField(
        label=_("Secret key"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is kept encrypted and never shown again."),
    )


def fault(code: str) -> tuple[str, Any]:
    """Which field of the form a refused handshake is about, and what to do."""
    if code == "api_root_refused":
        return "address", gettext(
            "There is no shop at this address. Copy the address of your shop from your browser, like www.yourshop.nl."
        )
    if code == "keys_in_use":
        return "api_public", gettext("These keys are in use already. Make a new pair in the shop.")
    return "api_public", gettext("A key holds letters, digits and signs only. Copy both once more.")


class LinkForm(forms.Form):
    """What staff say of a new installation link."""

    email = forms.EmailField(label=_("E-mail address of the merchant"))
    system = forms.ChoiceField(
        label=_("Accounting system"),
        choices=[("", _("the merchant chooses")), *((name, system.label) for name, system in SYSTEMS.items())],
        required=False,
    )
    days = forms.IntegerField(label=_("Days that the link can be used"), min_value=1, max_value=90)
