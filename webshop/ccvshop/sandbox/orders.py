"""What happens to orders in the shop: placed, paid, moved on, deleted. Each tells the webhooks."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.filling import fill_order
from webshop.ccvshop.sandbox.hashes import php_json
from webshop.ccvshop.sandbox.invoices import store_invoice
from webshop.ccvshop.sandbox.shops import forget, memory, next_id, random_text
from webshop.ccvshop.sandbox.spoiling import spoil_totals
from webshop.ccvshop.sandbox.totals import exact, number, total_incl
from webshop.ccvshop.sandbox.webhooks import announce

EXAMPLE_ORIGIN = "https://bakkerij-demo.ccvshop.nl"
PAID_BY_HAND = ("transfer", "bank", "rekening", "invoice", "rembours")


def rows_of(source: Row) -> list[Row]:
    """The rows of a source, given as a list or as the collection that the API answers with."""
    given = source.get("orderrows", [])
    rows: list[Row] = given["items"] if isinstance(given, dict) else given
    return rows


def place_order(shop: Row, source: Row) -> Row:
    """Add the order ``{"order": {…}, "orderrows": […], "paid": true}``; whatever is missing is filled in.

    A ``kind`` of ``spoiling`` changes the totals that were computed.
    """
    given = dict(source.get("order") or {})
    is_paid = bool(source.get("paid", given.pop("paid", False)))
    with memory.lock:
        if str(given.get("id")) in memory["orders"]:
            raise ValueError(f"order {given['id']} exists")
        order, rows = fill_order(shop, given, rows_of(source), next_id)
        spoil_totals(source.get("kind", ""), order, rows)
        if order["is_completed"] and not order["ordernumber"]:
            give_number(shop, order)
        if order["is_completed"] is False:
            order["basket_href"] = order["basket_href"] or f"{shop['origin']}/shop/{shop['id']}/"
        order["paid"] = False
        store_order(shop, order, rows)
    if order["is_completed"]:
        announce(shop, "orders.created", order)
    if is_paid:
        set_paid(shop, order, is_paid=True)
    return order


def give_number(shop: Row, order: Row) -> None:
    order["ordernumber"] = shop["next_ordernumber"]
    shop["next_ordernumber"] += 1
    moment = datetime.fromisoformat(order["create_date"]).astimezone(ZoneInfo("Europe/Amsterdam"))
    order["ordernumber_prefix"] = order["ordernumber_prefix"] or str(moment.year)
    order["ordernumber_full"] = f"{order['ordernumber_prefix']}-{order['ordernumber']}"


def store_order(shop: Row, order: Row, rows: list[Row]) -> None:
    with memory.lock:
        memory["orders"][str(order["id"])] = {"shop": shop["id"], "order": order, "rows": rows}
        for row in rows:
            memory["rows"][str(row["id"])] = {"shop": shop["id"], "parent": order["id"]}
        if order["id"] not in shop["orders"]:
            shop["orders"].append(order["id"])


def find_order(shop: Row, number: int) -> Row | None:
    """The record ``{"shop", "order", "rows"}``, if it is this shop's."""
    record = memory["orders"].get(str(number))
    return record if record and record["shop"] == shop["id"] else None


def set_paid(shop: Row, order: Row, *, is_paid: bool) -> None:
    """Also tells the webhooks when the order becomes unpaid, as the shop does. The status stays what it is."""
    order["paid"] = is_paid
    by_hand = any(word in order["paymethod"].casefold() for word in PAID_BY_HAND)
    if is_paid and not by_hand and not order["transaction_id"]:
        order["transaction_id"] = f"tr_{random_text(10)}"
    announce(shop, "orders.updated.ispaid", order)


def set_status(shop: Row, order: Row, status: int) -> None:
    previous, order["status"] = order["status"], status
    announce(shop, "orders.updated.status", order, previous_status=previous)


def delete_order(shop: Row, order: Row) -> None:
    with memory.lock:
        forget("orders", "rows", order["id"])
        shop["orders"].remove(order["id"])
    announce(shop, "orders.deleted", order)


def load_examples(shop: Row) -> Row:
    """Put the worked examples of the API page into this shop: order 351000123 and invoice 88000456, as they stand.

    Their links are those of ``https://bakkerij-demo.ccvshop.nl``, replaced by the shop's own ``api_root``.
    """
    text = (Path(__file__).parent / "examples.json").read_text()
    examples: Row = json.loads(text.replace(EXAMPLE_ORIGIN, shop["api_root"]))
    with memory.lock:
        for table, row_table, document in (("orders", "rows", "order"), ("invoices", "invoicerows", "invoice")):
            taken = memory[table].get(str(examples[document]["id"]))
            if taken and taken["shop"] != shop["id"]:
                raise ValueError(f"{document} {examples[document]['id']} exists in shop {taken['shop']}")
            forget(table, row_table, examples[document]["id"])
        store_order(shop, examples["order"], examples["orderrows"]["items"])
        store_invoice(shop, examples["invoice"], examples["invoicerows"]["items"])
    return examples


def as_source(record: Row) -> Row:
    """An order as programs pass it on: the order and the collection of its rows."""
    rows: Row = {"start": 0, "size": 100, "href": record["order"]["orderrows"]["href"]}
    rows |= {"first": None, "previous": None, "next": None, "items": record["rows"]}
    source: Row = json.loads(php_json({"order": record["order"], "orderrows": rows}))
    return source


def totals_of(shop: Row) -> Row:
    """What a test compares the ledger with. Amounts are text, incl. VAT."""
    with memory.lock:
        orders = [memory["orders"][str(order)]["order"] for order in shop["orders"]]
        invoices = [memory["invoices"][str(invoice)]["invoice"] for invoice in shop["invoices"]]
    return {
        "orders": summary(orders, "ordernumber_full"),
        "paid_orders": summary([order for order in orders if order["paid"]], "ordernumber_full"),
        "invoices": summary(invoices, "invoicenumber_full"),
    }


def summary(documents: list[Row], number_field: str) -> Row:
    lines = [
        {
            "id": document["id"],
            "number": document[number_field],
            "total_incl": money(document),
            "total_vat": f"{number(exact(document['total_tax'])):.2f}",
            "paid": document.get("paid", document["status"] == "paid"),
        }
        for document in documents
    ]
    price = sum((exact(document["total_price"]) for document in documents), exact(0))
    incl = sum((total_incl(document) for document in documents), exact(0))
    return {
        "count": len(lines),
        "total_price": f"{number(price):.2f}",
        "total_incl": f"{number(incl):.2f}",
        "documents": lines,
    }


def money(document: Row) -> str:
    return f"{number(total_incl(document)):.2f}"
