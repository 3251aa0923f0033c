"""What a financial entry is made of. Whole ones are in the golden files."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from accounting.imuis.entry import balance, document_digits, entry
from accounting.imuis.forms import options
from accounting.naming import description
from integrations.sales import SalesDocument
from tests.accounting.imuis.books import columns, document, sample_invoice, sample_order, settings
from tests.webshop.ccvshop.orders import a_row

D = Decimal


def rows_of(sold: SalesDocument, **changes: Any) -> list[dict[str, str]]:
    rows = entry(sold, settings(**changes), customer="13317", period=(2026, 3))
    assert {name for name, _ in rows} == {"BOE"}
    return columns(rows, "BOE")


def a_sale() -> SalesDocument:
    """The worked example of the vendor's table: 50,08 is 14,99 and 35,09."""
    cup = a_row("14.99", product_name="Koffiemok blauw")
    pot = a_row("35.09", product_name="Theepot groen", product_number="POT-1")
    return document(cup, pot, total="50.08", tax="8.69", ordernumber_full="W14194", create_date="2026-03-01T12:00:00Z")


@pytest.mark.rule("R33", "R338", "R339", "R340", "R341", "R342", "R343", "R344", "R345", "R346", "R347", "R348")
def test_it_writes_the_total_row() -> None:
    total = rows_of(a_sale())[0]
    assert list(total.items()) == [
        ("JR", "2026"),
        ("PN", "3"),
        ("DAGB", "41"),
        ("REK", "13317"),
        ("TEGREK", "2975"),
        ("BTW", "0"),
        ("BEDRBOEK", "50,08"),
        ("DAT", "01-03-2026"),
        ("FACT", "14194"),
        ("OMSCHR", "W14194"),
        ("BOEKSTUK", "W14194"),
    ]


@pytest.mark.rule("R329", "R349", "R350", "R351", "R352", "R353", "R354", "R355", "R356", "R357", "R358")
def test_it_writes_a_row_for_each_line() -> None:
    _, cup, pot = rows_of(a_sale())
    assert list(cup.items()) == [
        ("JR", "2026"),
        ("PN", "3"),
        ("DAGB", "41"),
        ("REK", "8000"),
        ("TEGREK", "2975"),
        ("BTW", "2"),
        ("AANT", "1"),
        ("BEDRBOEK", "-14,99"),
        ("BEDRBTW", "-2,60"),
        ("DAT", "01-03-2026"),
        ("OMSCHR", "Koffiemok blauw"),
        ("BOEKSTUK", "14194"),
    ]
    assert (pot["BEDRBOEK"], pot["BEDRBTW"], pot["OMSCHR"]) == ("-35,09", "-6,09", "Theepot groen")


@pytest.mark.rule("R356", "R357")
def test_it_writes_net_amounts_when_told() -> None:
    rows = rows_of(a_sale(), amounts="excl")
    assert [row["BEDRBOEK"] for row in rows] == ["50,08", "-12,39", "-29,00"]
    assert [row["BEDRBTW"] for row in rows[1:]] == ["-2,60", "-6,09"]


@pytest.mark.rule("R109", "R350", "R352", "R358", "R359")
def test_costs_and_discounts_are_rows_on_their_own_accounts() -> None:
    rows = rows_of(sample_order())[1:]
    assert [(row["OMSCHR"], row["REK"], row["BTW"], row["BEDRBOEK"]) for row in rows] == [
        ("Espressobonen 1 kg", "8010", "1", "-44,90"),
        ("Mokkenset", "8000", "2", "-30,00"),
        ("Shipping costs", "8020", "2", "-6,95"),
        ("Payment costs", "8030", "2", "-1,85"),
        ("Extra Handlingkosten", "8000", "2", "-2,00"),
        ("Credit points", "8000", "2", "5,00"),
        ("Discount", "8010", "1", "3,00"),
        ("Discount", "8000", "2", "2,00"),
    ]


@pytest.mark.rule("R353")
def test_a_row_is_one_piece_whatever_the_quantity() -> None:
    row = rows_of(document(a_row(5, 21, 12), total=60, tax="10.41"))[1]
    assert (row["AANT"], row["BEDRBOEK"]) == ("1", "-60,00")


def test_a_credit_turns_every_sign() -> None:
    credit = sample_invoice(type="credit", invoicenumber_full="C2026-9")
    debit = sample_invoice(invoicenumber_full="C2026-9")
    for amounts in ("incl", "excl"):
        turned, straight = rows_of(credit, amounts=amounts), rows_of(debit, amounts=amounts)
        assert [-_amount(row, "BEDRBOEK") for row in turned] == [_amount(row, "BEDRBOEK") for row in straight]
        assert [-_amount(row, "BEDRBTW") for row in turned] == [_amount(row, "BEDRBTW") for row in straight]
    assert turned[0]["BEDRBOEK"] == "-75,70"
    assert (turned[0]["OMSCHR"], turned[0]["BOEKSTUK"], turned[0]["FACT"]) == ("Credit 2026-1042", "C2026-9", "20269")


def _amount(row: dict[str, str], column: str) -> Decimal:
    return D(row.get(column, "0").replace(",", "."))


@pytest.mark.rule("R342", "R346", "R347", "R355")
@pytest.mark.parametrize(("number", "text"), [("order", "2026-1042"), ("invoice", "F2026-318")])
def test_an_invoice_has_numbers_of_its_own(number: str, text: str) -> None:
    rows = rows_of(sample_invoice(), number=number)
    assert (rows[0]["OMSCHR"], rows[0]["BOEKSTUK"], rows[0]["FACT"]) == (text, "F2026-318", "2026318")
    assert {row["BOEKSTUK"] for row in rows[1:]} == {"2026318"}


@pytest.mark.parametrize(("number", "text"), [("order", "2026-1"), ("invoice", "318")])
def test_it_describes_an_order_by_the_chosen_number(number: str, text: str) -> None:
    assert description(document(invoicenumber=318), settings(number=number)) == text
    assert description(document(), settings(number=number)) == "2026-1"


def test_it_describes_a_credit_as_one() -> None:
    assert description(document(total=-10, tax="-1.74"), settings()) == "Credit 2026-1"


@pytest.mark.rule("R346", "R347")
def test_it_cuts_long_texts() -> None:
    sold = document(a_row(product_name="x" * 60), ordernumber_full=f"1{'N' * 60}")
    total, detail = rows_of(sold)
    assert (total["OMSCHR"], total["BOEKSTUK"], detail["OMSCHR"]) == (f"1{'N' * 39}", f"1{'N' * 19}", "x" * 40)


def test_it_names_a_line_by_its_code_when_it_has_no_name() -> None:
    assert rows_of(document(a_row(product_name="")))[1]["OMSCHR"] == "MOK-1"


@pytest.mark.rule("R342", "R355")
@pytest.mark.parametrize(
    ("number", "digits"),
    [("W14194", "14194"), ("2026-0007", "20260007"), ("ABC", ""), ("1" * 20, "1" * 20), ("1" * 21, "")],
)
def test_it_knows_a_document_by_its_digits(number: str, digits: str) -> None:
    assert document_digits(document(ordernumber_full=number)) == digits


@pytest.mark.rule("R344", "R345", "R354")
def test_it_books_in_the_period_that_it_is_given() -> None:
    rows = columns(entry(a_sale(), settings(), customer="13317", period=(2025, 9)), "BOE")
    assert {(row["JR"], row["PN"], row["DAT"]) for row in rows} == {("2025", "9", "01-03-2026")}


@pytest.mark.rule("R356")
@pytest.mark.parametrize(
    ("amounts", "rows", "left"),
    [
        ("incl", [("50,08", "0"), ("-14,99", "-2,60"), ("-35,09", "-6,09")], "0"),
        ("excl", [("50,08", "0"), ("-12,39", "-2,60"), ("-29,00", "-6,09")], "0"),
        ("excl", [("121,00", "0"), ("-100,00", "-21,00")], "0"),
        ("incl", [("121,00", "0"), ("-100,00", "-21,00")], "-21"),
        ("excl", [("121,00", "0"), ("-121,00", "-21,00")], "21"),
        ("incl", [("50,08", "0"), ("-50,07", "-8,69")], "-0.01"),
    ],
)
def test_it_computes_what_is_left_on_the_splitting_account(amounts: str, rows: list[Any], left: str) -> None:
    boe = [{"BEDRBOEK": amount, "BEDRBTW": vat} for amount, vat in rows]
    assert balance(boe, options(settings(amounts=amounts))) == D(left)


@pytest.mark.rule("R356")
@pytest.mark.parametrize("amounts", ["incl", "excl"])
def test_it_refuses_to_write_what_does_not_balance(amounts: str) -> None:
    sold = a_sale()
    for broken in (
        replace(sold, lines=sold.lines[:1]),
        replace(sold, total_incl=D("50.09"), total_excl=D("41.40")),
    ):
        with pytest.raises(ValueError, match="out of balance"):
            rows_of(broken, amounts=amounts)
