from typing import Any

import pytest

from integrations.vat import country_code, is_abroad_in_eu, is_in_eu, is_outside_eu, vat_number


@pytest.mark.rule("R121")
@pytest.mark.parametrize(
    ("country", "home", "outside"),
    [
        ("NL", "NL", False),
        ("DE", "NL", False),
        ("GR", "NL", False),
        ("EL", "NL", False),
        ("XI", "NL", False),
        ("GB", "NL", True),
        ("CH", "NL", True),
        ("us", "NL", True),
        ("CH", "CH", False),
        ("", "NL", False),
    ],
)
def test_it_knows_what_is_outside_the_eu(country: str, home: str, outside: bool) -> None:
    assert is_outside_eu(country, home) is outside


@pytest.mark.parametrize(
    ("country", "abroad"), [("BE", True), ("NL", False), ("CH", False), ("EL", True), ("ICP", False)]
)
def test_it_knows_what_is_abroad_in_the_eu(country: str, abroad: bool) -> None:
    assert is_abroad_in_eu(country, "NL") is abroad


def test_it_counts_the_member_states() -> None:
    assert is_in_eu("HR")
    assert country_code(" el ") == "GR"
    assert country_code("UK") == "GB"


@pytest.mark.rule("R45", "R235")
@pytest.mark.parametrize(
    ("text", "country", "found"),
    [
        ("DE136695976", "", ("DE", "DE136695976")),
        ("de 136.695.976", "", ("DE", "DE136695976")),
        ("136695976", "DE", ("DE", "DE136695976")),
        ("EL094259216", "", ("GR", "EL094259216")),
        ("GR094259216", "", ("GR", "EL094259216")),
        ("094259216", "GR", ("GR", "EL094259216")),
        ("XI432525179", "", ("XI", "XI432525179")),
        ("NL004495445B01", "", ("NL", "NL004495445B01")),
        ("DE136695977", "", None),
        ("GB980780684", "", None),
        ("EU372022452", "", None),
        ("CHE107787577IVA", "CH", None),
        ("", "DE", None),
        ("DE", "", None),
        ("n.v.t.", "NL", None),
    ],
)
def test_it_checks_vat_numbers_by_their_form(text: str, country: str, found: Any) -> None:
    assert vat_number(text, country) == found
