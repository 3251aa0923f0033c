"""The faults that are sprinkled over a load: every kind, on both sides, in no particular order."""

from random import Random
from typing import Any

from tests.linked import control

LEDGER, SHOP = "/api/v1/companies", "/api/rest/v1/orders"
SILENCE = 3.5  # seconds: longer than a call may take

KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "timeout_after_write", "method": "POST", "path": f"{LEDGER}/[0-9]+/sales_invoices", "seconds": SILENCE},
    {"kind": "timeout_after_write", "method": "POST", "path": f"{LEDGER}/[0-9]+/contacts", "seconds": SILENCE},
    {"kind": "timeout_after_write", "method": "POST", "path": f"{LEDGER}/[0-9]+/products", "seconds": SILENCE},
    {"kind": "timeout_after_write", "method": "PATCH", "path": LEDGER, "seconds": SILENCE},
    {"kind": "timeout", "method": "POST", "path": LEDGER, "seconds": SILENCE},
    {"kind": "429", "path": LEDGER},
    {"kind": "500", "method": "POST", "path": LEDGER},
    {"kind": "500", "method": "GET", "path": LEDGER},
    {"kind": "503", "method": "PATCH", "path": LEDGER},
    {"kind": "empty", "method": "POST", "path": LEDGER},
    {"kind": "html", "method": "PATCH", "path": LEDGER},
    {"kind": "slow", "path": LEDGER, "seconds": 1},
    {"kind": "500", "path": SHOP},
    {"kind": "503", "path": SHOP},
    {"kind": "429", "path": SHOP},
    {"kind": "timeout", "path": SHOP, "seconds": SILENCE},
    {"kind": "empty", "path": SHOP},
    {"kind": "html", "path": SHOP},
    {"kind": "slow", "path": SHOP, "seconds": 1},
    {"kind": "503", "path": "/vies/"},
)


def sprinkle(url: str, orders: int, rng: Random) -> None:
    """Plan about one fault for every fifteen orders."""
    control(url, "POST", "ledger/settings", {"retry_after": 2})
    for number in range(max(len(KINDS), orders // 15)):
        fault = dict(KINDS[number % len(KINDS)])
        calls = orders // 10 if fault["path"] == "/vies/" else orders
        control(url, "POST", "faults", {**fault, "skip": rng.randrange(max(1, calls // 2))})
