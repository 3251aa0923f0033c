"""Configuration of an integration with King / iMUIS: its settings in words, and what King lacks of them."""

import html
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from integrations.models import Member, User
from tests.conftest import Sandbox
from tests.king import King, king_settings, link_king

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def king(sandbox: Sandbox, client: Client, owner: User) -> King:
    """One that posts entries, of which King was never asked whether it has what the settings name."""
    sandbox.reset()
    linked = link_king(sandbox.url)
    Member.objects.create(integration=linked.integration, user=owner)
    return linked


def shown(client: Client, king: King) -> str:
    """The words of the page."""
    return html.unescape(client.get(f"/{king.integration.licence_key}/configuration/").text)


def settings_of(king: King, **options: Any) -> dict[str, Any]:
    """Settings without the 6% of before 2019, whose code is blocked in the stand-in."""
    file = king_settings(king.books, **options)
    return {**file, "vat": [row for row in file["vat"] if (row["country"], row["rate"]) != ("NL", "6")]}


def save(client: Client, king: King, **options: Any) -> str:
    """Upload settings; gives the page that follows."""
    file = settings_of(king, **options)
    address = f"/{king.integration.licence_key}/configuration/file"
    answer = client.post(address, {"text": json.dumps(file)}, follow=True)
    return html.unescape(answer.text)


def check_again(client: Client, king: King) -> str:
    return html.unescape(client.post(f"/{king.integration.licence_key}/configuration/check", follow=True).text)


def states(client: Client, king: King) -> dict[str, str]:
    checked = client.get(f"/{king.integration.licence_key}/configuration/").context["checked"]
    return {check.label: check.state for check in checked.checks}


@pytest.mark.rule("R34")
def test_the_target_is_chosen_there_and_shown(client: Client, king: King) -> None:
    assert "Journal entries" in shown(client, king)
    page = save(client, king, target="order")
    assert "Sales orders" in page
    assert "Journal entries" not in page
    king.integration.refresh_from_db()
    assert king.integration.settings.general["accounting"]["target"] == "order"


def test_the_settings_of_entries_are_shown_with_their_names(client: Client, king: King) -> None:
    page = save(client, king, amounts="incl", number="invoice")
    for title in ("Debtors account", "Incl. VAT", "Invoice number"):
        assert title in page
    for value in ("Verkopen webshop", "Splitsingsrekening webshop", "Af te dragen hoog", "Omzet webshop"):
        assert value in page
    assert "Item group of new products" not in page


def test_the_settings_of_orders_are_shown_with_their_names(client: Client, king: King) -> None:
    page = save(client, king, target="order", address="billing", vat_kinds={"19": "H", "5.5": "L"})
    for words in ("Webshop order", "Webshopartikelen", "19% High, 5.5% Low", "Billing address"):
        assert words in page
    assert "Debtors account" not in shown(client, king)


@pytest.mark.rule("R4")
def test_nothing_is_said_of_payments_which_king_does_not_take(client: Client, king: King) -> None:
    assert "Post payments too" not in shown(client, king)


def test_a_look_at_the_page_asks_nothing_of_king(client: Client, king: King, sandbox: Sandbox) -> None:
    save(client, king)
    before = sandbox.counters()
    shown(client, king)
    assert sandbox.counters() == before


@pytest.mark.rule("R79")
def test_only_the_end_of_the_code_is_shown(client: Client, king: King) -> None:
    code, page = king.books["administration"]["code"], shown(client, king)
    assert f"Environment code …{code[-3:]}" in page
    assert code not in page


def test_before_king_was_asked_everything_is_open(client: Client, king: King) -> None:
    assert set(states(client, king).values()) == {"unknown"}
    assert "Not looked up in King / iMUIS yet." in shown(client, king)


def test_saving_looks_up_what_entries_need(client: Client, king: King) -> None:
    page = save(client, king)
    assert "Not everything is right" not in page
    assert set(states(client, king).values()) == {"good"}
    assert "Journal 41 Verkopen webshop" in states(client, king)


@pytest.mark.parametrize(
    ("option", "value", "label"),
    [
        ("journal", "77", "Journal 77"),
        ("journal", "49", "Journal 49"),
        ("journal", "", "Journal"),
        ("debtors_account", "2976", "Debtors account 2976"),
    ],
)
def test_what_entries_need_and_king_lacks_is_named_when_the_settings_are_saved(
    client: Client, king: King, option: str, value: str, label: str
) -> None:
    page = save(client, king, **{option: value})
    assert "Saved as version 2." in page
    assert f"Not everything is right in King / iMUIS yet: {label}." in page
    assert states(client, king)[label] == "bad"


def test_codes_and_accounts_of_the_vat_table_are_looked_up(client: Client, king: King) -> None:
    king.control("PATCH", f"imuis/administrations/{king.company}/BTW/2", {"BLOK": "J"})
    king.control("PATCH", f"imuis/administrations/{king.company}/GRB/8200", {"BLOK": "J"})
    save(client, king)
    found = states(client, king)
    assert found["VAT codes of the VAT table: 2 (NL 21%)"] == "bad"
    assert found["Ledger accounts of the VAT table: 8200"] == "bad"


@pytest.mark.rule("R82", "R83", "R85", "R86")
def test_the_preparation_of_orders_is_looked_up_as_far_as_it_can_be(client: Client, king: King) -> None:
    save(client, king, target="order")
    found = states(client, king)
    assert found["Item group 29 Webshopartikelen, revenue account 8000"] == "good"
    assert found["Order type webshoporder Webshop order"] == "good"
    assert found['Shipping method "Shipping Costs"'] == "unknown"
    page = shown(client, king)
    assert "Look in King / iMUIS whether it exists, has a default delivery condition and a preferred" in page
    assert "linked to order type webshoporder" in page
    assert "What to prepare there" in page


@pytest.mark.rule("R82")
def test_entries_need_no_preparation(client: Client, king: King) -> None:
    page = save(client, king)
    assert "What to prepare there" not in page
    assert "Shipping Costs" not in page


@pytest.mark.rule("R83")
def test_an_item_group_without_a_revenue_account_is_not_right(client: Client, king: King) -> None:
    king.control("PATCH", f"imuis/administrations/{king.company}/ARTGRP/29", {"GRBOMZ": "0"})
    page = save(client, king, target="order")
    assert "This item group has no revenue account yet." in page
    assert states(client, king)["Item group 29 Webshopartikelen"] == "bad"


def test_what_was_mended_in_king_is_seen_when_it_is_checked_again(client: Client, king: King) -> None:
    king.control("PATCH", f"imuis/administrations/{king.company}/ARTGRP/29", {"GRBOMZ": "0"})
    save(client, king, target="order")
    king.control("PATCH", f"imuis/administrations/{king.company}/ARTGRP/29", {"GRBOMZ": "8000"})
    assert states(client, king)["Item group 29 Webshopartikelen"] == "bad"
    assert "Not everything is right" not in check_again(client, king)
    assert states(client, king)["Item group 29 Webshopartikelen, revenue account 8000"] == "good"


def test_amounts_that_do_not_fit_the_vat_codes_are_a_warning_that_names_the_codes(client: Client, king: King) -> None:
    file = settings_of(king)
    file["accounting"]["amounts"] = "excl"
    file["vat"] = [row for row in file["vat"] if row["country"] == "NL"]
    address = f"/{king.integration.licence_key}/configuration/file"
    page = html.unescape(client.post(address, {"text": json.dumps(file)}, follow=True).text)
    assert "Saved as version 2." in page
    taxed = [row for row in file["vat"] if Decimal(row["rate"]) > 0]
    assert taxed
    for row in taxed:
        assert f"{row['vat_code']} (NL {row['rate']}%)" in page
    assert "(NL 0%)" not in page
    assert "The settings send amounts excl. VAT" in page


def test_books_out_of_reach_do_not_keep_the_settings_from_being_saved(
    client: Client, king: King, settings: Any
) -> None:
    settings.IMUIS_URL = "http://127.0.0.1:9"
    page = save(client, king, target="order")
    assert "Saved as version 2." in page
    assert "King / iMUIS can't be reached just now, so the settings were not checked there." in page


def test_a_stranger_checks_nothing(stranger: Client, king: King) -> None:
    assert stranger.post(f"/{king.integration.licence_key}/configuration/check").status_code == 404
