"""Webhooks of the stand-in shop: the resource, the bodies, the deliveries."""

import json
from typing import Any

import pytest

from tests.scripted import Reply, Scripted

from .conftest import Shop, ShopMaker, hmac_sha512

HOOKS = "/api/rest/v1/webhooks/"
COMMON = {
    *("triggered_at", "href", "id", "order_number", "ordernumber_prefix", "ordernumber_full"),
    *("total_price", "customer_email", "customer_mobile"),
}
FIELDS = {
    "orders.created": {"status", "paid", "track_and_trace_code", "track_and_trace_carrier"},
    "orders.updated.ispaid": {"paid"},
    "orders.updated.status": {"previous_status", "status"},
    "orders.deleted": set[str](),
}


def listen(shop: Shop, receiver: Scripted, *events: str) -> list[dict[str, Any]]:
    hooks = []
    for event in events:
        answer = shop.call("POST", HOOKS, {"event": event, "address": f"{receiver.url}/{event}", "is_active": True})
        assert answer.status_code == 201, answer.text
        hooks.append(answer.json())
    return hooks


def bodies(receiver: Scripted) -> list[Any]:
    return [json.loads(asked.body) for asked in receiver.asked]


def test_it_keeps_webhooks(shop: Shop, receiver: Scripted) -> None:
    made = listen(shop, receiver, "orders.created")[0]
    assert set(made) == {"href", "id", "createdate", "event", "address", "key", "is_active", "parent"}
    assert shop.get("/webhooks")["items"] == [made]
    assert shop.get(f"/webhooks/{made['id']}") == made
    one = f"{HOOKS}{made['id']}"
    assert shop.call("PATCH", one, {"is_active": False}).status_code == 204
    assert shop.get(f"/webhooks/{made['id']}/")["is_active"] is False
    assert shop.call("PATCH", one, {"event": "orders.deleted"}).status_code == 400
    assert shop.call("DELETE", one).status_code == 204
    assert shop.call("GET", one).status_code == 404
    assert shop.get("/webhooks")["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"event": "orders.paid", "address": "https://koppeling.example.nl/h"},
        {"event": "orders.updated", "address": "https://koppeling.example.nl/h"},
        {"event": "orders.created", "address": "http://koppeling.example.nl/h"},
        {"event": "orders.created", "address": "koppeling"},
        {"event": "orders.created"},
        {"event": "orders.created", "address": "https://koppeling.example.nl/h", "is_active": "true"},
        {"event": "orders.created", "address": "https://koppeling.example.nl/h", "key": "mine"},
        [],
    ],
)
def test_it_refuses_webhooks_that_are_not_right(shop: Shop, body: Any) -> None:
    assert shop.call("POST", HOOKS, body).status_code == 400
    assert shop.get("/webhooks")["items"] == []


def test_it_may_answer_a_post_with_nothing(make_shop: ShopMaker) -> None:
    shop = make_shop(post_answer=204, hides_webhook_keys=True, refuses_invoice_hook=True)
    asked = {"event": "orders.created", "address": "https://koppeling.example.nl/h", "is_active": True}
    answer = shop.call("POST", HOOKS, asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "key" not in shop.get("/webhooks")["items"][0]
    assert shop.call("POST", HOOKS, {**asked, "event": "invoices.created"}).status_code == 400


def test_it_tells_what_happens_to_an_order(shop: Shop, receiver: Scripted) -> None:
    hooks = listen(shop, receiver, *FIELDS)
    placed = shop.place({"price": 101.2}, customer={"email": "inkoop@voorbeeld.example"})
    shop.wait()
    shop.control("PATCH", f"/orders/{placed['id']}", {"paid": True})
    shop.wait()
    shop.control("PATCH", f"/orders/{placed['id']}", {"status": 5})
    shop.wait()
    shop.control("DELETE", f"/orders/{placed['id']}")
    shop.wait()
    assert [asked.target.removeprefix("/") for asked in receiver.asked] == list(FIELDS)
    for asked, hook, body in zip(receiver.asked, hooks, bodies(receiver), strict=True):
        assert asked.headers["x-hash"] == hmac_sha512(hook["key"], f"{hook['address']}|{asked.body.decode()}")
        assert set(body) == COMMON | FIELDS[hook["event"]]
        assert body["href"] == f"{shop.sandbox_url}/api/rest/v1/orders/{placed['id']}"
        assert body["total_price"] == 101.2
    created, paid, status, _deleted = bodies(receiver)
    assert (created["paid"], paid["paid"]) == (False, True)
    assert (status["previous_status"], status["status"]) == (1, 5)


def test_it_tells_when_an_order_is_no_longer_paid(shop: Shop, receiver: Scripted) -> None:
    listen(shop, receiver, "orders.updated.ispaid")
    placed = shop.place({"price": 10}, paid=True)
    shop.wait()
    shop.control("PATCH", f"/orders/{placed['id']}", {"paid": False})
    shop.wait()
    assert [body["paid"] for body in bodies(receiver)] == [True, False]


def test_it_tells_of_invoices(shop: Shop, receiver: Scripted) -> None:
    listen(shop, receiver, "invoices.created", "invoices.updated.status")
    placed = shop.place({"price": 10})
    invoice = shop.control("POST", f"/orders/{placed['id']}/invoice")
    shop.wait()
    shop.call("PATCH", f"/api/rest/v1/invoices/{invoice['id']}", {"status": "paid"})
    shop.wait()
    assert [body["id"] for body in bodies(receiver)] == [invoice["id"]] * 2


def test_it_does_not_call_inactive_or_removed_hooks(shop: Shop, receiver: Scripted) -> None:
    first, second = listen(shop, receiver, "orders.created", "orders.created")
    shop.call("PATCH", f"{HOOKS}{first['id']}", {"is_active": False})
    shop.call("DELETE", f"{HOOKS}{second['id']}")
    shop.place({"price": 10})
    shop.wait()
    assert receiver.asked == []


def test_it_tries_again_and_gives_up(make_shop: ShopMaker, receiver: Scripted) -> None:
    shop = make_shop(hook_retries=[0.05, 0.05])
    listen(shop, receiver, "orders.created")
    receiver.answer(Reply(status=500), Reply(status=200))
    shop.place({"price": 10})
    shop.wait()
    delivery = shop.control("GET", "/deliveries")["deliveries"][0]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 200]
    assert delivery["state"] == "delivered"
    receiver.answer(Reply(status=503))
    shop.place({"price": 10})
    shop.wait()
    failed = shop.control("GET", "/deliveries?state=failed")["deliveries"]
    assert [len(each["attempts"]) for each in failed] == [3]


def test_it_loses_doubles_holds_and_replays(shop: Shop, receiver: Scripted) -> None:
    listen(shop, receiver, "orders.created")
    shop.control("PATCH", body={"hooks": "lose"})
    lost = shop.place({"price": 1})
    shop.control("PATCH", body={"hooks": "hold"})
    held = [shop.place({"price": 2})["id"], shop.place({"price": 3})["id"]]
    shop.wait()
    assert receiver.asked == []
    shop.control("POST", "/deliveries/release", {"order": "reversed"})
    assert [body["id"] for body in bodies(receiver)] == held[::-1]
    shop.control("PATCH", body={"hooks": "send", "hooks_twice": True})
    twice = shop.place({"price": 4})["id"]
    shop.wait()
    assert [body["id"] for body in bodies(receiver)[2:]] == [twice, twice]
    assert receiver.asked[2].body == receiver.asked[3].body
    first = shop.control("GET", "/deliveries?state=lost")["deliveries"][0]
    assert shop.control("POST", "/deliveries/replay", {"ids": [first["id"]]}) == {"replayed": 1}
    shop.wait()
    assert bodies(receiver)[-1]["id"] == lost["id"]


def test_it_sends_on_command_with_any_body_and_hash(shop: Shop, receiver: Scripted) -> None:
    placed = shop.place({"price": 10})
    address = f"{receiver.url}/here"
    asked = {"event": "orders.updated.ispaid", "id": placed["id"], "address": address, "key": "k", "body": "{broken"}
    shop.control("POST", "/deliveries", asked)
    shop.wait()
    assert receiver.asked[0].body == b"{broken"
    assert receiver.asked[0].headers["x-hash"] == hmac_sha512("k", f"{address}|{{broken")
    for switch in ("wrong", "missing"):
        shop.control("PATCH", body={"hook_hash": switch})
        shop.control("POST", "/deliveries", asked)
        shop.wait()
    assert receiver.asked[1].headers["x-hash"] != receiver.asked[0].headers["x-hash"]
    assert "x-hash" not in receiver.asked[2].headers


def test_it_forgets_the_hooks_of_dead_keys(shop: Shop, receiver: Scripted) -> None:
    listen(shop, receiver, "orders.created")
    shop.data = shop.control("POST", "/keys")
    assert shop.get("/webhooks")["items"] == []
    shop.place({"price": 10})
    shop.wait()
    assert receiver.asked == []
