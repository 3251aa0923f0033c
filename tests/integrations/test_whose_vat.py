"""Whose VAT a sale to another EU country has."""

from decimal import Decimal

import pytest

from integrations.whose_vat import whose_vat

AT_HOME = {("NL", Decimal(21)): "1", ("NL", Decimal(9)): "2"}


@pytest.mark.parametrize(
    ("country", "rate", "whose"),
    [("DE", "21", "home"), ("FR", "9", "home"), ("DE", "19", "theirs"), ("FR", "5.5", "theirs"), ("FR", "0", "")],
)
def test_a_percentage_that_one_country_has_tells(country: str, rate: str, whose: str) -> None:
    assert whose_vat(country, Decimal(rate), home="NL", codes=AT_HOME, names={}) == whose


@pytest.mark.parametrize(
    ("code", "name", "whose"),
    [
        ("1", "", "home"),
        ("2", "OSS 21%", "home"),
        ("77", "OSS 21%", "theirs"),
        ("77", "België hoog 21%", "theirs"),
        ("77", "Duitsland 21%", ""),
        ("77", "Verkopen 21%", ""),
        ("", "", ""),
    ],
)
def test_the_code_tells_of_a_percentage_that_both_have(code: str, name: str, whose: str) -> None:
    codes = AT_HOME | {("BE", Decimal(21)): code}
    assert whose_vat("BE", Decimal(21), home="NL", codes=codes, names={code: name}) == whose
