"""What the shop's own list says of an order or invoice, as far as it matters for the books: by this it is told whether
it was changed. How far a parcel is does not matter, and the rows are in no list."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from integrations.money import ZERO, plain_text
from integrations.problems import Unreadable

from .fields import Json, flag, local_date, number, text

AMOUNTS = (
    *("total_price", "total_tax", "total_shipping", "paymethod_costs", "extra_payment_option_price", "extra_costs"),
    *("credit_point_discount", "total_discounts"),
)
CANCELLED, REIMBURSED = ("8",), ("reimbursed", "3")
YES, NO = "yes", "no"

Change = dict[str, str]  # field, was, now


def digest(kind: str, one: Any) -> str:
    """A text that differs when anything that matters does."""
    return hashlib.sha256(json.dumps(facts(kind, one), sort_keys=True).encode()).hexdigest()


def differences(kind: str, was: Any, now: Any) -> list[Change]:
    """What changed, field by field. A field that one of the two lacks tells nothing."""
    before = facts(kind, was)
    return [
        {"field": name, "was": before[name], "now": value}
        for name, value in facts(kind, now).items()
        if name in before and before[name] != value
    ]


def facts(kind: str, one: Any) -> dict[str, str]:
    """By field, as text, so that 75.7 is what "75.70" is; only the fields that are there."""
    if not isinstance(one, dict):
        return {}
    found = {name: _or_as_it_is(_amount, one, name) for name in AMOUNTS if name in one}
    if "currency" in one:
        found["currency"] = text(one, "currency").upper()
    if "create_date" in one:
        found["date"] = _or_as_it_is(_date, one, "create_date")
    if "is_intra_community_order" in one:
        found["icp"] = _or_as_it_is(_yes_or_no, one, "is_intra_community_order")
    return {**found, **_state(kind, one), **_customer(one)}


def _state(kind: str, one: Json) -> dict[str, str]:
    """Of an order whether it is paid and whether it is cancelled. An invoice is posted before it is paid, so of that
    only whether the money was given back."""
    found = {}
    if kind == "order" and "paid" in one:
        found["paid"] = _or_as_it_is(_yes_or_no, one, "paid")
    if "status" in one:
        name, words = ("cancelled", CANCELLED) if kind == "order" else ("refunded", REIMBURSED)
        found[name] = YES if text(one, "status").lower() in words else NO
    return found


def _customer(one: Json) -> dict[str, str]:
    customer = one.get("customer")
    if not isinstance(customer, dict):
        return {}
    billing, delivery = (_block(customer, name) for name in ("billingaddress", "deliveryaddress"))
    return {
        "email": text(customer, "email").lower(),
        "vat_number": text(customer, "btw"),
        "name": text(billing, "full_name"),
        "company": text(billing, "company"),
        "billing_country": text(billing, "country_code").upper(),
        "delivery_country": text(delivery, "country_code").upper(),
    }


def _block(customer: Json, name: str) -> Json:
    block = customer.get(name)
    return block if isinstance(block, dict) else {}


def _or_as_it_is(read: Callable[[Json, str], str], one: Json, name: str) -> str:
    """What can't be read is compared as it is written."""
    try:
        return read(one, name)
    except Unreadable:
        return text(one, name)


def _amount(one: Json, name: str) -> str:
    return plain_text(number(one, name, ZERO) + 0)  # and no minus before a zero


def _date(one: Json, name: str) -> str:
    return local_date(one, name).isoformat()


def _yes_or_no(one: Json, name: str) -> str:
    return YES if flag(one, name) else NO
