"""What iMUIS needs before a document can be posted, and the calls that would then be made."""

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.money import plain_text
from integrations.payment_methods import fixed_debtor
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.vat import rates_without_account, treatment

from .dataset import Row, dataset
from .debtor import LONGEST_EMAIL, country_of, debtor
from .entry import document_digits, entry
from .forms import options
from .item import goods, item, item_key, item_number, vat_kind
from .order import order
from .periods import month_of


def problems(document: SalesDocument, settings: Settings) -> Iterator[Problem]:
    email = document.customer.email
    if len(email) > LONGEST_EMAIL and not fixed_debtor(document, settings):
        yield Problem("text_not_expressible", text=email[:60] + "…")
    if options(settings).target == "entry":
        yield from _entry_problems(document, settings)
    else:
        yield from _order_problems(document, settings)


def _entry_problems(document: SalesDocument, settings: Settings) -> Iterator[Problem]:
    chosen = options(settings)
    if not chosen.journal:
        yield Problem("journal_missing")
    if not chosen.debtors_account:
        yield Problem("debtors_account_missing")
    if not document_digits(document):
        yield Problem("text_not_expressible", text=document.number)
    for rate in rates_without_account(document, settings):
        yield Problem("ledger_account_missing", country=treatment(document), rate=plain_text(rate))


def _order_problems(document: SalesDocument, settings: Settings) -> Iterator[Problem]:
    chosen = options(settings)
    if not chosen.order_type:
        yield Problem("order_type_missing", order_type=chosen.order_type)
    if not chosen.item_group:
        yield Problem("item_group_missing", item_group=chosen.item_group)
    for rate in sorted({line.vat_rate for line in goods(document)}):
        if vat_kind(rate, settings) is None:
            yield Problem("vat_kind_unknown", rate=plain_text(rate))
    for line in goods(document):
        if not item_number(item_key(line)):
            yield Problem("product_code_missing", name=line.name)
    yield from _collisions(document)


def _collisions(document: SalesDocument) -> Iterator[Problem]:
    """Different products that get one number in the books, which see no difference between capitals and others."""
    first: dict[str, str] = {}
    for key in dict.fromkeys(item_key(line) for line in goods(document)):
        number = item_number(key)
        other = first.setdefault(number.casefold(), key)
        if number and other != key:
            yield Problem("article_key_collision", number=key, other=other)


def creates(
    document: SalesDocument, settings: Settings, customers: Mapping[str, str], products: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The calls that would be made, in their order, look-ups left out. No table can be asked here: the period is the
    month, and the country code stands as it is.

    ``customers`` (id by e-mail address) and ``products`` (id by code) are what the books hold.
    """
    calls: list[dict[str, Any]] = []
    customer = fixed_debtor(document, settings) or customers.get(document.customer.email)
    if not customer:
        customer = "new:customer"
        rows = debtor(document, settings, country=country_of(document, settings))
        calls.append(_call("CREATESTAMTABELRECORD", rows))
    if options(settings).target == "entry":
        rows = entry(document, settings, customer=customer, period=month_of(document.date))
        return [*calls, _call("CREATEJOURNAALPOST", rows)]
    return calls + _order_calls(document, settings, customer, products)


def _order_calls(
    document: SalesDocument, settings: Settings, customer: str, products: Mapping[str, str]
) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    numbers: dict[str, str] = {}
    for line in goods(document):
        key = item_key(line)
        number = item_number(key)
        known = numbers.get(key) or products.get(number) or products.get(key)
        if not known:
            calls.append(_call("CREATESTAMTABELRECORD", item(line, settings)))
        numbers[key] = known or f"new:product:{number}"
    rows = order(document, settings, customer=customer, products=numbers)
    return [*calls, _call("CREATEVERKOOPORDER", rows)]


def _call(action: str, rows: list[Row]) -> dict[str, Any]:
    return {"action": action, "xml": dataset(*rows)}
