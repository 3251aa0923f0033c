"""The connection to Rompslomp, through its stand-in."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connections
from django.urls import reverse

from accounting.rompslomp import oauth
from accounting.rompslomp.connector import client_of, companies
from integrations.failures import ConnectionLost, Temporary
from integrations.models import Credential, Integration, Member, User
from tests.linked import control

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ledger(sandbox, settings):
    sandbox.reset()
    settings.ROMPSLOMP_CLIENT_ID, settings.ROMPSLOMP_CLIENT_SECRET = "cid", "secret"
    keys = {"client_id": "cid", "client_secret": "secret", "redirect_uri": oauth.redirect_uri()}
    control(sandbox.url, "POST", "ledger/clients", keys)
    control(sandbox.url, "POST", "ledger/companies", {"name": "Theehuis"})
    control(sandbox.url, "POST", "ledger/users", {})
    control(sandbox.url, "POST", "ledger/settings", {"auto": "allow"})
    return sandbox


@pytest.fixture
def integration():
    return Integration.objects.create(name="Theehuis", accounting_system="rompslomp")


@pytest.fixture
def owner(client, integration):
    user = User.objects.create(username="eigenaar", email="eigenaar@theehuis.example")
    Member.objects.create(integration=integration, user=user)
    client.force_login(user)
    return user


def consent(url):
    """Go to the consent page; the stand-in's user answers as it was told to."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def connect(integration):
    url, _ = oauth.authorization_url()
    oauth.connect(integration, oauth.fetch_tokens(consent(url)["code"]))


def secret(integration):
    return Credential.objects.get(integration=integration, side="books").secret


def asked(sandbox):
    return sandbox.counters().get("POST /oauth/token", 0)


@pytest.mark.rule("R96", "R98", "R99")
def test_connect_goes_to_the_consent_page_and_back_with_tokens(client, ledger, integration, owner):
    away = client.post(reverse("connect", args=[integration.licence_key]))
    back = client.get(reverse("rompslomp-callback"), consent(away["Location"]))
    assert back.status_code == 302
    assert integration.licence_key in back["Location"]
    assert secret(integration)["refresh_token"]
    assert [company["name"] for company in companies(integration)] == ["Theehuis"]


def test_tokens_are_not_readable_in_the_database(ledger, integration):
    connect(integration)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_credential")
        (stored,) = cursor.fetchone()
    assert secret(integration)["access_token"] not in stored


def test_a_refused_consent_connects_nothing_and_says_so(client, ledger, integration, owner):
    control(ledger.url, "POST", "ledger/settings", {"auto": "deny"})
    away = client.post(reverse("connect", args=[integration.licence_key]))
    page = client.get(reverse("rompslomp-callback"), consent(away["Location"]), follow=True)
    assert not Credential.objects.exists()
    assert any("Koppelen" in str(message) for message in page.context["messages"])


@pytest.mark.parametrize("state", [None, "", "another"])
def test_an_answer_with_another_state_is_refused(client, ledger, integration, owner, state):
    away = client.post(reverse("connect", args=[integration.licence_key]))
    answer = consent(away["Location"]) | {"state": state or ""}
    client.get(reverse("rompslomp-callback"), answer)
    assert not Credential.objects.exists()


def test_an_answer_counts_once(client, ledger, integration, owner):
    away = client.post(reverse("connect", args=[integration.licence_key]))
    answer = consent(away["Location"])
    client.get(reverse("rompslomp-callback"), answer)
    Credential.objects.all().delete()
    client.get(reverse("rompslomp-callback"), answer)
    assert not Credential.objects.exists()


def test_a_code_that_is_not_known_ends_in_a_sentence(client, ledger, integration, owner):
    away = client.post(reverse("connect", args=[integration.licence_key]))
    answer = consent(away["Location"]) | {"code": "invented"}
    page = client.get(reverse("rompslomp-callback"), answer, follow=True)
    assert page.status_code == 200
    assert not Credential.objects.exists()


def test_somebody_else_cannot_connect_it(client, ledger, integration):
    client.force_login(User.objects.create(username="vreemde"))
    assert client.post(reverse("connect", args=[integration.licence_key])).status_code == 404


def test_an_expired_token_is_renewed_before_the_call(ledger, integration):
    control(ledger.url, "POST", "ledger/settings", {"token_seconds": 30})
    connect(integration)
    old = secret(integration)
    control(ledger.url, "POST", "ledger/settings", {"token_seconds": 7200})
    assert client_of(integration).companies()
    assert secret(integration)["access_token"] != old["access_token"]
    assert secret(integration)["refresh_token"] != old["refresh_token"]


def test_a_token_that_is_refused_is_renewed_and_the_call_repeated(ledger, integration):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/expire", {})
    assert client_of(integration).companies()


def test_of_many_workers_one_renews_and_all_go_on(ledger, integration):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/expire", {})
    control(ledger.url, "DELETE", "counters")
    found, start = [], threading.Barrier(6)

    def read():
        start.wait()
        found.append(len(client_of(integration).companies()))
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 6
    assert asked(ledger) == 1


def test_a_renewal_whose_answer_is_lost_is_asked_once_more(ledger, integration, monkeypatch):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/expire", {})
    monkeypatch.setattr(oauth, "TIMEOUT", 0.5)
    ledger.fault(kind="timeout_after_write", path="/oauth/token", seconds=1.5)
    assert client_of(integration).companies()


def test_a_renewal_that_is_refused_loses_the_connection(ledger, integration):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/revoke", {})
    with pytest.raises(ConnectionLost):
        client_of(integration).companies()


def test_a_token_service_in_trouble_is_tried_later_and_loses_nothing(ledger, integration):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/expire", {})
    ledger.fault(kind="503", path="/oauth/token", times=2)
    with pytest.raises(Temporary):
        client_of(integration).companies()
    assert client_of(integration).companies()


def test_a_wrong_client_secret_is_the_operators_business(ledger, integration, settings):
    connect(integration)
    control(ledger.url, "POST", "ledger/tokens/expire", {})
    settings.ROMPSLOMP_CLIENT_SECRET = "wrong"
    with pytest.raises(Temporary, match="oauth_client_refused"):
        client_of(integration).companies()


def test_without_a_connection_there_is_one_to_make(integration):
    with pytest.raises(ConnectionLost):
        client_of(integration).companies()
