"""The installation, step by step, against the stand-in shop and ledger."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from integrations.models import Credential, Handshake, Integration, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.linked import control, settings_file

from .conftest import logged_in
from .world import a_person

RETURN = "https://shop.example/back?App=1"


@pytest.fixture
def shop(sandbox: Sandbox, db: None) -> dict[str, Any]:
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def books(sandbox: Sandbox, shop: dict[str, Any]) -> dict[str, Any]:
    return control(sandbox.url, "POST", "ledger/companies", {"name": "Boeken", "with_token": True})


@pytest.fixture
def handshake(shop: dict[str, Any]) -> Handshake:
    return Handshake.objects.create(
        api_public=shop["public"], api_secret=shop["secret"], api_root=shop["api_root"], return_url=RETURN
    )


def arrive(client: Client, handshake: Handshake) -> None:
    """The merchant came in through a signed link."""
    session = client.session
    session["handshake"] = handshake.pk
    session.save()


def begin(client: Client, handshake: Handshake) -> Integration:
    arrive(client, handshake)
    client.post("/install/", {"system": "rompslomp", "terms": "on"})
    return Integration.objects.get()


def connect(integration: Integration, books: dict[str, Any]) -> None:
    """What the round trip to the consent page leaves behind."""
    secret = {"access_token": books["token"]["access_token"]}
    Credential.objects.create(integration=integration, side=Credential.Side.BOOKS, secret=secret)


def current(client: Client, integration: Integration) -> str:
    return client.get(f"/{integration.licence_key}/install/").context["current"]


def test_the_whole_way_from_the_app_store_to_the_first_order(
    client: Client, handshake: Handshake, books: dict[str, Any], sandbox: Sandbox, shop: dict[str, Any]
) -> None:
    integration = begin(client, handshake)
    address = f"/{integration.licence_key}"
    assert current(client, integration) == "books"
    connect(integration, books)
    assert current(client, integration) == "administration"
    chosen = {"administration": books["company"]["id"], "next": f"{address}/install/"}
    assert client.post(f"{address}/configuration/administration", chosen)["location"] == f"{address}/install/"
    assert current(client, integration) == "settings"
    client.post(f"{address}/configuration/settings", {"text": json.dumps(settings_file(books))})
    assert current(client, integration) == "finish"
    answer = client.post(f"{address}/install/finish", {"start_date": "2026-11-01"})
    assert answer["location"] == f"{address}/install/done"
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE
    assert integration.settings.general["shop"]["start_date"] == date(2026, 11, 1).isoformat()
    assert control(sandbox.url, "GET", f"shops/{shop['id']}")["is_installed"]
    assert control(sandbox.url, "GET", f"shops/{shop['id']}/webhooks")["webhooks"]
    done = client.get(f"{address}/install/done").text
    assert "log in at this address and not through the App Store" in done
    assert client.get(f"{address}/install/return")["location"] == RETURN


def test_nothing_happens_without_agreement_to_the_terms(client: Client, handshake: Handshake) -> None:
    arrive(client, handshake)
    answer = client.post("/install/", {"system": "rompslomp"})
    assert "Without your agreement to the terms nothing can be processed." in answer.text
    assert not Integration.objects.exists()


def test_the_agreement_is_kept_with_person_version_and_time(client: Client, owner: User, handshake: Handshake) -> None:
    integration = begin(client, handshake)
    agreement = TermsAcceptance.objects.get(integration=integration)
    assert agreement.user == owner
    assert agreement.version
    assert agreement.address == "127.0.0.1"


@pytest.mark.parametrize("system", ["", "other"])
def test_a_system_that_is_not_there_cannot_be_chosen(client: Client, handshake: Handshake, system: str) -> None:
    arrive(client, handshake)
    assert client.post("/install/", {"system": system, "terms": "on"}).status_code == 200
    assert not Integration.objects.exists()


def test_a_visitor_logs_in_first_and_keeps_the_handshake(handshake: Handshake, owner: User) -> None:
    visitor = Client(headers={"accept-language": "en"})
    arrive(visitor, handshake)
    assert visitor.get("/install/")["location"] == "/account/login/?next=/install/"
    visitor.force_login(owner)
    assert f"Webshop found: {handshake.api_root}" in visitor.get("/install/").text


def test_without_a_handshake_it_says_how_to_begin(client: Client) -> None:
    assert "Choose the category Accounting" in client.get("/install/").text


def test_a_shop_that_cannot_be_reached_gives_a_sentence_and_loses_nothing(
    client: Client, handshake: Handshake, sandbox: Sandbox
) -> None:
    arrive(client, handshake)
    sandbox.fault(kind="503", times=20)
    answer = client.post("/install/", {"system": "rompslomp", "terms": "on"})
    sandbox.reset()
    assert "try again in a minute" in answer.text
    assert not Integration.objects.exists()


def test_keys_that_the_shop_refuses_give_a_sentence(client: Client, handshake: Handshake) -> None:
    handshake.api_secret = "another-secret"
    handshake.save()
    arrive(client, handshake)
    answer = client.post("/install/", {"system": "rompslomp", "terms": "on"})
    assert "Remove the app in its App Store and install it again" in answer.text


def test_a_shop_of_somebody_else_is_refused(client: Client, handshake: Handshake) -> None:
    begin(logged_in(a_person("first@example.nl")), handshake)
    arrive(client, handshake)
    answer = client.post("/install/", {"system": "rompslomp", "terms": "on"})
    assert 'class="notice error"' in answer.text
    assert Integration.objects.get().members.count() == 1


def test_it_cannot_be_finished_before_everything_is_there(client: Client, handshake: Handshake) -> None:
    integration = begin(client, handshake)
    address = f"/{integration.licence_key}/install"
    answer = client.post(f"{address}/finish", {"start_date": "2026-11-01"}, follow=True)
    assert "Something is still missing" in answer.text
    assert client.get(f"{address}/done")["location"] == f"{address}/"
    integration.refresh_from_db()
    assert integration.status == Integration.Status.INSTALLING


def test_an_administration_that_is_not_in_the_list_is_refused(
    client: Client, handshake: Handshake, books: dict[str, Any]
) -> None:
    integration = begin(client, handshake)
    connect(integration, books)
    address = f"/{integration.licence_key}/configuration/administration"
    answer = client.post(address, {"administration": "1"}, follow=True)
    assert "Choose one of the administrations in the list." in answer.text
    integration.refresh_from_db()
    assert integration.administration is None


def test_a_connection_that_was_refused_offers_to_connect_again(
    client: Client, handshake: Handshake, books: dict[str, Any]
) -> None:
    integration = begin(client, handshake)
    connect(integration, {"token": {"access_token": "not-a-token"}})
    page = client.get(f"/{integration.licence_key}/install/").text
    assert "The connection was refused. Connect again." in page
    assert 'class="button connect"' in page
