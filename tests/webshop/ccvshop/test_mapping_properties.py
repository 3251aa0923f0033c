"""What holds for every order, tried on random ones."""

import copy
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from integrations.money import cents, factor
from integrations.sales import SalesDocument, dump, load
from tests.webshop.ccvshop import orders
from webshop.ccvshop.mapping import Unreadable, invoice_to_document, order_to_document

pytestmark = pytest.mark.broad

SETTINGS = orders.settings()
LIMIT = Decimal("0.05")
amounts = st.decimals("0", "500", places=2)
counts = st.one_of(st.integers(1, 20).map(Decimal), st.decimals("0.05", "3", places=2))


@st.composite
def shop_orders(draw: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An order as a shop computes it: exact amounts, rounded once for the total and once for the VAT."""
    includes = draw(st.booleans())
    totals_include = draw(st.booleans())
    rows = draw(
        st.lists(
            st.tuples(st.decimals("0.01", "300", places=2), st.sampled_from([0, 9, 21]), counts), min_size=1, max_size=9
        )
    )
    goods = [(price * count, Decimal(rate)) for price, rate, count in rows]
    shipping, paying, extra = draw(amounts), draw(amounts), draw(st.decimals("-3", "30", places=2))
    discount = draw(st.sampled_from([Decimal(0), cents(sum(amount for amount, _ in goods) / 7)]))
    highest = max(rate for _, rate in goods)
    charged = [*goods, (shipping, Decimal(21)), (paying, Decimal(21)), (extra, highest)]
    whole = sum(amount for amount, _ in goods)
    charged += [(-discount * amount / whole, rate) for amount, rate in goods]
    gross = sum(amount if includes else amount * factor(rate) for amount, rate in charged)
    net = sum(amount / factor(rate) if includes else amount for amount, rate in charged)
    total, tax = cents(gross), cents(gross - net)
    order = orders.an_order(
        total if totals_include else total - tax,
        tax,
        taxes_included=totals_include,
        order_row_taxes_included=includes,
        total_shipping=shipping,
        paymethod_costs=paying,
        extra_costs=extra,
        total_discounts=discount,
    )
    return order, [
        orders.a_row(price, rate, count, product_number=f"A{n}") for n, (price, rate, count) in enumerate(rows)
    ]


def _document(order: dict[str, Any], rows: list[dict[str, Any]]) -> SalesDocument:
    return order_to_document(order, rows, SETTINGS)


def _before_moving(document: SalesDocument, total: str) -> Decimal:
    moved = sum((cent.amount for cent in document.moved if cent.total == total), Decimal(0))
    return abs(moved)


@pytest.mark.rule("R43", "R165", "R166", "R167", "R168", "R169", "R186")
@settings(max_examples=300)
@given(shop_orders())
def test_it_adds_up_to_the_shops_totals(source: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    document = _document(*source)
    gross, vat = orders.totals(document)
    off_gross, off_vat = document.total_incl - gross, document.total_vat - vat
    limit = min(Decimal("0.01") * len(document.lines), LIMIT)
    assert off_gross == 0 or abs(off_gross) > limit
    assert off_vat == 0 or abs(off_vat) > limit
    assert _before_moving(document, "incl") <= LIMIT
    assert document.total_excl + document.total_vat == document.total_incl


@pytest.mark.rule("R198")
@settings(max_examples=300)
@given(shop_orders())
def test_it_has_no_zero_lines_and_no_vat_on_zero_rates(source: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    for line in _document(*source).lines:
        assert line.total_incl != 0
        assert line.quantity > 0
        assert line.vat_rate != 0 or line.total_vat == 0
        assert line.total_vat * line.total_incl >= 0


@given(shop_orders())
def test_it_survives_the_database(source: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    document = _document(*source)
    assert load(json.loads(json.dumps(dump(document)))) == document


@pytest.mark.rule("R308")
@settings(max_examples=200)
@given(shop_orders())
def test_it_mirrors_a_credit(source: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    order, rows = source
    debit = _document(order, rows)
    assume(debit.total_incl > 0 and order["total_price"] > 0)
    credit = _document(*_negated(order, rows))
    assert credit.is_credit
    assert (credit.total_incl, credit.total_vat) == (-debit.total_incl, -debit.total_vat)
    assert (credit.discount_incl, credit.discount_excl) == (debit.discount_incl, debit.discount_excl)
    for mine, theirs in zip(credit.lines, debit.lines, strict=True):
        assert mine.quantity == theirs.quantity
        assert mine.discount == theirs.discount
        for name in ("unit_price_excl", "unit_price_incl", "total_excl", "total_vat", "total_incl"):
            assert getattr(mine, name) == -getattr(theirs, name)


def _negated(order: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    names = ("total_price", "total_tax", "total_shipping", "paymethod_costs", "extra_costs", "total_discounts")
    return order | {name: -Decimal(order[name]) for name in names}, [row | {"count": -row["count"]} for row in rows]


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from(["", "NaN", "Infinity", "-0", "1e999", "1_0", "x", "9" * 5000, 10**400, [], {}, [1], {"a": 1}]),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.floats(),
    st.text(max_size=20),
)


@st.composite
def mutated(draw: Any, name: str) -> dict[str, Any]:
    source: dict[str, Any] = copy.deepcopy(orders.sample(name))
    for _ in range(draw(st.integers(1, 3))):
        node: Any = source
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(node[key], dict | list) or draw(st.integers(0, 5)) == 0:
                node[key] = copy.deepcopy(draw(junk))
                break
            node = node[key]
    return source


@settings(max_examples=600)
@example({"order": {"id": 1}, "orderrows": []})
@given(mutated("order"))
def test_it_says_when_it_cannot_read_an_order(source: dict[str, Any]) -> None:
    with suppress(Unreadable):
        document = order_to_document(source.get("order"), source.get("orderrows"), SETTINGS)
        assert load(json.loads(json.dumps(dump(document)))) == document


@settings(max_examples=400)
@given(mutated("invoice"))
def test_it_says_when_it_cannot_read_an_invoice(source: dict[str, Any]) -> None:
    with suppress(Unreadable):
        invoice_to_document(source.get("invoice"), source.get("invoicerows"), source.get("order"), SETTINGS)
