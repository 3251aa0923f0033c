"""What can not be read is refused by name."""

from decimal import Decimal
from typing import Any

import pytest

from tests.webshop.ccvshop.orders import a_row, an_order, mapped, settings
from webshop.ccvshop.mapping import Unreadable, order_to_document

D = Decimal


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", "x"),
        ("id", True),
        ("id", -1),
        ("ordernumber_full", None),
        ("create_date", None),
        ("create_date", "yesterday"),
        ("create_date", 5),
        ("create_date", "0001-01-01T00:00:00+14:00"),
        ("total_price", "veel"),
        ("total_price", None),
        ("total_price", True),
        ("total_price", D("NaN")),
        ("total_price", "Infinity"),
        ("total_price", 10.5),
        ("total_price", "1_000"),
        ("total_price", "1e30"),
        ("total_tax", []),
        ("taxes_included", None),
        ("order_row_taxes_included", "maybe"),
        ("paid", "maybe"),
        ("currency", ""),
        ("shipping_tax_percentage", -1),
        ("discounts", [None]),
    ],
)
def test_it_refuses_what_it_cannot_read(field: str, value: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        mapped(an_order(**{field: value}), a_row())
    assert caught.value.field.startswith(field)


@pytest.mark.parametrize("field", ["count", "tax", "selling_price"])
def test_it_names_the_row_that_it_cannot_read(field: str) -> None:
    with pytest.raises(Unreadable) as caught:
        mapped(an_order(), a_row(), a_row(**{field: None}))
    assert caught.value.field == f"orderrows[1].{field}"


@pytest.mark.parametrize(
    "rows", [None, "x", {}, {"items": None}, [1], {"items": [], "next": "https://shop/?start=100"}]
)
def test_it_refuses_rows_that_are_no_rows(rows: Any) -> None:
    with pytest.raises(Unreadable):
        order_to_document(an_order(), rows, settings())


def test_it_refuses_rows_of_another_order() -> None:
    assert mapped(an_order(), a_row(order_id="351"))
    with pytest.raises(Unreadable, match="another document"):
        mapped(an_order(), a_row(order_id=352))


def test_it_cleans_texts_that_cannot_be_stored() -> None:
    document = mapped(an_order(), a_row(product_name="Mok\x00\ud800 blauw"))
    assert document.lines[0].name == "Mok blauw"
