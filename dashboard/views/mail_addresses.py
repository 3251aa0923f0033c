"""E-mails: extra addresses and their confirmation, one's own choice of digest, and the way out of all of them."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.models import Digest, MailAddress, Member, Role

from .. import access, tasks
from ..people import mail_addresses as addresses
from ..people import recipients
from ..people.unasked import Refusal


class ChoiceForm(forms.Form):
    """What an address gets, and in which language."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    digest = forms.ChoiceField(label=_("E-mails"), choices=list(recipients.SHORT.items()))


class AddressForm(ChoiceForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    field_order = ("email", "digest", "language")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def to_addresses(licence_key: str) -> HttpResponse:
    return redirect(reverse("profile-of", args=[licence_key]) + "#addresses")


@require_POST
def mail_addresses(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Add an address."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    form = AddressForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Not added: that is not an e-mail address with a language and a choice."))
        return to_addresses(licence_key)
    given = form.cleaned_data
    try:
        made = addresses.add(integration, given["email"], given["language"], given["digest"], request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        send_check(request, made)
    return to_addresses(licence_key)


def send_check(request: HttpRequest, address: MailAddress) -> None:
    if tasks.ask(tasks.mail_address_check, address.pk):
        text = gettext("%(email)s gets an e-mail with a link to confirm the address. Until then it gets nothing else.")
        messages.success(request, text % {"email": address.email})
    else:
        messages.warning(request, gettext("The e-mail could not be sent just now. Send it again in a minute."))


@require_POST
def mail_address(request: HttpRequest, licence_key: str, address_id: int) -> HttpResponse:
    """Another language or choice; with ``remove`` the end of it, with ``ask`` the question once more."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    address = get_object_or_404(integration.mail_addresses.select_related("integration"), pk=address_id)
    form = ChoiceForm(request.POST)
    if "remove" in request.POST:
        addresses.remove(address, request.user)
        messages.success(request, gettext("%(email)s was removed.") % {"email": address.email})
    elif "ask" in request.POST:
        try:
            addresses.ask_again(address, request.user)
            send_check(request, address)
        except Refusal as refusal:
            messages.error(request, str(refusal))
    elif form.is_valid():
        addresses.change(address, form.cleaned_data["language"], form.cleaned_data["digest"], request.user)
        messages.success(request, gettext("Saved for %(email)s.") % {"email": address.email})
    else:
        messages.error(request, gettext("Nothing was changed: choose a language and what it gets."))
    return to_addresses(licence_key)


@login_not_required
@never_cache
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since mail programs open links by themselves; POST confirms. Nobody has to log in."""
    address = addresses.read(token)
    if address is None:
        return render(request, "dashboard/address_refused.html", status=403)
    if request.method == "POST":
        addresses.verify(address)
        return redirect("address-verify", token)
    with translation.override(address.language):
        return render(request, "dashboard/address_verify.html", {"address": address})


@require_POST
def digest(request: HttpRequest, licence_key: str) -> HttpResponse:
    """What the reader gets of this integration."""
    integration = access.integration_for(request.user, licence_key)
    chosen = request.POST.get("digest", "")
    if chosen in Digest.values:
        recipients.choose(integration.members.get(user=request.user), Digest(chosen))
        messages.success(request, gettext("Saved: what you get by e-mail."))
    else:
        messages.error(request, gettext("Nothing was changed: choose one."))
    return redirect(reverse("profile-of", args=[licence_key]) + "#mails")


@csrf_exempt
@login_not_required
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """No e-mails any more: by one click of a mail program (https://www.rfc-editor.org/rfc/rfc8058), which has neither
    session nor page, or by the button here; and another choice, here as well. The link is the proof."""
    row = recipients.row_of(token)
    if row is None:
        return render(request, "dashboard/unsubscribe_refused.html", status=404)
    if request.method == "POST":
        chosen = request.POST.get("digest", Digest.NEVER)
        recipients.choose(row, Digest(chosen) if chosen in Digest.values else Digest.NEVER)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=200)
        return redirect("unsubscribe", token)
    with translation.override(language_of(row)):
        is_owner = isinstance(row, Member) and row.role == Role.OWNER
        context = {"row": row, "choices": recipients.CHOICES.items(), "is_owner": is_owner}
        return render(request, "dashboard/unsubscribe.html", context)


def language_of(row: Member | MailAddress) -> str:
    found = row.user.language if isinstance(row, Member) else row.language
    return found or translation.get_language() or settings.LANGUAGE_CODE
