"""A load of mixed orders and invoices in many shops, and what should have become of each."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

from integrations.models import Document, State
from tests.chaos.shops import has_delivered
from tests.linked import Linked, control
from tests.soak.sellers import Key, Placed, Seller
from tests.soak.targets import TARGETS, Held, Target
from webshop import webhooks
from webshop.sources import open_shop

CANCELLED = 8
CHUNK = 6

Name = tuple[int, str]  # administration, and what a document is called there


def how_many() -> int:
    """1,000 to each target; CI takes fewer, and ``SOAK_ORDERS`` has the last word."""
    return int(os.environ.get("SOAK_ORDERS") or (120 if os.environ.get("CI") else 1000))


@dataclass
class Load:
    """``each`` is the number of documents that go to each target."""

    url: str
    each: int
    sellers: list[Seller] = field(default_factory=list)
    placed: dict[Key, Placed] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # until all of a target was handled
    faults: list[dict[str, Any]] = field(default_factory=list)

    @property
    def whole(self) -> int:
        return self.each * len(TARGETS)

    def shops_of(self, *targets: Target) -> list[Linked]:
        return [seller.linked for target in targets for seller in self.of(target)]

    def of(self, target: Target) -> list[Seller]:
        return [seller for seller in self.sellers if seller.target is target]

    def open_shops(self) -> None:
        """For each target and each variant of its books: a shop whose orders are processed, one whose invoices go to
        the same books, and one on books of its own. Some send everything twice, some hold their messages back and send
        them shuffled, some say when to come back."""
        control(self.url, "POST", "ledger/settings", {"token_seconds": 90})
        for target in TARGETS:
            for variant in target.variants:
                first = self.open(target, variant, "orders", {}, {"hooks_twice": True})
                self.open(target, variant, "invoices", first.books, {"hooks": "hold"})
                self.open(target, variant, "invoices", {}, {"retry_after": True})

    def open(
        self, target: Target, variant: dict[str, Any], process: str, books: dict[str, Any], switches: dict[str, Any]
    ) -> Linked:
        linked = target.open(self.url, variant, books)
        if process == "invoices":
            linked.process(process)
            webhooks.register(linked.integration, open_shop(linked.integration))
        linked.control("PATCH", f"shops/{linked.shop['id']}", switches)
        self.sellers.append(Seller(len(self.sellers), target, variant, linked, process))
        return linked

    def place(self) -> None:
        """All documents, a few at a time in each shop; then what happens to them later."""
        most = -(-self.each // min(len(self.of(target)) for target in TARGETS))
        with ThreadPoolExecutor(4) as pool:
            for start in range(0, most, CHUNK):
                list(pool.map(lambda seller, start=start: self.place_some(seller, start), self.sellers))
                for seller in self.sellers:
                    self.send_held(seller, start)
        for seller in self.sellers:
            self.change_minds(seller)
            self.send_held(seller, 1)
        for seller in self.sellers[::3]:
            seller.linked.control("POST", f"{seller.path}/deliveries/replay", {})
        assert all(has_delivered(linked) for linked in self.shops_of(*TARGETS))

    def place_some(self, seller: Seller, start: int) -> None:
        colleagues = self.of(seller.target)
        each, more = divmod(self.each, len(colleagues))
        count = min(CHUNK, each + (colleagues.index(seller) < more) - start)
        for placed in seller.place(count, seller.number * 10_000 + start) if count > 0 else ():
            self.placed[placed.key] = placed

    def send_held(self, seller: Seller, seed: int) -> None:
        seller.linked.control("POST", f"{seller.path}/deliveries/release", {"order": "shuffled", "seed": seed})

    def change_minds(self, seller: Seller) -> None:
        """Of the orders that are not paid some are paid now, some are cancelled, the others stay open; of what was to
        be posted some moves on to another status, which changes nothing in the books."""
        rng = Random(seller.number)
        for placed in [placed for placed in self.placed.values() if placed.seller is seller]:
            change: dict[str, Any] = {}
            if placed.waits:
                change = rng.choice(({"paid": True}, {"paid": True}, {"status": CANCELLED}, {}))
            elif rng.random() < 0.1:
                change = {"status": 5 if placed.kind == "order" else "unpaid"}
            if change:
                seller.linked.control("PATCH", f"{seller.path}/{placed.kind}s/{placed.remote_id}", change)
            placed.waits = placed.waits and "paid" not in change
            placed.is_cancelled = change == {"status": CANCELLED}

    def documents(self, target: Target | None = None) -> dict[Key, Document]:
        sellers = self.of(target) if target else self.sellers
        found = Document.objects.filter(integration__in=[seller.linked.integration.pk for seller in sellers])
        rows = found.defer("source").select_related("integration")
        return {(row.integration_id, row.kind, row.remote_id): row for row in rows}

    def books(self, target: Target) -> list[Linked]:
        """One of the shops of each administration."""
        return list({seller.linked.company: seller.linked for seller in self.of(target)}.values())

    def held(self, target: Target) -> list[tuple[Name, Held]]:
        """What the books of a target hold."""
        return [
            ((linked.company, target.name_in_books(held)), held)
            for linked in self.books(target)
            for held in target.held(linked)
        ]

    def posted(self, target: Target) -> dict[Name, tuple[Placed, Document]]:
        """What should be in the books of a target."""
        documents = self.documents(target)
        to_be_posted = {key: placed for key, placed in self.placed.items() if placed.expected() == State.PROCESSED}
        return {
            (placed.seller.linked.company, target.name_of(documents[key])): (placed, documents[key])
            for key, placed in to_be_posted.items()
            if key in documents
        }
