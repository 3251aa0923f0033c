"""Discounts, shipping, payment costs and surcharges, with amounts as literals."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.vat import treatment
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, mapped, totals

D = Decimal


@pytest.mark.rule("R170", "R171", "R173", "R174")
def test_it_takes_a_discount_as_it_is_given() -> None:
    order = an_order(90, "12.34", total_discounts=10)
    incl = mapped(order, a_row(40, 9), a_row(60, 21))
    assert (incl.discount_incl, incl.discount_excl) == (D("10.00"), D("8.63"))
    net = mapped(
        an_order("104.65", "13.65", total_discounts=9, order_row_taxes_included=False), a_row(50, 9), a_row(50)
    )
    assert net.discount_excl == D("9.00")


@pytest.mark.rule("R172")
def test_it_adds_vat_to_a_net_discount_by_the_rates_of_the_goods() -> None:
    order = an_order("104.65", "13.65", total_discounts=9, order_row_taxes_included=False)
    document = mapped(order, a_row(50, 9), a_row(50, 21))
    shares = [(line.vat_rate, line.total_excl, line.total_incl) for line in document.lines if line.type == "discount"]
    assert shares == [(D(9), D("-4.50"), D("-4.91")), (D(21), D("-4.50"), D("-5.45"))]
    assert document.discount_incl == D("10.36")


@pytest.mark.rule("R171")
@pytest.mark.parametrize("discounts", [3, "3.00", [1, 2], [{"amount": 1}, {"amount": "2"}]])
def test_it_prefers_the_list_of_discounts(discounts: Any) -> None:
    document = mapped(an_order(7, "1.21", discounts=discounts, total_discounts=99), a_row())
    assert document.discount_incl == D("3.00")


@pytest.mark.rule("R171")
@pytest.mark.parametrize("discounts", [None, [], ""])
def test_it_falls_back_to_the_total_of_discounts(discounts: Any) -> None:
    assert mapped(an_order(7, "1.21", discounts=discounts, total_discounts=3), a_row()).discount_incl == D("3.00")


def test_it_drops_a_share_of_the_discount_that_is_nothing() -> None:
    document = mapped(an_order("100.00", "17.35", total_discounts="0.01"), a_row(100, 21), a_row("0.01", 9))
    assert [(line.vat_rate, line.total_incl) for line in document.lines if line.type == "discount"] == [
        (D(21), D("-0.01"))
    ]


def test_it_spreads_a_discount_over_what_was_bought_not_over_what_came_back() -> None:
    document = mapped(an_order("7.00", "2.12", total_discounts=3), a_row(20, 21), a_row(10, 9, -1))
    shares = [(line.vat_rate, line.total_incl) for line in document.lines if line.type == "discount"]
    assert shares == [(D(21), D("-3.00"))]


def test_it_gives_the_last_cent_of_a_discount_to_the_largest_share() -> None:
    document = mapped(an_order("29.00", "3.16", total_discounts=1), a_row(10, 0), a_row(10, 9), a_row(10, 21))
    shares = [line.total_incl for line in document.lines if line.type == "discount"]
    assert shares == [D("-0.34"), D("-0.33"), D("-0.33")]


@pytest.mark.rule("R189", "R190", "R191", "R192", "R193", "R194", "R196")
@pytest.mark.parametrize(
    ("included", "total", "excl", "incl"), [(True, "16.05", "5.00", "6.05"), (False, "19.42", "6.05", "7.32")]
)
def test_it_adds_shipping_costs(included: bool, total: str, excl: str, incl: str) -> None:
    order = an_order(total, "2.79" if included else "3.37", total_shipping="6.05", order_row_taxes_included=included)
    line = mapped(order, a_row()).lines[1]
    assert (line.type, line.name, line.vat_rate) == ("shipping", "Shipping costs", 21)
    assert (line.total_excl, line.total_incl) == (D(excl), D(incl))


@pytest.mark.rule("R190", "R195", "R200", "R210")
@pytest.mark.parametrize("kind", ["icp", "international", "marketplace"])
def test_it_has_costs_of_zero_percent_where_no_vat_is_charged(kind: str) -> None:
    customer = a_customer({"icp": "DE", "international": "CH", "marketplace": "FR"}[kind])
    flags = {"is_intra_community_order": kind == "icp", "is_platform_sale": kind == "marketplace"}
    costs = {"total_shipping": 6, "paymethod_costs": 1, "extra_costs": 2, "total_discounts": 1}
    document = mapped(an_order(18, 0, customer=customer, **costs, **flags), a_row(10, 0))
    assert {(line.vat_rate, line.total_vat) for line in document.lines} == {(0, 0)}
    assert totals(document) == (18, 0)
    assert treatment(document) == kind.upper()


@pytest.mark.rule("R190")
def test_it_reads_a_fraction_as_the_percentage_of_shipping() -> None:
    order = an_order("16.05", "2.79", total_shipping="6.05", shipping_tax_percentage="0.21")
    assert mapped(order, a_row()).lines[1].vat_rate == 21


def test_it_adds_shipping_vat_that_is_not_in_the_total_tax() -> None:
    order = an_order("16.05", "1.74", total_shipping="6.05", shipping_taxes_included=False)
    document = mapped(order, a_row())
    assert (document.total_vat, document.total_excl) == (D("2.79"), D("13.26"))
    assert totals(document) == (D("16.05"), D("2.79"))


@pytest.mark.rule("R199", "R201", "R203", "R204", "R205")
@pytest.mark.parametrize(("country", "rate"), [("NL", 21), ("DE", 19), ("FR", 9)])
def test_it_adds_payment_costs_at_the_highest_percentage_of_the_country(country: str, rate: int) -> None:
    vat = {21: "0.98", 19: "0.96", 9: "0.84"}[rate]  # 9.28 at 9 % and 1.20 at the highest
    order = an_order(
        "10.48", vat, paymethod_costs="0.70", extra_payment_option_price="0.50", customer=a_customer(country)
    )
    line = mapped(order, a_row("9.28", 9)).lines[1]
    assert (line.type, line.name, line.vat_rate) == ("payment_costs", "Payment costs", rate)
    assert line.total_incl == D("1.20")


@pytest.mark.rule("R200")
@pytest.mark.parametrize(("margin", "rate"), [(True, 0), (False, 21)])
def test_it_has_payment_costs_of_zero_percent_in_a_margin_sale(margin: bool, rate: int) -> None:
    order = an_order(11, "0" if margin else "0.17", paymethod_costs=1)
    document = mapped(order, a_row(10, 0), margin_scheme=margin)
    assert document.is_margin is margin
    assert document.lines[1].vat_rate == rate


def test_it_is_no_margin_sale_with_vat_on_a_row() -> None:
    assert not mapped(an_order(20, "1.74"), a_row(10, 0), a_row(10, 21), margin_scheme=True).is_margin


@pytest.mark.rule("R207", "R208", "R209", "R210", "R211")
@pytest.mark.parametrize(("text", "name"), [("Inpakken", "Extra Inpakken"), ("", "Surcharge"), (None, "Surcharge")])
def test_it_adds_two_surcharges(text: Any, name: str) -> None:
    order = an_order(17, "2.11", extra_costs=2, extra_costs_description=text, credit_point_discount=-5)
    extra, points = mapped(order, a_row(10, 9), a_row(10, 21)).lines[2:]
    assert (extra.type, extra.name, extra.total_incl, extra.vat_rate) == ("surcharge", name, D("2.00"), 21)
    assert (points.type, points.name, points.total_incl, points.vat_rate) == ("surcharge", "Credit points", -5, 21)


@pytest.mark.rule("R211")
def test_it_turns_the_sign_of_credit_points_when_only_that_adds_up() -> None:
    document = mapped(an_order(5, "0.87", credit_point_discount=5), a_row())
    assert document.lines[1].total_incl == D("-5.00")
    assert document.notes == ("credit_points_flipped",)
