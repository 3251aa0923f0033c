"""The App Store hands over the keys of a shop. Whatever arrives, only a signed and usable handshake is stored."""

import hashlib
import hmac
import json

import pytest
from django.db import connection
from django.test import Client

from integrations.models import Handshake, Integration
from webshop import handshakes
from webshop.incoming import Rejected

APP_SECRET = "app-secret-demo-abcdefghij0123456789"
ORIGIN = "https://koppeling.example.nl"
PUBLIC = "e_demo7Q^pub1234567890"
GOOD = {
    "api_public": PUBLIC,
    "api_secret": "s3cr3t-demo-key-0000111122223333",
    "api_root": "https://203.0.114.10",
    "return_url": "https://bakkerij-demo.ccvshop.nl/onderhoud/Return.php?App=1234",
}


@pytest.fixture(autouse=True)
def operator(settings):
    settings.PUBLIC_URL = ORIGIN
    settings.CCVSHOP_APP_SECRET = APP_SECRET
    settings.SECURE_SSL_REDIRECT = False
    settings.SANDBOX_HOSTS = ["shop.test:8001"]


def hash_of(raw, url=f"{ORIGIN}/ccvshop/handshake", secret=APP_SECRET):
    return hmac.new(secret.encode(), url.encode() + b"|" + raw, hashlib.sha512).hexdigest()


def send(client, body, signature=None, **extra):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = hash_of(raw) if signature is None else signature
    return client.post(
        "/ccvshop/handshake", raw, content_type="application/json", headers={"x-hash": signature}, **extra
    )


def assert_refused(answer, status, code):
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
    assert not Handshake.objects.exists()


@pytest.mark.django_db
def test_it_stores_the_worked_example_and_says_ok(client, settings, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kwargs: [(2, 1, 6, "", ("203.0.114.10", 443))])
    raw = (
        rb'{"api_public":"e_demo7Q^pub1234567890","api_secret":"s3cr3t-demo-key-0000111122223333",'
        rb'"api_root":"https:\/\/bakkerij-demo.ccvshop.nl","return_url":"https:\/\/bakkerij-demo.ccvshop.nl'
        rb'\/onderhoud\/AdminItems\/AppStore\/Return.php?App=1234"}'
    )
    signature = (
        "e05a0f5785390e842f3e700cc234ef7993b958551cc990f8c6e09451a6caa3ce"
        "1b8c688343dea177183b1c35bbb73f27727476119b25090e5a98733a1a2dfec5"
    )
    answer = send(client, raw, signature)
    assert (answer.status_code, answer.content) == (200, b"OK")
    assert answer["Content-Type"].startswith("text/plain")
    stored = Handshake.objects.get()
    assert (stored.api_public, stored.api_secret) == (PUBLIC, "s3cr3t-demo-key-0000111122223333")
    assert stored.api_root == "https://bakkerij-demo.ccvshop.nl"
    assert stored.return_url.endswith("/AdminItems/AppStore/Return.php?App=1234")


@pytest.mark.django_db
def test_it_keeps_the_secret_encrypted(client):
    send(client, GOOD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM integrations_handshake")
        assert GOOD["api_secret"] not in str(cursor.fetchall())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "signature",
    ["", "0" * 128, hash_of(json.dumps(GOOD).encode(), secret=""), hash_of(json.dumps(GOOD).encode(), url="http://x")],
)
def test_it_refuses_a_wrong_signature(client, signature):
    assert_refused(send(client, GOOD, signature), 403, "wrong_signature")


@pytest.mark.django_db
def test_it_refuses_a_missing_signature(client):
    answer = client.post("/ccvshop/handshake", json.dumps(GOOD), content_type="application/json")
    assert_refused(answer, 403, "wrong_signature")


@pytest.mark.django_db
def test_it_refuses_a_body_that_was_changed_after_signing(client):
    raw = json.dumps(GOOD).encode()
    assert_refused(send(client, raw + b" ", hash_of(raw)), 403, "wrong_signature")


@pytest.mark.django_db
def test_it_refuses_everything_while_the_operator_has_no_app_secret(client, settings):
    settings.CCVSHOP_APP_SECRET = ""
    raw = json.dumps(GOOD).encode()
    assert_refused(send(client, raw, hash_of(raw, secret="")), 403, "wrong_signature")


@pytest.mark.django_db
def test_it_hashes_the_registered_address_whatever_host_was_asked(client):
    assert send(client, GOOD, HTTP_HOST="localhost:8000").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff{}", "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        ("{}".encode("utf-16"), "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"{}", "field_missing"),
    ],
)
def test_it_refuses_a_signed_body_that_is_no_handshake(client, raw, code):
    assert_refused(send(client, raw), 400, code)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["api_public", "api_secret", "api_root"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "field_missing"),
        ("", "field_missing"),
        (7, "field_missing"),
        ([], "field_missing"),
        ("x" * 201, "field_invalid"),
        ("a\u0000b", "field_invalid"),
        ("a\ud800", "field_invalid"),
        ("sleutel-é", "field_invalid"),
    ],
)
def test_it_refuses_a_key_that_can_not_be_one(client, name, value, code):
    assert_refused(send(client, GOOD | {name: value}), 400, code)


API_ROOTS = {
    "loopback": "https://127.0.0.1",
    "loopback in v6": "https://[::1]",
    "loopback in decimal": "https://2130706433",
    "loopback, mapped": "https://[::ffff:127.0.0.1]",
    "link-local": "https://169.254.169.254",
    "private": "https://10.0.0.1",
    "private in v6": "https://[fd00::1]",
    "by name": "https://localhost",
    "http": "http://203.0.114.10",
    "another port": "https://203.0.114.10:8443",
    "port 0": "https://203.0.114.10:0",
    "bad port": "https://203.0.114.10:70000",
    "user": "https://a@203.0.114.10",
    "user and password": "https://a:b@203.0.114.10",
    "path": "https://203.0.114.10/api",
    "query": "https://203.0.114.10?a",
    "fragment": "https://203.0.114.10#a",
    "backslash": "https://203.0.114.10\\.evil.example",
    "space": "https://203.0.114.10 .evil.example",
    "no scheme": "203.0.114.10",
    "file": "file:///etc/passwd",
    "ftp to a sandbox": "ftp://shop.test:8001",
    "no host": "https://",
    "brackets": "https://[::1",
    "unknown": "https://no-such-host.invalid",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", API_ROOTS)
def test_it_refuses_a_shop_that_is_not_on_the_public_internet(client, name):
    assert_refused(send(client, GOOD | {"api_root": API_ROOTS[name]}), 400, "api_root_refused")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("api_root", "stored"),
    [
        ("https://203.0.114.10", "https://203.0.114.10"),
        ("https://203.0.114.10/", "https://203.0.114.10"),
        ("https://203.0.114.10:443", "https://203.0.114.10:443"),
        ("http://SHOP.test:8001", "http://shop.test:8001"),
    ],
)
def test_it_stores_the_origin(client, api_root, stored, settings):
    settings.SANDBOX_HOSTS = ["shop.test"]
    assert send(client, GOOD | {"api_root": api_root}).status_code == 200
    assert Handshake.objects.get().api_root == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    "return_url",
    [
        "javascript:alert(1)",
        "//evil.example/",
        "/relative",
        "http://evil.example/",
        "https://a@evil.example/",
        "https:///nowhere",
        "https://ok.example/\r\nSet-Cookie: a=1",
        "https://ok.example/ a",
        "https://" + "x" * 500,
        "data:text/html,x",
        ["https://ok.example"],
        7,
    ],
)
def test_it_refuses_a_way_back_that_is_no_web_address(client, return_url):
    assert_refused(send(client, GOOD | {"return_url": return_url}), 400, "return_url_refused")


@pytest.mark.django_db
@pytest.mark.parametrize("return_url", [None, "", "http://shop.test:8001/back", "https://elsewhere.example/x?y=1#z"])
def test_it_takes_a_way_back_to_any_web_address_or_else_to_the_shop_itself(client, return_url):
    assert send(client, GOOD | {"return_url": return_url}).status_code == 200
    assert Handshake.objects.get().return_url == (return_url or GOOD["api_root"])


@pytest.mark.django_db
def test_it_ignores_fields_that_it_does_not_know(client):
    answer = send(
        client, GOOD | {"language": "nl", "customer_id": 7, "create_date": None, "integration_id": 1, "id": 9}
    )
    assert answer.status_code == 200
    assert Handshake.objects.get().integration is None


@pytest.mark.django_db
def test_it_takes_a_handshake_twice_and_keeps_what_came_of_it(client):
    send(client, GOOD)
    stored = Handshake.objects.get()
    stored.integration = Integration.objects.create()
    stored.save()
    assert send(client, GOOD | {"api_secret": "another"}).status_code == 200
    again = Handshake.objects.get()
    assert (again.pk, again.integration_id, again.api_secret) == (stored.pk, stored.integration_id, "another")


@pytest.mark.django_db
def test_it_is_of_nobody_who_only_typed_the_same_key(client, django_user_model):
    crook = django_user_model.objects.create(username="crook")
    typed = handshakes.by_hand(crook, "http://shop.test:8001", GOOD["api_public"], "typed")
    typed.integration = Integration.objects.create()
    handshakes.store(typed)
    send(client, GOOD)
    kept = Handshake.objects.get()
    assert (kept.claimed_by, kept.integration, kept.api_secret) == (None, None, GOOD["api_secret"])
    with pytest.raises(Rejected, match="in use already"):
        handshakes.by_hand(crook, "http://shop.test:8001", GOOD["api_public"], "typed")


@pytest.mark.django_db
def test_what_is_typed_over_a_signed_one_is_no_longer_signed(client, django_user_model):
    send(client, GOOD)
    merchant = django_user_model.objects.create(username="merchant")
    handshakes.claim(Handshake.objects.get().pk, merchant)
    assert handshakes.by_hand(merchant, "http://shop.test:8001", GOOD["api_public"], "typed").return_url == ""


@pytest.mark.django_db
def test_who_lost_access_to_what_runs_on_a_key_does_not_type_over_it(django_user_model):
    former = django_user_model.objects.create(username="former")
    typed = handshakes.by_hand(former, "http://shop.test:8001", "public", "secret")
    typed.integration = Integration.objects.create()
    handshakes.store(typed)
    with pytest.raises(Rejected, match="in use already"):
        handshakes.by_hand(former, "http://shop.test:8001", "public", "other")


@pytest.mark.django_db
def test_what_is_sent_twice_at_the_same_time_is_stored_once(django_user_model):
    one, other = (django_user_model.objects.create(username=name) for name in ("one", "other"))
    pressed = [handshakes.by_hand(one, "http://shop.test:8001", "public", "secret") for _ in range(2)]
    late = handshakes.by_hand(other, "http://shop.test:8001", "public", "secret")
    assert handshakes.store(pressed[0]).pk == handshakes.store(pressed[1]).pk
    with pytest.raises(Rejected, match="in use already"):
        handshakes.store(late)
    assert Handshake.objects.get().claimed_by == one


@pytest.mark.django_db
@pytest.mark.parametrize("announced", [None, "1000000", "99999999999999999999"])
def test_it_refuses_a_body_that_is_too_large(client, announced):
    raw = json.dumps(GOOD).encode() + b" " * 256 * 1024
    extra = {"CONTENT_LENGTH": announced} if announced else {}
    assert_refused(send(client, raw, **extra), 413, "too_large")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_it_answers_post_only(client, method):
    answer = getattr(client, method)("/ccvshop/handshake")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.django_db
def test_it_asks_for_no_log_in_and_no_csrf_token():
    assert send(Client(enforce_csrf_checks=True), GOOD).status_code == 200
