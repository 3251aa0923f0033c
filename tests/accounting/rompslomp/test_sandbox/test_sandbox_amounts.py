"""The four ways in which a ledger may round, on literal amounts."""

from decimal import Decimal

import pytest

from accounting.rompslomp.sandbox.amounts import Priced, as_text, totals


def priced(*lines: tuple[str, str, str]) -> list[Priced]:
    return [Priced(*map(Decimal, line)) for line in lines]


MUGS_AND_SHIPPING = priced(("2", "20.61983", "0.21"), ("1", "4.91736", "0.21"))
PENNIES = priced(*[("1", "0.013", "0.21")] * 3)
MIXED = priced(("3", "0.41322", "0.21"), ("2", "1.37615", "0.09"), ("7", "0.10331", "0.21"))
CREDIT = priced(("1", "-0.135", "0.21"))


@pytest.mark.parametrize(
    ("lines", "way", "without_vat", "vat", "with_vat"),
    [
        *[(MUGS_AND_SHIPPING, way, "46.16", "9.69", "55.85") for way in "ABCD"],
        (PENNIES, "A", "0.03", "0.03", "0.06"),
        (PENNIES, "B", "0.03", "0.00", "0.03"),
        (PENNIES, "C", "0.03", "0.01", "0.04"),
        (PENNIES, "D", "0.04", "0.01", "0.05"),
        (MIXED, "A", "4.71", "0.67", "5.38"),
        (MIXED, "B", "4.71", "0.66", "5.37"),
        (MIXED, "C", "4.71", "0.66", "5.37"),
        (MIXED, "D", "4.72", "0.66", "5.38"),
        (CREDIT, "A", "-0.14", "-0.02", "-0.16"),
        (CREDIT, "B", "-0.14", "-0.03", "-0.17"),
        ([], "B", "0.00", "0.00", "0.00"),
    ],
)
def test_it_adds_up_in_each_way(lines: list[Priced], way: str, without_vat: str, vat: str, with_vat: str) -> None:
    amount, _ = totals(lines, way)
    assert (amount.without_vat, amount.vat, amount.with_vat) == tuple(map(Decimal, (without_vat, vat, with_vat)))


def test_it_prices_a_line_as_the_vendor_shows_it() -> None:
    line = totals(MUGS_AND_SHIPPING, "B")[1][0]
    assert [str(line.without_vat), str(line.vat), str(line.with_vat)] == ["41.24", "8.66", "49.90"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("363.00", "363.0"),
        ("49.90", "49.9"),
        ("20.61983", "20.61983"),
        ("5", "5.0"),
        ("0.00", "0.0"),
        ("-0.00", "0.0"),
        ("-5.50", "-5.5"),
        ("100", "100.0"),
        ("0.0000001", "0.0000001"),
    ],
)
def test_it_spells_decimals_as_the_vendor_does(number: str, text: str) -> None:
    assert as_text(Decimal(number)) == text
