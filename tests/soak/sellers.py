"""The shops of a load, and what is placed in them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.models import State
from tests.linked import Linked
from tests.soak.targets import Target

MIX = {"paid": 0.8, "unbookable": 0.04}
CREDIT = 0.55  # of the invoices, which are two thirds of all; of six that is three, of five three

Key = tuple[int, str, str]  # integration, kind, remote id


@dataclass(frozen=True)
class Seller:
    """A shop of the load; ``process`` is what is processed of it, orders or invoices."""

    number: int
    target: Target
    variant: dict[str, Any]
    linked: Linked
    process: str

    @property
    def path(self) -> str:
        return f"shops/{self.linked.shop['id']}"

    def place(self, count: int, seed: int) -> list["Placed"]:
        mix = MIX | self.target.mix(self.variant)
        if self.process == "orders":
            return [Placed.order(self, order) for order in self.linked.place_random(count, seed, **mix)]
        made = self.linked.place_random_invoices(count, seed, CREDIT if count > 1 else 0, **mix)
        return [Placed.invoice(self, invoice) for invoice in made]


@dataclass
class Placed:
    """An order or invoice in the shop. ``total`` is incl. VAT as the books should have it, negative for a credit."""

    seller: Seller
    kind: str
    remote_id: str
    number: str
    problem: str | None
    total: Decimal
    is_credit: bool
    waits: bool = False
    is_cancelled: bool = False

    @classmethod
    def order(cls, seller: Seller, made: dict[str, Any]) -> "Placed":
        total = Decimal(made["total_incl"])
        waits = not made["paid"]
        return cls(seller, "order", str(made["id"]), made["number"], made["problem"], total, False, waits)

    @classmethod
    def invoice(cls, seller: Seller, made: dict[str, Any]) -> "Placed":
        total = Decimal(made["total_incl"])
        is_credit = made["type"] == "credit" or total < 0
        total = -abs(total) if is_credit else total
        return cls(seller, "invoice", str(made["id"]), made["number"], made["problem"], total, is_credit)

    @property
    def key(self) -> Key:
        return self.seller.linked.integration.pk, self.kind, self.remote_id

    def expected(self) -> str:
        """The state in which it should end."""
        if self.is_cancelled:
            return State.SKIPPED
        if self.waits:
            return State.OPEN
        if self.problem:
            return State.ERROR
        return State.PROCESSED if self.total else State.SKIPPED
