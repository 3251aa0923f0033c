"""What the VAT table proposes: percentages, VAT codes, and what it finds odd."""

import html
import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from dashboard.settings.vat_suggestions import Suggestions
from integrations.models import User
from integrations.vat import EU_COUNTRIES
from integrations.vat_rates import rates_in_force
from tests.conftest import Sandbox
from tests.linked import Linked

from .vat_page import Table, plain_books, vat, with_codes, without_vat_settings

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    return without_vat_settings(sandbox, owner)


@pytest.mark.rule("R115", "R117")
def test_home_starts_with_its_own_percentages_and_abroad_with_that_of_the_home_country(
    client: Client, linked: Linked
) -> None:
    table = Table(client, linked.integration)
    assert table.rates("NL") == ["21", "9"]
    assert table.rates("DE") == ["21"]
    linked.configure(shop={"home_country": "DE"})
    table = Table(client, linked.integration)
    assert (table.rates("DE"), table.rates("NL")) == (["19", "7"], ["19"])


@pytest.mark.rule("R117")
def test_one_click_takes_the_percentages_of_destination_and_saves_nothing(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.press(fill="destination")
    assert (table.rates("DE"), table.rates("FI"), table.rates("NL")) == (["19"], ["25.5"], ["21", "9"])
    assert vat(linked.integration) == {}
    table.press(fill="home")
    assert table.rates("DE") == ["21"]


@pytest.mark.rule("R117")
def test_a_code_that_somebody_chose_keeps_its_row(client: Client, linked: Linked) -> None:
    plain_books(linked)
    linked.configure(vat=[{"country": "DE", "rate": "21", "vat_code": "11", "revenue": ""}])
    table = Table(client, linked.integration)
    table.fill("AT", vat_code="laag (9%)")
    table.press(fill="destination")
    assert table.rates("DE") == ["21", "19"]
    assert [form.row["vat_code"] for form in table.forms("DE")] == ["hoog (21%)", ""]
    assert table.rates("AT") == ["21", "20"]
    assert table.rates("BE") == ["21"]


def test_the_percentages_of_the_shop_are_taken_with_all_there_are(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.press(fill="shop")
    assert table.rates("NL") == ["21", "9", "0"]
    assert table.rates("FR") == ["20", "10", "5.5"]


def test_without_the_shop_its_percentages_are_not_offered_and_the_page_says_so(
    client: Client, linked: Linked, sandbox: Sandbox
) -> None:
    assert "Use the percentages of the shop" in Table(client, linked.integration).text
    cache.clear()
    sandbox.fault(kind="503", path="geozonecountries", times=5)
    table = Table(client, linked.integration)
    assert "Use the percentages of the shop" not in table.text
    assert "The webshop did not answer just now" in table.text


def test_where_one_code_can_be_meant_it_is_suggested_in_words_until_it_is_saved(client: Client, linked: Linked) -> None:
    plain_books(linked)
    table = Table(client, linked.integration)
    codes = {form.place: form.row["vat_code"] for form in table.formset if form.row["rate"] != "9"}
    assert codes["NL"] == codes["DE"] == "hoog (21%)"
    assert (codes["ICP"], codes["INTERNATIONAL"]) == ("ICP-levering (0%)", "Export buiten EU (0%)")
    assert codes["MARKETPLACE"] == ""
    also_21 = {place for place in EU_COUNTRIES if Decimal(21) in rates_in_force(place)}
    assert also_21 == {"NL", "BE", "CZ", "ES", "LT", "LV", "RO"}
    assert {place for place, code in codes.items() if place in EU_COUNTRIES and not code} == also_21 - {"NL"}
    assert table.text.count("Suggested, not saved yet") == 2 + 2 + 28 - len(also_21)
    assert vat(linked.integration) == {}
    table.save()
    shown = [form.place for form in Table(client, linked.integration).formset if form.is_suggested]
    assert shown
    assert not {"NL", "ICP", "INTERNATIONAL"} & set(shown)


def test_one_percentage_of_two_countries_gets_no_code_whatever_button_was_used(client: Client, linked: Linked) -> None:
    """21% of Belgium is posted with another code than 21% of the Netherlands to a customer in Belgium."""
    with_codes(linked, ("hoog", "21"), ("Verkoop BE 21%", "21"))
    table = Table(client, linked.integration)
    for button in ("destination", "home"):
        table.press(fill=button)
        assert {form.row["vat_code"] for place in ("BE", "CZ", "ES") for form in table.forms(place)} == {""}


@pytest.mark.parametrize(
    ("country", "rate", "expected"),
    [
        ("NL", "21", "BTW hoog 21%"),
        ("NL", "9", "BTW laag 9%"),
        ("DE", "21", "BTW hoog 21%"),
        ("DE", "9", ""),
        ("BG", "9", ""),
        ("BE", "21", ""),
        ("FR", "20", "Verkoop Frankrijk 20%"),
        ("AT", "20", ""),
        ("BG", "20", ""),
        ("GR", "24", "OSS EL 24%"),
        ("EE", "24", ""),
        ("LU", "17", "Éénloketregeling 17%"),
        ("DE", "17", ""),
        ("IE", "23", "Ireland 23%"),
        ("XI", "20", "Noord-Ierland 20%"),
        ("SE", "25", "Zweden 25%"),
        ("DK", "25", ""),
        ("HU", "27", ""),
        ("GB", "21", ""),
        ("ICP", "0", "Levering binnen EU"),
        ("INTERNATIONAL", "0", "Levering buiten EU"),
        ("MARKETPLACE", "0", ""),
    ],
)
def test_a_code_of_another_country_or_of_purchases_is_never_meant(country: str, rate: str, expected: str) -> None:
    names = [
        *("BTW hoog 21%", "BTW laag 9%", "Verkoop Frankrijk 20%", "OSS EL 24%", "Éénloketregeling 17%", "Ireland 23%"),
        *("Noord-Ierland 20%", "Zweden 25%", "Verwerving HU 27%", "Te vorderen hoog 21%", "Voorbelasting laag 9%"),
        *(
            "BTW verlegd 21%",
            "OSS 21%",
            "Omzet verlegd binnenland",
            "Intracommunautaire verwerving",
            "Inkoop binnen EU",
        ),
        *("Levering binnen EU", "Levering buiten EU", "Import buiten EU", "Invoer/export"),
    ]
    found = [re.search(r"(\d+)%", name) for name in names]
    codes = [
        {"id": name, "name": name, "percentage": rate[1] if rate else "0"}
        for name, rate in zip(names, found, strict=True)
    ]
    assert Suggestions(codes, "NL").code(country, Decimal(rate)) == expected


def test_reverse_charge_at_home_is_no_icp() -> None:
    codes = [{"id": "1", "name": "Omzet verlegd binnenland", "percentage": "0"}]
    assert Suggestions(codes, "NL").code("ICP", Decimal(0)) == ""
    assert Suggestions([{**codes[0], "name": "verlegd"}], "NL").code("ICP", Decimal(0)) == "1"


def test_vat_outside_the_eu_is_saved_with_a_warning(client: Client, linked: Linked) -> None:
    linked.configure(
        vat=[{"country": "GB", "rate": "20"}, {"country": "XI", "rate": "20"}, {"country": "CH", "rate": "0"}]
    )
    words = "Deliveries outside the EU are without VAT, so this row is never used. Fill in International."
    table = Table(client, linked.integration)
    assert [form.place for form in table.formset if form.never_posted] == ["GB"]
    assert table.text.count(words) == 1
    assert f"United Kingdom 20%: {words}" in html.unescape(table.save().text)


def test_a_suggestion_never_takes_the_place_of_what_was_chosen(client: Client, linked: Linked) -> None:
    plain_books(linked)
    linked.configure(vat=[{"country": "NL", "rate": "21", "vat_code": "12", "revenue": ""}])
    (form,) = Table(client, linked.integration).forms("NL")
    assert form.row["vat_code"] == "laag (9%)"
    assert not form.is_suggested


def test_a_suggested_code_does_not_go_along_to_another_percentage_unseen(client: Client, linked: Linked) -> None:
    plain_books(linked)
    table = Table(client, linked.integration)
    table.fill("DE", rate="19")
    table.take(table.save())
    assert "This code was suggested for another percentage." in table.text
    assert vat(linked.integration) == {}
    table.save()
    assert vat(linked.integration)["DE", "19"]["vat_code"] == "11"


def test_codes_of_other_countries_are_not_suggested(client: Client, linked: Linked) -> None:
    """The stand-in has codes such as "BE 21%" beside the Dutch one."""
    table = Table(client, linked.integration)
    assert [form.row["vat_code"] for form in table.forms("NL")] == ["hoog (21%)", "laag (9%)"]
    assert [form.row["vat_code"] for form in table.forms("BE")] == [""]
    table.press(fill="destination")
    assert [form.row["vat_code"] for form in table.forms("DE")] == ["DE 19%"]


def test_odd_percentages_and_codes_are_saved_with_a_warning(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("NL", rate="19", vat_code="hoog (21%)", revenue="")
    table.take(table.save())  # the code that was suggested goes along only when it is saved again
    text = html.unescape(table.save().text)
    assert "19% is not a VAT percentage of Netherlands (21, 9). Check it." in text
    assert "Netherlands 19%: This VAT code is one of 21%, the row is 19%. Check it." in text
    assert "No revenue account yet for Netherlands 19%, Netherlands 9%" in text
    assert ("NL", "19") in vat(linked.integration)


def test_one_account_goes_everywhere_where_there_is_none(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("NL", revenue="webshop account")
    table.fill("ICP", revenue="another")
    table.press(fill="account")
    found = {form.row["revenue"] for form in table.formset if form.place != "ICP"}
    assert found == {"webshop account"}
    assert table.forms("ICP")[0].row["revenue"] == "another"
