"""The control path of the stand-in shops, for tests and the demo. ``__init__`` lists the calls."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from random import Random

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Row, only
from webshop.ccvshop.sandbox import appstore, deliveries, invoices, invoicing, kinds, orders, webhooks
from webshop.ccvshop.sandbox.gate import Refused
from webshop.ccvshop.sandbox.generator import random_draft
from webshop.ccvshop.sandbox.shops import (
    SWITCHES,
    clock,
    create_shop,
    delete_shop,
    give_keys,
    memory,
    shop_by_id,
    stamp,
    take_keys,
)

View = Callable[..., HttpResponse]
SHOWN = ("id", "name", "host", "country", "api_root", "public", "secret", "app_id", "is_installed", *SWITCHES)


class Missing(Exception):
    """No such shop, order or invoice."""


def control(**methods: Callable[..., Row]) -> View:
    """One view out of a function per method; each takes the asked JSON (for a GET the query) and the path's numbers."""

    @csrf_exempt
    def view(request: HttpRequest, **numbers: int) -> HttpResponse:
        act = methods.get(request.method or "")
        if act is None:
            return JsonResponse({"error": f"use {', '.join(methods)}"}, status=405)
        try:
            asked = request.GET.dict() if request.method == "GET" else json.loads(request.body or b"{}")
            asked["origin"] = f"http://{request.headers.get('host', '127.0.0.1')}"
            return JsonResponse(act(asked, **numbers), status=201 if request.method == "POST" else 200)
        except Missing as missing:
            return JsonResponse({"error": f"no such {missing}"}, status=404)
        except (ValueError, KeyError, TypeError, Refused) as error:
            return JsonResponse({"error": str(error) or repr(error)}, status=400)

    return view


def with_shop(act: Callable[..., Row]) -> Callable[..., Row]:
    @wraps(act)
    def found(asked: Row, shop_id: int, **numbers: int) -> Row:
        shop = shop_by_id(shop_id)
        if shop is None:
            raise Missing(f"shop: {shop_id}")
        asked.pop("origin")
        return act(shop, asked, **numbers)

    return found


def order_record(shop: Row, number: int) -> Row:
    record = orders.find_order(shop, number)
    if record is None:
        raise Missing(f"order: {number}")
    return record


def invoice_record(shop: Row, number: int) -> Row:
    record = invoices.find_invoice(shop, number)
    if record is None:
        raise Missing(f"invoice: {number}")
    return record


def shown(shop: Row) -> Row:
    return {name: shop[name] for name in SHOWN}


def list_shops(_asked: Row) -> Row:
    return {"shops": [shown(shop) for shop in memory["shops"].values()]}


def add_shop(asked: Row) -> Row:
    return shown(create_shop(asked, asked.pop("origin")))


def change_app(asked: Row) -> Row:
    registered = appstore.registered_app()
    appstore.register_app(asked.get("url") or registered["url"], asked.get("secret") or registered["secret"])
    return appstore.registered_app()


def change_clock(asked: Row) -> Row:
    clock.stop(asked["now"])
    return {"now": stamp()}


@with_shop
def change_shop(shop: Row, asked: Row) -> Row:
    only(asked, *SWITCHES, "name", "country")
    shop.update(asked)
    return shown(shop)


@with_shop
def remove_shop(shop: Row, _asked: Row) -> Row:
    delete_shop(shop)
    return {}


@with_shop
def rotate_keys(shop: Row, asked: Row) -> Row:
    """New keys; the webhooks stay with the old ones, so they are gone."""
    give_keys(shop, asked.get("public"), asked.get("secret"))
    return shown(shop)


@with_shop
def revoke_keys(shop: Row, _asked: Row) -> Row:
    take_keys(shop)
    return shown(shop)


def placed(shop: Row, order: Row, draft: Row) -> Row:
    """What a test wants to know of an order that was just placed."""
    return {
        "id": order["id"],
        "number": order["ordernumber_full"],
        "kind": draft.get("kind"),
        "problem": draft.get("problem"),
        "paid": order["paid"],
        "total_incl": orders.money(order),
        "shop": shop["id"],
    }


@with_shop
def add_order(shop: Row, asked: Row) -> Row:
    order = orders.place_order(shop, asked)
    return {**placed(shop, order, asked), **orders.as_source(order_record(shop, order["id"]))}


@with_shop
def add_random_orders(shop: Row, asked: Row) -> Row:
    rng = Random(asked.get("seed", 1))  # noqa: S311 - test data, not a secret
    until = moment(asked["until"]) if "until" in asked else clock.now()
    since = moment(asked["since"]) if "since" in asked else until
    drafts = []
    for _ in range(int(asked.get("count", 1))):
        draft = random_draft(rng, asked.get("mix"))
        seconds = rng.random() * max((until - since).total_seconds(), 0)
        draft["order"]["create_date"] = stamp(since + timedelta(seconds=seconds))
        drafts.append(draft)
    drafts.sort(key=lambda draft: draft["order"]["create_date"])
    return {"orders": [placed(shop, orders.place_order(shop, draft), draft) for draft in drafts]}


def moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@with_shop
def add_kind(shop: Row, asked: Row) -> Row:
    draft, order = kinds.place_kind(shop, asked.get("kind", "simple"), asked.get("seed"))
    return placed(shop, order, draft)


@with_shop
def show_order(shop: Row, _asked: Row, order_id: int) -> Row:
    return orders.as_source(order_record(shop, order_id))


@with_shop
def change_order(shop: Row, asked: Row, order_id: int) -> Row:
    """``order`` overwrites fields silently; ``paid`` and ``status`` tell the webhooks."""
    record = order_record(shop, order_id)
    order = record["order"]
    with memory.lock:
        order.update(asked.get("order", {}))
    if "paid" in asked:
        orders.set_paid(shop, order, is_paid=asked["paid"])
    if "status" in asked:
        orders.set_status(shop, order, asked["status"])
    return orders.as_source(record)


@with_shop
def remove_order(shop: Row, _asked: Row, order_id: int) -> Row:
    orders.delete_order(shop, order_record(shop, order_id)["order"])
    return {}


@with_shop
def add_invoice(shop: Row, asked: Row, order_id: int) -> Row:
    return invoices.make_invoice(shop, order_record(shop, order_id), asked)


@with_shop
def add_random_invoices(shop: Row, asked: Row) -> Row:
    return {"invoices": invoicing.random_invoices(shop, asked)}


@with_shop
def show_invoice(shop: Row, _asked: Row, invoice_id: int) -> Row:
    record = invoice_record(shop, invoice_id)
    return {"invoice": record["invoice"], "invoicerows": record["rows"]}


@with_shop
def change_invoice(shop: Row, asked: Row, invoice_id: int) -> Row:
    record = invoice_record(shop, invoice_id)
    record["invoice"].update(asked.pop("invoice", {}))
    if asked:
        invoices.change_invoice(shop, record["invoice"], asked)
    return {"invoice": record["invoice"], "invoicerows": record["rows"]}


@with_shop
def list_deliveries(shop: Row, asked: Row) -> Row:
    states = tuple(asked["state"].split(",")) if "state" in asked else ()
    found = deliveries.of_shop(shop, states)
    return {"deliveries": [delivery for delivery in found if asked.get("event") in (None, delivery["event"])]}


@with_shop
def send_event(shop: Row, asked: Row) -> Row:
    if asked["event"].startswith("invoices."):
        document = invoice_record(shop, asked["id"])["invoice"]
    else:
        document = order_record(shop, asked["id"])["order"]
    return {"deliveries": webhooks.send_by_hand(shop, asked, document)}


@with_shop
def replay(shop: Row, asked: Row) -> Row:
    chosen = deliveries.of_shop(shop)
    if "ids" in asked:
        chosen = [delivery for delivery in chosen if delivery["id"] in asked["ids"]]
    deliveries.replay(chosen)
    return {"replayed": len(chosen)}


@with_shop
def release(shop: Row, asked: Row) -> Row:
    return {"deliveries": deliveries.release(shop, asked.get("order", "normal"), asked.get("seed", 1))}


@with_shop
def wait(shop: Row, asked: Row) -> Row:
    return {"idle": deliveries.outbox.wait(shop["id"], float(asked.get("seconds", 10)))}


@with_shop
def list_hooks(shop: Row, _asked: Row) -> Row:
    return {"webhooks": webhooks.hooks_of(shop)}


def one(act: Callable[[Row, Row], Row]) -> Callable[..., Row]:
    return with_shop(act)


SHOP = "_sandbox/shops/<int:shop_id>"
urlpatterns = [
    path("_sandbox/shops", control(GET=list_shops, POST=add_shop)),
    path("_sandbox/shops/app", control(GET=lambda _asked: appstore.registered_app(), PUT=change_app)),
    path("_sandbox/shops/clock", control(GET=lambda _asked: {"now": stamp()}, PUT=change_clock)),
    path(SHOP, control(GET=one(lambda shop, _asked: shown(shop)), PATCH=change_shop, DELETE=remove_shop)),
    path(f"{SHOP}/keys", control(POST=rotate_keys, DELETE=revoke_keys)),
    path(f"{SHOP}/install", control(POST=one(appstore.shake_hands))),
    path(f"{SHOP}/uninstall", control(POST=one(appstore.remove_app))),
    path(f"{SHOP}/examples", control(POST=one(lambda shop, _asked: orders.load_examples(shop)))),
    path(f"{SHOP}/totals", control(GET=one(lambda shop, _asked: orders.totals_of(shop)))),
    path(f"{SHOP}/orders", control(POST=add_order)),
    path(f"{SHOP}/orders/random", control(POST=add_random_orders)),
    path(f"{SHOP}/orders/kind", control(POST=add_kind)),
    path(f"{SHOP}/orders/<int:order_id>", control(GET=show_order, PATCH=change_order, DELETE=remove_order)),
    path(f"{SHOP}/orders/<int:order_id>/invoice", control(POST=add_invoice)),
    path(f"{SHOP}/invoices/random", control(POST=add_random_invoices)),
    path(f"{SHOP}/invoices/<int:invoice_id>", control(GET=show_invoice, PATCH=change_invoice)),
    path(f"{SHOP}/webhooks", control(GET=list_hooks)),
    path(f"{SHOP}/deliveries", control(GET=list_deliveries, POST=send_event)),
    path(f"{SHOP}/deliveries/replay", control(POST=replay)),
    path(f"{SHOP}/deliveries/release", control(POST=release)),
    path(f"{SHOP}/deliveries/wait", control(POST=wait)),
]
