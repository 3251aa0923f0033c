"""The way in: a merchant comes from the App Store or with an installation link, agrees to the terms and links the shop
to an account."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounting.connectors import SYSTEMS
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Handshake, Integration, Role
from webshop import handshakes, registration
from webshop.incoming import Rejected
from webshop.shop_facts import facts_of

from .. import access
from ..forms import StartForm
from ..frame import books_name
from ..install import installation_links
from .install import TERMS, agreement, words_of


@login_not_required
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The first step, for who comes with a shop; others read how to get there. Edit in the App Store leads here too,
    and from here to the integration that the shop has already, which gets the keys if they are other ones."""
    handshake = handshakes.waiting(request.session.get("handshake"), request.user)
    if not request.user.is_authenticated:
        return account_first(request, shop=handshake.host) if handshake else redirect_to_login(request.path)
    if handshake is None:
        return how(request)
    handshakes.claim(handshake.pk, request.user)
    integration = access.integrations_of(request.user).filter(pk=handshake.integration_id).first()
    if integration is None:
        return choose(request, handshake)
    request.session.pop("handshake", None)
    if not access.may(integration, Role.OWNER):
        messages.warning(
            request, gettext("You are not an owner of this integration, so its connections stay as they are.")
        )
        return redirect("configuration", integration.licence_key)
    try:
        registration.renew(handshake, request.user)
    except Failure as failure:
        messages.error(request, words_of(failure))
    is_active = integration.status == Integration.Status.ACTIVE
    return redirect("configuration" if is_active else "steps", integration.licence_key)


def another(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Link the shop of this integration to another accounting system as well."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    handshake = integration.handshakes.order_by("-received_at").first()
    if handshake is None or not systems_beside(integration):
        return redirect("install")
    return choose(request, handshake, beside=integration)


@login_not_required
@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """The terms, to be read before anything is agreed to."""
    return render(request, "dashboard/terms.html", {"version": TERMS})


@login_not_required
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """An installation link: an account first, then the address and keys of the shop, and on as from the App Store."""
    try:
        invitation = installation_links.read(token)
    except installation_links.NotValid as refusal:
        return render(request, "dashboard/install_link_refused.html", {"is_expired": refusal.is_expired}, status=403)
    if not request.user.is_authenticated:
        return account_first(request, email=invitation.email)
    if not invitation.is_for(request.user):
        return render(request, "dashboard/install_link_other.html", {"made_for": invitation.masked_email}, status=403)
    form = installation_links.KeysForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and keep_keys(request, form):
        return redirect(f"{reverse('install')}?{urlencode({'system': invitation.system})}")
    return render(request, "dashboard/install_keys.html", {"form": form})


def keep_keys(request: HttpRequest, form: installation_links.KeysForm) -> bool:
    """Ask the shop whether the keys work before they are kept; the form says why they are not."""
    try:
        handshake = handshakes.by_hand(request.user, **form.cleaned_data)
        facts_of(handshake)
        request.session["handshake"] = handshakes.store(handshake).pk
    except Rejected as rejected:
        form.add_error(*installation_links.fault(rejected.code))
    except ConnectionLost:
        form.add_error("api_secret", gettext("The shop does not accept these keys. Copy both once more."))
    except Refused as failure:
        form.add_error(None, failure.words)
    except Failure:
        form.add_error("address", gettext("No CCV Shop answers at this address just now. Check it, or try again."))
    return form.is_valid()


def account_first(request: HttpRequest, shop: str = "", email: str = "") -> HttpResponse:
    """A visitor makes an account with an e-mail address, or logs in, and comes back to the same address."""
    context = {"shop": shop, "email": email, "next": request.path}
    return render(request, "dashboard/install_account.html", context)


def how(request: HttpRequest) -> HttpResponse:
    """How to link a shop, and what the reader may want to go on with instead."""
    owned = access.integrations_of(request.user).filter(role=Role.OWNER)
    linked = list(owned.filter(status=Integration.Status.ACTIVE, handshakes__isnull=False).distinct())
    used = systems_in_use({one.shop_id for one in linked})
    context = {
        "unfinished": owned.filter(status=Integration.Status.INSTALLING),
        "linked": [one for one in linked if SYSTEMS.keys() - used[one.shop_id]],
    }
    return render(request, "dashboard/install_how.html", context)


def choose(request: HttpRequest, handshake: Handshake, beside: Integration | None = None) -> HttpResponse:
    """The accounting system and the terms. A shop that is linked already gets a second accounting system only when
    that is what the reader asks for: from ``beside``, or by saying so here."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        integration = attach(request, handshake, form)
        if integration:
            return redirect("steps", integration.licence_key)
    offered = systems_beside(beside) if beside else {name: system.label for name, system in SYSTEMS.items()}
    asked = form["system"].value() or request.GET.get("system")
    chosen = asked if asked in offered else next(iter(offered), "")
    context = {"handshake": handshake, "form": form, "systems": offered, "chosen": chosen, "beside": beside}
    return render(request, "dashboard/install_start.html", context)


def systems_beside(integration: Integration) -> dict[str, str]:
    """The accounting systems, by name, to which the shop of an integration is not linked yet."""
    used = systems_in_use({integration.shop_id})[integration.shop_id]
    return {name: system.label for name, system in SYSTEMS.items() if name not in used}


def systems_in_use(shop_ids: set[str]) -> dict[str, set[str]]:
    """The accounting systems to which each of these shops is linked."""
    running = Integration.objects.filter(shop_id__in=shop_ids).exclude(status=Integration.Status.STOPPED)
    used: dict[str, set[str]] = {shop_id: set() for shop_id in shop_ids}
    for shop_id, system in running.values_list("shop_id", "accounting_system"):
        used[shop_id].add(system)
    return used


def attach(request: HttpRequest, handshake: Handshake, form: StartForm) -> Integration | None:
    """Link the shop to the reader and keep their agreement to the terms; None when the shop can't be linked now."""
    system = form.cleaned_data["system"]
    try:
        facts = facts_of(handshake)
        other = None if form.cleaned_data["another"] else linked_elsewhere(request, facts["shop_id"], system)
        if other:
            form.ask_for_another(str(other), books_name(other))
            return None
        integration = registration.attach(handshake, request.user, system, agreement(request), facts)
    except Failure as failure:
        messages.error(request, words_of(failure))
        return None
    request.session.pop("handshake", None)
    return integration


def linked_elsewhere(request: HttpRequest, shop_id: str, system: str) -> Integration | None:
    """The reader's integration of the shop with another accounting system, if this one has none yet."""
    running = access.integrations_of(request.user).exclude(status=Integration.Status.STOPPED)
    same_shop = running.filter(shop_id=shop_id)
    return None if same_shop.filter(accounting_system=system).exists() else same_shop.first()
