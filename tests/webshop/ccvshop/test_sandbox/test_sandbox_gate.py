"""Who may call the stand-in shop, and how often."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Sandbox

from .conftest import Shop, ShopMaker

APPS = "/api/rest/v1/apps"


WINDOW = 10**10  # seconds: a "minute" of the shop in which every run of these tests falls


def moment(minutes: float = 0, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime(form)


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S+0000"])
def test_it_reads_three_spellings_of_the_date(shop: Shop, form: str) -> None:
    assert shop.call("GET", APPS, date=moment(form=form)).status_code == 200


@pytest.mark.parametrize(
    "date",
    [
        moment(-6),
        moment(60),
        moment(form="%Y-%m-%dT%H:%M:%S"),
        moment(60, form="%Y-%m-%dT%H:%M:%S+01:00"),
        moment(form="%Y-%m-%d %H:%M:%SZ"),
        "2026-3-2T9:5:3Z",
        "2026-13-40T09:00:00Z",
        "",
    ],
    ids=["old", "early", "no zone", "local", "space", "unpadded", "no date", "empty"],
)
def test_it_refuses_other_dates(shop: Shop, date: str) -> None:
    answer = shop.call("GET", APPS, x_date=date, date=date or None)
    assert answer.status_code == 401
    assert set(answer.json()) == {"status", "code", "developermessage"}


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_it_accepts_a_clock_that_is_five_minutes_off(shop: Shop, minutes: float) -> None:
    assert shop.call("GET", APPS, date=moment(minutes)).status_code == 200


def test_it_refuses_another_hash_body_method_path_or_key(make_shop: ShopMaker, shop: Shop) -> None:
    other = make_shop(auth_status=403)
    assert shop.call("GET", APPS, x_hash="0" * 128).status_code == 401
    assert shop.call("GET", APPS, x_public="nobody").status_code == 401
    assert shop.call("GET", APPS, x_public=other.data["public"]).status_code == 403
    right = shop.call("GET", f"{APPS}/").request.headers["x-hash"]
    assert shop.call("GET", APPS, x_hash=str(right)).status_code == 401


def test_it_refuses_revoked_and_replaced_keys(shop: Shop) -> None:
    fresh = shop.control("POST", "/keys")
    assert shop.call("GET", APPS).status_code == 401
    shop.data = fresh
    assert shop.call("GET", APPS).status_code == 200
    shop.control("DELETE", "/keys")
    assert shop.call("GET", APPS).status_code == 401


def test_it_hashes_the_query_as_it_was_sent(shop: Shop) -> None:
    assert shop.call("GET", "/api/rest/v1/orders/?transaction_id=a%2Fb%20c&size=5").json()["size"] == 5
    assert shop.call("GET", "/api/rest/v1/orders?size=5&start=0").status_code == 200


def test_it_limits_calls_per_resource(make_shop: ShopMaker) -> None:
    shop = make_shop(gets_per_minute=3, writes_per_minute=1, minute=WINDOW)
    statuses = [shop.call("GET", "/api/rest/v1/orders").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = shop.call("GET", "/api/rest/v1/orders/1")
    assert (refused.status_code, refused.json()["code"]) == (429, "429.10")
    assert "Retry-After" not in refused.headers
    assert shop.call("GET", "/api/rest/v1/invoices").status_code == 200
    shop.control("PATCH", body={"retry_after": True})
    assert 0 < int(shop.call("GET", "/api/rest/v1/orders").headers["Retry-After"]) <= WINDOW + 1


def test_it_limits_all_calls_together(make_shop: ShopMaker) -> None:
    shop = make_shop(total_per_minute=2, minute=WINDOW)
    assert shop.call("GET", "/api/rest/v1/orders").status_code == 200
    assert shop.call("GET", "/api/rest/v1/invoices").status_code == 200
    assert shop.call("GET", "/api/rest/v1/webhooks").json()["code"] == "429.11"


def test_it_limits_150_gets_and_100_writes_a_minute(make_shop: ShopMaker) -> None:
    shop = make_shop(minute=WINDOW)
    gets = [shop.call("GET", "/api/rest/v1/webhooks").status_code for _ in range(151)]
    writes = [shop.call("POST", "/api/rest/v1/webhooks", {}).status_code for _ in range(101)]
    assert (gets.count(200), gets[-1]) == (150, 429)
    assert (writes.count(400), writes[-1]) == (100, 429)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/transactions", 404, "404.20"),
        ("GET", "/customers/1", 404, "404.20"),
        ("GET", "/orders/999", 404, "404.10"),
        ("GET", "/orders/abc", 404, "404.10"),
        ("GET", "/invoices/1/", 404, "404.10"),
        ("GET", "/orderrows/1", 404, "404.10"),
        ("DELETE", "/orders/1", 405, "405.10"),
        ("PUT", "/webhooks", 405, "405.10"),
        ("POST", "/orders", 501, "501.10"),
        ("PATCH", "/orders/1", 501, "501.10"),
        ("POST", "/orders/1/ordernotifications", 501, "501.10"),
        ("GET", "/products/1", 501, "501.20"),
        ("POST", "/paymethods", 501, "501.30"),
        ("GET", "/orders?mindatecreated=2026-01-01", 400, "400.40"),
        ("GET", "/orders?expand=orderrows", 400, "400.40"),
        ("GET", "/orders?size=0", 400, "400.40"),
        ("GET", "/orders?start=-1", 400, "400.40"),
        ("GET", "/orders?is_paid=1", 400, "400.40"),
        ("GET", "/orders?min_create_date=01-02-2026", 400, "400.40"),
        ("GET", "/orders?orderby=total_price", 400, "400.40"),
    ],
)
def test_it_words_errors(shop: Shop, method: str, path: str, status: int, code: str) -> None:
    body: Any = {} if method in ("POST", "PATCH", "PUT") else None
    answer = shop.call(method, f"/api/rest/v1{path}", body)
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
    assert answer.json()["developermessage"]


def test_it_keeps_shops_apart(shop: Shop, make_shop: ShopMaker) -> None:
    placed = shop.place({"price": 10})
    other = make_shop()
    assert other.call("GET", f"/api/rest/v1/orders/{placed['id']}").status_code == 404
    assert other.get("/orders")["items"] == []


def test_it_plays_faults_in_its_own_words(sandbox: Sandbox, shop: Shop) -> None:
    for kind, status in (("429", 429), ("500", 500), ("503", 503), ("expired_token", 401)):
        sandbox.fault(kind=kind, path="/api/rest/v1/merchant")
        answer = shop.call("GET", "/api/rest/v1/merchant")
        assert answer.status_code == status
        assert ("429.10" in answer.text) == (status == 429)
