"""Which line takes a cent; amounts as literals."""

from decimal import Decimal

import pytest

from integrations.money import cents, factor
from integrations.stray_cents import Draft, settle, sum_of
from tests.integrations.test_sales import a_line

D = Decimal


def draft(gross: str, rate: int, line_type: str = "goods") -> Draft:
    """A line of which the gross amount is given, with more decimals than it can keep."""
    exact = D(gross)
    incl, excl = cents(exact), cents(exact / factor(D(rate)))
    line = a_line(type=line_type, vat_rate=D(rate), total_incl=incl, total_excl=excl, total_vat=incl - excl)
    return Draft(line=line, exact_incl=exact, exact_excl=exact / factor(D(rate)))


def test_it_moves_nothing_when_everything_fits() -> None:
    lines, moved = settle([draft("10.00", 21)], D("10.00"), D("1.74"))
    assert (lines[0].total_incl, moved) == (D("10.00"), [])


@pytest.mark.rule("R43")
def test_it_gives_the_cent_to_the_rate_with_the_largest_remainder() -> None:
    lines, moved = settle([draft("10.004", 21), draft("5.001", 9)], D("15.01"), D("2.15"))
    assert [line.total_incl for line in lines] == [D("10.01"), D("5.00")]
    assert [(cent.line, cent.total) for cent in moved] == [(0, "incl")]


def test_it_gives_the_cent_to_the_largest_goods_line_of_the_rate() -> None:
    drafts = [draft("30.00", 21, "shipping"), draft("5.00", 21), draft("9.00", 21)]
    lines, _ = settle(drafts, D("44.01"), sum_of([d.line for d in drafts], "vat"))
    assert [line.total_incl for line in lines] == [D("30.00"), D("5.00"), D("9.01")]


def test_it_uses_the_largest_line_where_there_are_no_goods() -> None:
    drafts = [draft("3.00", 21, "payment_costs"), draft("7.00", 21, "shipping")]
    lines, _ = settle(drafts, D("10.01"), D("1.73"))
    assert [line.total_incl for line in lines] == [D("3.00"), D("7.01")]


def test_it_never_puts_vat_on_a_line_of_zero_percent() -> None:
    lines, _ = settle([draft("50.00", 0), draft("1.00", 9)], D("51.01"), D("0.09"))
    assert lines[0].total_vat == 0
    assert lines[1].total_vat == D("0.09")
    assert sum_of(lines, "incl") == D("51.01")


def test_it_leaves_vat_alone_that_no_line_can_carry() -> None:
    lines, moved = settle([draft("50.00", 0)], D("50.00"), D("0.01"))
    assert (lines[0].total_vat, moved) == (0, [])


def test_it_moves_vat_without_touching_the_gross_amount() -> None:
    lines, moved = settle([draft("9.99", 21)] * 3, D("29.97"), D("5.20"))
    assert [line.total_incl for line in lines] == [D("9.99")] * 3
    assert [line.total_vat for line in lines] == [D("1.74"), D("1.73"), D("1.73")]
    assert [(cent.line, cent.total, cent.amount) for cent in moved] == [(0, "vat", D("0.01"))]


@pytest.mark.parametrize(("vat", "moved_to"), [("2.57", 1), ("2.55", 0)])
def test_it_gives_vat_to_the_rate_whose_net_amount_was_rounded_most(vat: str, moved_to: int) -> None:
    """10.00 at 21 % leaves 0.0045 net behind, 9.99 at 9 % took 0.0049 too much."""
    _, moved = settle([draft("10.00", 21), draft("9.99", 9)], D("19.99"), D(vat))
    assert [(cent.line, cent.total) for cent in moved] == [(moved_to, "vat")]


def test_it_never_gives_a_line_vat_of_the_wrong_sign() -> None:
    lines, moved = settle([draft("0.05", 9)], D("0.05"), D("-0.01"))
    assert (lines[0].total_vat, moved) == (0, [])


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("lines", "off", "moves"), [(1, "0.01", 1), (1, "0.02", 0), (4, "0.04", 4), (9, "0.05", 5), (9, "0.06", 0)]
)
def test_it_moves_a_cent_a_line_and_five_at_most(lines: int, off: str, moves: int) -> None:
    drafts = [draft("10.00", 21)] * lines
    vat = sum_of([d.line for d in drafts], "vat")
    _, moved = settle(drafts, 10 * lines + D(off), vat)
    assert len([cent for cent in moved if cent.total == "incl"]) == moves


def test_it_turns_no_line_into_nothing() -> None:
    lines, moved = settle([draft("0.01", 0)], D("0.00"), D("0.00"))
    assert (lines[0].total_incl, moved) == (D("0.01"), [])
