"""What a sales order is made of. Whole ones are in the golden files."""

from decimal import Decimal
from typing import Any

import pytest

from accounting.imuis.item import goods, item_key
from accounting.imuis.order import order, price, quantity, total_as_sent
from integrations.sales import SalesDocument
from tests.accounting.imuis.books import columns, document, sample_invoice, sample_order, settings
from tests.webshop.ccvshop.orders import a_customer, a_row

D = Decimal


def tables(sold: SalesDocument, **changes: Any) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The head and the lines of an order."""
    products = {item_key(line): item_key(line) for line in goods(sold)}
    rows = order(sold, settings(**changes), customer="13317", products=products)
    (head,) = columns(rows, "ORDKOP")
    return head, columns(rows, "ORDRG")


@pytest.mark.rule("R33", "R360", "R361", "R362", "R363", "R364", "R365", "R366", "R367", "R368", "R369")
def test_it_writes_the_head() -> None:
    """The customer's reference is its remark; a place for an external comment is not known."""
    head, _ = tables(sample_order())
    assert list(head.items()) == [
        ("DEB", "13317"),
        ("DAT", "02-03-2026"),
        ("DATLEV", "02-03-2026"),
        ("ORDSRT", "webshoporder"),
        ("EXTORDNR", "351000123"),
        ("KENM", "2026-1042"),
        ("OPM", "PO-7788"),
        ("BEDRORDKST", "-5,35"),
        ("BEDRVRACHTKST", "5,74"),
    ]


@pytest.mark.rule("R334", "R370")
def test_it_writes_goods_alone_as_lines() -> None:
    _, lines = tables(sample_order())
    assert [list(line.items()) for line in lines] == [
        [("ART", "KOF-1000-M"), ("AANT", "2"), ("OMSCHR", "Espressobonen 1 kg"), ("PRS", "20,60")],
        [("ART", "MOK-4"), ("AANT", "1"), ("OMSCHR", "Mokkenset"), ("PRS", "24,79")],
    ]


@pytest.mark.rule("R85", "R363")
def test_it_has_the_chosen_type() -> None:
    assert tables(document(), order_type="winkel")[0]["ORDSRT"] == "winkel"


@pytest.mark.rule("R364", "R365")
def test_an_invoice_has_an_id_and_a_number_of_its_own() -> None:
    head, _ = tables(sample_invoice())
    assert (head["EXTORDNR"], head["KENM"]) == ("88000456", "F2026-318")


@pytest.mark.rule("R334", "R368", "R369")
def test_it_says_that_there_are_no_costs() -> None:
    head, _ = tables(document())
    assert (head["BEDRORDKST"], head["BEDRVRACHTKST"]) == ("0,00", "0,00")
    assert not {"OPM", "NEGAANT"} & head.keys()


@pytest.mark.rule("R368", "R369")
def test_costs_are_without_vat() -> None:
    sold = document(
        a_row(100),
        total="119.21",
        tax="20.69",
        total_shipping="12.10",
        paymethod_costs="2.42",
        extra_costs="6.05",
        total_discounts="1.36",
    )
    head, _ = tables(sold)
    assert (head["BEDRVRACHTKST"], head["BEDRORDKST"]) == ("10,00", "5,88")  # 2.00 + 5.00 - 1.12


def test_a_credit_takes_goods_and_costs_back() -> None:
    head, lines = tables(sample_invoice(type="credit"))
    assert (head["NEGAANT"], head["BEDRORDKST"], head["BEDRVRACHTKST"]) == ("J", "5,35", "-5,74")
    assert [(line["AANT"], line["PRS"]) for line in lines] == [("-2", "20,60"), ("-1", "24,79")]


def test_a_row_that_was_taken_back_has_a_negative_quantity() -> None:
    sold = document(a_row(30), a_row(10, 21, -2, product_number="MOK-2"), total=10, tax="1.74")
    head, lines = tables(sold)
    assert head["NEGAANT"] == "J"
    assert [(line["AANT"], line["PRS"]) for line in lines] == [("1", "24,79"), ("-2", "8,26")]


def test_it_cuts_long_texts() -> None:
    customer = a_customer(reference="R" * 300)
    sold = document(a_row(product_name="x" * 60), ordernumber_full="N" * 60, customer=customer)
    head, lines = tables(sold)
    assert (head["KENM"], head["OPM"], lines[0]["OMSCHR"]) == ("N" * 25, "R" * 250, "x" * 40)


@pytest.mark.parametrize(
    ("gross", "count", "tax", "total", "written"),
    [
        ("14.99", 1, "2.60", "14.99", ("1", "12,39")),
        ("22.45", 2, "7.79", "44.90", ("2", "18,55")),
        ("1", "0.5", "0.09", "0.50", ("0,5", "0,82")),
        ("1.4937", "0.05", "0.01", "0.07", ("0,05", "1,20")),
        ("0.01", 1000, "1.74", "10.00", ("1000", "0,01")),
    ],
)
@pytest.mark.rule("R370")
def test_it_writes_quantities_and_net_prices(
    gross: str, count: Any, tax: str, total: str, written: tuple[str, str]
) -> None:
    _, (line,) = tables(document(a_row(gross, 21, D(count)), total=total, tax=tax))
    assert (line["AANT"], line["PRS"]) == written


def test_a_line_that_took_a_cent_is_sent_with_it() -> None:
    sold = document(total="10.01", tax="1.74")
    assert sold.lines[0].total_excl == D("8.27")
    assert price(sold.lines[0]) == D("8.27")


def test_it_tells_what_the_order_comes_to() -> None:
    sold = sample_order()
    assert total_as_sent(sold) == D("66.38")  # 2 x 20.60 + 24.79 - 5.35 + 5.74
    assert total_as_sent(sold) - sold.total_excl == D("0.01")
    credit = sample_invoice(type="credit")
    assert total_as_sent(credit) == D("-66.38")
    assert [quantity(line) for line in goods(credit)] == [-2, -1]
