"""Filters, sorting and paging of the collections."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.gate import Refused

Test = Callable[[Row], bool]
Filter = Callable[[str], Test]

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
SORTS = {
    "orders": ("id", "ordernumber", "create_date", "deliver_date"),
    "invoices": (
        *("id", "invoicenumber", "ordernumber", "invoicenumber_full", "ordernumber_full"),
        *("create_date", "status", "total_price"),
    ),
}


def bad_value(name: str, text: str) -> Refused:
    return Refused(400, "400.40", f"Not a value for {name}: {text}.")


def whole(field: str) -> Filter:
    def parse(text: str) -> Test:
        if not text.isdigit():
            raise bad_value(field, text)
        return lambda item: item[field] == int(text)

    return parse


def words(field: str, *allowed: str) -> Filter:
    def parse(text: str) -> Test:
        if allowed and text not in allowed:
            raise bad_value(field, text)
        return lambda item: item[field] == text

    return parse


def yes_no(field: str) -> Filter:
    def parse(text: str) -> Test:
        if text not in ("true", "false"):
            raise bad_value(field, text)
        return lambda item: bool(item[field]) == (text == "true")

    return parse


def parse_moment(text: str, *, is_end: bool) -> datetime:
    """A plain date means the whole day, in UTC."""
    try:
        if DAY.fullmatch(text):
            start = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return start + timedelta(days=1, seconds=-1) if is_end else start
        if MOMENT.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise bad_value("create_date", text)


def created(*, is_end: bool) -> Filter:
    def parse(text: str) -> Test:
        limit = parse_moment(text, is_end=is_end).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (lambda item: item["create_date"] <= limit) if is_end else (lambda item: item["create_date"] >= limit)

    return parse


FILTERS: dict[str, dict[str, Filter]] = {
    "orders": {
        "ordernumber": whole("ordernumber"),
        "status": whole("status"),
        "is_paid": yes_no("paid"),
        "deliver_date": words("deliver_date"),
        "take_out_date": lambda text: lambda item: (item["take_out_window"]["start"] or "").startswith(text),
        "min_create_date": created(is_end=False),
        "max_create_date": created(is_end=True),
        "is_completed": yes_no("is_completed"),
        "paymethod_id": whole("paymethod_id"),
        "transaction_id": words("transaction_id"),
    },
    "invoices": {
        "invoicenumber": whole("invoicenumber"),
        "invoicenumber_full": words("invoicenumber_full"),
        "ordernumber": whole("ordernumber"),
        "ordernumber_full": words("ordernumber_full"),
        "status": words("status", "paid", "unpaid", "reimbursed"),
        "min_create_date": created(is_end=False),
        "max_create_date": created(is_end=True),
    },
}


def read_query(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused(400, "400.40", "A parameter is given twice.")
    return found


def whole_number(query: dict[str, str], name: str, default: int, least: int) -> int:
    text = query.pop(name, str(default))
    if not text.isdigit() or int(text) < least:
        raise bad_value(name, text)
    return int(text)


def sort(resource: str, items: list[Row], orderby: str) -> list[Row]:
    field = orderby.removesuffix("_desc")
    if field not in SORTS.get(resource, ()):
        raise bad_value("orderby", orderby)
    filled = [item for item in items if item[field] is not None]
    empty = [item for item in items if item[field] is None]
    return sorted(filled, key=lambda item: item[field], reverse=orderby.endswith("_desc")) + empty


def page(shop: Row, resource: str, path: str, query: dict[str, str], items: Iterable[Row]) -> Row:
    """One page of a collection in its envelope. Unknown parameters are refused: a typing error must not pass."""
    asked = dict(query)
    start = whole_number(asked, "start", 0, 0)
    size = min(whole_number(asked, "size", shop["page_size"], 1), shop["max_page_size"])
    kept = dict(asked)
    found = list(items)
    orderby = asked.pop("orderby", None)
    if resource == "orders":
        asked.setdefault("is_completed", "true")
    for name, text in asked.items():
        known = FILTERS.get(resource, {}).get(name)
        if known is None:
            raise Refused(400, "400.40", f"Unknown parameter: {name}.")
        found = list(filter(known(text), found))
    if orderby is not None:
        found = sort(resource, found, orderby)

    def link(first: int) -> str:
        return f"{shop['api_root']}{path}?{urlencode({'start': first, 'size': size, **kept})}"

    return {
        "start": start,
        "size": size,
        "href": link(start),
        "first": link(0) if start else None,
        "previous": link(max(start - size, 0)) if start else None,
        "next": link(start + size) if start + size < len(found) else None,
        "items": found[start : start + size],
    }


def small(shop: Row, path: str, query: dict[str, Any], items: list[Row]) -> Row:
    """A collection without paging."""
    if query:
        raise Refused(400, "400.40", f"Unknown parameter: {next(iter(query))}.")
    return {"href": f"{shop['api_root']}{path}", "items": items}
