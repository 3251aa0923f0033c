"""The settings form: what it offers, what it demands, and what it leaves alone."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from accounting import book_lists, settings_store
from integrations.models import Integration, Member, ReferenceList, User
from tests.conftest import Sandbox
from tests.king import King, link_king
from tests.linked import Linked, link

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

SHOP = {"process": "orders", "home_country": "NL", "start_date": "2020-01-01", "open_days": "60", "line_names": "en"}
ENTRY = {"target": "entry", "amounts": "incl", "number": "order", "address": "delivery"}


@pytest.fixture
def linked(sandbox: Sandbox, client: Client, owner: User) -> Linked:
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


@pytest.fixture
def king(sandbox: Sandbox, client: Client, owner: User) -> King:
    sandbox.reset()
    made = link_king(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


def address(linked: Linked, rest: str = "settings") -> str:
    return f"/{linked.integration.licence_key}/configuration/{rest}"


def shown(client: Client, linked: Linked) -> str:
    return html.unescape(client.get(address(linked)).text)


def save(client: Client, linked: Linked, **fields: str) -> str:
    answer = client.post(address(linked), {**SHOP, **fields}, follow=True)
    linked.integration.refresh_from_db()
    return html.unescape(answer.text)


def saved(linked: Linked) -> dict[str, Any]:
    assert linked.integration.settings
    return settings_store.as_file(linked.integration.settings)


def king_fields(king: King, **fields: str) -> dict[str, str]:
    own = saved(king)["accounting"]
    names = ("journal", "debtors_account", "order_type", "item_group")
    return {**ENTRY, **{name: own[name] for name in names}, **fields}


def choices(page: str, name: str) -> list[str]:
    """The words of a drop-down."""
    found = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert found, name
    return [words.strip() for words in re.findall(r"<option[^>]*>(.*?)</option>", found[0], re.DOTALL)]


@pytest.mark.rule("R104", "R111")
def test_an_invoice_layout_is_chosen_by_its_name(client: Client, linked: Linked) -> None:
    page = shown(client, linked)
    rows = ReferenceList.objects.get(kind="layouts").rows
    assert choices(page, "layout") == ["Rompslomp's own default", *(row["name"] for row in rows)]
    other = rows[-1]["id"]
    assert "Saved as version 2." in save(client, linked, number="order", publish="on", layout=other)
    assert saved(linked)["accounting"]["layout"] == other


def test_what_the_form_does_not_show_is_kept(client: Client, linked: Linked) -> None:
    before = saved(linked)
    save(client, linked, number="invoice", layout="", rounding_account="", process="orders", margin_scheme="on")
    after = saved(linked)
    assert (after["vat"], after["payment_methods"]) == (before["vat"], before["payment_methods"])
    own = {"administration": str(linked.company), "number": "invoice", "publish": False, "layout": ""}
    assert after["accounting"].items() >= own.items()
    assert after["margin_scheme"] is True


@pytest.mark.rule("R399", "R110")
def test_settings_are_listed_and_edited_by_the_blue_button(client: Client, linked: Linked) -> None:
    page = client.get(address(linked, "")).text
    assert re.search(rf'<a class="button edit" href="{address(linked)}">Edit', page)
    save(client, linked, number="order", open_days="90", line_names="nl")
    page = client.get(address(linked, "")).text
    assert ("<dd>" in page, "90</span>" in page, "Dutch</span>" in page) == (True, True, True)


@pytest.mark.rule("R124")
def test_what_was_saved_is_shown_again(client: Client, king: King) -> None:
    save(client, king, **king_fields(king, amounts="excl", address="billing"))
    page = shown(client, king)
    for name, value in (("amounts", "excl"), ("address", "billing"), ("target", "entry")):
        assert re.search(rf'name="{name}" value="{value}"[^>]* checked', page), name
    assert re.search(r'<option value="41" selected>41 Verkopen webshop', page)


@pytest.mark.rule("R107")
@pytest.mark.parametrize(("name", "words"), [("journal", "Choose the journal"), ("debtors_account", "Choose the debt")])
def test_entries_need_a_journal_and_a_debtors_account(client: Client, king: King, name: str, words: str) -> None:
    page = save(client, king, **king_fields(king, **{name: ""}))
    assert words in page
    assert re.search(rf'name="{name}"[^>]*aria-invalid="true"', page)
    assert re.search(rf'name="{name}"[^>]*aria-describedby="[^"]*id_{name}_error', page)
    assert king.integration.settings.number == 1  # type: ignore[union-attr]


@pytest.mark.rule("R107")
def test_the_journal_and_debtors_account_of_the_books_can_be_chosen(client: Client, king: King) -> None:
    page = shown(client, king)
    assert "41 Verkopen webshop" in choices(page, "journal")
    assert "2975 Splitsingsrekening webshop" in choices(page, "debtors_account")
    save(client, king, **king_fields(king, debtors_account="8000"))
    assert saved(king)["accounting"]["debtors_account"] == "8000"


@pytest.mark.rule("R108")
def test_orders_need_no_journal_and_keep_the_one_of_entries(client: Client, king: King) -> None:
    assert "Saved as version 2." in save(client, king, **king_fields(king, target="order"))
    assert saved(king)["accounting"]["journal"] == "41"
    assert "Saved as version 3." in save(client, king, **king_fields(king, target="order", journal=""))
    assert saved(king)["accounting"].items() >= {"target": "order", "journal": ""}.items()


@pytest.mark.rule("R85")
def test_orders_need_an_order_type_and_an_item_group(client: Client, king: King) -> None:
    page = save(client, king, **king_fields(king, target="order", order_type="", item_group=""))
    assert "Choose the order type" in page
    assert "Choose the item group" in page


def test_each_other_percentage_gets_a_vat_kind(client: Client, king: King) -> None:
    page = shown(client, king)
    assert choices(page, "vat_kind_19") == ["Not chosen", "High", "Low", "Reverse charge", "None"]
    assert 'name="vat_kind_21"' not in page
    save(client, king, **king_fields(king, target="order", vat_kind_19="H", **{"vat_kind_5.5": "L"}))
    assert saved(king)["accounting"]["vat_kinds"] == {"19": "H", "5.5": "L"}


@pytest.mark.rule("R101")
def test_the_form_is_closed_until_the_administration_is_chosen(client: Client, linked: Linked) -> None:
    Integration.objects.update(administration=None)
    page = shown(client, linked)
    assert "Choose the administration first" in page
    assert '<select name="layout"' not in page
    assert "These open once the administration is chosen" in client.get(address(linked, "")).text
    save(client, linked, number="order")
    assert linked.integration.settings.number == 1  # type: ignore[union-attr]


def test_what_is_not_in_the_list_any_more_stays_chosen_and_is_marked(client: Client, linked: Linked) -> None:
    linked.configure(accounting={"layout": "4711"})
    page = shown(client, linked)
    assert "4711 (not in the list any more)" in choices(page, "layout")
    save(client, linked, number="order", layout="4711")
    assert saved(linked)["accounting"]["layout"] == "4711"


def test_without_a_list_the_id_is_typed(client: Client, linked: Linked, settings: Any) -> None:
    settings.ROMPSLOMP_URL = "http://127.0.0.1:9"
    page = shown(client, linked)
    assert "The books can't be reached just now." in page
    assert "Type the id from the books." in page
    assert re.search(r'<input type="text" name="layout"', page)
    assert "Saved as version 2." in save(client, linked, number="order", layout="4711")


def test_with_the_lists_of_an_earlier_day_one_still_chooses(client: Client, linked: Linked, settings: Any) -> None:
    book_lists.reload(linked.integration)
    ReferenceList.objects.update(fetched_at="2020-01-01T00:00Z")
    settings.ROMPSLOMP_URL = "http://127.0.0.1:9"
    page = shown(client, linked)
    assert "The lists below may be out of date." in page
    assert len(choices(page, "layout")) > 1


def test_a_look_at_kept_lists_asks_the_books_nothing(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    shown(client, linked)
    before = sandbox.counters()
    shown(client, linked)
    assert sandbox.counters() == before


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("home_country", "??", "Select a valid choice"),
        ("open_days", "0", "greater than or equal to 1"),
        ("start_date", "tomorrow", "Enter a valid date"),
        ("layout", "4711", "not one of the available choices"),
    ],
)
def test_what_is_not_right_is_said_beside_it_and_nothing_is_lost(
    client: Client, linked: Linked, field: str, value: str, words: str
) -> None:
    page = save(client, linked, number="invoice", **{field: value})
    assert words in page
    assert re.search(r'name="number" value="invoice"[^>]* checked', page)
    assert linked.integration.settings.number == 1  # type: ignore[union-attr]


def test_in_the_wizard_the_first_save_makes_version_1_and_goes_on(client: Client, linked: Linked) -> None:
    Integration.objects.update(settings=None, status=Integration.Status.INSTALLING)
    linked.integration.settings_versions.all().delete()
    answer = client.post(address(linked), {**SHOP, "number": "order", "publish": "on"})
    assert answer["location"] == f"/{linked.integration.licence_key}/install/"
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 1
    assert saved(linked)["accounting"]["administration"] == str(linked.company)


def test_a_stranger_edits_nothing(stranger: Client, linked: Linked) -> None:
    assert stranger.post(address(linked), {**SHOP, "number": "order"}).status_code == 404
