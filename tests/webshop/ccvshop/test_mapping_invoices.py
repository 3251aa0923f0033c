"""Where invoices differ from orders."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import SalesDocument
from integrations.vat import setting_for
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, sample, settings, totals
from webshop.ccvshop.mapping import Unreadable, invoice_to_document


def _mapped(source: dict[str, Any], **changes: Any) -> SalesDocument:
    return invoice_to_document(source["invoice"], source["invoicerows"], source.get("order"), settings(**changes))


def _changed(**changes: Any) -> dict[str, Any]:
    source: dict[str, Any] = sample("invoice")
    source["invoice"] |= changes
    return source


D = Decimal


@pytest.mark.rule("R238", "R239", "R240", "R241", "R242", "R244", "R251", "R252", "R253", "R254", "R255")
def test_it_reads_the_head_of_an_invoice() -> None:
    document = _mapped(_changed(create_date="2026-03-02T23:30:00Z"))
    assert (document.kind, document.remote_id, document.order_id) == ("invoice", "88000456", "351000123")
    assert (document.number, document.order_number) == ("F2026-318", "2026-1042")
    assert document.date.isoformat() == "2026-03-03"
    assert (document.total_incl, document.total_excl, document.total_vat) == (D("75.70"), D("66.37"), D("9.33"))
    assert (document.currency, document.is_icp, document.payment_method_id) == ("EUR", False, "17")


@pytest.mark.rule("R245", "R247")
def test_it_takes_the_payment_method_from_the_order() -> None:
    assert _mapped(sample("invoice")).payment_method == "ideal"
    without = sample("invoice") | {"order": None}
    assert _mapped(without).payment_method == "default"


@pytest.mark.rule("R261", "R262", "R263", "R264", "R265", "R267")
def test_it_always_takes_prices_with_options() -> None:
    source = sample("invoice")
    source["invoicerows"]["items"][0] |= {"selling_price": 1, "price_without_discount": 99}
    line = _mapped(source).lines[0]
    assert (line.unit_price_incl, line.unit_price_excl, line.discount) == (D("22.45"), D("20.59633"), D("5.00"))
    source["invoice"]["invoice_row_taxes_included"] = False
    line = _mapped(source).lines[0]
    assert (line.unit_price_incl, line.unit_price_excl) == (D("24.4705"), D("22.45"))


@pytest.mark.rule("R202", "R269", "R271", "R273", "R276")
def test_it_gives_payment_costs_the_percentage_of_shipping() -> None:
    lines = {line.source: line for line in _mapped(_changed(shipping_tax_percentage=9)).lines}
    assert lines["total_shipping"].vat_rate == 9
    assert lines["paymethod_costs"].vat_rate == 9
    assert lines["extra_costs"].vat_rate == 21


@pytest.mark.rule("R270", "R272", "R274")
def test_it_leaves_out_costs_of_zero() -> None:
    nothing = dict.fromkeys(
        ("total_shipping", "paymethod_costs", "extra_payment_option_price", "extra_costs", "credit_point_discount"), 0
    )
    assert {line.type for line in _mapped(_changed(**nothing)).lines} == {"goods", "discount"}


@pytest.mark.rule("R237", "R308")
@pytest.mark.parametrize("negative", [True, False])
def test_it_reads_both_spellings_of_a_credit(negative: bool) -> None:
    debit = _mapped(sample("invoice"))
    source = copy.deepcopy(_changed(type="Credit", status="reimbursed"))
    if negative:
        for name, value in source["invoice"].items():
            if name.startswith(("total_", "paymethod_costs", "extra_payment_option_price", "extra_costs", "credit")):
                source["invoice"][name] = -value if not isinstance(value, str) else value
        for row in source["invoicerows"]["items"]:
            row["count"] = -row["count"]
    credit = _mapped(source)
    assert credit.is_credit
    assert totals(credit) == (D("-75.70"), D("-9.33"))
    assert [line.total_incl for line in credit.lines] == [-line.total_incl for line in debit.lines]
    assert all(line.quantity > 0 for line in credit.lines)
    assert credit.payment is not None
    assert credit.payment.amount == D("-75.70")


@pytest.mark.rule("R49", "R277", "R278", "R279", "R280", "R281", "R282", "R283", "R285")
def test_it_always_reads_the_payment_of_an_invoice() -> None:
    payment = _mapped(_changed(status="unpaid")).payment
    assert payment is not None
    assert (payment.order_id, payment.payment_id, payment.method_id) == ("351000123", "2026-1042", "17")
    assert (payment.method, payment.amount, payment.transaction_id) == ("ideal", D("75.70"), "tr_DEMO7x9Q2")
    source = _changed()
    source["order"]["transaction_id"] = None
    payment = _mapped(source).payment
    assert payment is not None
    assert payment.transaction_id == "F2026-318"


def test_it_can_be_told_to_read_payments_of_paid_invoices_only() -> None:
    assert _mapped(_changed(status="unpaid"), payments_only_when_paid=True).payment is None
    assert _mapped(_changed(status="1"), payments_only_when_paid=True).payment is not None


@pytest.mark.rule("R253")
def test_it_notes_that_the_shops_own_totals_disagree() -> None:
    assert "totals_pair_differs" in _mapped(_changed(total_price_exc_tax="60.00")).notes


@pytest.mark.rule("R240")
def test_it_refuses_the_order_of_another_invoice() -> None:
    source = sample("invoice")
    source["order"]["id"] = 5
    with pytest.raises(Unreadable, match="another document"):
        _mapped(source)


def _of_rows(*rows: dict[str, Any], **changes: Any) -> SalesDocument:
    """An invoice of these rows without any costs."""
    order = {name: value for name, value in an_order().items() if name not in ("paid", "order_row_taxes_included")}
    head = {"invoicenumber_full": "F2026-1", "status": "paid", "type": "debit", "invoice_row_taxes_included": True}
    return invoice_to_document({**order, **head, **changes}, list(rows), None, settings())


@pytest.mark.rule("R243")
@pytest.mark.parametrize(
    ("country", "tax", "is_icp", "expected"),
    [("CH", 0, False, True), ("CH", "1.74", False, False), ("CH", 0, True, False), ("NL", 0, False, False)],
)
def test_it_is_international_under_the_conditions_of_an_order(
    country: str, tax: Any, is_icp: bool, expected: bool
) -> None:
    document = _of_rows(
        a_row(10), customer=a_customer(country), total_tax=tax, is_intra_community_order=is_icp, total_price=10
    )
    assert document.is_international is expected


@pytest.mark.rule("R266")
def test_prices_with_vat_that_was_not_charged_are_divided_by_the_rows_own_percentage() -> None:
    document = _of_rows(a_row("12.10"), customer=a_customer("CH"), total_tax=0, total_price=10)
    assert (document.lines[0].unit_price_incl, document.lines[0].vat_rate) == (D(10), D(0))


@pytest.mark.rule("R256")
@pytest.mark.parametrize(("with_vat", "total", "tax"), [(True, "19.20", "3.33"), (False, "23.23", "4.03")])
def test_the_discount_holds_vat_when_the_rows_do(with_vat: bool, total: str, tax: str) -> None:
    document = _of_rows(
        a_row(10, count=2),
        total_discounts="0.80",
        invoice_row_taxes_included=with_vat,
        total_price=total,
        total_tax=tax,
    )
    given = document.discount_incl if with_vat else document.discount_excl
    assert given == D("0.80")
    assert totals(document) == (D(total), D(tax))


@pytest.mark.rule("R257", "R258", "R259", "R260")
@pytest.mark.parametrize(("rate", "expected"), [(21, 21), ("0.21", 21), (9, 9), (0, 0)])
def test_it_reads_a_row(rate: Any, expected: int) -> None:
    row = a_row(10, rate, "2.5", product_name="Thee", product_number="T-1", sub_product_number="T-1-G")
    line = _of_rows(row).lines[0]
    assert (line.vat_rate, line.name, line.code, line.quantity) == (expected, "Thee", "T-1-G", D("2.5"))
    assert _of_rows(row | {"sub_product_number": ""}).lines[0].code == "T-1"


@pytest.mark.rule("R268")
def test_the_total_of_a_line_is_quantity_times_price_and_its_discount_is_known() -> None:
    line = _of_rows(a_row("9.99", count=3, price_without_discount_with_attributes="12.49"), total_price="29.97").lines[
        0
    ]
    assert (line.total_incl, line.discount) == (D("29.97"), D("7.50"))


@pytest.mark.rule("R275")
def test_codes_and_accounts_follow_from_delivery_country_and_percentage() -> None:
    document = _of_rows(a_row(10, 19), customer=a_customer("DE"))
    row = setting_for(document, document.lines[0], settings())
    assert row is not None
    assert (row.country, row.rate) == ("DE", D(19))


def test_that_a_marketplace_sold_it_is_known_from_the_order() -> None:
    source = sample("invoice")
    source["order"]["is_platform_sale"] = True
    assert _mapped(source).is_marketplace
    assert not _mapped(source | {"order": None}).is_marketplace
