"""What would be posted for a source of the shop, without asking or telling anybody. The same serves the command line
and the dashboard."""

from collections.abc import Mapping
from typing import Any

from accounting.connectors import SYSTEMS
from accounting.prechecks import payment_problems, problems, skip_reason
from integrations.problems import Unreadable
from integrations.sales import SalesDocument, as_json
from integrations.settings_file import Settings

from .ccvshop.mapping import invoice_to_document, order_to_document

Json = dict[str, Any]


def document_of(source: Any, settings: Settings) -> SalesDocument:
    """The document in ``{"order", "orderrows"}`` or ``{"invoice", "invoicerows", "order"}``. Raises Unreadable."""
    if not isinstance(source, dict):
        raise Unreadable("source", "not_an_object")
    if "invoice" in source:
        return invoice_to_document(source["invoice"], source.get("invoicerows"), source.get("order"), settings)
    if "order" not in source:
        raise Unreadable("order")
    return order_to_document(source["order"], source.get("orderrows"), settings)


def preview(
    source: Any,
    settings: Settings,
    customers: Mapping[str, str] | None = None,
    products: Mapping[str, str] | None = None,
) -> Json:
    """The document, its problems, and the calls that would be made when there are none. A document of nothing is
    skipped: it has neither.

    ``customers`` (id by e-mail address) and ``products`` (id by code) are what the books hold.
    """
    try:
        document = document_of(source, settings)
    except Unreadable as error:
        return unreadable(error)
    is_skipped = bool(skip_reason(document))
    found = [] if is_skipped else problems(document, settings) + payment_problems(document, settings)
    result: Json = {"document": as_json(document), "problems": [problem.as_json() for problem in found], "calls": []}
    if not found and not is_skipped:
        creates = SYSTEMS[settings.accounting.system].creates
        result["calls"] = creates(document, settings, customers or {}, products or {})
    return result


def unreadable(error: Unreadable) -> Json:
    return {"document": None, "problems": [error.problem.as_json()], "calls": []}
