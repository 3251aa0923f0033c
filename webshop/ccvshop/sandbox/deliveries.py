"""Sends webhooks from the background, tries again when that fails, and remembers what came of each."""

import heapq
import random
import threading
import time
from collections import Counter

import requests

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.hashes import address_hash
from webshop.ccvshop.sandbox.shops import memory, next_id, shop_by_id, stamp

THREADS = 4
KEPT = 20_000
WRONG_KEY = "a-key-that-nobody-knows"


class Outbox:
    """What waits to be sent, by the moment it is due."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.due: list[tuple[float, int, Row]] = []
        self.waiting: Counter[int] = Counter()
        self.added = 0

    def add(self, delivery: Row, after: float = 0) -> None:
        with self.changed:
            if not self.added:
                for _ in range(THREADS):
                    threading.Thread(target=self.work, daemon=True).start()
            self.added += 1
            heapq.heappush(self.due, (time.monotonic() + after, self.added, delivery))
            self.waiting[delivery["shop"]] += 1
            self.changed.notify()

    def work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while True:
            delivery = self.take()
            try:
                if memory["deliveries"].get(str(delivery["id"])) is delivery:
                    attempt(session, delivery)
            finally:
                self.done(delivery)

    def take(self) -> Row:
        with self.changed:
            while not self.due or self.due[0][0] > time.monotonic():
                self.changed.wait(self.due[0][0] - time.monotonic() if self.due else None)
            return heapq.heappop(self.due)[2]

    def done(self, delivery: Row) -> None:
        with self.changed:
            self.waiting[delivery["shop"]] -= 1
            self.changed.notify_all()

    def wait(self, shop_id: int, seconds: float) -> bool:
        """Whether everything of this shop has been delivered or given up within ``seconds``."""
        with self.changed:
            return self.changed.wait_for(lambda: self.waiting[shop_id] <= 0, seconds)


outbox = Outbox()


def send(shop: Row, event: str, document_id: int, body: str, *, address: str, hook: Row) -> list[Row]:
    """Record a delivery (two where the shop doubles them) and put it in the outbox, unless the shop holds or loses."""
    made = []
    for _ in range(2 if shop["hooks_twice"] else 1):
        delivery: Row = {
            "id": next_id("delivery"),
            "shop": shop["id"],
            "webhook": hook["id"],
            "event": event,
            "document": document_id,
            "address": address,
            "key": hook["key"],
            "body": body,
            "created": stamp(),
            "state": {"send": "queued", "lose": "lost", "hold": "held"}[shop["hooks"]],
            "attempts": [],
        }
        with memory.lock:
            table = memory["deliveries"]
            while len(table) >= KEPT:
                del table[next(iter(table))]
            table[str(delivery["id"])] = delivery
        if delivery["state"] == "queued":
            outbox.add(delivery)
        made.append(delivery)
    return made


def attempt(session: requests.Session, delivery: Row) -> None:
    """One try. Anything but a 2xx means another try, as long as the shop's list of waits lasts."""
    shop = shop_by_id(delivery["shop"]) or {"hook_hash": "ok", "hook_retries": []}
    content = delivery["body"].encode()
    headers = {"Content-Type": "application/json"}
    if shop["hook_hash"] != "missing":
        key = WRONG_KEY if shop["hook_hash"] == "wrong" else delivery["key"]
        headers["x-hash"] = address_hash(key, delivery["address"], content)
    started = time.monotonic()
    outcome: Row = {"at": stamp(), "status": None, "error": None}
    try:
        answer = session.post(delivery["address"], data=content, headers=headers, timeout=10, allow_redirects=False)
        outcome["status"] = answer.status_code
    except requests.RequestException as error:
        outcome["error"] = str(error)[:200]
    outcome["ms"] = round((time.monotonic() - started) * 1000)
    delivery["attempts"].append(outcome)
    settle(delivery, outcome["status"], shop["hook_retries"])


def settle(delivery: Row, status: int | None, waits: list[float]) -> None:
    tries = len(delivery["attempts"])
    if status and 200 <= status < 300:
        delivery["state"] = "delivered"
    elif tries <= len(waits):
        outbox.add(delivery, after=waits[tries - 1])
    else:
        delivery["state"] = "failed"


def of_shop(shop: Row, states: tuple[str, ...] = ()) -> list[Row]:
    with memory.lock:
        everything = list(memory["deliveries"].values())
    mine = [delivery for delivery in everything if delivery["shop"] == shop["id"]]
    return [delivery for delivery in mine if not states or delivery["state"] in states]


def replay(chosen: list[Row]) -> None:
    """Send these again, byte for byte, with a full set of further tries."""
    for delivery in chosen:
        delivery["state"] = "queued"
        outbox.add(delivery)


def release(shop: Row, order: str, seed: int = 1) -> list[Row]:
    """Send what was held, one after the other: ``normal``, ``reversed`` or ``shuffled``."""
    held = of_shop(shop, ("held",))
    if order == "reversed":
        held.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(held)  # noqa: S311 - a repeatable order, not a secret
    session = requests.Session()
    session.trust_env = False
    for delivery in held:
        delivery["state"] = "queued"
        attempt(session, delivery)
    return held


def resume() -> None:
    """Put back in the outbox what an earlier run had not sent yet."""
    for delivery in list(memory["deliveries"].values()):
        if delivery["state"] == "queued":
            outbox.add(delivery)
