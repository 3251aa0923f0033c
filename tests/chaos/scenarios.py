"""Orders and the writes that each of them takes at the ledger, in their order: the points at which things go wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.models import State
from tests.chaos.program import Program
from tests.chaos.shops import (
    connect_by_oauth,
    open_for_business,
    open_king_for_business,
    order_of,
    row,
    use_wrong_vat_codes,
)
from tests.king import King
from tests.linked import Linked, control

CONTACT, INVOICE, ROUNDING, PUBLISH, DELETE, TOKEN = "contact", "invoice", "rounding line", "publish", "delete", "token"
DEBTOR, ITEM, ENTRY, ORDER, LOGIN = "debtor", "item", "entry", "order", "login"
ENDED = "call in a session that has ended"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``new`` is the first write that no other scenario has; ``target`` says what King makes of the order."""

    order: dict[str, Any]
    writes: tuple[str, ...]
    new: int = 1
    rounding: str = "B"
    target: str = ""
    prepare: Callable[[Any], None] = lambda linked: None
    ends_in: str = State.PROCESSED


def let_the_token_expire_after_the_contact(linked: Linked) -> None:
    connect_by_oauth(linked)
    fault = {"kind": "expired_token", "method": "GET", "path": f"/companies/{linked.company}/products"}
    control(linked.url, "POST", "faults", fault)


def let_the_session_end_before_the_entry(linked: King) -> None:
    control(linked.url, "POST", "faults", {"kind": "session_killed", **king_call(linked, ENTRY)})


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
    "entry": Scenario(order=MIXED, writes=(DEBTOR, ENTRY), target="entry"),
    "entry in a new session": Scenario(
        order=ONE,
        writes=(DEBTOR, ENDED, LOGIN, ENTRY),
        new=2,
        target="entry",
        prepare=let_the_session_end_before_the_entry,
    ),
    "order": Scenario(order=TWO, writes=(DEBTOR, ITEM, ITEM, ORDER), target="order"),
}
ROUNDED, DELETED = SCENARIOS["rounding per rate"], SCENARIOS["concept deleted"]
ENTERED, ORDERED = SCENARIOS["entry"], SCENARIOS["order"]


def place(program: Program, scenario: Scenario) -> tuple[Linked, dict[str, Any]]:
    """A shop and books for this scenario alone, and its order."""
    linked: Linked
    if scenario.target:
        linked = open_king_for_business(program.sandbox_url, scenario.target)
    else:
        linked = open_for_business(program.sandbox_url, rounding=scenario.rounding)
    scenario.prepare(linked)
    return linked, linked.place(**scenario.order)


def fault_at(linked: Linked, scenario: Scenario, number: int, **fault: Any) -> None:
    """Plan a fault for the NUMBERth write of the scenario."""
    if isinstance(linked, King):
        write = scenario.writes[number - 1]
        struck = {**king_call(linked, write), "skip": scenario.writes[: number - 1].count(write)}
    else:
        struck = rompslomp_call(linked, scenario, number)
    control(linked.url, "POST", "faults", {**struck, **fault})


def king_call(linked: King, write: str) -> dict[str, Any]:
    """How a fault knows a write of this administration: all calls share one address."""
    code = linked.books["administration"]["code"]
    action, more = {
        DEBTOR: ("CREATESTAMTABELRECORD", ".*<TABLE>DEB<"),
        ITEM: ("CREATESTAMTABELRECORD", ".*<TABLE>ART<"),
        ENTRY: ("CREATEJOURNAALPOST", ""),
        ORDER: ("CREATEVERKOOPORDER", ""),
        LOGIN: ("LOGIN", ""),
    }[write]
    return {"path": "ws1_api", "body": rf"ACTIE={action}&OMGEVINGSCODE={code}\b{more}"}


def rompslomp_call(linked: Linked, scenario: Scenario, number: int) -> dict[str, Any]:
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
    return {"method": method, "path": f"/companies/{linked.company}/{path}", "skip": skip}
