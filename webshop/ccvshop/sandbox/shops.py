"""The shops of the stand-in: their keys, their switches, their identifiers."""

import secrets
import string
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.sandbox import Memory, Row, only

memory = Memory(
    "ccvshop",
    *("shops", "keys", "orders", "rows", "invoices", "invoicerows", "webhooks", "deliveries"),
    *("ids", "throttle", "clock", "app"),
)

FIRST_IDS = {
    "shop": (24001, 1),
    "app": (1234, 1),
    "order": (351000200, 7),
    "row": (660000100, 3),
    "invoice": (88000500, 5),
    "invoicerow": (990000100, 3),
    "webhook": (51000, 11),
    "delivery": (1, 1),
    "attribute": (70001, 1),
}

# Every switch of a shop, with its default. The control path refuses any other name.
SWITCHES: Row = {
    "prices_incl": True,  # the shop's own default for order_row_taxes_included
    "gets_per_minute": 150,  # per resource; 0 = no limit
    "writes_per_minute": 100,
    "total_per_minute": 1000,
    "minute": 60,  # seconds that a "minute" of the limits lasts
    "retry_after": False,  # whether a 429 carries Retry-After
    "page_size": 100,
    "max_page_size": 250,
    "refuses_invoice_hook": False,  # POST of invoices.created is refused
    "hides_webhook_keys": False,  # the key is then given once only, on creation
    "post_answer": 201,  # or 200; 204 answers without a body
    "auth_status": 401,  # or 403
    "signs": "ok",  # answers: ok, wrong, missing
    "hides": [],  # resources that the keys may not use: the root leaves them out
    "apps": 1,  # how many items /apps holds
    "hooks": "send",  # send; lose (recorded, never sent); hold (until released)
    "hooks_twice": False,
    "hook_hash": "ok",  # ok, wrong, missing
    "hook_retries": [0.5, 2, 5],  # seconds until each further try
}


KEYS = ("public", "secret")


class Clock:
    """The time of the stand-in, which a test can stop."""

    def now(self) -> datetime:
        stopped = memory["clock"].get("stopped")
        return datetime.fromisoformat(stopped["at"]) if stopped else datetime.now(UTC)

    def stop(self, moment: str | None) -> None:
        """Stand still at this moment, such as 2026-03-02T09:15:00Z; ``None`` runs on."""
        memory["clock"].clear()
        if moment:
            memory["clock"]["stopped"] = {"at": datetime.fromisoformat(moment).isoformat()}


clock = Clock()


def stamp(moment: datetime | None = None) -> str:
    return (moment or clock.now()).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_id(kind: str) -> int:
    with memory.lock:
        first, step = FIRST_IDS[kind]
        number: int = memory["ids"].get(kind, {}).get("next", first)
        memory["ids"][kind] = {"next": number + step}
        return number


def random_text(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def create_shop(asked: Row, origin: str) -> Row:
    """Add a shop. ``asked`` holds what should differ from the defaults; ``origin`` is where the stand-in is reached."""
    only(asked, *SWITCHES, *KEYS, "id", "name", "host", "api_root", "country")
    with memory.lock:
        number = asked.get("id") or next_id("shop")
        if str(number) in memory["shops"]:
            raise ValueError(f"shop {number} exists")
        shop = _empty_shop(number, origin) | {key: asked[key] for key in asked if key not in ("id", *KEYS)}
        memory["shops"][str(number)] = shop
        give_keys(shop, asked.get("public"), asked.get("secret"))
        return shop


def _empty_shop(number: int, origin: str) -> Row:
    return {
        "id": number,
        "name": f"Voorbeeldwinkel {number}",
        "host": f"winkel-{number}.ccvshop.nl",
        "origin": origin,
        "api_root": origin,
        "country": "NL",
        "create_date": stamp(clock.now() - timedelta(days=400)),
        "app_id": next_id("app"),
        "is_installed": False,
        "install_url": None,
        "public": None,
        "secret": None,
        "next_ordernumber": 1043,
        "next_invoicenumber": 319,
        "orders": [],
        "invoices": [],
        "webhooks": [],
        **SWITCHES,
    }


def give_keys(shop: Row, public: str | None = None, secret: str | None = None) -> None:
    """New credentials; those it had are dead. The caret is there because real keys need percent-encoding too."""
    with memory.lock:
        take_keys(shop)
        shop["public"] = public or f"e_{random_text(6)}^{random_text(14)}"
        shop["secret"] = secret or random_text(32)
        memory["keys"][shop["public"]] = {"shop": shop["id"]}


def take_keys(shop: Row) -> None:
    """The credentials are dead and the webhooks made with them are gone."""
    with memory.lock:
        memory["keys"].pop(shop["public"], None)
        shop["public"] = shop["secret"] = None
        for number in shop["webhooks"]:
            memory["webhooks"].pop(str(number), None)
        shop["webhooks"] = []


def shop_by_key(public: str) -> Row | None:
    found = memory["keys"].get(public)
    return memory["shops"].get(str(found["shop"])) if found else None


def shop_by_id(number: int) -> Row | None:
    return memory["shops"].get(str(number))


def delete_shop(shop: Row) -> None:
    with memory.lock:
        take_keys(shop)
        for number in shop["orders"]:
            forget("orders", "rows", number)
        for number in shop["invoices"]:
            forget("invoices", "invoicerows", number)
        memory["shops"].pop(str(shop["id"]), None)


def forget(table: str, row_table: str, number: int) -> None:
    """Remove an order or invoice and the index of its rows."""
    record = memory[table].pop(str(number), None)
    for row in record["rows"] if record else []:
        memory[row_table].pop(str(row["id"]), None)


def api_url(shop: Row, *parts: Any, slash: bool = False) -> str:
    path = "/".join(str(part) for part in parts)
    return f"{shop['api_root']}/api/rest/v1/{path}{'/' if slash else ''}"
