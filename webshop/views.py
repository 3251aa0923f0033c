"""All that a stranger can reach: the handshake, the install page, the uninstall call and the webhooks."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET

from integrations.models import Handshake

from . import gate, handshakes, registration
from .ccvshop import signature
from .doorbell import ring
from .incoming import Rejected, accepted, for_programs, read_body, read_object


@for_programs
def handshake(request: HttpRequest) -> HttpResponseBase:
    """The App Store hands over the keys of a shop, before its merchant sees the install page."""
    handshakes.keep(_signed_object(request, handshakes.HANDSHAKE))
    return accepted()


@for_programs
def uninstall(request: HttpRequest) -> HttpResponseBase:
    """The app was removed from a shop. Saying so twice, or of a shop that nobody knows, changes nothing."""
    body = _signed_object(request, handshakes.UNINSTALL)
    registration.uninstall(handshakes.key(body, "api_public"))
    return accepted()


def _signed_object(request: HttpRequest, path: str) -> dict[str, Any]:
    """The JSON of a call that is signed under the app's secret: its registered address and its raw body."""
    body = read_body(request)
    given = request.META.get("HTTP_X_HASH", "")
    if not signature.is_valid(settings.CCVSHOP_APP_SECRET, given, settings.PUBLIC_URL + path, body):
        raise Rejected(
            403, "wrong_signature", "The x-hash is not the signature of the registered address and the body."
        )
    return read_object(body)


@login_not_required
@require_GET
def install(request: HttpRequest) -> HttpResponse:
    """A merchant comes from the App Store, with a signed link; the wizard takes over with the proof in the session."""
    language = handshakes.language(request.GET.get("language", ""))
    api_public = request.GET.get("api_public", "")
    proven = Handshake.objects.filter(pk=request.session.get("handshake", 0)).first()
    if proven is None or api_public not in ("", proven.api_public):
        if not handshakes.is_install_link(api_public, request.GET.get("x-hash", "")):
            return _refused(request, "link", language, 403)
        proven = Handshake.objects.filter(api_public=api_public).first()
    if proven is None:
        return _refused(request, "unknown", language, 404)
    request.session["handshake"] = proven.pk
    response = redirect("install")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _refused(request: HttpRequest, why: str, language: str, status: int) -> HttpResponse:
    with translation.override(language):
        return render(request, "webshop/install_refused.html", {"why": why}, status=status)


@for_programs
def webhook(request: HttpRequest, integration_id: str, event: str, token: str) -> HttpResponseBase:
    """Something happened to an order or invoice: keep the message, ring for a worker, answer at once."""
    registered = gate.registered(integration_id, event, token)
    body = read_body(request)
    remote_id = gate.document_id(read_object(body))
    is_signed = gate.check_signature(registered, body, request.META.get("HTTP_X_HASH", ""))
    is_worth_a_ring = gate.store(registered, body, remote_id, is_signed=is_signed)
    if is_worth_a_ring and registered.administration_id:
        ring(registered.administration_id)
    return accepted()
