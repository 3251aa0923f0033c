"""Product codes: letters and digits only, and no two products under one code."""

import pytest

from accounting.rompslomp.codes import codes_of, ledger_code, product_key
from tests.webshop.ccvshop.orders import a_row, an_order, mapped


@pytest.mark.rule("R293")
@pytest.mark.parametrize(
    ("code", "cleaned"), [("KOF-1000 M", "KOF1000M"), ("abc_1.2/3", "abc123"), ("CAFÉ", "CAF"), ("A" * 100, "A" * 100)]
)
def test_it_cleans_codes(code: str, cleaned: str) -> None:
    assert ledger_code(code) == cleaned


@pytest.mark.rule("R293")
def test_it_keeps_codes_apart_that_clean_to_the_same() -> None:
    rows = [a_row(10, 21, product_number=number) for number in ("A-1", "A1", "A.1", "SHIPPING", "A-1")]
    document = mapped(an_order("56.05", "9.73", total_shipping="6.05"), *rows)
    codes = codes_of(document)
    assert codes["A-1"] == "A1"
    assert codes["*SHIPPING"] == "SHIPPING"
    assert len(set(codes.values())) == len(codes) == 5
    assert all(code.isascii() and code.isalnum() for code in codes.values())
    assert ledger_code("A.1", {"A1"}) == ledger_code("A.1", {"A1", "B"}) == codes["A.1"]


@pytest.mark.rule("R293")
def test_it_never_has_an_empty_code() -> None:
    line = mapped(an_order(), a_row(product_number="---")).lines[0]
    assert ledger_code(product_key(line)) == "845"


def test_it_cuts_codes_that_are_too_long() -> None:
    code = ledger_code("A" * 101)
    assert len(code) == 100
    assert code != ledger_code("A" * 102)
