"""The round trip to Rompslomp's consent page."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounting.administrations import forget, holds_documents
from accounting.returning import after_connecting, mine
from integrations.failures import ConnectionLost, Failure, Temporary
from integrations.models import Credential, Integration

from . import oauth
from .client import Rompslomp


def connect(request: HttpRequest, integration: Integration, _given: dict[str, Any]) -> HttpResponse:
    """Off to Rompslomp, remembering who asked and for which integration."""
    url, state = oauth.authorization_url()
    request.session["rompslomp"] = {"state": state, "integration": integration.pk}
    return redirect(url)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the consent page: with a code when it was given, with an error when it was refused."""
    asked = request.session.pop("rompslomp", None)
    state = request.GET.get("state", "").encode()
    if not asked or not secrets.compare_digest(state, asked["state"].encode()):
        messages.error(request, _("This answer does not belong to a connection that you started. Press Connect again."))
        return redirect("home")
    integration = mine(request, pk=asked["integration"])
    if "code" in request.GET:
        complete(request, integration, request.GET["code"])
    elif request.GET.get("error") in ("access_denied", None):
        messages.error(
            request, _("Rompslomp was not connected, because access was refused. Press Connect to try again.")
        )
    else:
        messages.error(request, _("Rompslomp refused our request. Try again later, or ask us."))
    return after_connecting(integration)


def complete(request: HttpRequest, integration: Integration, code: str) -> None:
    """Trade the code of a consent for tokens and keep them; say whose account it is."""
    try:
        tokens = oauth.fetch_tokens(code)
    except ConnectionLost:
        messages.error(
            request, _("Rompslomp did not accept the consent, perhaps because it took too long. Press Connect again.")
        )
    except Temporary as failure:
        messages.error(request, why_not(failure))
    else:
        if is_of_other_books(integration, tokens):
            if holds_documents(integration):
                messages.error(request, other_account(integration))
                return
            forget(integration)
        account = account_of(tokens)
        oauth.connect(integration, tokens, account)
        messages.success(
            request,
            _("Rompslomp is connected with the account of %(account)s.") % {"account": account}
            if account
            else _("Rompslomp is connected."),
        )


def is_of_other_books(integration: Integration, tokens: dict[str, Any]) -> bool:
    """Whether an account does not reach the administration that is linked; False when Rompslomp does not tell."""
    if integration.administration is None:
        return False
    try:
        reached = Rompslomp(settings.ROMPSLOMP_URL, lambda _stale: tokens["access_token"]).companies()
    except Failure:
        return False
    return integration.administration.remote_id not in {str(company["id"]) for company in reached}


def other_account(integration: Integration) -> str:
    text = _(
        "Not connected: this Rompslomp account does not reach the administration %(name)s, in which was posted before. "
        "Log out of Rompslomp and connect with an account that does."
    )
    return text % {"name": integration.administration}


def why_not(failure: Temporary) -> str:
    if failure.reason == "oauth_client_refused":
        return _("Rompslomp does not accept our program at the moment. Nothing is wrong with your account: ask us.")
    return _("Rompslomp could not be reached just now. Wait a minute and press Connect again.")


def account_of(tokens: dict[str, Any]) -> str:
    """Whose tokens these are, in words; "" when Rompslomp does not tell. A wrong account is noticed by it."""
    try:
        person = Rompslomp(settings.ROMPSLOMP_URL, lambda _stale: tokens["access_token"]).me()
    except Failure:
        return ""
    name = " ".join(filter(None, (person.get("first_name"), person.get("last_name"))))
    email = person.get("email") or ""
    return f"{name} ({email})" if name and email else name or email


def account_shown(integration: Integration) -> str:
    """The account in use; "" when it is not known."""
    held = Credential.objects.filter(integration=integration, side=Credential.Side.BOOKS).first()
    account = held.secret.get("account") if held else ""
    return _("account of %(account)s") % {"account": account} if account else ""
