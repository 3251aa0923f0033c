"""The install page, where a merchant arrives from the App Store."""

import hashlib
import hmac

import pytest

from integrations.models import Handshake

APP_SECRET = "app-secret-demo-abcdefghij0123456789"
PUBLIC = "e_demo7Q^pub1234567890"
WORKED_EXAMPLE = (
    "a8425b0a61d4073c6a62d6c9627b13c7c136332f33f4fce96a1c5e4259a7b850"
    "77cf3f3bcf4a4504234b35201e09a3f2a6c4b0eb35a9520d36658287eb526ac3"
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def operator(settings):
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    settings.CCVSHOP_APP_SECRET = APP_SECRET
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def handshake():
    return Handshake.objects.create(api_public=PUBLIC, api_secret="s", api_root="https://203.0.114.10")


def hash_of(api_public, url="https://koppeling.example.nl/ccvshop/install", secret=APP_SECRET):
    return hmac.new(secret.encode(), f"{url}|{api_public}".encode(), hashlib.sha512).hexdigest()


def open_link(client, **query):
    return client.get("/ccvshop/install", {"api_public": PUBLIC, "language": "nl", "x-hash": WORKED_EXAMPLE} | query)


def test_it_leads_on_to_the_wizard(client, handshake):
    answer = client.get(f"/ccvshop/install?api_public=e_demo7Q%5Epub1234567890&language=nl&x-hash={WORKED_EXAMPLE}")
    assert (answer.status_code, answer["Location"]) == (302, "/install/")
    assert client.session["handshake"] == handshake.pk


@pytest.mark.parametrize(("asked", "spoken"), [("nl", "nl"), ("en", "en"), ("de", "en"), ("fr", "en"), ("../x", "en")])
def test_it_goes_on_in_the_language_of_the_app_store(client, handshake, settings, asked, spoken):
    answer = open_link(client, language=asked)
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == spoken


def test_it_asks_for_the_signature_only_the_first_time(client, handshake):
    open_link(client)
    for query in ({}, {"api_public": PUBLIC}):
        assert client.get("/ccvshop/install", query).status_code == 302


def test_it_does_not_take_the_proof_of_one_shop_for_another(client, handshake):
    Handshake.objects.create(api_public="other", api_secret="s", api_root="https://203.0.114.11")
    open_link(client)
    assert open_link(client, api_public="other").status_code == 403
    assert client.session["handshake"] == handshake.pk


def test_it_takes_a_signed_link_to_another_shop(client, handshake):
    other = Handshake.objects.create(api_public="other", api_secret="s", api_root="https://203.0.114.11")
    open_link(client)
    assert open_link(client, api_public="other", **{"x-hash": hash_of("other")}).status_code == 302
    assert client.session["handshake"] == other.pk


@pytest.mark.parametrize(
    "changed",
    [
        {"x-hash": ""},
        {"x-hash": "0" * 128},
        {"x-hash": hash_of(PUBLIC, secret="")},
        {"x-hash": hash_of(PUBLIC, url="http://testserver/ccvshop/install")},
        {"api_public": "e_demo7Q%5Epub1234567890"},
        {"api_public": ""},
        {"api_public": "a\x00b"},
        {"x-hash": "é"},
    ],
)
def test_it_refuses_a_link_that_the_app_store_did_not_make(client, handshake, changed):
    answer = open_link(client, **changed)
    assert answer.status_code == 403
    assert "App Store" in answer.content.decode()
    assert "handshake" not in client.session


def test_it_says_what_to_do_when_the_shop_is_not_known(client):
    answer = open_link(client)
    assert answer.status_code == 404
    assert "App Store" in answer.content.decode()


def test_it_speaks_the_language_of_the_link_when_it_refuses(client):
    pages = {language: open_link(client, language=language).content.decode() for language in ("nl", "en")}
    assert 'lang="nl"' in pages["nl"]
    assert 'lang="en"' in pages["en"]


def test_it_answers_get_only(client, handshake):
    assert client.post("/ccvshop/install").status_code == 405
