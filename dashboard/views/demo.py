"""The demo's clicks: an order or an invoice in the stand-in shop. Routed only where DEMO is set."""

import secrets
from typing import Any

import requests
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from integrations.models import Document, Integration, Role
from webshop.webhooks import process_of

from .. import access
from ..demo.demo_books import control
from ..redirects import back


@require_POST
def place_order(request: HttpRequest) -> HttpResponse:
    integration = access.integration_for(request.user, request.POST.get("licence_key", ""), Role.BOOKKEEPER)
    try:
        order_in(integration)
    except requests.RequestException:
        messages.error(request, is_away())
    else:
        messages.success(request, placed(integration))
    return back(request, "report", integration.licence_key)


@require_POST
def make_invoice(request: HttpRequest) -> HttpResponse:
    """Of the newest order that has no invoice yet; as a credit, of the newest order that has only a debit invoice."""
    integration = access.integration_for(request.user, request.POST.get("licence_key", ""), Role.BOOKKEEPER)
    kind = "credit" if request.POST.get("type") == "credit" else "debit"
    try:
        order = to_credit(integration) if kind == "credit" else to_invoice(integration)
        if order:
            control("POST", f"shops/{integration.shop_id}/orders/{order}/invoice", {"type": kind})
    except requests.RequestException:
        messages.error(request, is_away())
    else:
        messages.add_message(request, messages.SUCCESS if order else messages.WARNING, invoiced(kind, order))
    return back(request, "report", integration.licence_key)


def order_in(integration: Integration) -> str:
    """Place an order, paid in most cases; gives its id."""
    order = {"count": 1, "seed": secrets.randbelow(10**9)}  # the same seed would place the same order again
    made: dict[str, Any] = control("POST", f"shops/{integration.shop_id}/orders/random", order)
    return str(made["orders"][0]["id"])


def to_invoice(integration: Integration) -> str:
    """The newest order without an invoice; one is placed when there is none."""
    placed = control("GET", f"shops/{integration.shop_id}/totals")["orders"]["documents"]
    done = orders_with(integration, is_credit=False)
    return next((str(one["id"]) for one in reversed(placed) if str(one["id"]) not in done), "") or order_in(integration)


def to_credit(integration: Integration) -> str:
    credited = orders_with(integration, is_credit=True)
    return next((order for order in orders_with(integration, is_credit=False) if order not in credited), "")


def orders_with(integration: Integration, *, is_credit: bool) -> list[str]:
    """The orders of the invoices that arrived, the newest first."""
    invoices = Document.objects.filter(integration=integration, kind=Document.Kind.INVOICE, is_credit=is_credit)
    return list(invoices.exclude(order_remote_id="").order_by("-id").values_list("order_remote_id", flat=True)[:500])


def is_away() -> str:
    return gettext("The stand-in shop does not answer. Is it running? Start it with: make demo")


def placed(integration: Integration) -> str:
    if process_of(integration) == "invoices":
        return gettext("An order was placed in the stand-in shop. Now make its invoice: that is what is posted here.")
    return gettext("An order was placed in the stand-in shop. It appears here within seconds.")


def invoiced(kind: str, order: str) -> str:
    if not order:
        return gettext("There is no invoice yet that can be credited. Make an invoice first.")
    if kind == "credit":
        return gettext("A credit note was made in the stand-in shop. It appears here within seconds.")
    return gettext("An invoice was made in the stand-in shop. It appears here within seconds.")
