"""The page on which the VAT table is made: what it shows is what is saved."""

import html
import re

import pytest
from django.test import Client

from accounting import settings_store
from integrations.models import Integration, Member, User
from integrations.vat import EU_COUNTRIES
from tests.conftest import Sandbox
from tests.king import King, link_king
from tests.linked import Linked

from .forms import sent
from .vat_page import Table, address, plain_books, vat, without_vat_settings
from .world import an_integration

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    return without_vat_settings(sandbox, owner)


@pytest.mark.rule("R112", "R114")
def test_all_countries_of_the_eu_are_there_the_home_country_first_with_icp_and_international(
    client: Client, linked: Linked
) -> None:
    places = list(dict.fromkeys(form.place for form in Table(client, linked.integration).formset))
    assert places[:4] == ["NL", "ICP", "INTERNATIONAL", "MARKETPLACE"]
    assert set(places[4:]) == EU_COUNTRIES - {"NL"}
    assert "XI" in places  # Northern Ireland: deliveries of goods there are deliveries inside the EU


@pytest.mark.rule("R109", "R111", "R123")
def test_codes_and_accounts_are_chosen_from_lists_by_their_labels(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    assert '<option value="verlegd (0%)">' in table.text
    assert re.search(r'<option value="P2\.\d+ Omzet • Webshop">', table.text)
    labels = {label: one for one, label in table.formset.form_kwargs["table"].accounts.labels.items()}
    webshop, eu, shipping = (
        next(text for text in labels if name in text) for name in ("Webshop", "Omzet EU", "Verzend")
    )
    table.fill("NL", vat_code="hoog (21%)", revenue=webshop, shipping=shipping)
    table.fill("ICP", vat_code="verlegd", revenue=eu)
    table.fill("INTERNATIONAL", vat_code="0%", revenue=eu)
    table.save()
    rows, books = vat(linked.integration), linked.books
    assert rows["NL", "21"] == {
        "country": "NL",
        "rate": "21",
        "vat_code": str(books["vat"]["NL 21"]),
        "revenue": str(books["revenue"]["webshop"]),
        "shipping": str(books["revenue"]["shipping"]),
        "payment_costs": "",
    }
    assert rows["ICP", "0"]["vat_code"] == str(books["vat"]["reverse"])
    assert rows["ICP", "0"]["revenue"] == rows["INTERNATIONAL", "0"]["revenue"] == str(books["revenue"]["eu"])
    assert rows["INTERNATIONAL", "0"]["vat_code"] == str(books["vat"]["NL 0"])


@pytest.mark.rule("R111")
def test_what_is_not_in_the_list_is_said_beside_its_field_and_nothing_is_lost(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("NL", vat_code="hoger", revenue="5464900002x")
    table.fill("BE", rate="veel")
    page = table.save()
    text = html.unescape(page.text)
    assert "Not found in the VAT codes of Rompslomp. Choose one from the list." in text
    assert "Not found in the ledger accounts of Rompslomp." in text
    assert "Enter a number from 0 to 100." in text
    assert 'value="hoger"' in text
    assert 'value="veel"' in text
    assert vat(linked.integration) == {}


@pytest.mark.rule("R113")
def test_only_what_is_sold_to_needs_a_code(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("NL", vat_code="hoog (21%)")
    table.save()
    rows = vat(linked.integration)
    assert rows["BE", "21"]["vat_code"] == rows["NL", "21"]["revenue"] == ""
    assert len(rows) == 2 + 3 + 27


@pytest.mark.rule("R116", "R124")
def test_the_percentage_is_changed_in_the_left_column_and_stays_in_view(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("DE", rate="19", vat_code="DE 19%")
    table.fill("FR", rate="5,5", vat_code="")
    table.save()
    assert vat(linked.integration)["DE", "19"]["vat_code"] == str(linked.books["vat"]["DE 19"])
    again = Table(client, linked.integration)
    assert (again.rates("DE"), again.rates("FR")) == (["19"], ["5.5"])
    page = html.unescape(client.get(address(linked.integration, "")).text)
    assert re.search(r"Germany</th>\s*<td[^>]*>19%", page)
    assert "France 5.5%" in page


@pytest.mark.rule("R115")
def test_a_country_gets_several_percentages_without_a_script(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("DE", rate="19", vat_code="typed, not saved yet")
    table.press(add="DE")
    assert table.rates("DE") == ["19", ""]
    assert table.forms("DE")[0].row["vat_code"] == "typed, not saved yet"
    table.fill("DE", 0, vat_code="")
    table.fill("DE", 1, rate="7")
    table.save()
    assert {("DE", "19"), ("DE", "7")} <= set(vat(linked.integration))


def test_an_empty_percentage_removes_its_row_and_one_given_twice_is_refused(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("NL", 1, rate="21")
    assert "This country has this percentage twice" in table.save().text
    table.fill("NL", 1, rate="")
    table.save()
    assert [rate for country, rate in vat(linked.integration) if country == "NL"] == ["21"]


@pytest.mark.rule("R119", "R122")
@pytest.mark.parametrize("place", ["ICP", "INTERNATIONAL", "MARKETPLACE"])
def test_icp_and_international_are_always_without_vat(client: Client, linked: Linked, place: str) -> None:
    table = Table(client, linked.integration)
    assert table.rates(place) == ["0"]
    table.fill(place, rate="21")
    assert "This row is always 0%" in table.save().text
    assert vat(linked.integration) == {}


@pytest.mark.rule("R118", "R120", "R121")
def test_the_page_says_what_icp_and_international_are_for(client: Client, linked: Linked) -> None:
    text = Table(client, linked.integration).text
    assert "Deliveries to businesses in other EU countries, always with 0% VAT." in text
    assert "The customer's VAT number is required." in text
    assert "Deliveries outside the EU, with 0% VAT. With VAT they can't be processed." in text


def test_a_code_that_left_the_list_stays_until_somebody_changes_it(client: Client, linked: Linked) -> None:
    linked.configure(vat=[{"country": "NL", "rate": "21", "vat_code": "999", "revenue": ""}])
    table = Table(client, linked.integration)
    assert table.forms("NL")[0].row["vat_code"] == "999 (not in the list any more)"
    table.save()
    assert vat(linked.integration)["NL", "21"]["vat_code"] == "999"


def test_books_out_of_reach_are_said_and_what_is_kept_is_used(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    plain_books(linked)
    sandbox.fault(kind="503", path="/api/v1/companies", times=20)
    table = Table(client, linked.integration)
    assert "can't be reached just now" in table.text
    assert '<option value="hoog (21%)">' in table.text


def test_without_any_list_ids_can_be_typed(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", path="/api/v1/companies", times=50)
    table = Table(client, linked.integration)
    assert "Type the ids of VAT codes and accounts" in table.text
    table.fill("NL", vat_code="4100200301", revenue="5464900002")
    table.save()
    row = vat(linked.integration)["NL", "21"]
    assert (row["vat_code"], row["revenue"]) == ("4100200301", "5464900002")


def test_before_the_administration_is_chosen_it_says_what_comes_first(client: Client, owner: User) -> None:
    integration = an_integration(owner, "Nieuw", administration=None, settings=None)
    Integration.objects.filter(pk=integration.pk).update(administration=None)
    page = client.get(address(integration))
    assert "Connect it and choose the administration first" in page.text


def test_with_king_the_number_is_part_of_the_label_and_orders_ask_for_no_account(
    client: Client, owner: User, sandbox: Sandbox
) -> None:
    sandbox.reset()
    king = link_king(sandbox.url, "order")
    Member.objects.create(integration=king.integration, user=owner)
    table = Table(client, king.integration)
    assert '<option value="8000 Omzet webshop">' in table.text
    assert '<option value="2 Af te dragen hoog (21%)">' in table.text
    for form in table.formset:
        table.data[form.add_prefix("revenue")] = ""
    assert "No revenue account yet" not in table.save().text
    assert vat(king.integration)["NL", "21"]["revenue"] == ""


def king_orders(sandbox: Sandbox, owner: User) -> King:
    """One that posts orders, without VAT settings."""
    sandbox.reset()
    king = link_king(sandbox.url, "order")
    Member.objects.create(integration=king.integration, user=owner)
    settings_store.save(king.integration, {**settings_store.current_file(king.integration), "vat": []})
    plain_books(king)
    return king


def test_with_king_orders_suggestions_of_other_countries_are_saved_when_that_is_asked(
    client: Client, owner: User, sandbox: Sandbox
) -> None:
    """There a row needs no account, so it would be in force at once, though folded and never looked at."""
    king = king_orders(sandbox, owner)
    table = Table(client, king.integration)
    assert "Also save the VAT codes that are suggested for these countries" in table.text
    assert table.forms("DE")[0].row["vat_code"] == "11 hoog (21%)"
    table.save()
    rows = vat(king.integration)
    assert {place for (place, _), row in rows.items() if row["vat_code"]} == {"NL", "ICP", "INTERNATIONAL"}
    plain_books(king)  # the lists were read again when it was saved
    table = Table(client, king.integration)
    table.data["with_suggested"] = "on"
    table.save()
    assert vat(king.integration)["DE", "21"]["vat_code"] == "11"


def test_a_suggestion_is_saved_with_an_account_and_after_a_button_that_filled_the_rows_in(
    client: Client, owner: User, sandbox: Sandbox
) -> None:
    king = king_orders(sandbox, owner)
    table = Table(client, king.integration)
    table.press(fill="home")
    assert 'name="with_suggested" checked' in table.text
    table.fill("DE", revenue="8000")
    table.save()
    assert {place for (place, _), row in vat(king.integration).items() if row["vat_code"]} >= {"NL", "DE"}
    assert vat(king.integration)["FR", "21"]["vat_code"] == ""


@pytest.mark.rule("R110")
def test_configuration_leads_to_the_table_by_the_blue_edit(client: Client, linked: Linked) -> None:
    page = client.get(address(linked.integration, "")).text
    assert re.search(rf'<a class="button edit" href="{address(linked.integration)}"', page)


def test_the_first_save_makes_the_first_version(client: Client, linked: Linked) -> None:
    """As in the installation, where nothing was set before."""
    linked.integration.settings = None
    linked.integration.save()
    linked.integration.settings_versions.all().delete()
    table = Table(client, linked.integration)
    table.fill("NL", vat_code="hoog")
    table.save()
    assert linked.integration.settings
    assert linked.integration.settings.number == 1
    assert settings_store.load(linked.integration.settings).accounting.administration == str(linked.company)
    assert vat(linked.integration)["NL", "21"]["vat_code"] == str(linked.books["vat"]["NL 21"])


def test_in_dutch_percentages_are_written_and_read_with_a_comma(client: Client, linked: Linked) -> None:
    linked.configure(vat=[{"country": "FR", "rate": "5.5"}])
    User.objects.update(language="nl")
    client.cookies["django_language"] = "nl"
    page = client.get(address(linked.integration), headers={"accept-language": "nl"})
    assert 'value="5,5"' in page.text
    client.post(address(linked.integration), sent(page.text), headers={"accept-language": "nl"})
    linked.integration.refresh_from_db()
    assert ("FR", "5.5") in vat(linked.integration)
