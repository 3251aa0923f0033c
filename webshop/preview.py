"""What would be posted for a source of the shop, without asking or telling anybody. The same serves the command line
and the dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounting.connectors import SYSTEMS
from accounting.prechecks import payment_problems, problems, skip_reason
from integrations.problems import Problem, Unreadable
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


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What becomes of a source under some settings: the document, why it is left out or stuck, and else the calls that
    would be made. Without a document it could not be read, and ``problems`` says why."""

    document: SalesDocument | None = None
    left_out: str = ""
    problems: list[Problem] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)


def outcome(
    source: Any,
    settings: Settings,
    customers: Mapping[str, str] | None = None,
    products: Mapping[str, str] | None = None,
    start_date: date | None = None,
) -> Outcome:
    """``customers`` (id by e-mail address) and ``products`` (id by code) are what the books hold."""
    try:
        document = document_of(source, settings)
    except Unreadable as error:
        return Outcome(problems=[error.problem])
    left_out = skip_reason(document, start_date)
    if left_out:
        return Outcome(document=document, left_out=left_out)
    found = problems(document, settings) + payment_problems(document, settings)
    if found:
        return Outcome(document=document, problems=found)
    creates = SYSTEMS[settings.accounting.system].creates
    return Outcome(document=document, calls=creates(document, settings, customers or {}, products or {}))


def preview(
    source: Any,
    settings: Settings,
    customers: Mapping[str, str] | None = None,
    products: Mapping[str, str] | None = None,
) -> Json:
    """The document, its problems, and the calls that would be made when there are none, as JSON. A document of nothing
    is left out: it has neither."""
    found = outcome(source, settings, customers, products)
    return {
        "document": found.document and as_json(found.document),
        "problems": [problem.as_json() for problem in found.problems],
        "calls": found.calls,
    }


def unreadable(error: Unreadable) -> Json:
    return {"document": None, "problems": [error.problem.as_json()], "calls": []}
