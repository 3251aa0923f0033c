"""Product codes at Rompslomp: letters and digits only, and no two products of the shop under one code."""

import hashlib
import re
from collections.abc import Collection

from integrations.sales import LINE_NAMES, SalesDocument, SalesLine

LONGEST_CODE = 100
COST_CODES = {"shipping": "SHIPPING", "payment_costs": "PAYMENTCOSTS", "discount": "DISCOUNT"}
OWN_CODES = {*COST_CODES.values(), "SURCHARGE", "EXTRACOSTS"}
SURCHARGE_NAMES = {names["surcharge"] for names in LINE_NAMES.values()}
OWN = "*"  # marks the key of one of our own products, so that a shop's SHIPPING is another


def cost_code(line: SalesLine) -> str:
    """The fixed code of a line that is no goods. Costs that the shop describes are extra costs."""
    if line.type != "surcharge":
        return COST_CODES[line.type]
    is_described = line.source == "extra_costs" and line.name not in SURCHARGE_NAMES
    return "EXTRACOSTS" if is_described else "SURCHARGE"


def product_key(line: SalesLine) -> str:
    """Which product of the shop a line sells; "" when there is nothing to know it by."""
    if line.type != "goods":
        return OWN + cost_code(line)
    return line.code if _cleaned(line.code) else line.product_id


def ledger_code(key: str, taken: Collection[str] = ()) -> str:
    """The code of a product in the books. One that is ``taken`` by another product, or is one of our own, gets a
    short suffix that depends on nothing but the shop's code."""
    if key.startswith(OWN) and key[1:] in OWN_CODES:
        return key[1:]
    code = _cleaned(key)
    if len(code) <= LONGEST_CODE and code not in OWN_CODES and code not in taken:
        return code
    digest = hashlib.sha256(key.encode()).hexdigest().upper()
    suffixed = (code[: LONGEST_CODE - length] + digest[:length] for length in range(4, len(digest) + 1))
    return next(candidate for candidate in suffixed if candidate not in taken)


def codes_of(document: SalesDocument) -> dict[str, str]:
    """Code in the books by product key, for the lines of one document in their order."""
    codes: dict[str, str] = {}
    for line in document.lines:
        key = product_key(line)
        if key not in codes:
            codes[key] = ledger_code(key, codes.values())
    return codes


def _cleaned(code: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", code)
