"""Sales invoices: concept, publication, payments, and the ways to list them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

from integrations.sandbox import Row

from . import contacts, payments, products
from .access import Call, endpoint, listed, owned, selection
from .amounts import as_text
from .books import books, count_repeat
from .invoice_rules import CREATE_FIELDS, UPDATE_FIELDS, build, settled
from .lines import PRICED
from .parameters import day, identifier, read, today, wrapped
from .pdf import one_page
from .refusals import Refused, as_json, invalid

PLAIN = (
    "id", "date", "due_date", "payment_method", "description", "status", "price_without_vat", "price_with_vat",
    "vat_amount", "contact_id", "invoice_number", "published_at", "payment_status", "open_amount", "currency",
    "template_id", "vat_number", "payment_reference", "sale_type", "distance_sale",
)  # fmt: skip
CACHED = (
    "name", "contact_person_name", "address", "zipcode", "city", "country_code", "contact_person_email_address",
    "contact_number",
)  # fmt: skip
SELECTIONS: dict[str, Callable[[Row], bool]] = {
    "all": lambda _row: True,
    "published": lambda row: row["status"] == "published",
    "concept": lambda row: row["status"] == "concept",
    "unpaid": lambda row: row["status"] == "published" and row["payment_status"] == "unpaid",
    "questionable_or_unpayable": lambda _row: False,
    "expired": lambda row: is_expired(row),
    "overpaid": lambda row: row["payment_status"] == "overpaid",
    "imported": lambda _row: False,
    "credit_invoices": lambda row: Decimal(row["price_with_vat"]) < 0,
    "debt_collector": lambda _row: False,
}


def is_expired(row: Row) -> bool:
    return SELECTIONS["unpaid"](row) and row["due_date"] < today().isoformat()


def shown(invoice: Row) -> Row:
    row = {key: invoice[key] for key in PLAIN}
    row["currency_exchange_rate"] = as_text(invoice["currency_exchange_rate"])
    row |= sometimes_shown(invoice)
    row |= {"cached_contact": cached_contact(invoice), "attachment_objects": []}
    row["invoice_lines"] = [line_shown(line) for line in invoice["invoice_lines"]]
    return row


def sometimes_shown(invoice: Row) -> Row:
    """The properties that are left out unless they say something."""
    row: Row = {}
    if invoice["api_reference"]:
        row["api_reference"] = invoice["api_reference"]
    if invoice["payment_method"] == "pay_custom":
        row["custom_payment_instructions"] = invoice["custom_payment_instructions"]
    if not invoice["validates_vat_number"]:
        row["validates_vat_number"] = False
    for trigger in ("sends_copy_by_email_on_publish", "creates_pay_url_on_publish"):
        if invoice[trigger] and invoice["status"] == "concept":
            row[trigger] = True
    return row


def cached_contact(invoice: Row) -> Row | None:
    """Frozen at publication; until then the contact as it is now."""
    if invoice["cached_contact"]:
        return dict(invoice["cached_contact"])
    contact = books.get("contacts", invoice["company"], invoice["contact_id"])
    return {key: contact[key] for key in CACHED} if contact else None


def line_shown(line: Row) -> Row:
    row = {key: line[key] for key in ("id", "description", "extended_description")}
    row |= {key: as_text(line[key]) for key in PRICED}
    row |= {"vat_type_id": line["vat_type_id"], "quantity": as_text(line["quantity"])}
    return row | {key: line[key] for key in ("product_id", "account_id", "account_path")}


def list_invoices(call: Call) -> HttpResponse:
    wanted = SELECTIONS[selection(call, SELECTIONS)]
    since, until = (day_asked(call, f"search[{edge}]") for edge in ("from", "till"))
    rows = [
        row
        for row in candidates(call)
        if wanted(row) and (not since or row["date"] >= since) and (not until or row["date"] <= until)
    ]
    return listed(call, "sales_invoices", rows, shown)


def candidates(call: Call) -> list[Row]:
    """Newest first, by the narrowest index that the search names."""
    contact_id = call.request.GET.get("search[contact_id]", "")
    contact = identifier("search[contact_id]", contact_id) if contact_id else None
    reference = call.request.GET.get("search[api_reference]")
    if reference:
        rows = books.find("sales_invoices", call.company_id, "api_reference", reference)
    elif contact is not None:
        rows = books.find("sales_invoices", call.company_id, "contact_id", contact)
    else:
        rows = books.owned("sales_invoices", call.company_id)
    return [row for row in reversed(rows) if contact is None or row["contact_id"] == contact]


def day_asked(call: Call, name: str) -> str:
    given = call.request.GET.get(name, "")
    return day(name, given) if given else ""


def require_scopes_within(call: Call, given: Row) -> None:
    if given.get("payments"):
        call.require_scope("manage:payments")
    if given.get("contact"):
        call.require_scope("manage:contacts")


def create_invoice(call: Call) -> HttpResponse:
    given = read(wrapped(call.request, "sales_invoice"), CREATE_FIELDS, "sales_invoice")
    require_scopes_within(call, given)
    try:
        invoice, contact = build(call.company, given)
        invoice = published(call.company, invoice, contact) if given.get("_publish") else invoice
    except Refused:
        count_repeat(call.company_id, "api_reference", given.get("api_reference"), "refused")
        raise
    count_repeat(call.company_id, "api_reference", invoice["api_reference"], "created")
    return as_json({"sales_invoice": shown(store(invoice, contact))}, status=201)


def store(invoice: Row, contact: Row | None) -> Row:
    if contact:
        contacts.store(contact)
    return books.put("sales_invoices", invoice)


def show_invoice(call: Call, row_id: str) -> HttpResponse:
    return as_json({"sales_invoice": shown(owned(call, "sales_invoices", row_id))})


def update_invoice(call: Call, row_id: str) -> HttpResponse:
    old = owned(call, "sales_invoices", row_id)
    given = read(wrapped(call.request, "sales_invoice"), UPDATE_FIELDS, "sales_invoice")
    require_scopes_within(call, given)
    contact = None
    if old["status"] == "published":
        invoice = paid(call.company, old, given)
    else:
        invoice, contact = build(call.company, given, old)
        invoice = published(call.company, invoice, contact) if given.get("_publish") else invoice
    return as_json({"sales_invoice": shown(store(invoice, contact))})


def paid(company: Row, invoice: Row, given: Row) -> Row:
    """A published invoice takes payments and nothing else."""
    if given.get("_publish"):
        raise invalid("Factuur", ["Factuur is al gepubliceerd"])
    if given.keys() - {"payments", "_publish"}:
        raise invalid("Factuur", ["Factuur is gepubliceerd en kan niet gewijzigd worden"])
    added, reasons = payments.build_all(company, given.get("payments") or [])
    if reasons:
        raise invalid("Factuur", reasons)
    return settled(invoice | {"payments": [*invoice["payments"], *added]})


def published(company: Row, invoice: Row, contact: Row | None) -> Row:
    """The invoice with its number, its contact frozen; the products it sells are counted."""
    if not invoice["invoice_lines"]:
        raise invalid("Factuur", ["Factuurregels moeten opgegeven zijn"])
    contact = contact or books.get("contacts", invoice["company"], invoice["contact_id"])
    frozen = {key: contact[key] for key in CACHED} if contact else None
    mailed_to = frozen["contact_person_email_address"] if frozen and invoice["sends_copy_by_email_on_publish"] else None
    products.count_sold(invoice)
    return invoice | {
        "status": "published",
        "invoice_number": next_number(company, invoice["date"]),
        "published_at": today().isoformat(),
        "cached_contact": frozen,
        "mailed_to": mailed_to,
    }


def next_number(company: Row, day_of_invoice: str) -> str:
    prefix = date.fromisoformat(day_of_invoice).strftime("%Y%m%d")
    serial = company["serials"].get(prefix, 0) + 1
    company["serials"][prefix] = serial
    return f"{prefix}{serial:03d}"


def delete_invoice(call: Call, row_id: str) -> HttpResponse:
    invoice = owned(call, "sales_invoices", row_id)
    if invoice["status"] == "published":
        raise invalid("Factuur", ["Een gepubliceerde factuur kan niet verwijderd worden"])
    books.drop("sales_invoices", invoice)
    return HttpResponse(status=204)


def show_pdf(call: Call, row_id: str) -> HttpResponse:
    invoice = owned(call, "sales_invoices", row_id)
    if invoice["status"] != "published":
        return as_json({"message": "Factuur wordt niet gepubliceerd"})
    text = f"Factuur {invoice['invoice_number']}  EUR {invoice['price_with_vat']}"
    return HttpResponse(one_page(text), content_type="application/pdf")


SCOPE = "manage:sales_invoices"
invoices_view = endpoint(SCOPE, GET=list_invoices, POST=create_invoice)
invoice_view = endpoint(SCOPE, GET=show_invoice, PATCH=update_invoice, DELETE=delete_invoice)
pdf_view = endpoint(SCOPE, GET=show_pdf)
