"""Where invoices differ from orders."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import SalesDocument
from tests.webshop.ccvshop.orders import sample, settings, totals
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
