"""Whatever people type in a shop arrives in the books of every target, or is said to be too much: nothing is refused
there, nothing breaks, and no amount changes."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from integrations.models import Document, State
from tests.king import amount, link_king
from tests.linked import Linked, link

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

Json = dict[str, Any]

LONG = "Ångström & Zn. €"
STRANGE = (
    "Zoë van 't Hof-Ångström",
    "Jansen & <b>Zn</b> \"R\" 'S' ]]> <!-- &amp; &#0; <?x ?>",
    "€ 1,00 — ½ ‰ ™",
    "☕ 👩‍👩‍👧 🇳🇱 é̂ 𝄞",
    "שלום العربية \u202etxet\u202c",
    "李伟 Дарья Ngọc ﷽ ß ŉ ΐ",
    "a\tb\nc\r\nd\u2028e\x85f\xa0g",
    "nul\x00nul \x01\x1b[31m\x7f\x9f \ufffe\uffff",
    "\ud800half \udfff\ud83d",
    (LONG * 20)[:300],
    "w" * 300,
    "👩" * 300,
    "0123456789",
    "12345678901234567890123",
    "1 t/m 99999999 (achter, 3e verdieping links)",
    "=1+1 %s {0} ${x} \\ / ; DROP",
    " ",
    "",
)
DOMAIN = "@voorbeeld.example"
NAMED = {"text_not_expressible", "article_key_collision", "product_code_missing"}
NUMBER = itertools.count(1)

anything = st.text(st.characters(exclude_categories=[]), max_size=80)
ADDRESS = ("full_name", "company", "street", "housenumber", "housenumber_suffix", "zipcode", "city", "telephone")
CUSTOMER = ("reference", "kvk", "btw", "vatnumber")


def an_order(pick: Callable[[], str]) -> Json:
    """An order with another strange text in each of its fields; its e-mail address is no other order's."""
    number = next(NUMBER)
    address = {name: pick() for name in (*ADDRESS, "address_line_2")} | {"country_code": "NL"}
    customer = {name: pick() for name in CUSTOMER} | {
        "email": f"{local_part(pick())}{number}{DOMAIN}",
        "billingaddress": {**address, "first_name": pick(), "last_name": pick()},
        "deliveryaddress": {**address, "full_name": pick(), "city": pick()},
    }
    costs = {"total_shipping": 4.95, "extra_costs": 1.5, "extra_costs_description": pick()}
    order = {"customer": customer, "paymethod": pick(), "ordernumber_prefix": pick(), "transaction_id": pick(), **costs}
    rows = [{**a_row(pick), "price": 12.1, "tax": 21, "count": 2}, {**a_row(pick), "price": 3.27, "tax": 9, "count": 3}]
    return {"order": order, "orderrows": rows, "paid": True}


def local_part(text: str) -> str:
    """As far as a shop would take it: without what ends an address."""
    return re.sub(r"[@,;\s]", "", one_line(text))[:30]


def a_row(pick: Callable[[], str]) -> Json:
    names = ("product_name", "product_number", "sub_product_number", "sub_ean_number", "memo", "unit")
    return {name: pick() for name in names}


def one_line(text: str, longest: int | None = None) -> str:
    """What the books should hold of a text: in one line, without what can't be stored, cut after so many characters."""
    known = json.loads(json.dumps(text)).replace("\x00", "")
    known = re.sub("[\ud800-\udfff]", "?", known)
    known = re.sub("[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", known)
    return " ".join(known.split())[:longest].rstrip()


def one_of(*texts: str) -> str:
    """The first that holds anything."""
    return next((text for text in texts if one_line(text)), "")


class Road:
    """A shop and the books of a target. ``total`` and ``texts`` are what the books hold of a document that was posted;
    ``texts`` gives pairs: what is there, and what the shop had, cut to its length."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked

    def read(self) -> None:
        """Have a look at all that the books hold."""

    def total(self, document: Document) -> Any:
        raise NotImplementedError

    def texts(self, document: Document, order: Json, rows: list[Json]) -> Iterator[tuple[str | None, str]]:
        raise NotImplementedError


class Invoices(Road):
    whole: Any = Decimal("40.46")

    def read(self) -> None:
        self.invoices = {str(invoice["id"]): invoice for invoice in self.linked.ledger()}
        self.contacts = {contact["id"]: contact for contact in self.linked.ledger("contacts")}

    def total(self, document: Document) -> Any:
        return Decimal(self.invoices[document.ledger_id]["price_with_vat"])

    def texts(self, document: Document, order: Json, rows: list[Json]) -> Iterator[tuple[str | None, str]]:
        invoice, billing = self.invoices[document.ledger_id], order["customer"]["billingaddress"]
        contact = self.contacts[invoice["contact_id"]]
        person = f"{one_line(billing['first_name'])} {one_line(billing['last_name'])}".strip()
        yield contact["company_name"], one_line(billing["company"], 255)
        if person:
            yield contact["contact_person_name"], one_line(person, 255)
        yield contact["address"], one_line(address_of(billing), 255)
        yield contact["zipcode"], one_line(billing["zipcode"], 255)
        yield contact["city"], one_line(billing["city"], 255)
        yield contact["contact_person_email_address"], one_line(order["customer"]["email"]).lower()
        for line, name in zip(invoice["invoice_lines"], names_of(order, rows), strict=True):
            yield line["description"], one_line(name, 255)


class KingRoad(Road):
    def read(self) -> None:
        self.debtors = {debtor["NR"]: debtor for debtor in self.linked.ledger("debtors")}

    def of_debtor(self, number: str, order: Json) -> Iterator[tuple[str | None, str]]:
        debtor, delivery = self.debtors[number], order["customer"]["deliveryaddress"]
        parts = dict.fromkeys(filter(None, (one_line(delivery["company"]), one_line(delivery["full_name"]))))
        if parts:
            yield debtor["NAAM"], one_line(", ".join(parts), 50)
        yield debtor.get("ADRES"), one_line(address_of(delivery), 50)
        yield debtor.get("STRAAT"), one_line(delivery["street"], 37)
        yield debtor.get("POSTCD"), one_line(delivery["zipcode"], 8)
        yield debtor.get("PLAATS"), one_line(delivery["city"], 24)
        yield debtor["EMAIL"], one_line(order["customer"]["email"]).lower()


class Entries(KingRoad):
    whole: Any = (Decimal("40.46"), Decimal(0))

    def read(self) -> None:
        super().read()
        self.entries = {entry[0]["FACT"]: entry for entry in self.linked.ledger("entries")}

    def total(self, document: Document) -> Any:
        booked = [amount(row["BEDRBOEK"]) for row in self.entries[document.ledger_number]]
        return booked[0], sum(booked)

    def texts(self, document: Document, order: Json, rows: list[Json]) -> Iterator[tuple[str | None, str]]:
        total, *details = self.entries[document.ledger_number]
        yield from self.of_debtor(total["REK"], order)
        yield total["BOEKSTUK"], one_line(order["ordernumber_full"], 20)
        yield total["OMSCHR"], one_line(order["ordernumber_full"], 40)
        for row, name in zip(details, names_of(order, rows), strict=True):
            yield row["OMSCHR"], one_line(name, 40)


class Orders(KingRoad):
    whole: Any = "34,33"

    def read(self) -> None:
        super().read()
        self.orders = {order["ORDKOP"]["NR"]: order for order in self.linked.ledger("orders")}
        self.items = {item["NR"]: item for item in self.linked.ledger("items")}

    def total(self, document: Document) -> Any:
        return self.orders[document.ledger_id]["totals"]["net"]

    def texts(self, document: Document, order: Json, rows: list[Json]) -> Iterator[tuple[str | None, str]]:
        held = self.orders[document.ledger_id]
        yield from self.of_debtor(held["ORDKOP"]["DEB"], order)
        yield held["ORDKOP"]["KENM"], one_line(order["ordernumber_full"], 25)
        yield held["ORDKOP"].get("OPM"), one_line(order["customer"]["reference"], 250)
        for line, row, name in zip(held["ORDRG"], rows, names_of(order, rows), strict=False):
            yield line["OMSCHR"], one_line(name, 40)
            yield line["ART"].casefold(), one_line(code_of(row), 20).casefold()
            assert self.items[line["ART"]]["OMSCHR"]


def code_of(row: Json) -> str:
    return one_of(row["sub_product_number"], row["product_number"], str(row["product_id"]))


def names_of(order: Json, rows: list[Json]) -> list[str]:
    """What the lines are called: products, without a name by their number; then shipping and what is charged extra."""
    described = one_line(order["extra_costs_description"])
    goods = [one_of(row["product_name"], code_of(row)) for row in rows]
    return [*goods, "Shipping costs", f"Extra {described}" if described else "Surcharge"]


def address_of(block: Json) -> str:
    parts = (block["street"], block["housenumber"], block["housenumber_suffix"])
    return " ".join(filter(None, map(one_line, parts)))


ROADS: dict[str, Callable[[str], Road]] = {
    "Rompslomp": lambda url: Invoices(link(url)),
    "King entries": lambda url: Entries(link_king(url)),
    "King orders": lambda url: Orders(link_king(url, "order")),
}


@pytest.fixture(params=ROADS)
def road(request: pytest.FixtureRequest, sandbox: Any) -> Road:
    return ROADS[request.param](sandbox.url)


def carry(road: Road, orders: list[Json]) -> list[Document]:
    """Let orders be processed and hold what the books have of them against the shop; gives the documents."""
    linked = road.linked
    placed = [linked.place(**order) for order in orders]
    linked.deliver(*(order["id"] for order in placed))
    linked.work()
    road.read()
    documents = [linked.document(order["id"]) for order in placed]
    for document, made in zip(documents, placed, strict=True):
        if document.state == State.ERROR:
            assert {problem["code"] for problem in document.problems} <= NAMED, document.problems
            continue
        assert (document.state, document.reason) == (State.PROCESSED, "")
        assert road.total(document) == road.whole
        for found, had in road.texts(document, made["order"], made["orderrows"]["items"]):
            assert (found or "").rstrip() == had
    assert linked.ledger("repeats") == []
    return documents


@pytest.mark.rule("R315", "R377")
def test_strange_texts_travel(road: Road) -> None:
    orders = [an_order(lambda text=text: text) for text in STRANGE]
    documents = carry(road, orders)
    stuck = {STRANGE[index] for index, document in enumerate(documents) if document.state == State.ERROR}
    assert stuck <= {"12345678901234567890123"}


def test_any_text_travels(road: Road) -> None:
    @trial(max_examples=6, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(anything, min_size=8, max_size=8), min_size=4, max_size=4))
    def carried(drawn: list[list[str]]) -> None:
        carry(road, [an_order(itertools.cycle(texts).__next__) for texts in drawn])

    carried()


@pytest.mark.parametrize("length", [65, 254, 300])
def test_an_address_that_does_not_fit_is_named(road: Road, length: int) -> None:
    order = an_order(lambda: "x")
    order["order"]["customer"]["email"] = f"{'a' * (length - len(DOMAIN))}{DOMAIN}"
    (document,) = carry(road, [order])
    fits = length <= (254 if isinstance(road, Invoices) else 64)
    assert {problem["code"] for problem in document.problems} == (set() if fits else {"text_not_expressible"})
