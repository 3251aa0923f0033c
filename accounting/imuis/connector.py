"""King / iMUIS: the order of calls, for each of its two targets.

Nothing there refuses a second document under the same number. What was sent without an answer is looked for before it
is sent again, and is taken for ours only when everything that tells documents apart agrees.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from accounting import reference_lists
from accounting.books import Booked, Books, Json, Posted, Posting, Undoing, Watch
from integrations.failures import Refused, Uncertain, Unknown
from integrations.models import Integration
from integrations.money import ZERO, amount_text, plain_text
from integrations.problems import Problem
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings

from . import counter, held
from .booked_entries import Journal
from .booked_orders import booked_order, booked_orders
from .client import Row
from .dataset import Row as Sent
from .entry import accounts, document_digits, entry
from .forms import options
from .held import amount, entry_id, uncertain
from .item import is_first_seen_without_vat, item, item_key, item_number, other_rates
from .literals import digits, read_day, text
from .order import order, order_costs, shipping_costs, total_as_sent
from .periods import Period, is_closed, period_of
from .shared import ImuisBooks

PERIODS_LAST = timedelta(hours=1)  # one may be closed at any time
MOST_ITEMS = 500
MONEY_JOURNALS = ("B", "K")  # bank and cash
ORDKOP = ("NR", "DEB", "DAT", "KENM", "BEDRORDKST", "BEDRVRACHTKST")


def companies(integration: Integration) -> list[Json]:
    """The one administration that an environment code opens."""
    found = integration.administration
    return [{"id": found.remote_id, "name": str(found), "is_usable": True}] if found else []


def books(integration: Integration, settings: Settings, watch: Watch) -> Books:
    target = EntryBooks if options(settings).target == "entry" else OrderBooks
    return target(integration, settings, watch)


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
        period = self._period(sold.date)
        if period is None:
            yield Problem("period_unknown", date=sold.date.isoformat())
        elif is_closed(period, self._periods["closed"]):
            yield Problem("period_closed", date=sold.date.isoformat())

    @cached_property  # a share of documents is posted in seconds
    def _periods(self) -> Json:
        (row,) = reference_lists.rows(self, "periods", older_than=PERIODS_LAST)
        return row

    def _period(self, day: date) -> Period | None:
        count = self._periods["count"]
        return period_of(day, self._periods["dates"], int(count) if count.isdigit() else None)

    def document_number(self, sold: SalesDocument) -> str:
        return document_digits(sold)

    def create_document(self, sold: SalesDocument, reference: str, customer: str, products: dict[str, str]) -> Json:
        period = self._period(sold.date)
        assert period is not None
        return self._enter(entry(sold, self.settings, customer=customer, period=period))

    def _enter(self, rows: list[Sent]) -> Json:
        made = self.client.create_entry(rows)
        for warning in dict.fromkeys(row["BOE_WARNING"] for row in made.rows if row.get("BOE_WARNING")):
            self.remark("entry_warning", words=warning)
        sent = dict(rows[0][1])
        return {"id": made.keys[0].replace("\t", "/") if made.keys else entry_id(sent | {"RG": sent["BOEKSTUK"]})}

    def find_document(
        self, sold: SalesDocument, reference: str, customer: str, undone: Collection[str] = ()
    ) -> Json | None:
        rows, is_all = held.without(held.numbered(self.client, self.options.journal, sold), undone)
        for row in rows:
            if is_all and _is_it(row, customer, sold.date, sold.total_incl):
                return {"id": entry_id(row)}
        if rows:
            raise Uncertain(uncertain(sold.number, rows[0]["REK"], rows[0]["DAT"], amount(rows[0])))
        return None

    def booked(self, since: date, until: date) -> Iterator[Booked]:
        return self._journal.entries(since, until)

    def booked_as(self, ledger_id: str, number: str = "", undone: Collection[str] = ()) -> Booked | None:
        return self._journal.entry(ledger_id, number, undone)

    @property
    def _journal(self) -> Journal:
        chosen = self.options
        return Journal(client=self.client, number=chosen.journal, amounts=chosen.amounts, period=self._period)

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None:
        return {"id": ledger_id} if held.numbered(self.client, self.options.journal, sold) else None

    def complete(self, found: Json, sold: SalesDocument) -> Posting:
        number = document_digits(sold)
        url = self.page("entries", number)
        return Posting(ledger_id=found["id"], number=number, url=url, total=sold.total_incl, rounding=ZERO)

    def undoing(self, posted: Posted) -> Undoing:
        """The counter-entry comes in the period of the entry itself."""
        total = held.total_row(self.client, self.options.journal, posted)
        if total is None:
            return Undoing(way="gone", posted=posted)
        found = counter.undoing(total, held.details(self.client, total, posted), posted, self.settings)
        if found is None:
            problem = uncertain(posted.sold.number, total["REK"], total["DAT"], amount(total), "undo_uncertain")
            raise Uncertain(problem)
        found = replace(found, held={**total, "id": entry_id(total)})
        if is_closed((int(total["JR"]), int(total["PN"])), self._periods["closed"]):
            closed = Problem("period_closed", date=found.day.isoformat() if found.day else "")
            return replace(found, problems=(closed,))
        return self._with_what_is_against(found, total)

    def _with_what_is_against(self, found: Undoing, total: Row) -> Undoing:
        """Payments may be booked on an entry; whatever else is booked against it may be a credit by hand."""
        rows = held.against(self.client, total, found.posted)
        if not rows:
            return found
        journals = reference_lists.rows(self, "journals")
        payments = {row["id"] for row in journals if row["kind"] in MONEY_JOURNALS}
        other = next((row for row in rows if row["DAGB"] not in payments), None)
        if other is None:
            return replace(found, is_paid=True)
        number = found.posted.sold.number
        problem = uncertain(number, other["REK"], other["DAT"], amount(other), "undo_uncertain")
        return replace(found, problems=(problem,))

    def find_counter(self, undoing: Undoing) -> Json | None:
        posted = undoing.posted
        rows = held.counters(self.client, self.options.journal, posted)
        for row in rows:
            if undoing.day and _is_it(row, undoing.held["REK"], undoing.day, undoing.total):
                return {"id": entry_id(row)}
        if rows:
            problem = uncertain(rows[0]["BOEKSTUK"], rows[0]["REK"], rows[0]["DAT"], amount(rows[0]), "undo_uncertain")
            raise Uncertain(problem)
        return None

    def create_counter(self, undoing: Undoing) -> Json:
        return self._enter(undoing.body)

    def complete_counter(self, found: Json, undoing: Undoing) -> Posting:
        url = self.page("entries", undoing.number)
        number = counter.counter_number(undoing.posted)
        return Posting(ledger_id=found["id"], number=number, url=url, total=undoing.total, rounding=ZERO)


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

    def find_document(
        self, sold: SalesDocument, reference: str, customer: str, undone: Collection[str] = ()
    ) -> Json | None:
        rows = self._orders(sold)
        for row in rows:
            costs = (amount(row, "BEDRORDKST"), amount(row, "BEDRVRACHTKST"))
            same_costs = costs == (order_costs(sold), shipping_costs(sold))
            if row["DEB"] == customer and read_day(row["DAT"]) == sold.date and same_costs:
                return {"id": row["NR"]}
        if rows:
            raise Uncertain(uncertain(sold.number, rows[0]["DEB"], rows[0]["DAT"], amount(rows[0], "BEDRORDKST")))
        return None

    def booked(self, since: date, until: date) -> Iterator[Booked]:
        return booked_orders(self.client, since, until)

    def booked_as(self, ledger_id: str, number: str = "", undone: Collection[str] = ()) -> Booked | None:
        return booked_order(self.client, ledger_id)

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None:
        return {"id": ledger_id} if self._orders(sold) else None

    def _orders(self, sold: SalesDocument) -> list[Row]:
        """The orders that carry the shop's id and number of this document."""
        found = self.client.table("ORDKOP", ORDKOP, where=[("EXTORDNR", "=", digits(sold.remote_id))])
        return [row for row in found if row["KENM"] == text(sold.number, 25)]

    def undoing(self, posted: Posted) -> Undoing:
        """An order is deleted by a person; here it is only seen that it is gone."""
        rows = list(self.client.table("ORDKOP", ORDKOP, where=[("NR", "=", posted.ledger_id)]))
        found = rows or self._orders(posted.sold)
        if not found:
            return Undoing(way="gone", posted=posted)
        number = found[0]["NR"]
        problem = Problem("order_still_there", number=number)
        return Undoing(way="by_hand", posted=posted, number=number, problems=(problem,))

    def find_counter(self, undoing: Undoing) -> Json | None:
        return None

    def create_counter(self, undoing: Undoing) -> Json:
        raise NotImplementedError("an order has no counter-entry")

    def complete_counter(self, found: Json, undoing: Undoing) -> Posting:
        raise NotImplementedError("an order has no counter-entry")

    def complete(self, found: Json, sold: SalesDocument) -> Posting:
        """What the order will come to incl. VAT only King knows, once it has invoiced it."""
        net = total_as_sent(sold)
        if net != sold.total_excl:
            difference = amount_text(sold.total_excl - net)
            self.remark("order_differs", order=amount_text(net), shop=amount_text(sold.total_excl), by=difference)
        for charged, booked in other_rates(sold, self.settings):
            self.remark("order_vat_differs", rate=plain_text(charged), other_rate=plain_text(booked))
        number = str(found["id"])
        return Posting(ledger_id=number, number=number, url=self.page("orders", number), total=None, rounding=ZERO)


def _is_it(row: Row, customer: str, day: date, total: Decimal) -> bool:
    """Whether everything that tells entries of one number apart agrees."""
    return row["REK"] == customer and read_day(row["DAT"]) == day and amount(row) == total
