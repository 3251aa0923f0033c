"""King / iMUIS: the order of calls, for each of its two targets.

Nothing there refuses a second document under the same number. What was sent without an answer is looked for before it
is sent again, and is taken for ours only when everything that tells documents apart agrees.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from urllib.parse import quote

from django.conf import settings as django_settings

from accounting import reference_lists
from accounting.books import Books, Catalogue, Customer, Json, Posting, Watch
from integrations.failures import Refused, Uncertain, Unknown
from integrations.models import Integration
from integrations.money import ZERO, amount_text, plain_text
from integrations.problems import Problem
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings

from . import tables
from .client import Row
from .debtor import country_of, debtor
from .entry import LONGEST_NUMBER, accounts, document_digits, entry
from .forms import options
from .item import is_first_seen_without_vat, item, item_key, item_number, other_rates
from .literals import digits, read_day, read_number, text
from .order import order, order_costs, shipping_costs, total_as_sent
from .periods import Period, is_closed, period_of
from .session import client_of

PERIODS_LAST = timedelta(hours=1)  # one may be closed at any time
MOST_ITEMS = 500
BOE = ("DAGB", "JR", "PN", "RG", "REK", "BEDRBOEK", "DAT", "FACT", "BOEKSTUK")
ORDKOP = ("NR", "DEB", "DAT", "KENM", "BEDRORDKST", "BEDRVRACHTKST")


def companies(integration: Integration) -> list[Json]:
    """The one administration that an environment code opens."""
    found = integration.administration
    return [{"id": found.remote_id, "name": str(found), "is_usable": True}] if found else []


def books(integration: Integration, settings: Settings, watch: Watch) -> Books:
    target = EntryBooks if options(settings).target == "entry" else OrderBooks
    return target(integration, settings, watch)


class ImuisBooks:
    """What entries and orders have in common: lists and debtors."""

    catalogue: Catalogue | None = None
    target: str

    def __init__(self, integration: Integration, settings: Settings, watch: Watch) -> None:
        assert integration.administration is not None
        self.settings, self.options = settings, options(settings)
        self.administration_id, self.name = integration.administration.pk, integration.administration.name
        self.client = client_of(integration, watch)
        self.remark = watch.remark
        self._known: dict[str, set[str]] = {}

    def read_list(self, kind: str) -> list[Json]:
        rows = tables.read(self.client, kind)
        return tables.completed(rows, reference_lists.kept(self, kind)) if kind == "periods" else rows

    def lacks(self, kind: str, *wanted: str) -> set[str]:
        """What a list does not have of ``wanted``; lists are read once for a share of documents."""
        if not set(wanted) <= self._known.get(kind, set()):
            self._known[kind] = reference_lists.ids(self, kind, set(wanted))
        return set(wanted) - self._known[kind]

    def find_customer(self, email: str) -> Customer | None:
        """Several debtors may have one address: the first that is not blocked."""
        found = self.client.table("DEB", ["NR", "EMAIL", "BTWNR", "BLOK"], where=[("EMAIL", "=", email)])
        mine = [row for row in found if row["EMAIL"].strip().lower() == email]
        if mine and all(_is_blocked(row) for row in mine):
            raise Refused(Problem("debtor_blocked", debtor=mine[0]["NR"]))
        usable = sorted((row for row in mine if not _is_blocked(row)), key=lambda row: int(row["NR"]))
        return Customer(ledger_id=usable[0]["NR"], vat_number=usable[0]["BTWNR"]) if usable else None

    def find_debtors(self, wanted: str) -> list[Json]:
        return tables.debtors(self.client, wanted)

    def has_customer(self, ledger_id: str) -> bool:
        found = list(self.client.table("DEB", ["NR", "BLOK"], where=[("NR", "=", ledger_id)]))
        if any(_is_blocked(row) for row in found):
            raise Refused(Problem("debtor_blocked", debtor=ledger_id))
        return bool(found)

    def create_customer(self, sold: SalesDocument) -> Customer:
        record = debtor(sold, self.settings, country=self._country(country_of(sold, self.settings)))
        number = self.client.create_record(record)
        if not number:
            raise Unknown("books_no_answer")  # it is found by its address when it has settled
        return Customer(ledger_id=number, vat_number=dict(record)["DATA"].get("BTWNR", ""))

    def _country(self, code: str) -> str:
        """The books' own key of a country; without one it is left out."""
        rows = reference_lists.rows(self, "countries")
        found = [row["id"] for name in ("iso", "id") for row in rows if row[name] == code]
        return str(found[0]) if found else ""

    def page(self, kind: str, number: str) -> str:
        """Where a person sees a document in the books, if the operator knows."""
        pattern = django_settings.IMUIS_DOCUMENT_PAGE
        return pattern.format(administration=quote(self.name, safe=""), kind=kind, number=number) if pattern else ""

    def withdraw(self, held: Json) -> bool:
        return False

    def explain_gone(self, words: str) -> Problem:
        return Problem("books_refused", words=words, status=404)


class EntryBooks(ImuisBooks):
    """Financial entries: a posting is in the books for good at once."""

    target = "entry"

    def problems(self, sold: SalesDocument) -> Iterator[Problem]:
        if self.lacks("journals", self.options.journal):
            yield Problem("journal_missing")
        if self.lacks("revenue_accounts", self.options.debtors_account):
            yield Problem("debtors_account_missing")
        for account in sorted(self.lacks("revenue_accounts", *accounts(sold, self.settings))):
            yield Problem("ledger_account_gone", account=account)
        period = self._period(sold)
        if period is None:
            yield Problem("period_unknown", date=sold.date.isoformat())
        elif is_closed(period, self._periods["closed"]):
            yield Problem("period_closed", date=sold.date.isoformat())

    @cached_property  # a share of documents is posted in seconds
    def _periods(self) -> Json:
        (row,) = reference_lists.rows(self, "periods", older_than=PERIODS_LAST)
        return row

    def _period(self, sold: SalesDocument) -> Period | None:
        count = self._periods["count"]
        return period_of(sold.date, self._periods["dates"], int(count) if count.isdigit() else None)

    def document_number(self, sold: SalesDocument) -> str:
        return document_digits(sold)

    def create_document(self, sold: SalesDocument, reference: str, customer: str, products: dict[str, str]) -> Json:
        period = self._period(sold)
        assert period is not None
        rows = entry(sold, self.settings, customer=customer, period=period)
        made = self.client.create_entry(rows)
        for warning in dict.fromkeys(row["BOE_WARNING"] for row in made.rows if row.get("BOE_WARNING")):
            self.remark("entry_warning", words=warning)
        sent = dict(rows[0][1])
        return {"id": made.keys[0].replace("\t", "/") if made.keys else _entry_id(sent | {"RG": sent["BOEKSTUK"]})}

    def find_document(self, sold: SalesDocument, reference: str, customer: str) -> Json | None:
        rows = self._rows(sold)
        for row in rows:
            if row["REK"] == customer and read_day(row["DAT"]) == sold.date and _amount(row) == sold.total_incl:
                return {"id": _entry_id(row)}
        if rows:
            raise Uncertain(_uncertain(sold.number, rows[0]["REK"], rows[0]["DAT"], _amount(rows[0])))
        return None

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None:
        return {"id": ledger_id} if self._rows(sold) else None

    def _rows(self, sold: SalesDocument) -> list[Row]:
        """The rows in our journal that carry the document's number, in whatever period: it may have been moved, and
        conditions on texts and numbers together were seen to go wrong."""
        number = text(sold.number, LONGEST_NUMBER)
        found = self.client.table("BOE", BOE, where=[("BOEKSTUK", "=", number)], order_by="RG")
        mine = [row for row in found if row["DAGB"] == self.options.journal and row["BOEKSTUK"] == number]
        if number == sold.number:
            return mine
        return [row for row in mine if row["FACT"] == document_digits(sold)]  # cut, it may be another's as well

    def complete(self, held: Json, sold: SalesDocument) -> Posting:
        number = document_digits(sold)
        url = self.page("entries", number)
        return Posting(ledger_id=held["id"], number=number, url=url, total=sold.total_incl, rounding=ZERO)


class OrderBooks(ImuisBooks):
    """Sales orders: King computes VAT and total itself when it invoices them."""

    target = "order"

    def __init__(self, integration: Integration, settings: Settings, watch: Watch) -> None:
        super().__init__(integration, settings, watch)
        self.catalogue = self

    def problems(self, sold: SalesDocument) -> Iterator[Problem]:
        if self.lacks("order_types", self.options.order_type):
            yield Problem("order_type_missing", order_type=self.options.order_type)
        if not self._has_item_group:
            yield Problem("item_group_missing", item_group=self.options.item_group)

    @cached_property
    def _has_item_group(self) -> bool:
        """Whether there is a group for new products, with a revenue account."""
        return any(
            row["id"] == self.options.item_group and row["revenue"].strip("0")
            for age in (reference_lists.LASTS, reference_lists.AT_MOST)
            for row in reference_lists.rows(self, "item_groups", older_than=age)
        )

    def document_number(self, sold: SalesDocument) -> str:
        """An order has the shop's id where an entry has a number: the two may be the same digits."""
        return f"order {digits(sold.remote_id)}"

    def product_key(self, line: SalesLine) -> str:
        return item_key(line)

    def product_code(self, key: str, *, taken: set[str]) -> str:
        number = item_number(key)
        other = next((code for code in taken if code.casefold() == number.casefold()), None)
        if other:
            raise Refused(Problem("article_key_collision", number=key, other=other))
        return number

    def find_products(self, codes: list[str]) -> dict[str, str]:
        """In one call where that does not bring half the catalogue along, else one by one."""
        found = self._items(min(codes), max(codes))
        if found is None:
            found = {number for code in codes for number in self._items(code, code) or ()}
        by_code = {number.casefold(): number for number in found}
        return {code: by_code[code.casefold()] for code in codes if code.casefold() in by_code}

    def _items(self, first: str, last: str) -> set[str] | None:
        """The numbers of the items from one to another; None when there are too many."""
        where = [("NR", "=", first)] if first == last else [("NR", ">=", first), ("NR", "<=", last)]
        page = self.client.page("ART", ["NR"], where=where, size=MOST_ITEMS)
        return {row["NR"] for row in page.rows} if page.pages <= 1 else None

    def create_product(self, sold: SalesDocument, line: SalesLine, code: str) -> str:
        if is_first_seen_without_vat(sold, line):
            self.remark("item_without_vat", item=code)
        return self.client.create_record(item(line, self.settings)) or code

    def create_document(self, sold: SalesDocument, reference: str, customer: str, products: dict[str, str]) -> Json:
        number = self.client.create_order(order(sold, self.settings, customer=customer, products=products))
        if not number:
            raise Unknown("books_no_answer")  # it is found by the shop's number when it has settled
        return {"id": number}

    def find_document(self, sold: SalesDocument, reference: str, customer: str) -> Json | None:
        rows = self._orders(sold)
        for row in rows:
            costs = (_amount(row, "BEDRORDKST"), _amount(row, "BEDRVRACHTKST"))
            same_costs = costs == (order_costs(sold), shipping_costs(sold))
            if row["DEB"] == customer and read_day(row["DAT"]) == sold.date and same_costs:
                return {"id": row["NR"]}
        if rows:
            raise Uncertain(_uncertain(sold.number, rows[0]["DEB"], rows[0]["DAT"], _amount(rows[0], "BEDRORDKST")))
        return None

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None:
        return {"id": ledger_id} if self._orders(sold) else None

    def _orders(self, sold: SalesDocument) -> list[Row]:
        """The orders that carry the shop's id and number of this document."""
        found = self.client.table("ORDKOP", ORDKOP, where=[("EXTORDNR", "=", digits(sold.remote_id))])
        return [row for row in found if row["KENM"] == text(sold.number, 25)]

    def complete(self, held: Json, sold: SalesDocument) -> Posting:
        """What the order will come to incl. VAT only King knows, once it has invoiced it."""
        net = total_as_sent(sold)
        if net != sold.total_excl:
            difference = amount_text(sold.total_excl - net)
            self.remark("order_differs", order=amount_text(net), shop=amount_text(sold.total_excl), by=difference)
        for charged, booked in other_rates(sold, self.settings):
            self.remark("order_vat_differs", rate=plain_text(charged), other_rate=plain_text(booked))
        number = str(held["id"])
        return Posting(ledger_id=number, number=number, url=self.page("orders", number), total=None, rounding=ZERO)


def _is_blocked(row: Row) -> bool:
    return row["BLOK"] == "J"


def _amount(row: Row, column: str = "BEDRBOEK") -> Decimal:
    return read_number(row[column]) or ZERO


def _entry_id(row: Row) -> str:
    return "/".join(row[column] for column in ("DAGB", "JR", "PN", "RG"))


def _uncertain(number: str, debtor_number: str, date: str, amount: Decimal) -> Problem:
    return Problem("posting_uncertain", number=number, debtor=debtor_number, date=date, ledger=amount_text(amount))
