"""The client, against a server that also gives the answers which a well-behaved shop would not."""

import hashlib
import hmac
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
import requests
import time_machine
from django.core.cache import cache

from integrations.failures import ConnectionLost, Gone, Refused, Temporary, Unknown
from tests.scripted import Reply, scripted_server
from webshop.ccvshop.client import Shop

PUBLIC = "e_demo7Q^pub1234567890"
SECRET = "s3cr3t-demo-key-0000111122223333"
DATE = "2026-03-02T09:15:01+00:00"


def hmac_of(*parts):
    return hmac.new(SECRET.encode(), b"|".join(parts), hashlib.sha512).hexdigest()


def signed(asked, body, status=200, **headers):
    """A reply as a shop signs it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = hmac_of(PUBLIC.encode(), asked.method.encode(), asked.target.encode(), raw, DATE.encode())
    return Reply(status=status, body=raw, headers={"x-date": DATE, "x-hash": signature, **headers})


@pytest.fixture
def server(settings):
    cache.clear()
    with scripted_server() as running:
        settings.SANDBOX_HOSTS = [running.host]
        settings.CALL_DEADLINE_SECONDS = 3
        yield running


@pytest.fixture
def calls():
    return []


@pytest.fixture
def shop(server, calls):
    return Shop(server.url, PUBLIC, SECRET, calls.append)


def error(status, code="", words=""):
    return Reply(status=status, body=json.dumps({"status": status, "code": code, "developermessage": words}).encode())


def failure_of(call, *args):
    with pytest.raises((Temporary, Unknown, Refused, Gone, ConnectionLost)) as caught:
        call(*args)
    return caught.value


def test_it_signs_exactly_what_it_sends(server, shop):
    server.script = lambda asked: signed(asked, {"ok": True}) if asked.method == "GET" else Reply(status=204)
    shop.get("/orders/", {"transaction_id": "tr ä^~/|", "is_paid": "true"})
    shop.patch("/apps/12", {"naam": "Bäckerei|^"})
    shop.delete("/webhooks/9")
    for asked in server.asked:
        headers = asked.headers
        parts = (headers["x-public"], asked.method, asked.target)
        assert headers["x-hash"] == hmac_of(*(part.encode() for part in parts), asked.body, headers["x-date"].encode())
    assert [asked.body for asked in server.asked] == [b"", '{"naam":"Bäckerei|^"}'.encode(), b""]
    assert server.asked[0].target.startswith("/api/rest/v1/orders/?transaction_id=tr")


@time_machine.travel(datetime(2026, 3, 2, 9, 5, 3, tzinfo=UTC), tick=False)
def test_it_dates_in_padded_utc(server, shop):
    server.script = lambda asked: signed(asked, {})
    shop.get("/orders/1")
    assert server.asked[0].headers["x-date"] == "2026-03-02T09:05:03Z"


def test_it_reads_amounts_exactly(server, shop):
    server.script = lambda asked: signed(asked, b'{"id":351,"total_price":616.67,"count":2}')
    assert shop.order("351") == {"id": 351, "total_price": Decimal("616.67"), "count": 2}
    assert server.asked[0].target == "/api/rest/v1/orders/351"


def test_it_follows_pages_at_its_own_address(server, shop):
    def pages(asked):
        rest = f"{server.url}/api/rest/v1/orders/351/orderrows/?start=100&size=100"
        is_first = "start=0" in asked.target
        return signed(asked, {"start": 0, "next": rest if is_first else None, "items": [{"id": 1 if is_first else 2}]})

    server.script = pages
    assert shop.order_rows(351) == {"next": None, "items": [{"id": 1}, {"id": 2}]}
    targets = [asked.target for asked in server.asked]
    assert targets == [
        "/api/rest/v1/orders/351/orderrows/?start=0&size=100",
        "/api/rest/v1/orders/351/orderrows/?start=100&size=100",
    ]


def test_it_takes_a_small_collection_without_paging_keys(server, shop):
    server.script = lambda asked: signed(asked, {"href": "…", "items": [{"id": 4}]})
    assert shop.webhooks() == [{"id": 4}]


@pytest.mark.parametrize("host", ["http://winkel.example", "https://www.winkel.example", "//evil.example"])
def test_it_asks_for_the_next_page_at_its_own_address_whatever_host_the_link_names(server, shop, host):
    def pages(asked):
        link = f"{host}/api/rest/v1/webhooks/?start=100&size=100"
        return signed(asked, {"next": None if "start=100" in asked.target else link, "items": [{"id": 1}]})

    server.script = pages
    assert len(shop.webhooks()) == 2
    assert [asked.target for asked in server.asked][1] == "/api/rest/v1/webhooks/?start=100&size=100"


@pytest.mark.parametrize("tail", ["/admin/?start=100", "/api/rest/v1/webhooks/?start=0&size=100"])
def test_it_gives_up_on_pages_that_lead_nowhere(server, shop, tail):
    server.script = lambda asked: signed(asked, {"next": server.url + tail, "items": []})
    assert failure_of(shop.webhooks).reason == "shop_no_sense"
    assert len(server.asked) == 1


@pytest.mark.parametrize("page", [[], {"items": None}, {"items": [1]}, {"next": None}, 7, None])
def test_it_makes_no_sense_of_a_page_without_items(server, shop, page):
    server.script = lambda asked: signed(asked, page)
    assert failure_of(shop.webhooks).reason == "shop_no_sense"


def tampered(asked, **changed):
    honest = signed(asked, {"id": 1})
    return Reply(body=changed.get("body", honest.body), headers={**honest.headers, **changed.get("headers", {})})


@pytest.mark.parametrize(
    "changed",
    [{"body": b'{"id":2}'}, {"headers": {"x-date": "2026-03-02T09:15:02+00:00"}}, {"headers": {"x-hash": "0" * 128}}],
)
def test_it_does_not_believe_an_answer_that_was_tampered_with(server, shop, changed):
    server.script = lambda asked: tampered(asked, **changed)
    assert failure_of(shop.order, 1).reason == "shop_signature"


def test_it_does_not_believe_an_answer_without_a_signature(server, shop):
    server.answer(Reply(body=b'{"id":1}'))
    assert failure_of(shop.order, 1).reason == "shop_signature"


def test_it_does_not_know_what_became_of_a_write_whose_answer_it_does_not_believe(server, shop):
    server.answer(Reply(body=b'{"id":1}'))
    assert isinstance(failure_of(shop.post, "/webhooks/", {}), Unknown)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, 2]", b'"text"'])
def test_it_makes_no_sense_of_an_order_that_is_no_object(server, shop, body):
    server.script = lambda asked: signed(asked, body)
    assert failure_of(shop.order, 1).reason == "shop_no_sense"


STATUSES = {
    "301": (Reply(status=301, headers={"Location": "https://elders.example/"}), Refused),
    "302": (Reply(status=302, headers={"Location": "/onderhoud"}), Refused),
    "400": (error(400, "400.10", "Geen geldig veld."), Refused),
    "401": (error(401), ConnectionLost),
    "403": (error(403), ConnectionLost),
    "404": (error(404, "404.10"), Gone),
    "404 as a page": (Reply(status=404, body=b"<html>"), Temporary),
    "404 of the resource": (error(404, "404.20"), Refused),
    "405": (error(405, "405.10"), Refused),
    "422": (error(422), Refused),
    "429": (error(429, "429.10"), Temporary),
    "500": (error(500), Temporary),
    "500 as a page": (Reply(status=500, body=b"<html>"), Temporary),
    "500 of the limits": (error(500, "500.10"), Temporary),
    "500 of the schema": (error(500, "500.20"), Refused),
    "500 not installed": (error(500, "500.90", "Needed app not installed"), Refused),
    "501": (error(501, "501.20"), Refused),
    "502": (error(502), Temporary),
    "503 with a code": (error(503, "503.10"), Temporary),
    "504": (Reply(status=504), Temporary),
}


@pytest.mark.parametrize("name", STATUSES)
def test_it_names_each_failure_by_who_can_fix_it(server, shop, name):
    reply, expected = STATUSES[name]
    server.answer(reply)
    assert type(failure_of(shop.order, 1)) is expected
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", ["500", "502", "504", "500 as a page"])
def test_it_does_not_know_what_became_of_a_write_that_failed_at_the_shop(server, shop, name):
    server.answer(STATUSES[name][0])
    assert type(failure_of(shop.patch, "/apps/1", {})) is Unknown


def test_it_shows_the_words_of_the_shop(server, shop):
    server.answer(STATUSES["400"][0])
    problem = failure_of(shop.order, 1).problems[0]
    assert problem.code == "shop_refused"
    assert problem.params == {"status": 400, "shop_code": "400.10", "words": "Geen geldig veld."}
    assert "Geen geldig veld." in problem.message


@pytest.mark.parametrize("body", [b"[]", b"1", b'{"code": {"a": 1}}', b"[" * 100_000, b"\xff"])
def test_it_survives_any_error_body(server, shop, body):
    server.answer(Reply(status=400, body=body))
    assert isinstance(failure_of(shop.order, 1), Refused)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-6, Temporary), (-4, ConnectionLost), (4, ConnectionLost), (6, Temporary)]
)
def test_it_does_not_blame_the_keys_for_a_wrong_clock(server, shop, minutes, expected):
    theirs = datetime.now(UTC) + timedelta(minutes=minutes)
    server.answer(Reply(status=401, headers={"Date": format_datetime(theirs, usegmt=True)}))
    assert type(failure_of(shop.order, 1)) is expected


def test_it_waits_as_long_as_the_shop_asks(server, shop):
    server.answer(Reply(status=429, headers={"Retry-After": "17"}, body=error(429, "429.11").body))
    failure = failure_of(shop.order, 1)
    assert (failure.reason, failure.wait, failure.everything) == ("shop_busy", timedelta(seconds=17), True)


@pytest.mark.parametrize("after", ["", "soon", "-1", "²", "9" * 50])
@time_machine.travel(datetime(2026, 3, 2, 9, 5, 20, tzinfo=UTC), tick=False)
def test_it_waits_for_the_next_minute_when_the_shop_names_no_time(server, shop, after):
    server.answer(Reply(status=429, headers={"Retry-After": after.encode("utf-8").decode("latin-1")}))
    wait = failure_of(shop.order, 1).wait
    assert timedelta(seconds=40) <= wait <= timedelta(seconds=45)


def test_it_never_waits_longer_than_five_minutes(server, shop):
    server.answer(Reply(status=429, headers={"Retry-After": "86400"}))
    assert failure_of(shop.order, 1).wait == timedelta(minutes=5)


def test_it_counts_gets_per_resource_shop_and_minute(server, shop, settings):
    settings.CCVSHOP_GETS_PER_MINUTE = 3
    server.script = lambda asked: signed(asked, {"items": []})
    with time_machine.travel(datetime(2026, 3, 2, 9, 5, 50, tzinfo=UTC), tick=False) as clock:
        for number in (1, 2, 3):
            shop.order(number)
        failure = failure_of(shop.order, 4)
        assert (failure.reason, failure.everything) == ("shop_throttle", True)
        assert timedelta(seconds=10) <= failure.wait <= timedelta(seconds=15)
        shop.order_rows(1)
        shop.invoice(1)
        clock.shift(10)
        shop.order(4)
    counted = Counter(asked.target.partition("?")[0].rstrip("/").rpartition("/")[0] for asked in server.asked)
    assert counted["/api/rest/v1/orders"] == 4


def test_it_throttles_each_shop_by_itself_and_never_a_write(server, shop, settings):
    settings.CCVSHOP_GETS_PER_MINUTE = 1
    server.script = lambda asked: Reply(status=204) if asked.method == "PATCH" else signed(asked, {})
    with time_machine.travel(datetime(2026, 3, 2, 9, 5, 5, tzinfo=UTC), tick=False):
        shop.get("/apps/1")
        assert failure_of(shop.get, "/apps/1").reason == "shop_throttle"
        shop.patch("/apps/1", {})
        other = Shop(server.url, "another", SECRET)
        assert failure_of(other.get, "/apps/1").reason == "shop_signature"


def test_it_asks_once_more_when_the_kept_connection_was_closed(server, shop, calls):
    replies = [lambda _asked: Reply(hang_up=True), lambda asked: signed(asked, {"id": 1})]
    server.script = lambda asked: replies.pop(0)(asked)
    assert shop.order(1) == {"id": 1}
    assert [call.status for call in calls] == [0, 200]


def test_it_asks_only_once_more(server, shop):
    server.answer(Reply(hang_up=True))
    assert failure_of(shop.order, 1).reason == "shop_no_answer"
    assert len(server.asked) == 2


def test_it_never_repeats_a_write(server, shop):
    server.answer(Reply(hang_up=True))
    assert isinstance(failure_of(shop.post, "/webhooks/", {}), Unknown)
    assert len(server.asked) == 1


def test_it_can_be_tried_later_when_nobody_listens(settings):
    settings.SANDBOX_HOSTS = ["127.0.0.1"]
    assert failure_of(Shop("http://127.0.0.1:9", PUBLIC, SECRET).order, 1).reason == "shop_unreachable"


def test_it_reads_a_webhook_back_when_the_shop_does_not_tell_its_id(server, shop):
    made = {"id": 9, "address": "https://ours.example/hooks/1", "key": "k"}
    server.script = lambda asked: (
        Reply(status=204) if asked.method == "POST" else signed(asked, {"items": [{"id": 8, "address": "x"}, made]})
    )
    assert shop.create_webhook("orders.created", made["address"]) == made


def test_it_reads_a_webhook_back_when_the_answer_was_lost(server, shop):
    made = {"id": 9, "address": "https://ours.example/hooks/1"}
    server.script = lambda asked: Reply(hang_up=True) if asked.method == "POST" else signed(asked, {"items": [made]})
    assert shop.create_webhook("orders.created", made["address"]) == made
    assert failure_of(shop.create_webhook, "orders.created", "https://ours.example/other").reason == "shop_no_answer"


def test_it_takes_a_webhook_that_is_gone_for_deleted(server, shop):
    server.answer(error(404))
    shop.delete_webhook(9)


@pytest.mark.parametrize("items", [[], [{"id": 1}, {"id": 2}]])
def test_it_marks_nothing_installed_unless_the_shop_names_one_app(server, shop, items):
    server.script = lambda asked: signed(asked, {"items": items})
    failure = failure_of(shop.mark_installed)
    assert str(len(items)) in failure.problems[0].params["words"]
    assert [asked.method for asked in server.asked] == ["GET"]


@pytest.mark.parametrize(("is_installed", "methods"), [(False, ["GET", "PATCH"]), (True, ["GET"])])
def test_it_marks_the_app_installed_once(server, shop, is_installed, methods):
    item = {"id": 1234, "is_installed": is_installed}
    server.script = lambda asked: Reply(status=204) if asked.method == "PATCH" else signed(asked, {"items": [item]})
    shop.mark_installed()
    assert [asked.method for asked in server.asked] == methods
    if not is_installed:
        assert (server.asked[1].target, server.asked[1].body) == ("/api/rest/v1/apps/1234", b'{"is_installed":true}')


def test_it_records_calls_without_secrets_and_values(server, shop, calls):
    server.script = lambda asked: signed(asked, {"items": []})
    list(shop.pages("/users/", {"email": "klant@voorbeeld.example"}))
    (call,) = calls
    assert (call.method, call.path, call.status) == ("GET", "/api/rest/v1/users/?email=…&start=…&size=…", 200)
    assert SECRET not in repr(calls)


@pytest.fixture
def stand_in(sandbox):
    """A stand-in shop with the worked examples of the vendor's documentation: ``ask`` works its control path."""
    cache.clear()
    sandbox.reset()

    def ask(method, path, body=None):
        answer = requests.request(method, f"{sandbox.url}/_sandbox/shops{path}", json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    ask.row = ask("POST", "", {})
    ask.path = f"/{ask.row['id']}"
    ask.examples = ask("POST", f"{ask.path}/examples")
    return ask


def client_of(stand_in, **changed):
    keys = {name: stand_in.row[name] for name in ("api_root", "public", "secret")} | changed
    return Shop(keys["api_root"], keys["public"], keys["secret"])


def test_it_reads_the_worked_examples_from_the_stand_in(stand_in):
    shop, examples = client_of(stand_in), stand_in.examples
    order, invoice = shop.order(examples["order"]["id"]), shop.invoice(examples["invoice"]["id"])
    assert (order["ordernumber_full"], str(order["total_price"])) == ("2026-1042", "75.7")
    assert (invoice["invoicenumber_full"], str(invoice["total_tax"])) == ("F2026-318", "9.33")
    assert [row["id"] for row in shop.order_rows(order["id"])["items"]] == [660000001, 660000002]
    assert [row["id"] for row in shop.invoice_rows(invoice["id"])["items"]] == [990000001, 990000002]


def test_it_reads_all_pages_of_the_stand_in(stand_in, sandbox):
    stand_in("PATCH", stand_in.path, {"max_page_size": 1})
    rows = client_of(stand_in).order_rows(stand_in.examples["order"]["id"])
    assert [row["id"] for row in rows["items"]] == [660000001, 660000002]


def test_it_knows_the_webshop_and_its_merchant(stand_in):
    shop = client_of(stand_in)
    webshop = shop.webshop()
    assert str(webshop["id"]) == str(stand_in.row["id"])
    assert shop.merchant(webshop["id"])["country_code"] == "NL"


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("changed", [{"secret": "wrong"}, {"public": "wrong"}])
def test_it_loses_the_connection_when_the_shop_refuses_its_keys(stand_in, status, changed):
    stand_in("PATCH", stand_in.path, {"auth_status": status})
    assert isinstance(failure_of(client_of(stand_in, **changed).webshop), ConnectionLost)


@pytest.mark.parametrize("signs", ["wrong", "missing"])
def test_it_does_not_believe_a_stand_in_that_signs_badly(stand_in, signs):
    stand_in("PATCH", stand_in.path, {"signs": signs})
    assert failure_of(client_of(stand_in).webshop).reason == "shop_signature"


def test_it_says_that_an_order_is_gone(stand_in):
    assert isinstance(failure_of(client_of(stand_in).order, 1), Gone)


def test_it_stays_below_the_limit_of_the_shop(stand_in, settings):
    stand_in("PATCH", stand_in.path, {"gets_per_minute": 5})
    shop, number = client_of(stand_in), stand_in.examples["order"]["id"]
    settings.CCVSHOP_GETS_PER_MINUTE = 4
    reasons = [failure_of(shop.order, number).reason if count > 4 else shop.order(number) for count in range(1, 7)]
    assert reasons[4:] == ["shop_throttle", "shop_throttle"]
    settings.CCVSHOP_GETS_PER_MINUTE = 0
    assert shop.order(number)
    assert failure_of(shop.order, number).reason == "shop_busy"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("500", "shop_no_answer"),
        ("503", "shop_no_answer"),
        ("429", "shop_busy"),
        ("empty", "shop_no_sense"),
        ("html", "shop_signature"),
        ("timeout", "shop_no_answer"),
    ],
)
def test_it_tries_later_after_a_fault_of_the_shop(stand_in, sandbox, settings, fault, reason):
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind=fault, path="/orders/", seconds=1.5)
    shop = client_of(stand_in)
    assert failure_of(shop.order, stand_in.examples["order"]["id"]).reason == reason
    assert shop.order(stand_in.examples["order"]["id"])
