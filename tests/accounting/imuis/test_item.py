"""What a new item is made of."""

from decimal import Decimal
from typing import Any

import pytest

from accounting.imuis.item import goods, is_first_seen_without_vat, item, item_key, item_number, vat_kind
from integrations.settings_file import SettingsError
from tests.accounting.imuis.books import columns, document, sample_order, settings
from tests.webshop.ccvshop.orders import a_customer, a_row

D = Decimal


def an_item(price: Any = 10, rate: Any = 21, count: Any = 1, **changes: Any) -> dict[str, str]:
    rows = item(document(a_row(price, rate, count, **changes)).lines[0], settings())
    assert rows[0] == ("METADATA", {"TABLE": "ART"})
    return columns(rows, "DATA")[0]


@pytest.mark.rule("R84", "R333", "R376", "R378", "R385", "R386", "R387", "R388", "R389", "R390")
def test_it_writes_an_item() -> None:
    assert an_item("14.99", sub_ean_number="8712345678906") == {
        "NR": "MOK-1",
        "ZKSL": "MOK-1",
        "OMSCHR": "Mok",
        "OPMEXT": "Mok",
        "ARTGRP": "29",
        "BTW": "H",
        "VERKPR": "12,39",
        "VERKPRINCL": "14,99",
        "EAN": "8712345678906",
    }


@pytest.mark.rule("R377", "R378", "R385")
def test_it_cuts_what_is_too_long() -> None:
    found = an_item(product_name="Kop & schotel " * 5, product_number="K" * 30, sub_ean_number="8" * 21)
    assert (found["OMSCHR"], found["NR"], found["ZKSL"]) == (
        "Kop & schotel Kop & schotel Kop & schote",
        "K" * 20,
        "K" * 20,
    )
    assert found["OPMEXT"] == ("Kop & schotel " * 5).strip()
    assert "EAN" not in found


def test_it_names_an_item_by_its_code_when_it_has_no_name() -> None:
    assert an_item(product_name="")["OMSCHR"] == "MOK-1"


@pytest.mark.rule("R333", "R386")
def test_it_puts_items_in_the_chosen_group() -> None:
    rows = item(document().lines[0], settings(item_group="31"))
    assert columns(rows, "DATA")[0]["ARTGRP"] == "31"


@pytest.mark.parametrize(("total", "tax", "count"), [(-10, "-1.74", -1), (-10, "-1.74", 1), (10, "1.74", -1)])
def test_it_gives_an_item_the_price_of_a_debit(total: Any, tax: Any, count: int) -> None:
    sold = document(a_row(10, 21, count), total=total, tax=tax)
    found = columns(item(sold.lines[0], settings()), "DATA")[0]
    assert (found["VERKPR"], found["VERKPRINCL"]) == ("8,26", "10,00")


@pytest.mark.rule("R331", "R379", "R380", "R381", "R382", "R383", "R384")
@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        *(("21", "H"), ("9", "L"), ("6", "L"), ("0", "V"), ("21.00", "H"), ("0.00", "V")),
        *(("19", "H"), ("19.0", "H"), ("5.5", "L"), ("12", "G"), ("20", None), ("7", None)),
    ],
)
def test_it_knows_the_vat_kind_of_a_percentage(rate: str, kind: str | None) -> None:
    chosen = settings(vat_kinds={"19": "H", "5.50": "L", "12": "G", "21": "L", "0": "G"})
    assert vat_kind(D(rate), chosen) == kind


@pytest.mark.rule("R331", "R379")
@pytest.mark.parametrize(("rate", "kind"), [(21, "H"), (9, "L"), ("0.06", "L"), (0, "V"), ("0.21", "H"), (19, "H")])
def test_an_item_takes_the_vat_kind_of_its_line(rate: Any, kind: str) -> None:
    assert an_item(rate=rate)["BTW"] == kind


@pytest.mark.rule("R384")
@pytest.mark.parametrize("kinds", [{"19": "X"}, {"19": "h"}, {"19": ""}, {"19%": "H"}, {"101": "H"}, {"-1": "H"}])
def test_the_settings_know_four_vat_kinds(kinds: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"accounting\.vat_kinds"):
        settings(vat_kinds=kinds)


def test_the_settings_keep_vat_kinds_as_they_were_given() -> None:
    kinds = {"19": "H", "5.5": "L", "20": "V", "12": "G"}
    assert settings(vat_kinds=kinds).as_file()["accounting"]["vat_kinds"] == kinds


@pytest.mark.rule("R334")
def test_only_goods_are_items() -> None:
    sold = sample_order()
    assert [line.code for line in goods(sold)] == ["KOF-1000-M", "MOK-4"]
    assert [item_key(line) for line in sold.lines] == ["KOF-1000-M", "MOK-4", "", "", "", "", "", ""]


def test_a_product_without_a_number_is_known_by_its_id() -> None:
    rows = [a_row(product_number=""), a_row(product_number="", product_id=None)]
    lines = document(*rows, total=20, tax="3.48").lines
    assert [item_number(item_key(line)) for line in lines] == ["845", ""]
    assert item_key(lines[0]) != "845"  # which may be another product's number


@pytest.mark.rule("R378")
@pytest.mark.parametrize(
    ("key", "number"), [("MOK-1", "MOK-1"), ("K" * 21, "K" * 20), (f"{'K' * 19} X", "K" * 19), ("", "")]
)
def test_a_number_has_twenty_characters(key: str, number: str) -> None:
    assert item_number(key) == number


@pytest.mark.rule("R332")
@pytest.mark.parametrize(
    ("country", "order", "is_noted"),
    [("DE", {"is_intra_community_order": True}, True), ("CH", {}, True), ("NL", {}, False), ("BE", {}, False)],
)
def test_it_tells_items_that_are_first_seen_without_vat(country: str, order: dict[str, Any], is_noted: bool) -> None:
    sold = document(a_row(10, 0), total=15, tax=0, total_shipping=5, customer=a_customer(country), **order)
    assert [is_first_seen_without_vat(sold, line) for line in sold.lines] == [is_noted, False]
