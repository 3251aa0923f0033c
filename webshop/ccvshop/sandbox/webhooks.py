"""The webhooks of a shop: which events there are, what their bodies hold, who gets them."""

import json
from typing import Any
from urllib.parse import urlsplit

from integrations.sandbox import Row
from webshop.ccvshop.sandbox import deliveries
from webshop.ccvshop.sandbox.gate import Refused
from webshop.ccvshop.sandbox.hashes import php_json
from webshop.ccvshop.sandbox.shops import api_url, memory, next_id, random_text, stamp

ORDER_EVENTS = (
    "orders.created",
    "orders.updated.ispaid",
    "orders.updated.status",
    "orders.updated.trackandtrace",
    "orders.deleted",
)
EVENTS = (
    *ORDER_EVENTS,
    "invoices.created",
    "invoices.updated.status",
    *(
        f"{resource}.{verb}"
        for resource in ("products", "categories", "returns")
        for verb in ("created", "updated", "deleted")
    ),
)
TRACKING = ("track_and_trace_code", "track_and_trace_carrier")
MORE_FIELDS: dict[str, tuple[str, ...]] = {
    "orders.created": ("status", "paid", *TRACKING),
    "orders.updated.ispaid": ("paid",),
    "orders.updated.status": ("previous_status", "status"),
    "orders.updated.trackandtrace": TRACKING,
    "orders.deleted": (),
}


def body_of(shop: Row, event: str, document: Row, **more: Any) -> Row:
    """The summary that goes out: it names neither the event nor the shop."""
    if event.startswith("invoices."):
        names = ("id", "invoicenumber", "invoicenumber_prefix", "invoicenumber_full", "total_price", "status")
        href = api_url(shop, "invoices", document["id"])
        return {"triggered_at": stamp(), "href": href, **{name: document[name] for name in names}, **more}
    customer = document.get("customer") or {}
    fields = {**document, **more}
    return {
        "triggered_at": stamp(),
        "href": api_url(shop, "orders", document["id"]),
        "id": document["id"],
        "order_number": document["ordernumber"],
        "ordernumber_prefix": document["ordernumber_prefix"],
        "ordernumber_full": document["ordernumber_full"],
        "total_price": document["total_price"],
        **{name: fields.get(name) for name in MORE_FIELDS[event]},
        "customer_email": customer.get("email", ""),
        "customer_mobile": (customer.get("billingaddress") or {}).get("mobile", ""),
    }


def hooks_of(shop: Row) -> list[Row]:
    return [memory["webhooks"][str(number)] for number in shop["webhooks"]]


def announce(shop: Row, event: str, document: Row, **more: Any) -> list[Row]:
    """Send the event to every active webhook that asked for it."""
    listening = [hook for hook in hooks_of(shop) if hook["is_active"] and hook["event"] == event]
    if not listening:
        return []
    body = php_json(body_of(shop, event, document, **more)).decode()
    return [
        delivery
        for hook in listening
        for delivery in deliveries.send(shop, event, document["id"], body, address=hook["address"], hook=hook)
    ]


def add_webhook(shop: Row, asked: Row) -> Row:
    unknown = set(asked) - {"event", "address", "is_active"}
    if unknown:
        raise Refused(400, "400.10", f"Unknown property: {', '.join(sorted(unknown))}.")
    if asked.get("event") not in EVENTS:
        raise Refused(400, "400.20", f"Unknown event: {asked.get('event')}.")
    if asked["event"] == "invoices.created" and shop["refuses_invoice_hook"]:
        raise Refused(400, "400.20", "Unknown event: invoices.created.")
    check_address(asked.get("address"))
    check_active(asked.get("is_active", True))
    number = next_id("webhook")
    hook: Row = {
        "href": api_url(shop, "webhooks", number, slash=True),
        "id": number,
        "createdate": stamp(),
        "event": asked["event"],
        "address": asked["address"],
        "key": random_text(32),
        "is_active": asked.get("is_active", True),
        "parent": None,
    }
    with memory.lock:
        memory["webhooks"][str(number)] = hook
        shop["webhooks"].append(number)
    return hook


def change_webhook(hook: Row, asked: Row) -> None:
    unknown = set(asked) - {"address", "is_active"}
    if unknown or not asked:
        raise Refused(400, "400.10", f"Only address and is_active can be changed, not {sorted(unknown)}.")
    if "address" in asked:
        check_address(asked["address"])
    if "is_active" in asked:
        check_active(asked["is_active"])
    hook.update(asked)


def remove_webhook(shop: Row, hook: Row) -> None:
    with memory.lock:
        memory["webhooks"].pop(str(hook["id"]))
        shop["webhooks"].remove(hook["id"])


def check_address(address: Any) -> None:
    """HTTPS, as every address of an app; plain HTTP passes for this machine and names without a dot."""
    parts = urlsplit(address if isinstance(address, str) else "")
    host = parts.hostname or ""
    is_near = host.startswith("127.") or "." not in host
    if not host or parts.scheme not in ("http", "https") or (parts.scheme == "http" and not is_near):
        raise Refused(400, "400.30", f"Not an HTTPS address: {address}.")


def check_active(value: Any) -> None:
    if not isinstance(value, bool):
        raise Refused(400, "400.30", "is_active is true or false.")


def send_by_hand(shop: Row, asked: Row, document: Row) -> list[Row]:
    """Send ``event`` about a document, to its webhooks or to one ``address`` with ``key``; ``body`` replaces ours."""
    event = asked["event"]
    given = asked.get("body")
    body = given if isinstance(given, str) else php_json(given or body_of(shop, event, document)).decode()
    if "address" in asked:
        hook = {"id": None, "key": asked.get("key", "")}
        return deliveries.send(shop, event, document["id"], body, address=asked["address"], hook=hook)
    listening = [hook for hook in hooks_of(shop) if hook["is_active"] and hook["event"] == event]
    return [
        delivery
        for hook in listening
        for delivery in deliveries.send(shop, event, document["id"], body, address=hook["address"], hook=hook)
    ]


def parse_object(body: bytes) -> Row:
    try:
        asked = json.loads(body)
    except ValueError:
        raise Refused(400, "400.10", "The body is not JSON.") from None
    if not isinstance(asked, dict):
        raise Refused(400, "400.10", "The body is not a JSON object.")
    return asked
