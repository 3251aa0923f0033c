"""What holds for every order, tried on random ones."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as trial
from hypothesis import strategies as st

from accounting.imuis.calls import creates
from accounting.imuis.dataset import dataset, parse
from accounting.imuis.debtor import debtor
from accounting.imuis.entry import entry
from accounting.imuis.item import goods, item, item_key
from accounting.imuis.literals import money
from accounting.imuis.order import order, price, quantity
from accounting.prechecks import problems
from integrations.money import ZERO
from integrations.sales import SalesDocument
from tests.accounting.imuis.books import SETTINGS, columns, settings
from tests.webshop.ccvshop.orders import a_customer
from tests.webshop.ccvshop.test_mapping_properties import _negated, shop_orders
from webshop.ccvshop.mapping import order_to_document

CHOSEN = {amounts: settings(amounts=amounts) for amounts in ("incl", "excl")}
ORDERS = settings(target="order")
anything = st.text(st.characters(exclude_categories=[]), max_size=60)
LONGEST = {"ZKSL": 20, "NAAM": 50, "STRAAT": 37, "ADRES": 50, "HNR": 5, "HNRTV": 6, "POSTCD": 8, "PLAATS": 24}
LONGEST |= {"TEL": 15, "KVKNR": 15, "NR": 20, "EAN": 20, "KENM": 25, "OPM": 250, "OMSCHR": 40, "FACT": 20}
LONGEST |= {"BOEKSTUK": 20}


@st.composite
def documents(draw: Any) -> SalesDocument:
    """Debits and credits whose lines add up to their total, as every document does that is posted."""
    order, rows = draw(shop_orders())
    if draw(st.booleans()):
        order, rows = _negated(order, rows)
    return order_to_document(order, rows, CHOSEN["incl"])


@st.composite
def strange_documents(draw: Any) -> SalesDocument:
    order, rows = draw(shop_orders())
    names = ("full_name", "company", "street", "housenumber", "zipcode", "city", "telephone")
    billing = a_customer()["billingaddress"] | {name: draw(anything) for name in names}
    customer = a_customer(billingaddress=billing, kvk=draw(anything), reference=draw(anything))
    order |= {"customer": customer, "ordernumber_full": f"1{draw(anything)}"}
    rows = [row | {"product_name": draw(anything), "sub_ean_number": draw(anything)} for row in rows]
    return order_to_document(order, rows, CHOSEN["incl"])


@pytest.mark.rule("R348", "R356", "R357", "R359")
@trial(max_examples=200)
@given(documents())
def test_every_entry_balances(sold: SalesDocument) -> None:
    """By the amounts as they are written, not by those that they were made of."""
    for amounts, chosen in CHOSEN.items():
        if problems(sold, chosen):
            continue
        total, *details = columns(entry(sold, chosen, customer="1", period=(2026, 3)), "BOE")
        booked = sum((_read(row["BEDRBOEK"]) for row in details), ZERO)
        vat = sum((_read(row["BEDRBTW"]) for row in details), ZERO)
        assert _read(total["BEDRBOEK"]) + booked + (vat if amounts == "excl" else 0) == 0
        assert vat == -sold.total_vat
        assert len(details) == len(sold.lines)


def _read(written: str) -> Decimal:
    assert "." not in written
    return Decimal(written.replace(",", "."))


@pytest.mark.rule("R368", "R369", "R370")
@trial(max_examples=200)
@given(documents())
def test_every_order_comes_to_what_was_sold(sold: SalesDocument) -> None:
    """Each line within half a cent for each piece, the costs to the cent."""
    for line in goods(sold):
        assert price(line) >= 0
        assert abs(price(line) * quantity(line) - line.total_excl) <= line.quantity * Decimal("0.005")
    products = {item_key(line): item_key(line) for line in goods(sold)}
    (head,) = columns(order(sold, ORDERS, customer="1", products=products), "ORDKOP")
    costs = sum((line.total_excl for line in sold.lines if line.type != "goods"), ZERO)
    assert _read(head["BEDRORDKST"]) + _read(head["BEDRVRACHTKST"]) == costs


@trial(max_examples=100)
@given(strange_documents())
def test_every_text_arrives_whole_and_fits(sold: SalesDocument) -> None:
    products = {item_key(line): item_key(line) for line in goods(sold)}
    for rows in (
        debtor(sold, ORDERS, country="NL"),
        *(item(line, ORDERS) for line in goods(sold)),
        entry(sold, CHOSEN["incl"], customer="1", period=(2026, 3)) if not problems(sold, CHOSEN["incl"]) else [],
        order(sold, ORDERS, customer="1", products=products),
    ):
        assert parse(dataset(*rows).encode()) == [(table, dict(row)) for table, row in rows]
        for _, row in rows:
            assert all(len(value) <= LONGEST.get(name, len(value)) for name, value in row.items())
            assert all(value for value in row.values())


@given(documents())
def test_every_document_without_problems_has_calls(sold: SalesDocument) -> None:
    for chosen in (*CHOSEN.values(), ORDERS):
        if not problems(sold, chosen):
            calls = creates(sold, chosen, {}, {})
            assert calls[-1]["action"] in ("CREATEJOURNAALPOST", "CREATEVERKOOPORDER")


@given(st.decimals(-(10**9), 10**9, places=2))
def test_money_is_written_to_the_cent(amount: Decimal) -> None:
    assert _read(money(amount)) == amount


def test_the_settings_of_these_tests_are_complete() -> None:
    assert settings().as_file()["accounting"].items() >= SETTINGS["accounting"].items()
