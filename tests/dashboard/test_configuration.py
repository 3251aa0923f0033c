"""The Configuration tab, with both sides behind it."""

import html
import json
import re

import pytest

from accounting import settings_store
from integrations.models import Administration, Credential, Integration, Member, User
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


def upload(client, linked, data):
    address = f"/{linked.integration.licence_key}/configuration/"
    client.post(f"{address}file", {"text": json.dumps(data)}, headers={"accept-language": "en"})
    return client.get(address, headers={"accept-language": "en"})


def save(client, linked, page):
    """Press Save on the page that says what would change."""
    held = html.unescape(re.search(r'<textarea name="proposed" hidden>(.*?)</textarea>', page, re.DOTALL)[1])
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    address = f"/{linked.integration.licence_key}/configuration/review"
    return client.post(address, {"proposed": held, "version": version}, headers={"accept-language": "en"})


def in_mode(linked, mode):
    file = settings_file(linked.books)
    return {**file, "shop": {**file["shop"], "process": mode}}


def asked_first(client, linked, mode):
    """The page that says what a change of mode leads to."""
    address = f"/{linked.integration.licence_key}/configuration/file"
    return client.post(address, {"text": json.dumps(in_mode(linked, mode))}, headers={"accept-language": "en"})


def events(linked):
    return {hook["event"] for hook in linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]}


@pytest.mark.rule("R40")
def test_the_mode_is_set_there_and_the_shop_is_told_which_messages_to_send(client, linked):
    registration.finish(linked.integration)
    assert "orders.updated.ispaid" in events(linked)
    save(client, linked, asked_first(client, linked, "invoices").text)
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
    save(client, linked, asked_first(client, linked, "invoices").text)
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


def refreshed(client, linked, **form):
    """Press the arrows; gives the words of the page that follows."""
    address = f"/{linked.integration.licence_key}/configuration/refresh"
    return html.unescape(client.post(address, form, follow=True, headers={"accept-language": "en"}).text)


@pytest.mark.rule("R102")
def test_the_arrows_read_every_list_of_the_administration_again(client, linked):
    page = refreshed(client, linked)
    counts = r"VAT codes \((\d+)\), ledger accounts \((\d+)\), accounts of .* \(\d+\), invoice layouts \((\d+)\)"
    told = re.search(f"from Rompslomp: {counts}", page)
    assert told
    assert all(int(count) for count in told.groups())
    kinds = {"vat_codes", "revenue_accounts", "payment_accounts", "layouts"}
    assert set(linked.integration.administration.lists.values_list("kind", flat=True)) == kinds
    gone = linked.books["templates"][-1]
    linked.control("DELETE", f"ledger/companies/{linked.company}/templates/{gone}")
    refreshed(client, linked)
    layouts = linked.integration.administration.lists.get(kind="layouts").rows
    assert str(gone) not in [row["id"] for row in layouts]


@pytest.mark.rule("R102", "R103")
def test_the_arrows_stand_beside_the_button_that_copies_the_licence_key(client, linked):
    page = client.get(f"/{linked.integration.licence_key}/report/").text
    parts = re.search(r'class="copying">(.*?)</div>', page, re.DOTALL)[1]
    assert re.search(r'id="licence-key">' + linked.integration.licence_key, parts)
    assert re.search(r'data-copy="licence-key".*/configuration/refresh".*Refresh', parts, re.DOTALL)
    assert refreshed(client, linked, next=f"/{linked.integration.licence_key}/report/").count("<h1>Report")


def test_a_list_that_is_refused_is_named_and_the_others_are_read(client, linked, sandbox):
    sandbox.fault(kind="422", method="GET", path="/templates")
    page = refreshed(client, linked)
    assert "Not everything was read from Rompslomp" in page
    assert "VAT codes" in page


def test_books_out_of_reach_are_a_sentence(client, linked, settings):
    settings.ROMPSLOMP_URL = "http://127.0.0.1:9"
    page = refreshed(client, linked)
    assert "The books can't be reached just now." in page


@pytest.mark.rule("R100", "R102")
def test_the_lists_are_read_once_the_administration_is_chosen(client, linked):
    Integration.objects.update(administration=None)
    address = f"/{linked.integration.licence_key}/configuration/administration"
    answer = client.post(address, {"administration": linked.company}, follow=True, headers={"accept-language": "en"})
    assert "Administration chosen: Boeken" in answer.text
    assert "Read again from Rompslomp:" in answer.text


def test_another_administration_is_kept_in_the_settings(client, linked):
    other = linked.control("POST", "ledger/companies", {"name": "Andere boeken"})["company"]
    user = linked.control("POST", "ledger/users", {"companies": [linked.company, other["id"]]})["user"]
    token = linked.control("POST", "ledger/tokens", {"user": user["id"]})["token"]["access_token"]
    linked.integration.credentials.filter(side="books").delete()
    Credential.objects.create(integration=linked.integration, side="books", secret={"access_token": token})
    address = f"/{linked.integration.licence_key}/configuration/administration"
    client.post(address, {"administration": other["id"]}, headers={"accept-language": "en"})
    linked.integration.refresh_from_db()
    assert linked.integration.administration.remote_id == str(other["id"])
    assert linked.integration.settings.general["accounting"]["administration"] == str(other["id"])


def test_accounts_are_shown_with_the_names_of_the_books(client, linked):
    refreshed(client, linked)
    page = client.get(f"/{linked.integration.licence_key}/configuration/").text
    for kind in ("vat_codes", "revenue_accounts", "layouts"):
        names = {row["id"]: row["name"] for row in linked.integration.administration.lists.get(kind=kind).rows}
        assert any(f'{html.escape(name)} <span class="muted">{one}</span>' in page for one, name in names.items()), kind


def test_a_file_that_is_refused_can_be_mended_on_the_page(client, linked):
    address = f"/{linked.integration.licence_key}/configuration/file"
    page = html.unescape(client.post(address, {"text": '{"a": '}, headers={"accept-language": "en"}).text)
    assert "This is not readable as JSON" in page
    assert '{"a": </textarea>' in page


def test_before_there_are_settings_there_is_a_file_to_begin_with(client, linked):
    Integration.objects.update(settings=None)
    address = f"/{linked.integration.licence_key}/configuration/"
    assert "Download a file to begin with" in client.get(address, headers={"accept-language": "en"}).text
    file = json.loads(client.get(f"{address}settings.json").content)
    assert file["accounting"]["administration"] == str(linked.company)
    assert file["vat"] == []


def test_the_page_asks_the_books_only_when_another_administration_is_to_be_chosen(client, linked, sandbox):
    address, before = f"/{linked.integration.licence_key}/configuration/", sandbox.counters()
    assert "?choose=1" in client.get(address).text
    assert sandbox.counters() == before
    page = client.get(f"{address}?choose=1").text
    assert f'name="administration" value="{linked.company}"' in page


def test_a_shop_out_of_reach_does_not_keep_the_mode_from_being_saved(client, linked):
    page = asked_first(client, linked, "invoices").text
    linked.integration.credentials.filter(side="shop").delete()
    answer = save(client, linked, page)
    linked.integration.refresh_from_db()
    assert linked.integration.settings.number == 2
    page = html.unescape(client.get(answer["location"], headers={"accept-language": "en"}).text)
    assert "Saved as version 2." in page
    assert "The shop could not be told which messages to send now." in page
    assert "Not saved" not in page
