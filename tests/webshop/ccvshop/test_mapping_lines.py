"""The rows of an order as lines: prices, options, what is zero, and what makes a credit of it."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import line_as_json
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, mapped, sample_order, totals

D = Decimal


@pytest.mark.rule("R175")
@pytest.mark.parametrize(
    ("tax", "rate"), [(21, "21"), ("21.0", "21"), ("0.21", "21"), (0, "0"), (1, "1"), (D("0.055"), "5.5"), (20, "20")]
)
def test_it_reads_fractions_as_percentages(tax: Any, rate: str) -> None:
    document = mapped(an_order(10, 0), a_row(10, tax))
    assert line_as_json(document.lines[0])["vat_rate"] == rate


@pytest.mark.rule("R176", "R177", "R178")
@pytest.mark.parametrize(
    ("sub", "number", "code"), [("SUB-1", "ART-1", "SUB-1"), ("", "ART-1", "ART-1"), (None, " ", "845")]
)
def test_it_reads_name_code_and_quantity(sub: Any, number: str, code: str) -> None:
    row = a_row("4.00", 21, "2.50", product_name=" Mok\n blauw", sub_product_number=sub, product_number=number)
    line = line_as_json(mapped(an_order(10, "1.74"), row).lines[0])
    assert (line["name"], line["code"], line["quantity"]) == ("Mok blauw", code, "2.5")


@pytest.mark.rule("R179")
def test_it_reads_the_discount_of_a_line() -> None:
    assert mapped(an_order(18, "3.12"), a_row(9, 21, 2, price_without_discount="10.50")).lines[0].discount == D("3.00")


@pytest.mark.rule("R180", "R181", "R182", "R183", "R185", "R186")
def test_it_reads_unit_prices_by_their_switch() -> None:
    gross = mapped(an_order("23.88", "1.97"), a_row("1.99", 9, 12)).lines[0]
    assert (gross.unit_price_incl, gross.unit_price_excl) == (D("1.99"), D("1.82569"))
    assert (gross.total_incl, gross.total_excl, gross.total_vat) == (D("23.88"), D("21.91"), D("1.97"))
    net = mapped(an_order("26.03", "2.15", order_row_taxes_included=False), a_row("1.99", 9, 12)).lines[0]
    assert (net.unit_price_incl, net.unit_price_excl) == (D("2.1691"), D("1.99"))
    assert (net.total_incl, net.total_excl, net.total_vat) == (D("26.03"), D("23.88"), D("2.15"))


@pytest.mark.rule("R181", "R185")
@pytest.mark.parametrize(("surcharge", "total"), [(0, "10"), ("2.50", "12.50")])
def test_it_takes_the_price_with_options_when_they_cost_something(surcharge: Any, total: str) -> None:
    row = a_row(10, 21, total_extra_option_price=surcharge, price_with_attributes="12.50")
    document = mapped(an_order(total, "2.17" if surcharge else "1.74"), row)
    assert document.lines[0].unit_price_incl == D(total)
    assert totals(document)[0] == D(total)


@pytest.mark.rule("R184")
def test_it_divides_prices_of_an_international_sale() -> None:
    document = mapped(an_order("10.00", 0, customer=a_customer("CH")), a_row("12.10", 21))
    line = document.lines[0]
    assert (line.unit_price_incl, line.unit_price_excl, line.vat_rate) == (D("10"), D("10"), 0)
    assert document.notes == ()


@pytest.mark.rule("R184")
def test_it_prefers_to_divide_when_both_add_up() -> None:
    document = mapped(an_order("0.29", 0, customer=a_customer("CH")), *[a_row("0.10", 9)] * 3)
    assert document.notes == ()
    assert sorted(line.total_incl for line in document.lines) == [D("0.09"), D("0.09"), D("0.11")]


@pytest.mark.rule("R184")
@pytest.mark.parametrize("icp", [True, False])
def test_it_takes_untaxed_prices_as_they_are_when_only_that_adds_up(icp: bool) -> None:
    customer = a_customer("DE" if icp else "CH", btw="DE136695976")
    document = mapped(an_order("12.10", 0, customer=customer, is_intra_community_order=icp), a_row("12.10", 21))
    assert document.lines[0].total_incl == D("12.10")
    assert document.notes == ("prices_not_divided",)


@pytest.mark.rule("R198")
def test_it_leaves_out_what_is_zero() -> None:
    costs = {"total_shipping": 0, "paymethod_costs": None, "extra_costs": "", "total_discounts": 0}
    document = mapped(an_order(**costs), a_row(), a_row(0), a_row(5, 21, 0))
    assert [line.type for line in document.lines] == ["goods"]


def test_it_orders_lines_by_what_they_are() -> None:
    assert [line.type for line in sample_order().lines] == [
        *("goods", "goods", "shipping", "payment_costs", "surcharge", "surcharge", "discount", "discount")
    ]


@pytest.mark.rule("R38", "R308")
def test_it_makes_a_credit_of_a_negative_order() -> None:
    rows = [a_row(10, 21, -3, price_without_discount=11)]
    document = mapped(an_order("-26.95", "-4.68", total_discounts="-3.05"), *rows)
    goods, discount = document.lines
    assert document.is_credit
    assert (goods.quantity, goods.unit_price_incl, goods.total_incl, goods.discount) == (3, -10, -30, 3)
    assert (discount.quantity, discount.total_incl) == (1, D("3.05"))
    assert (document.total_incl, document.total_vat) == (D("-26.95"), D("-4.68"))
    assert document.discount_incl == D("3.05")


def test_it_keeps_a_returned_row_of_an_ordinary_order_negative() -> None:
    document = mapped(an_order(20, "3.47"), a_row(15, 21, 2), a_row(10, 21, -1))
    assert [(line.quantity, line.unit_price_incl) for line in document.lines] == [(2, 15), (1, -10)]
    assert not document.is_credit
