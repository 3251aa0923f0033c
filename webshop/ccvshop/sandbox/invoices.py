"""Invoices: made from an order, debit or credit, and changed as far as an app may."""

from typing import Any

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.gate import Refused
from webshop.ccvshop.sandbox.partial import part_of
from webshop.ccvshop.sandbox.reference import INVOICE_STATUS
from webshop.ccvshop.sandbox.shops import api_url, memory, next_id, stamp
from webshop.ccvshop.sandbox.totals import exact, number, total_incl
from webshop.ccvshop.sandbox.webhooks import announce

# Words and, as one client writes them, numbers.
STATUSES = {
    "paid": "paid",
    "unpaid": "unpaid",
    "reimbursed": "reimbursed",
    "1": "paid",
    "2": "unpaid",
    "3": "reimbursed",
}
AS_ORDER = (
    *("taxes_included", "is_intra_community_order", "shipping_taxes_included", "shipping_tax_percentage"),
    *("total_shipping", "total_discounts", "total_price", "total_tax", "currency", "extra_payment_option"),
    *("extra_payment_option_price", "paymethod_costs", "credit_point_discount", "extra_costs"),
    *("extra_costs_description", "customer", "discountcoupon"),
)
NEGATED = (
    *("total_shipping", "total_discounts", "total_price", "total_tax", "extra_payment_option_price"),
    *("paymethod_costs", "credit_point_discount", "extra_costs"),
)
ROW_TOTALS = ("count", "total_price", "total_extra_option_price", "total_price_with_attributes")
NOT_ON_INVOICE_ROW = ("order_id", "product_name_google", "uploads", "calculator_href", "parent")


def make_invoice(shop: Row, record: Row, asked: Row) -> Row:
    """``asked``: ``type`` debit or credit; ``spelling`` of a credit: negative (the default) or positive amounts;
    ``status`` paid, unpaid or reimbursed; ``create_date``; ``external_reference``; ``rows`` and ``costs`` for a part
    of the order (see ``partial``)."""
    order, order_rows = part_of(record, asked["rows"], asked.get("costs", False)) if "rows" in asked else whole(record)
    is_negative = is_credit(asked) and asked.get("spelling", "negative") == "negative"
    invoice_id = next_id("invoice")
    rows = [invoice_row(shop, invoice_id, row, is_negative=is_negative) for row in order_rows]
    amounts = amounts_of(order, is_negative=is_negative)
    invoice = draw_up(shop, invoice_id, order, amounts, asked)
    store_invoice(shop, invoice, rows)
    record["order"]["invoicenumber"] = record["order"]["invoicenumber"] or invoice["invoicenumber"]
    announce(shop, "invoices.created", invoice)
    return invoice


def is_credit(asked: Row) -> bool:
    return bool(asked.get("type", "debit") == "credit")


def draw_up(shop: Row, invoice_id: int, order: Row, amounts: Row, asked: Row) -> Row:
    """The invoice as the API gives it, under the shop's next number."""
    create_date = asked.get("create_date") or stamp()
    return {
        "href": api_url(shop, "invoices", invoice_id, slash=True),
        "id": invoice_id,
        **take_number(shop, create_date),
        **{name: order[name] for name in ("ordernumber_prefix", "ordernumber", "ordernumber_full")},
        "create_date": create_date,
        **type_and_status(order, asked),
        "payment_link_sent": None,
        "invoice_row_taxes_included": order["order_row_taxes_included"],
        **amounts,
        "external_reference": asked.get("external_reference"),
        "deeplink": f"{shop['origin']}/shop/{shop['id']}/",
        "user": {**order["user"], "id": int(order["user"]["id"]) if order["user"]["id"] else None},
        "order": order["href"],
        "invoicerows": {"href": api_url(shop, "invoices", invoice_id, "invoicerows", slash=True)},
        "invoicenotifications": {"href": api_url(shop, "invoices", invoice_id, "invoicenotifications", slash=True)},
        "download_link": f"{shop['origin']}/shop/{shop['id']}/",
        **totals(amounts),
    }


def take_number(shop: Row, create_date: str) -> Row:
    """The shop's next invoice number, with its year in front; nobody else gets it."""
    with memory.lock:
        number = shop["next_invoicenumber"]
        shop["next_invoicenumber"] += 1
    prefix = f"F{create_date[:4]}"
    return {"invoicenumber_prefix": prefix, "invoicenumber": number, "invoicenumber_full": f"{prefix}-{number}"}


def type_and_status(order: Row, asked: Row) -> Row:
    """Unless a status was asked, a credit was reimbursed and a debit is as paid as its order."""
    status = asked.get("status") or ("reimbursed" if is_credit(asked) else "paid" if order["paid"] else "unpaid")
    return {
        "status": status,
        "status_name": INVOICE_STATUS[status],
        "type": "credit" if is_credit(asked) else "debit",
    }


def amounts_of(order: Row, *, is_negative: bool) -> Row:
    """The order's amounts, and what belongs to them, as they stand on the invoice."""
    return {name: negative(order[name]) if is_negative and name in NEGATED else order[name] for name in AS_ORDER}


def totals(amounts: Row) -> Row:
    incl = total_incl(amounts)
    return {"total_price_inc_tax": number(incl), "total_price_exc_tax": number(incl - exact(amounts["total_tax"]))}


def whole(record: Row) -> tuple[Row, list[Row]]:
    return record["order"], record["rows"]


def negative(amount: Any) -> Any:
    return -amount if amount else amount


def invoice_row(shop: Row, invoice_id: int, row: Row, *, is_negative: bool) -> Row:
    """The invoice counts the difference with what was invoiced before, so what goes back has a negative quantity."""
    row_id = next_id("invoicerow")
    names = ("option_name", "value_name", "price")
    kept = {name: value for name, value in row.items() if name not in NOT_ON_INVOICE_ROW}
    return {
        **kept,
        **({name: negative(row[name]) for name in ROW_TOTALS} if is_negative else {}),
        "href": api_url(shop, "invoicerows", row_id, slash=True),
        "id": row_id,
        "invoice_id": str(invoice_id),
        "attributes": [{name: attribute[name] for name in names} for attribute in row["attributes"]],
        "orderrow": {"href": row["href"]},
        "parent": {"href": api_url(shop, "invoices", invoice_id)},
    }


def store_invoice(shop: Row, invoice: Row, rows: list[Row]) -> None:
    with memory.lock:
        memory["invoices"][str(invoice["id"])] = {"shop": shop["id"], "invoice": invoice, "rows": rows}
        for row in rows:
            memory["invoicerows"][str(row["id"])] = {"shop": shop["id"], "parent": invoice["id"]}
        if invoice["id"] not in shop["invoices"]:
            shop["invoices"].append(invoice["id"])


def find_invoice(shop: Row, number: int) -> Row | None:
    record = memory["invoices"].get(str(number))
    return record if record and record["shop"] == shop["id"] else None


def change_invoice(shop: Row, invoice: Row, asked: Row) -> None:
    unknown = set(asked) - {"external_reference", "status", "payment_link_sent"}
    if unknown or not asked:
        raise Refused(400, "400.10", f"These cannot be changed: {sorted(unknown)}.")
    status = STATUSES.get(str(asked.get("status", invoice["status"])))
    if status is None:
        raise Refused(400, "400.30", f"Unknown status: {asked['status']}.")
    reference = asked.get("external_reference")
    if reference is not None and not isinstance(reference, str):
        raise Refused(400, "400.30", "external_reference is text.")
    has_moved = status != invoice["status"]
    invoice.update({**asked, "status": status, "status_name": INVOICE_STATUS[status]})
    if has_moved:
        announce(shop, "invoices.updated.status", invoice)
