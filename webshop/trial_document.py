"""What would become of the newest order or invoice of the shop under the settings in use. Nothing is posted or kept,
and nothing of the customer is told."""

from collections.abc import Iterator
from typing import Any

from accounting import prechecks, settings_store
from integrations.models import Integration
from integrations.money import amount_text
from integrations.problems import Problem, Unreadable
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings
from integrations.vat import setting_for

from .ccvshop.client import Json, Shop
from .preview import document_of
from .reading import order_of
from .sources import open_shop
from .webhooks import process_of

# Parameters of problems that tell nothing of the customer: any other is left out of the words. ``name`` is that of a
# line, which is shown with the line itself.
TELLABLE = {
    *("country", "rate", "vat_code", "account", "currency", "number", "other", "name", "method", "date"),
    *("vat", "shop_total", "lines_total", "shop_vat", "lines_vat", "order_type", "item_group", "field", "why"),
}


def trial(integration: Integration) -> Json | None:
    """Number, date, amounts, lines with VAT code and account, and problems in words; None while the shop has nothing of
    the mode in use. Raises the failures of the shop's client."""
    assert integration.settings is not None
    source = _newest(open_shop(integration), process_of(integration))
    if source is None:
        return None
    settings = settings_store.load(integration.settings)
    try:
        sold = document_of(source, settings)
    except Unreadable as error:
        return {"number": "", "lines": [], "problems": [_told(error.problem)]}
    return {
        "kind": sold.kind,
        "number": sold.number,
        "date": sold.date.isoformat(),
        "total_incl": amount_text(sold.total_incl),
        "total_vat": amount_text(sold.total_vat),
        "currency": sold.currency,
        "is_skipped": bool(prechecks.skip_reason(sold)),
        "lines": [_line(sold, line, settings) for line in sold.lines],
        "problems": list(_problems(sold, settings)),
    }


def _newest(shop: Shop, mode: str) -> Json | None:
    found = shop.newest(mode)
    if found is None:
        return None
    if mode == "orders":
        return {"order": shop.order(found["id"]), "orderrows": shop.order_rows(found["id"])}
    order_id = order_of(found)
    order = shop.order(order_id) if order_id else None
    return {"invoice": shop.invoice(found["id"]), "invoicerows": shop.invoice_rows(found["id"]), "order": order}


def _line(sold: SalesDocument, line: SalesLine, settings: Settings) -> dict[str, Any]:
    row = setting_for(sold, line, settings)
    return {
        "name": line.name,
        "rate": str(line.vat_rate),
        "total_incl": amount_text(line.total_incl),
        "vat_code": row.vat_code if row else "",
        "account": row.account(line.type) if row else "",
    }


def _problems(sold: SalesDocument, settings: Settings) -> Iterator[dict[str, str]]:
    if prechecks.skip_reason(sold):
        return
    for problem in prechecks.problems(sold, settings):
        yield _told(problem)


def _told(problem: Problem) -> dict[str, str]:
    """The words of a problem without what they say of the customer."""
    plain = Problem(problem.code, **{name: value for name, value in problem.params.items() if name in TELLABLE})
    return {"message": plain.message, "remedy": plain.remedy, "about": plain.setting}
