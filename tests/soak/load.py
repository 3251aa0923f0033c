"""A load of mixed orders in many shops, and what should have become of each."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from integrations.models import Document, State
from tests.chaos.shops import connect_by_oauth, has_delivered, open_for_business
from tests.linked import Linked, control

WAYS = "ABCD"
SHOPS = 24
CANCELLED = 8
MIX = {"paid": 0.8, "unbookable": 0.04}
CHUNK = 5


def how_many() -> int:
    """1,000; CI takes fewer, and ``SOAK_ORDERS`` has the last word."""
    return int(os.environ.get("SOAK_ORDERS") or (200 if os.environ.get("CI") else 1000))


@dataclass
class Load:
    """``expected`` is the state in which each order should end, by its shop's id and its own."""

    url: str
    orders: int
    shops: list[Linked] = field(default_factory=list)
    placed: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    expected: dict[tuple[int, str], str] = field(default_factory=dict)
    started: float = 0.0
    seconds: float = 0.0
    most: float = 0.0  # seconds until nine in ten were handled
    faults: int = 0
    calls: dict[str, int] = field(default_factory=dict)

    def open_shops(self) -> None:
        """Five companies for each way to round, and for each way a second shop on the books of the first of them. Some
        shops send everything twice, some hold their messages back and send them shuffled, some say when to come back;
        some companies let us in by tokens that end every half minute."""
        control(self.url, "POST", "ledger/settings", {"token_seconds": 90})
        for way in WAYS:
            first = open_for_business(self.url, rounding=way)
            others = [open_for_business(self.url, rounding=way) for _ in range(SHOPS // len(WAYS) - 2)]
            connect_by_oauth(others[0])
            second = open_for_business(self.url, **first.books)
            for linked, switches in (
                (first, {"hooks_twice": True}),
                (others[0], {"hooks": "hold"}),
                (others[1], {"retry_after": True}),
            ):
                linked.control("PATCH", f"shops/{linked.shop['id']}", switches)
            self.shops += [first, *others, second]

    def place(self) -> None:
        """All orders, a few at a time in each shop; then what happens to them later."""
        self.started = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            for start in range(0, -(-self.orders // SHOPS), CHUNK):
                list(pool.map(lambda linked, start=start: self.place_some(linked, start), self.shops))
                for linked in self.shops:
                    self.send_held(linked, start)
        for linked in self.shops:
            self.change_minds(linked)
            self.send_held(linked, 1)
        for linked in self.shops[::3]:
            linked.control("POST", f"shops/{linked.shop['id']}/deliveries/replay", {})
        assert all(has_delivered(linked) for linked in self.shops)

    def place_some(self, linked: Linked, start: int) -> None:
        number = self.shops.index(linked)
        each, more = divmod(self.orders, SHOPS)
        count = min(CHUNK, each + (number < more) - start)
        for order in linked.place_random(count, seed=number * 10_000 + start, **MIX) if count > 0 else ():
            key = (linked.shop["id"], str(order["id"]))
            self.placed[key] = order
            self.expected[key] = expected_state(order)

    def send_held(self, linked: Linked, seed: int) -> None:
        linked.control("POST", f"shops/{linked.shop['id']}/deliveries/release", {"order": "shuffled", "seed": seed})

    def change_minds(self, linked: Linked) -> None:
        """Of the orders that are not paid some are paid now, some are cancelled, the others stay open; and of those
        that were paid some move on to another status, which changes nothing in the books."""
        rng = Random(linked.shop["id"])
        for key, order in [item for item in self.placed.items() if item[0][0] == linked.shop["id"]]:
            change: dict[str, Any] = {}
            if not order["paid"]:
                change = rng.choice(({"paid": True}, {"paid": True}, {"status": CANCELLED}, {}))
            elif rng.random() < 0.1:
                change = {"status": 5}
            if change:
                linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", change)
            if change.get("paid"):
                self.expected[key] = expected_state({**order, "paid": True})
            elif change.get("status") == CANCELLED:
                self.expected[key] = State.SKIPPED

    def documents(self) -> dict[tuple[int, str], Document]:
        by_integration = {linked.integration.pk: linked.shop["id"] for linked in self.shops}
        found = Document.objects.filter(integration__in=by_integration)
        return {(by_integration[document.integration_id], document.remote_id): document for document in found}

    def is_to_be_posted(self, key: tuple[int, str]) -> bool:
        return self.expected[key] == State.PROCESSED

    def books(self) -> Iterator[Linked]:
        """One of the shops of each company."""
        yield from {linked.company: linked for linked in self.shops}.values()

    def total(self) -> Decimal:
        """What the shops charged for the orders that should be in the books."""
        posted = (order for key, order in self.placed.items() if self.is_to_be_posted(key))
        return sum((Decimal(order["total_incl"]) for order in posted), Decimal(0))


def expected_state(order: dict[str, Any]) -> str:
    if not order["paid"]:
        return State.OPEN
    if order["problem"]:
        return State.ERROR
    return State.PROCESSED if Decimal(order["total_incl"]) else State.SKIPPED


class Bar:
    """A progress bar on standard error, past whatever pytest captures."""

    def __init__(self, whole: int) -> None:
        self.whole = whole
        self.started = time.monotonic()

    def show(self, done: int, words: str) -> None:
        passed = time.monotonic() - self.started
        filled = "#" * (40 * min(done, self.whole) // self.whole)
        line = f"\r[{filled:<40}] {done}/{self.whole} {words}, {passed:.0f} s"
        print(f"{line:<100}", end="", file=sys.__stderr__, flush=True)
