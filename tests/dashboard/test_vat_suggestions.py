"""What the VAT table proposes: percentages, VAT codes, and what it finds odd."""

import html

import pytest
from django.core.cache import cache
from django.test import Client

from integrations.models import User
from tests.conftest import Sandbox
from tests.linked import Linked

from .vat_page import Table, plain_books, vat, without_vat_settings

pytestmark = pytest.mark.django_db(transaction=True)


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
    assert table.text.count("Suggested, not saved yet") == 2 + 2 + 26
    assert vat(linked.integration) == {}
    table.save()
    assert "Suggested, not saved yet" not in Table(client, linked.integration).text


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
