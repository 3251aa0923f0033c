"""The app is removed from a shop: what used its keys stops, and nothing else does."""

import hashlib
import hmac
import json

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import (
    Credential,
    Delivery,
    Document,
    Event,
    Handshake,
    Integration,
    State,
    User,
    Webhook,
)
from webshop import registration

APP_SECRET = "app-secret-demo-abcdefghij0123456789"
PUBLIC = "e_demo7Q^pub1234567890"
API_ROOT = "https://203.0.114.10"
WORKED_EXAMPLE = (
    "7adec40bf5cf27a7721e2c5fd825789f35225fe0198b9d67354ea1b0ec908a69"
    "d877f3634eb02671222be9086607db3a1b433c197c5392c05f38f5d972a2c81e"
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(settings):
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    settings.CCVSHOP_APP_SECRET = APP_SECRET
    settings.SECURE_SSL_REDIRECT = False


def installed(public=PUBLIC, **fields) -> Integration:
    integration = Integration.objects.create(status="active", api_root=API_ROOT, **fields)
    Handshake.objects.create(api_public=public, api_secret="s", api_root=API_ROOT, integration=integration)
    Credential.objects.create(integration=integration, side="shop", secret={"public": public, "secret": "s"})
    Credential.objects.create(integration=integration, side="books", secret={"access_token": "t"})
    Webhook.objects.create(integration=integration, event="orders.created", key="k", remote_id="1")
    return integration


def status_of(integration):
    return Integration.objects.get(pk=integration.pk).status


def send(client, body, signature=None):
    raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    url = b"https://koppeling.example.nl/ccvshop/uninstall"
    signature = (
        hmac.new(APP_SECRET.encode(), url + b"|" + raw, hashlib.sha512).hexdigest() if signature is None else signature
    )
    return client.post("/ccvshop/uninstall", raw, content_type="application/json", headers={"x-hash": signature})


def documents_in_all_states(integration):
    for state in State.values:
        Document.objects.create(
            integration=integration,
            kind="order",
            remote_id=state,
            state=state,
            reason="before",
            ledger_id="9",
            changed_at=timezone.now(),
            next_attempt_at=timezone.now(),
        )


@pytest.mark.rule("R27")
def test_it_stops_the_integration_and_forgets_its_keys(client):
    integration = installed()
    answer = send(client, {"api_public": PUBLIC}, WORKED_EXAMPLE)
    assert (answer.status_code, answer.content) == (200, b"OK")
    assert status_of(integration) == "stopped"
    held: list[type] = [Credential, Webhook, Handshake]
    assert [model.objects.count() for model in held] == [0, 0, 0]
    assert Event.objects.get().kind == "uninstalled"


@pytest.mark.rule("R27")
def test_it_keeps_what_was_done_and_says_of_the_rest_why_it_waits(client):
    integration = installed()
    documents_in_all_states(integration)
    Delivery.objects.create(integration=integration, event="orders.created", digest="d", is_signed=True)
    send(client, {"api_public": PUBLIC})
    reasons = dict(Document.objects.values_list("state", "reason"))
    assert reasons == {
        "open": "stopped",
        "queued": "stopped",
        "processed": "before",
        "error": "before",
        "skipped": "before",
    }
    assert Delivery.objects.count() == 1


def test_it_ends_in_the_same_state_as_stopping_on_profile(client):
    uninstalled, stopped = installed(), installed("another")
    for integration in (uninstalled, stopped):
        documents_in_all_states(integration)
    send(client, {"api_public": PUBLIC})
    registration.stop(stopped, "stopped", User.objects.create(username="owner"))

    def left(integration):
        rows: list[QuerySet] = [integration.credentials, integration.webhooks, integration.handshakes]
        return (
            status_of(integration),
            [row.count() for row in rows],
            set(integration.documents.values_list("state", "reason")),
        )

    assert left(uninstalled) == left(stopped)


def test_it_says_ok_again_and_for_shops_that_nobody_knows(client):
    installed()
    for body in ({"api_public": PUBLIC}, {"api_public": PUBLIC}, {"api_public": "unknown"}):
        assert send(client, body).content == b"OK"
    assert Event.objects.count() == 1


def test_it_leaves_other_shops_alone(client):
    installed()
    other = installed("another")
    send(client, {"api_public": PUBLIC})
    assert status_of(other) == "active"
    assert other.credentials.count() == 2


def test_it_stops_every_integration_that_uses_the_key(client):
    first, second = (
        installed(accounting_system="rompslomp"),
        Integration.objects.create(api_root=API_ROOT, status="active"),
    )
    Credential.objects.create(integration=second, side="shop", secret={"public": PUBLIC, "secret": "s"})
    send(client, {"api_public": PUBLIC})
    assert [status_of(first), status_of(second)] == ["stopped", "stopped"]


def test_an_old_call_does_not_stop_what_was_installed_again_with_new_keys(client):
    integration = installed()
    Credential.objects.filter(side="shop").update(secret={"public": "new", "secret": "s"})
    send(client, {"api_public": PUBLIC}, WORKED_EXAMPLE)
    assert status_of(integration) == "active"
    assert integration.credentials.count() == 2


@pytest.mark.parametrize("signature", ["", "0" * 128])
def test_it_does_nothing_without_a_signature(client, signature):
    integration = installed()
    answer = send(client, {"api_public": PUBLIC}, signature)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_signature")
    assert status_of(integration) == "active"


def test_it_does_not_take_the_signature_of_another_call(client):
    integration = installed()
    raw = json.dumps({"api_public": PUBLIC}, separators=(",", ":")).encode()
    url = b"https://koppeling.example.nl/ccvshop/handshake|"
    for_a_handshake = hmac.new(APP_SECRET.encode(), url + raw, hashlib.sha512).hexdigest()
    assert send(client, raw, for_a_handshake).status_code == 403
    assert status_of(integration) == "active"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", {}, {"api_public": ""}, {"api_public": None}, {"api_public": 7}, {"api_public": ["a"]}]
)
def test_it_refuses_a_signed_body_that_names_no_shop(client, body):
    assert send(client, body).status_code == 400


@pytest.mark.parametrize("api_public", ["a\x00b", "\ud800", "x" * 100_000])
def test_it_knows_no_shop_by_an_impossible_key(client, api_public):
    assert send(client, {"api_public": api_public}).status_code == 400


def test_it_refuses_a_body_that_is_too_large(client):
    assert send(client, b" " * (256 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_it_answers_post_only(client, method):
    assert getattr(client, method)("/ccvshop/uninstall").status_code == 405
