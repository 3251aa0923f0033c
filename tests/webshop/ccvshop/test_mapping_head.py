"""The head of an order: ids, dates, switches, totals, payment."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import as_json
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, mapped

D = Decimal


@pytest.mark.rule("R145", "R146", "R147", "R148", "R152", "R153", "R163")
def test_it_reads_the_head_of_an_order() -> None:
    document = mapped(an_order(create_date="2026-03-31T22:30:00Z"), a_row())
    head = as_json(document)
    assert (head["kind"], head["remote_id"], head["order_id"], head["number"]) == ("order", "351", "351", "2026-1")
    assert head["date"] == "2026-04-01"
    assert (head["is_icp"], head["is_paid"], head["currency"], head["payment_method_id"]) == (False, True, "EUR", "17")


@pytest.mark.rule("R147")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-01T22:59:59Z", date(2026, 1, 1)),
        ("2026-01-01T23:00:00Z", date(2026, 1, 2)),
        ("2026-07-01T21:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T22:00:00+0000", date(2026, 7, 2)),
        ("2026-12-31T23:30:00", date(2027, 1, 1)),
    ],
)
def test_it_takes_the_date_in_amsterdam(moment: str, day: date) -> None:
    assert mapped(an_order(create_date=moment), a_row()).date == day


@pytest.mark.rule("R149", "R150", "R151")
@pytest.mark.parametrize(
    ("country", "tax", "icp", "international"),
    [
        ("CH", 0, False, True),
        ("GB", 0, None, True),
        ("CH", "1.74", False, False),
        ("CH", 0, True, False),
        ("DE", 0, False, False),
        ("NL", 0, False, False),
        (None, 0, False, False),
    ],
)
def test_it_is_international_under_three_conditions(country: str, tax: Any, icp: Any, international: bool) -> None:
    order = an_order(10, tax, is_intra_community_order=icp, customer=a_customer(country))
    assert mapped(order, a_row(10, 0)).is_international is international


def test_it_is_not_international_at_a_home_outside_the_eu() -> None:
    shop = {"system": "ccvshop", "home_country": "CH"}
    assert not mapped(an_order(10, 0, customer=a_customer("CH")), a_row(10, 0), shop=shop).is_international


@pytest.mark.rule("R164", "R165", "R166", "R167", "R168", "R169")
@pytest.mark.parametrize(
    ("price", "included", "incl", "excl"),
    [("12.10", True, "12.10", "10.00"), ("10.00", False, "12.10", "10.00")],
)
def test_it_reads_totals_by_their_switch(price: str, included: bool, incl: str, excl: str) -> None:
    document = mapped(an_order(price, "2.10", taxes_included=included), a_row("12.10"))
    assert (document.total_incl, document.total_excl, document.total_vat) == (D(incl), D(excl), D("2.10"))
    assert document.notes == ()


def test_it_reads_the_switch_the_other_way_when_only_that_adds_up() -> None:
    document = mapped(an_order("10.00", "2.10", taxes_included=True), a_row("12.10"))
    assert document.total_incl == D("12.10")
    assert document.notes == ("totals_other_way",)


@pytest.mark.rule("R213", "R214", "R215", "R216", "R217", "R218", "R219", "R221")
def test_it_reads_the_payment_of_a_paid_order() -> None:
    document = mapped(an_order("10.00", "2.10", taxes_included=False), a_row("12.10"))
    assert document.payment is not None
    assert document.payment.method_id == "17"
    assert as_json(document)["payment"] == {
        "order_id": "351",
        "payment_id": "2026-1",
        "method": "ideal",
        "date": "2026-03-02",
        "amount": "12.10",
        "transaction_id": "tr_1",
    }


@pytest.mark.rule("R48", "R213", "R220")
def test_it_reads_no_payment_of_an_unpaid_order() -> None:
    assert mapped(an_order(paid=False), a_row()).payment is None


@pytest.mark.rule("R221")
def test_it_has_no_other_transaction_than_the_shops() -> None:
    payment = mapped(an_order(transaction_id=None), a_row()).payment
    assert payment is not None
    assert payment.transaction_id == ""


@pytest.mark.rule("R154", "R155")
def test_it_uses_a_configured_payment_method() -> None:
    methods = [{"method": "Demo PSP-iDEAL"}, {"method": "ideal"}]
    assert (
        mapped(an_order(paymethod="DemoPSP-iDEAL"), a_row(), payment_methods=methods).payment_method == "demopspideal"
    )
