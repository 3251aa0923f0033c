"""The webhook's gate: every status it can give, and that nothing is stored that should not be."""

import hashlib
import hmac
import io
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from integrations.models import Administration, Delivery, Integration, Webhook
from webshop import gate, views

KEY = "wh-key-demo-5566778899"
ORIGIN = "https://koppeling.example.nl"
BODY = {"triggered_at": "2026-03-02T09:14:58Z", "id": 351000123, "order_number": 1042, "paid": True}
LARGEST = 256 * 1024

pytestmark = pytest.mark.django_db

# What the database itself refuses ends the transaction that is otherwise around a test.
without_a_transaction = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def operator(settings, monkeypatch):
    settings.PUBLIC_URL = ORIGIN
    settings.SECURE_SSL_REDIRECT = False
    settings.WEBHOOK_SIGNATURES = "auto"
    monkeypatch.setattr(gate, "_remembered", {})


@pytest.fixture
def rung(monkeypatch):
    """The administrations that were rung for; what a worker then does is no matter of the gate."""
    numbers = []
    monkeypatch.setattr(views, "ring", numbers.append)
    return numbers


@pytest.fixture
def administration():
    return Administration.objects.create(system="rompslomp", remote_id="1")


@pytest.fixture
def webhook(administration, rung):
    integration = Integration.objects.create(status="active", administration=administration)
    return Webhook.objects.create(integration=integration, event="orders.updated.ispaid", key=KEY)


def address_of(webhook, **changed):
    parts = {"integration": webhook.integration_id, "event": webhook.event, "token": webhook.token} | changed
    return "/hooks/ccvshop/{integration}/{event}/{token}".format(**parts)


def raw_of(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign(webhook, body, key=KEY):
    message = (ORIGIN + address_of(webhook)).encode() + b"|" + raw_of(body)
    return hmac.new(key.encode(), message, hashlib.sha512).hexdigest()


def post(webhook, body=BODY, signature="", path=None, **extra):
    path = path or address_of(webhook)
    return Client().post(path, raw_of(body), content_type="application/json", headers={"x-hash": signature}, **extra)


def assert_refused(answer, status, code):
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
    assert not Delivery.objects.exists()


@pytest.mark.rule("R35", "R135")
def test_it_stores_a_delivery_and_rings(webhook, rung, administration):
    answer = post(webhook, signature=sign(webhook, BODY))
    assert (answer.status_code, answer.content) == (200, b"OK")
    stored = Delivery.objects.get()
    assert (stored.integration_id, stored.webhook_id) == (webhook.integration_id, webhook.pk)
    assert (stored.event, stored.kind, stored.remote_id) == ("orders.updated.ispaid", "order", "351000123")
    assert (stored.body, stored.is_signed, stored.handled_at) == (json.dumps(BODY), True, None)
    assert rung == [administration.pk]


@pytest.mark.rule("R136")
def test_it_keeps_of_a_body_only_the_number_of_the_document(webhook):
    post(webhook, {"id": 7, "paid": False, "total_price": "a lie"})
    stored = Delivery.objects.get()
    assert (stored.kind, stored.remote_id) == ("order", "7")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("orders.created", "order"),
        ("orders.updated.status", "order"),
        ("orders.deleted", "order"),
        ("invoices.created", "invoice"),
        ("invoices.updated.status", "invoice"),
    ],
)
def test_it_knows_the_kind_by_the_event_of_the_address(webhook, event, kind):
    Webhook.objects.update(event=event)
    webhook.refresh_from_db()
    post(webhook)
    assert (Delivery.objects.get().event, Delivery.objects.get().kind) == (event, kind)


@without_a_transaction
@pytest.mark.rule("R47")
def test_it_stores_a_repeated_delivery_once(webhook, rung):
    signature = sign(webhook, BODY)
    answers = [post(webhook, signature=signature) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert Delivery.objects.count() == 1
    assert len(rung) == 1


@without_a_transaction
@pytest.mark.rule("R47")
def test_it_stores_deliveries_that_come_at_the_same_time_once(webhook, rung):
    def send(_number):
        try:
            return post(webhook, signature=sign(webhook, BODY)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(16))) == {200}
    assert Delivery.objects.count() == 1
    assert len(rung) == 1


def test_it_tells_two_events_with_the_same_body_apart(webhook):
    other = Webhook.objects.create(integration=webhook.integration, event="orders.created", key=KEY)
    for hook in (webhook, other):
        assert post(hook).status_code == 200
    assert Delivery.objects.count() == 2


def test_it_tells_two_shops_with_the_same_body_apart(webhook, administration):
    neighbour = Integration.objects.create(status="active", administration=administration)
    other = Webhook.objects.create(integration=neighbour, event=webhook.event, key=KEY)
    for hook in (webhook, other):
        assert post(hook).status_code == 200
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "x" * 43},
        {"token": "x"},
        {"token": "%00" * 30},
        {"token": "é" * 30},
        {"token": "x" * 5000},
        {"event": "orders.created"},
        {"event": "%00"},
        {"integration": 0},
        {"integration": 999999},
        {"integration": "9" * 5000},
        {"integration": "-1"},
        {"integration": "one"},
    ],
)
def test_it_knows_no_other_address(webhook, changed):
    assert_refused(post(webhook, path=address_of(webhook, **changed)), 404, "unknown_address")


def test_it_knows_no_address_with_a_leading_zero(webhook):
    path = address_of(webhook, integration=f"0{webhook.integration_id}")
    assert_refused(post(webhook, path=path), 404, "unknown_address")


def test_it_knows_no_address_of_a_stopped_integration(webhook):
    Integration.objects.update(status="stopped")
    assert_refused(post(webhook, signature=sign(webhook, BODY)), 404, "unknown_address")


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_it_answers_post_only(webhook, method):
    answer = getattr(Client(), method)(address_of(webhook))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def sized(length):
    head = b'{"id": 1, "filling": "'
    return head + b"x" * (length - len(head) - 2) + b'"}'


def test_it_takes_a_body_of_256_kb(webhook):
    assert post(webhook, sized(LARGEST)).status_code == 200
    assert len(Delivery.objects.get().body) == LARGEST


def test_it_refuses_a_body_over_256_kb(webhook):
    assert_refused(post(webhook, sized(LARGEST + 1)), 413, "too_large")


@pytest.mark.parametrize("announced", ["262145", "99999999999999999999999"])
def test_it_reads_nothing_of_a_body_that_is_announced_as_too_large(webhook, announced):
    class Unreadable(io.BytesIO):
        def read(self, *_args):
            raise AssertionError("the body was read")

    assert_refused(post(webhook, b"", CONTENT_LENGTH=announced, **{"wsgi.input": Unreadable()}), 413, "too_large")


def chunked(webhook, body, **extra):
    """A request without a length, as a server passes on what came in chunks."""
    environ = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""} | extra
    request = RequestFactory().generic("POST", address_of(webhook), **environ)
    integration_id = str(webhook.integration_id)
    return views.webhook(request, integration_id=integration_id, event=webhook.event, token=webhook.token)


def test_it_reads_a_body_that_came_without_a_length(webhook):
    assert chunked(webhook, json.dumps(BODY).encode()).status_code == 200
    assert Delivery.objects.get().remote_id == "351000123"


def test_it_reads_no_more_than_it_may_of_a_body_without_a_length(webhook):
    endless = io.BytesIO(sized(10 * LARGEST))
    answer = chunked(webhook, b"", **{"wsgi.input": endless})
    assert answer.status_code == 413
    assert endless.tell() == LARGEST + 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("length", ["-1", "+5", "abc", "²"])
def test_it_takes_a_length_that_is_none_for_no_body(webhook, length):
    answer = chunked(webhook, b"{}", CONTENT_LENGTH=length, **{"wsgi.input_terminated": False})
    assert answer.status_code == 400
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b" ", "not_json"),
        (b"{", "not_json"),
        (b'{"id": 1}{', "not_json"),
        (b"id=1", "not_json"),
        (b'{"id": 1, "a": "\xff"}', "not_json"),
        (b'{"id": 1, "a": "\x00"}', "not_json"),
        (b'\xef\xbb\xbf{"id": 1}', "not_json"),
        ('{"id": 1}'.encode("utf-16"), "not_json"),
        (b'{"id": NaN}', "not_json"),
        (b'{"id": 1, "a": Infinity}', "not_json"),
        (b'{"id": 1, "a": [-Infinity]}', "not_json"),
        (b"[" * 100_000 + b"]" * 100_000, "not_json"),
        (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "not_json"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not_json"),
        (b"[]", "not_an_object"),
        (b"1", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"351"', "not_an_object"),
        (b"{}", "no_id"),
    ],
)
def test_it_refuses_a_body_that_is_no_delivery(webhook, raw, code):
    assert_refused(post(webhook, raw, sign(webhook, raw)), 400, code)


@pytest.mark.parametrize(
    "found",
    [
        *(None, True, False, 0, -1, 1.0, 1e9, "", "0", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "١٢", "²", "a"),
        *("9" * 65, 10**64, [1], {"id": 1}, "1\n", "1\x00", "\ud800", "000"),
    ],
)
def test_it_refuses_an_id_that_is_none(webhook, found):
    assert_refused(post(webhook, {"id": found}), 400, "no_id")


@pytest.mark.parametrize(("found", "stored"), [(1, "1"), ("351", "351"), ("007", "7"), (10**63, str(10**63))])
def test_it_takes_a_number_as_a_number_or_as_text(webhook, found, stored):
    assert post(webhook, {"id": found}).status_code == 200
    assert Delivery.objects.get().remote_id == stored


def test_it_keeps_a_body_with_odd_text_as_it_came(webhook):
    raw = rb'{"id": 1, "customer_email": "\ud800\u0000 \u00e9", "id2": 1e999}'
    assert post(webhook, raw).status_code == 200
    assert Delivery.objects.get().body == raw.decode()


def test_it_only_looks_at_signatures_until_one_was_valid(webhook):
    assert post(webhook, {"id": 1}).status_code == 200
    assert post(webhook, {"id": 2}, "0" * 128).status_code == 200
    assert not Delivery.objects.filter(is_signed=True).exists()
    assert post(webhook, {"id": 3}, sign(webhook, {"id": 3})).status_code == 200
    webhook.refresh_from_db()
    assert webhook.is_signed


WRONG = {
    "missing": lambda _webhook: "",
    "of another body": lambda webhook: sign(webhook, {"id": 2}),
    "under another key": lambda webhook: sign(webhook, {"id": 1}, "another"),
    "under no key": lambda webhook: sign(webhook, {"id": 1}, ""),
    "in capitals": lambda webhook: sign(webhook, {"id": 1}).upper(),
    "cut off": lambda webhook: sign(webhook, {"id": 1})[:-1],
    "not ASCII": lambda _webhook: "é" * 128,
    "of the body alone": lambda _webhook: hmac.new(KEY.encode(), raw_of({"id": 1}), hashlib.sha512).hexdigest(),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_demands_a_signature_from_the_first_valid_one_on(webhook, name, rung):
    Webhook.objects.update(is_signed=True)
    assert_refused(post(webhook, {"id": 1}, WRONG[name](webhook)), 403, "wrong_signature")
    assert rung == []


def test_it_demands_signatures_of_all_webhooks_of_a_shop_that_signs(webhook, administration):
    sibling = Webhook.objects.create(integration=webhook.integration, event="orders.created", key="other key")
    keyless = Webhook.objects.create(integration=webhook.integration, event="orders.deleted")
    neighbour = Integration.objects.create(status="active", administration=administration)
    stranger = Webhook.objects.create(integration=neighbour, event=webhook.event, key=KEY)
    post(webhook, signature=sign(webhook, BODY))
    answers = [post(hook, {"id": 9}).status_code for hook in (webhook, sibling, keyless, stranger)]
    assert answers == [403, 403, 200, 200]


def test_it_is_forced_to_demand_signatures(webhook, settings):
    settings.WEBHOOK_SIGNATURES = "enforce"
    assert_refused(post(webhook, {"id": 1}), 403, "wrong_signature")
    assert post(webhook, {"id": 1}, sign(webhook, {"id": 1})).status_code == 200
    Webhook.objects.update(key=None, is_signed=False)
    gate._remembered.clear()
    assert post(webhook, {"id": 2}, sign(webhook, {"id": 2}, "")).status_code == 403


def test_it_is_forced_to_only_look_at_signatures(webhook, settings):
    settings.WEBHOOK_SIGNATURES = "observe"
    Webhook.objects.update(is_signed=True)
    assert post(webhook, {"id": 1}, "0" * 128).status_code == 200
    assert post(webhook, {"id": 2}, sign(webhook, {"id": 2})).status_code == 200
    assert list(Delivery.objects.order_by("id").values_list("is_signed", flat=True)) == [False, True]


def test_it_checks_the_registered_address_whatever_host_was_asked(webhook):
    answer = post(webhook, signature=sign(webhook, BODY), HTTP_HOST="localhost:8000")
    assert answer.status_code == 200
    assert Delivery.objects.get().is_signed


@pytest.mark.parametrize("status", ["installing", "active"])
def test_it_stores_without_ringing_while_there_is_nothing_to_ring_for(webhook, rung, status):
    Integration.objects.update(status=status, administration=None)
    assert post(webhook).status_code == 200
    assert Delivery.objects.count() == 1
    assert rung == []


def test_it_does_not_ring_while_the_integration_is_being_installed(webhook, rung):
    Integration.objects.update(status="installing")
    assert post(webhook).status_code == 200
    assert rung == []


def test_it_costs_one_look_up_and_one_insert_and_soon_one_insert(webhook, django_assert_num_queries):
    Webhook.objects.update(is_signed=True)
    with django_assert_num_queries(2):
        post(webhook, {"id": 1}, sign(webhook, {"id": 1}))
    with django_assert_num_queries(1):
        post(webhook, {"id": 2}, sign(webhook, {"id": 2}))
    with django_assert_num_queries(0):
        post(webhook, {"id": 3})


@without_a_transaction
def test_what_it_remembers_of_a_webhook_does_not_outlive_it(webhook):
    post(webhook, {"id": 1}, sign(webhook, {"id": 1}))
    post(webhook, {"id": 2}, sign(webhook, {"id": 2}))
    assert webhook.token in gate._remembered
    Webhook.objects.all().delete()
    assert post(webhook, {"id": 3}, sign(webhook, {"id": 3})).status_code == 200
    assert set(Delivery.objects.values_list("remote_id", flat=True)) == {"1", "2"}


def test_it_forgets_after_a_few_seconds(webhook, monkeypatch):
    Webhook.objects.update(is_signed=True)
    post(webhook, {"id": 1}, sign(webhook, {"id": 1}))
    monkeypatch.setattr(gate.time, "monotonic", lambda: gate._remembered[webhook.token][0])
    Webhook.objects.all().delete()
    assert post(webhook, {"id": 2}, sign(webhook, {"id": 2})).status_code == 404


def test_it_remembers_only_so_many(webhook, monkeypatch):
    monkeypatch.setattr(gate, "MOST_REMEMBERED", 2)
    for event in ("orders.created", "orders.deleted", "orders.updated.status"):
        hook = Webhook.objects.create(integration=webhook.integration, event=event, key=KEY, is_signed=True)
        post(hook, signature=sign(hook, BODY))
    assert len(gate._remembered) <= 2


def test_it_asks_the_shop_to_come_back_when_the_database_is_away(webhook, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(gate, "store", away)
    answer = post(webhook)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_it_asks_for_no_log_in_and_no_csrf_token(webhook):
    answer = Client(enforce_csrf_checks=True).post(address_of(webhook), raw_of(BODY), content_type="text/plain")
    assert answer.status_code == 200
    assert not answer.cookies


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
IDS = JSON | st.integers(min_value=-5, max_value=10**70) | st.from_regex(r"\A[0-9]{1,66}\Z")
NEARLY = st.fixed_dictionaries({"id": IDS}, optional={"triggered_at": JSON, "href": JSON, "paid": JSON})
BODIES = st.one_of(
    st.binary(max_size=300),
    (JSON | NEARLY).map(lambda body: json.dumps(body).encode()),
    NEARLY.map(lambda body: json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")),
    NEARLY.map(lambda body: json.dumps(body).encode()[:-1]),
    st.sampled_from(["utf-16", "utf-32"]).map(lambda encoding: '{"id": 1}'.encode(encoding)),
    (st.integers(1, 200) | st.integers(20_000, 60_000)).map(
        lambda depth: b'{"id": 1, "a": ' + b"[" * depth + b"]" * depth + b"}"
    ),
    st.integers(LARGEST - 2, LARGEST + 2).map(sized),
)


def is_a_delivery(raw):
    """Read again, apart from the program: an object in UTF-8 that names a document by a positive number."""
    try:
        body = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=lambda _: 1 / 0)
    except (ValueError, RecursionError, ZeroDivisionError):
        return False
    found = body.get("id") if isinstance(body, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | str):
        return False
    digits = str(found)
    return 1 <= len(digits) <= 64 and set(digits) <= set("0123456789") and set(digits) != {"0"}


@pytest.mark.broad
@pytest.mark.parametrize("is_enforced", [False, True])
def test_it_answers_300_random_bodies_as_it_should_and_stores_no_other(webhook, is_enforced):
    Webhook.objects.update(is_signed=is_enforced)

    @hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(raw=BODIES, is_signed=st.booleans())
    def check(raw, is_signed):
        Delivery.objects.all().delete()
        signature = sign(webhook, raw) if is_signed and is_enforced else ""
        answer = post(webhook, raw, signature)
        if len(raw) > LARGEST:
            expected = 413
        elif not is_a_delivery(raw):
            expected = 400
        else:
            expected = 200 if signature or not is_enforced else 403
        assert answer.status_code == expected
        assert [row.body.encode() for row in Delivery.objects.all()] == ([raw] if expected == 200 else [])

    check()
