"""What every accounting system offers: an administration that was opened with the credentials of one integration."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from integrations import http
from integrations.money import ZERO
from integrations.problems import Problem
from integrations.sales import SalesDocument, SalesLine, SalesPayment

Json = dict[str, Any]

MOST_DEBTORS = 20  # that a person can choose from


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A debtor of the books."""

    ledger_id: str
    vat_number: str = ""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """What the books hold for a document: ``total`` incl. VAT in euro, None where they compute it later; ``rounding``
    the part of it that was added to reach the shop's total."""

    ledger_id: str
    number: str
    url: str
    total: Decimal | None
    rounding: Decimal


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A posting that is to be taken back: ``reference`` is our name for it, ``nth`` tells the postings of one document
    apart, ``undone`` are the ids of those before it, which are still in the books with their counter-entries."""

    sold: SalesDocument
    ledger_id: str
    reference: str
    nth: int = 1
    undone: Collection[str] = ()

    @property
    def counter_reference(self) -> str:
        return f"{self.reference}-undo"


@dataclass(frozen=True, kw_only=True)
class CounterLine:
    """A line of a counter-entry for people: account and VAT code as the books know them, amounts in euro as they are
    booked there."""

    name: str
    account: str
    vat_code: str
    amount: Decimal
    vat: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """How a posting is taken back, by what the books hold of it now: ``held``, with its ``id``. It is gone, or a draft
    that we delete, or something that only a person can take back, or final: then ``body`` is sent as its counter-entry,
    for ``total`` and ``vat`` in euro. With ``problems`` it can't be done now."""

    way: Literal["gone", "delete", "counter", "by_hand"]
    posted: Posted
    held: Json = field(default_factory=dict)
    number: str = ""
    body: Any = None
    day: date | None = None
    total: Decimal = ZERO
    vat: Decimal = ZERO
    lines: tuple[CounterLine, ...] = ()
    is_paid: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def net(self) -> Decimal:
        return self.total - self.vat


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who looks on while calls are made: ``record`` is told of each, ``before_call`` may forbid it by raising.
    ``remark`` takes a code of the system's ``remarks`` and values for its words, for the timeline."""

    record: http.Recorder | None = None
    before_call: Callable[[], None] = lambda: None
    remark: Callable[..., None] = lambda code, **values: None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A posted invoice and what the debtor still owes for it in euro; negative where we owe."""

    ledger_id: str
    number: str
    total: Decimal
    open: Decimal


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A document as the books hold it now: ``reference`` is our name for it, empty where they keep none (or it is not
    ours), ``description`` what people called it there. ``vat`` is net and VAT in euro by percentage, as far as the
    books tell; ``total`` is incl. VAT. ``is_draft``: it is not final there, though by the settings it should be."""

    ledger_id: str
    number: str
    reference: str
    description: str
    day: date
    total: Decimal
    vat: dict[Decimal, tuple[Decimal, Decimal]] = field(default_factory=dict)
    is_draft: bool = False


class Receivables(Protocol):
    """What debtors owe, in books that take payments on an invoice."""

    def invoice(self, ledger_id: str) -> Owed | None: ...

    def find_invoice(self, sold: SalesDocument, reference: str) -> Owed | None:
        """The invoice that stands for a document under another id than ours: under our reference, else the only unpaid
        one of that day with that description."""

    def add_payment(self, ledger_id: str, paid: SalesPayment, clearing_account: str) -> Owed:
        """Add a payment; a second time it is paid twice. What is owed afterwards."""


class Catalogue(Protocol):
    """The products of the books, where documents name them."""

    def product_key(self, line: SalesLine) -> str:
        """What tells the products of the shop apart; "" when a line is posted without a product."""

    def product_code(self, key: str, *, taken: set[str]) -> str:
        """The code that a product gets in the books; another one than those ``taken`` by other products."""

    def find_products(self, codes: list[str]) -> dict[str, str]:
        """Product id by the books' own code, for those codes that exist."""

    def create_product(self, sold: SalesDocument, line: SalesLine, code: str) -> str: ...


class Lists(Protocol):
    """The reference data of an administration."""

    administration_id: int

    def read_list(self, kind: str) -> list[Json]:
        """Rows with at least ``id`` and ``name``: vat_codes, revenue_accounts, and what only this system has."""


class Books(Lists, Protocol):
    """Calls raise what ``integrations.failures`` names. What is created is created without looking first."""

    catalogue: Catalogue | None
    receivables: Receivables | None
    target: str  # what a document becomes in these books: invoice, entry or order

    def problems(self, sold: SalesDocument) -> Iterable[Problem]:
        """What the lists of these books say against a document; asked before anything is written there."""

    def document_number(self, sold: SalesDocument) -> str:
        """The number by which these books can't tell two documents apart; "" where they refuse a second one."""

    def find_customer(self, email: str) -> Customer | None: ...

    def find_debtors(self, wanted: str) -> list[Json]:
        """Debtors to choose from, by number or by a part of the name: rows of ``id``, ``name`` with the town,
        ``full_name`` without it and, where people know them by another number than the id, ``number``; at most
        ``MOST_DEBTORS``, none that is blocked."""

    def has_customer(self, ledger_id: str) -> bool:
        """Whether a debtor is still there; raises ``Refused`` when it is, and can't be posted to."""

    def create_customer(self, sold: SalesDocument) -> Customer: ...

    def find_document(
        self, sold: SalesDocument, reference: str, customer: str, undone: Collection[str] = ()
    ) -> Json | None:
        """The document that was created under ``reference``, as the books hold it, with its ``id``; not one of the
        ids ``undone``, earlier postings of it that were taken back. Raises ``Refused`` when there is one that may be
        it, and nobody can be certain."""

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None: ...

    def create_document(self, sold: SalesDocument, reference: str, customer: str, products: dict[str, str]) -> Json: ...

    def booked(self, since: date, until: date) -> Iterator[Booked]:
        """All that these books hold of what documents become there, ours or not, dated in this period."""

    def booked_as(self, ledger_id: str, number: str = "", undone: Collection[str] = ()) -> Booked | None:
        """A posting wherever it is dated now; None when it is gone. By its ``number`` it is also found where it got
        another id when it was moved, then not as one of those ``undone``."""

    def withdraw(self, held: Json) -> bool:
        """Take a document back that is not final yet; False when it is final, and so stays."""

    def complete(self, held: Json, sold: SalesDocument) -> Posting:
        """Bring a created document to its end, going by how the books hold it now, so that it may be repeated."""

    def undoing(self, posted: Posted) -> Undoing:
        """How a posting would be taken back now; nothing is written. Raises ``Refused`` when it is not certain what the
        books hold."""

    def find_counter(self, undoing: Undoing) -> Json | None:
        """The counter-entry of a posting; raises ``Refused`` as ``find_document`` does."""

    def create_counter(self, undoing: Undoing) -> Json: ...

    def complete_counter(self, held: Json, undoing: Undoing) -> Posting:
        """Bring a created counter-entry to its end, as ``complete`` does a document."""

    def explain_gone(self, words: str) -> Problem:
        """Why the books say that something does not exist, after everything of ours was looked up again."""
