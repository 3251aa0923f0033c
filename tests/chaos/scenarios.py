"""Orders and the writes that each of them takes at the ledger, in their order: the points at which things go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.models import State
from tests.chaos.program import Program
from tests.chaos.shops import connect_by_oauth, open_for_business, order_of, row, use_wrong_vat_codes
from tests.linked import Linked, control

CONTACT, INVOICE, ROUNDING, PUBLISH, DELETE, TOKEN = "contact", "invoice", "rounding line", "publish", "delete", "token"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``new`` is the first write that no other scenario has."""

    order: dict[str, Any]
    writes: tuple[str, ...]
    new: int = 1
    rounding: str = "B"
    prepare: Callable[[Linked], None] = lambda linked: None
    ends_in: str = State.PROCESSED


def let_the_token_expire_after_the_contact(linked: Linked) -> None:
    connect_by_oauth(linked)
    fault = {"kind": "expired_token", "method": "GET", "path": f"/companies/{linked.company}/products"}
    control(linked.url, "POST", "faults", fault)


ONE = order_of(row("MOK-4", "30.00"))
TWO = order_of(row("KOF-1", "24.95", 9), row("MOK-4", "30.00"))
MIXED = order_of(
    row("KOF-1", "24.95", 9, count=2),
    row("MOK-4", "30.00", discount=3),
    total_shipping=6.95,
    paymethod_costs=0.5,
    total_discounts=5,
    credit_point_discount=-2.5,
)
# 0.98 net each: the shop adds up 1.19 and 1.19, the ledger takes 21% of 1.96 and comes to 2.37.
ONE_CENT_OFF = order_of(row("AAA1", "1.19"), row("BBB2", "1.19"))

SCENARIOS = {
    "new customer and products": Scenario(order=TWO, writes=(CONTACT, "product", "product", INVOICE, PUBLISH)),
    "costs, discount and credit points": Scenario(
        order=MIXED,
        writes=(CONTACT, "product", "product", "shipping", "costs", "points", "discount", INVOICE, PUBLISH),
        new=4,
    ),
    "rounding per rate": Scenario(
        order=ONE_CENT_OFF,
        writes=(CONTACT, "product", "product", INVOICE, ROUNDING, PUBLISH),
        new=4,
        rounding="C",
    ),
    "concept deleted": Scenario(
        order=ONE, writes=(CONTACT, "product", INVOICE, DELETE), new=3, prepare=use_wrong_vat_codes, ends_in=State.ERROR
    ),
    "token renewed in between": Scenario(
        order=ONE,
        writes=(CONTACT, TOKEN, "product", INVOICE, PUBLISH),
        prepare=let_the_token_expire_after_the_contact,
    ),
}
ROUNDED, DELETED = SCENARIOS["rounding per rate"], SCENARIOS["concept deleted"]


def place(program: Program, scenario: Scenario) -> tuple[Linked, dict[str, Any]]:
    """A shop and a company for this scenario alone, and its order."""
    linked = open_for_business(program.sandbox_url, rounding=scenario.rounding)
    scenario.prepare(linked)
    return linked, linked.place(**scenario.order)


def fault_at(linked: Linked, scenario: Scenario, number: int, **fault: Any) -> None:
    """Plan a fault for the NUMBERth write of the scenario."""
    write = scenario.writes[number - 1]
    method = {ROUNDING: "PATCH", PUBLISH: "PATCH", DELETE: "DELETE"}.get(write, "POST")
    path = {CONTACT: "contacts$", INVOICE: "sales_invoices$"}.get(
        write, "products$" if method == "POST" else "sales_invoices/"
    )
    names = scenario.writes[: number - 1]
    if path == "products$":
        skip = sum(name not in (CONTACT, INVOICE, TOKEN) for name in names)
    else:
        skip = int(write == PUBLISH and ROUNDING in names)
    path = f"/companies/{linked.company}/{path}"
    control(linked.url, "POST", "faults", {"method": method, "path": path, "skip": skip, **fault})
