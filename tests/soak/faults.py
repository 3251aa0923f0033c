"""The faults that are sprinkled over a load: every kind, on both sides, in no particular order."""

from random import Random
from typing import Any

from tests.linked import control

LEDGER, KING, SHOP = "/api/v1/companies", "/ws1_api.aspx", "/api/rest/v1/(orders|invoices)"
SILENCE = 3.5  # seconds: longer than a call may take

Fault = dict[str, Any]


def king(kind: str, body: str, **more: Any) -> Fault:
    """A fault of King: what tells its calls apart stands in their bodies."""
    return {"kind": kind, "path": KING, "body": body, **more}


ENTRY, ORDER = "ACTIE=CREATEJOURNAALPOST", "ACTIE=CREATEVERKOOPORDER"
DEBTOR, ITEM = (f"ACTIE=CREATESTAMTABELRECORD.*<TABLE>{table}<" for table in ("DEB", "ART"))
TABLE, ABOUT, LOGIN = "ACTIE=GETSTAMTABELRECORDS", "ACTIE=GETADMINFO", "ACTIE=LOGIN"

# Writes that arrive without us hearing of it.
UNHEARD: tuple[Fault, ...] = (
    *(
        {"kind": "timeout_after_write", "method": "POST", "path": f"{LEDGER}/[0-9]+/{table}", "seconds": SILENCE}
        for table in ("sales_invoices", "contacts", "products")
    ),
    {"kind": "timeout_after_write", "method": "PATCH", "path": LEDGER, "seconds": SILENCE},
    *(king("timeout_after_write", write, seconds=SILENCE) for write in (ENTRY, ORDER, DEBTOR, ITEM)),
)
KINDS: tuple[Fault, ...] = (
    *UNHEARD,
    {"kind": "timeout", "method": "POST", "path": LEDGER, "seconds": SILENCE},
    {"kind": "429", "path": LEDGER},
    {"kind": "500", "method": "POST", "path": LEDGER},
    {"kind": "500", "method": "GET", "path": LEDGER},
    {"kind": "503", "method": "PATCH", "path": LEDGER},
    {"kind": "empty", "method": "POST", "path": LEDGER},
    {"kind": "html", "method": "PATCH", "path": LEDGER},
    {"kind": "slow", "path": LEDGER, "seconds": 1},
    king("timeout", ENTRY, seconds=SILENCE),
    king("503", ORDER),
    king("503", LOGIN),
    king("500", TABLE),
    king("empty", ENTRY),
    king("empty", DEBTOR),
    king("html", ORDER),
    king("html", TABLE),
    king("session_killed", ENTRY),
    king("session_killed", ORDER),
    king("session_killed", TABLE),
    king("expired_token", ITEM),
    king("no_data", TABLE),
    king("cs312", ABOUT),
    king("slow", "", seconds=1),
    {"kind": "500", "path": SHOP},
    {"kind": "503", "path": SHOP},
    {"kind": "429", "path": SHOP},
    {"kind": "timeout", "path": SHOP, "seconds": SILENCE},
    {"kind": "empty", "path": SHOP},
    {"kind": "html", "path": SHOP},
    {"kind": "slow", "path": SHOP, "seconds": 1},
    {"kind": "503", "path": "/vies/"},
)
FEW = ("/vies/", DEBTOR, ITEM, ABOUT, LOGIN)  # calls that are not made for every document


def sprinkle(url: str, each: int, rng: Random) -> None:
    """Plan about one fault for every fifteen documents, of which ``each`` go to each target. Those of a kind keep away
    from each other: a call whose session has ended twice is not tried a third time."""
    control(url, "POST", "ledger/settings", {"retry_after": 2})
    times = -(-each // (5 * len(KINDS)))
    for number in range(times * len(KINDS)):
        turn, index = divmod(number, len(KINDS))
        fault = KINDS[index]
        is_rare = {fault["path"], fault.get("body")} & set(FEW)
        calls = each // 20 if is_rare else each // 2
        skip = int(calls * (turn + 0.8 * rng.random()) / times)
        control(url, "POST", "faults", {**fault, "skip": skip})
