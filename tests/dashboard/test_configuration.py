"""The Configuration tab, with both sides behind it."""

import json

import pytest

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


def upload(client, linked, data):
    address = f"/{linked.integration.licence_key}/configuration/"
    client.post(f"{address}settings", {"text": json.dumps(data)}, headers={"accept-language": "en"})
    return client.get(address, headers={"accept-language": "en"})


def events(linked):
    return {hook["event"] for hook in linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]}


@pytest.mark.rule("R40")
def test_the_mode_is_set_there_and_the_shop_is_told_which_messages_to_send(client, linked):
    registration.finish(linked.integration)
    assert "orders.updated.ispaid" in events(linked)
    file = settings_file(linked.books)
    upload(client, linked, {**file, "shop": {**file["shop"], "process": "invoices"}})
    assert {event.partition(".")[0] for event in events(linked)} == {"invoices"}


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
