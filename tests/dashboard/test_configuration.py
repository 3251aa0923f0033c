"""The Configuration tab, with both sides behind it."""

import html
import json
import re

import pytest

from accounting import settings_store
from integrations.models import Administration, Member, User
from tests.linked import link, settings_file
from webshop import registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox, client):
    sandbox.reset()
    linked = link(sandbox.url)
    owner = User.objects.create(username="eigenaar", language="en")
    Member.objects.create(integration=linked.integration, user=owner)
    client.force_login(owner)
    return linked


def upload(client, linked, data, **more):
    address = f"/{linked.integration.licence_key}/configuration/"
    client.post(f"{address}settings", {"text": json.dumps(data), **more}, headers={"accept-language": "en"})
    return client.get(address, headers={"accept-language": "en"})


def in_mode(linked, mode):
    file = settings_file(linked.books)
    return {**file, "shop": {**file["shop"], "process": mode}}


def asked_first(client, linked, mode):
    """The page that says what a change of mode leads to."""
    address = f"/{linked.integration.licence_key}/configuration/settings"
    return client.post(address, {"text": json.dumps(in_mode(linked, mode))}, headers={"accept-language": "en"})


def events(linked):
    return {hook["event"] for hook in linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]}


@pytest.mark.rule("R40")
def test_the_mode_is_set_there_and_the_shop_is_told_which_messages_to_send(client, linked):
    registration.finish(linked.integration)
    assert "orders.updated.ispaid" in events(linked)
    upload(client, linked, in_mode(linked, "invoices"), mode="invoices")
    assert {event.partition(".")[0] for event in events(linked)} == {"invoices"}


@pytest.mark.rule("R40")
def test_before_the_mode_changes_it_says_what_becomes_of_what_is_on_its_way(client, linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE"})
    for seed in (1, 2):
        linked.post("icp", seed)
    page = asked_first(client, linked, "invoices").text
    assert "2 orders that are paid and waiting are still posted as orders" in page
    assert "The first debit invoice of an order that was posted is skipped" in page
    assert "Save and change to invoices" in page
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 1


def test_the_file_that_the_page_holds_is_the_one_that_is_saved(client, linked):
    page = asked_first(client, linked, "invoices").text
    held = html.unescape(re.search(r'<textarea name="text" hidden>(.*?)</textarea>', page, re.DOTALL)[1])
    assert '<input type="hidden" name="mode" value="invoices">' in page
    upload(client, linked, json.loads(held), mode="invoices")
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 2
    saved, given = settings_store.as_file(linked.integration.settings), in_mode(linked, "invoices")
    assert (saved["shop"]["process"], len(saved["vat"])) == ("invoices", len(given["vat"]))
    page = asked_first(client, linked, "orders").text
    assert "An order whose first debit invoice was posted is skipped" in page
    assert "still posted as invoices" not in page


def test_a_file_that_keeps_the_mode_or_is_not_right_is_not_asked_about(client, linked):
    assert asked_first(client, linked, "orders").status_code == 302
    assert asked_first(client, linked, "nonsense").status_code == 302
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 2


@pytest.mark.rule("R41")
def test_it_explains_how_to_choose_the_mode(client, linked):
    page = upload(client, linked, settings_file(linked.books)).text
    assert "an unpaid order never reaches the books" in page
    assert "debit and credit, paid or not" in page


def test_a_settings_file_cannot_name_an_administration_that_the_account_does_not_reach(client, linked, sandbox):
    other = link(sandbox.url, shop={"name": "Van een ander"})
    file = settings_file(linked.books)
    file["accounting"]["administration"] = str(other.company)
    page = upload(client, linked, file).text
    assert "not one of the account that is connected" in page
    linked.integration.refresh_from_db()
    assert linked.integration.administration == Administration.objects.get(remote_id=str(linked.company))
    assert linked.integration.settings.number == 1


def test_the_settings_are_downloaded_changed_and_uploaded_again(client, linked):
    answer = client.get(f"/{linked.integration.licence_key}/configuration/settings.json")
    assert answer["Content-Disposition"].startswith("attachment")
    file = json.loads(answer.content)
    assert file["accounting"]["administration"] == str(linked.company)
    upload(client, linked, {**file, "line_names": "nl"})
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 2
    assert linked.integration.settings.general["line_names"] == "nl"
