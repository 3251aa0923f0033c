"""Contacts: customers and suppliers of a company."""

import re
from collections.abc import Iterator

from django.http import HttpResponse

from integrations.sandbox import Row

from .access import Call, endpoint, listed, owned, selection
from .books import books, count_repeat
from .countries import ISO_CODES
from .parameters import Fields, boolean, read, text, wrapped
from .refusals import as_json, invalid

FIELDS: Fields = {
    "is_individual": boolean,
    "is_supplier": boolean,
    "company_name": text,
    "contact_person_name": text,
    "contact_person_email_address": text,
    "address": text,
    "zipcode": text,
    "city": text,
    "government_identification_number": text,
    "country_code": text,
    "kvk_number": text,
    "phone": text,
    "vat_number": text,
    "contact_number": text,
    "free_1": text,
    "free_2": text,
    "free_3": text,
}
SHOWN = ("id", "is_individual", "is_supplier", "name", *list(FIELDS)[2:])
SEARCHED = (
    "company_name", "contact_person_name", "contact_person_email_address", "kvk_number", "contact_number", "address",
    "phone", "vat_number", "zipcode", "city",
)  # fmt: skip
MOST_CHARACTERS = 255


def shown(contact: Row) -> Row:
    return {key: contact[key] for key in SHOWN}


def build(company: Row, given: Row, old: Row | None = None) -> Row:
    """The contact as it will be stored, or a refusal; nothing is stored yet."""
    contact = (old or {"company": company["id"]} | dict.fromkeys(FIELDS)) | given
    contact |= {"is_individual": bool(contact["is_individual"]), "is_supplier": bool(contact["is_supplier"])}
    contact["name"] = contact["contact_person_name" if contact["is_individual"] else "company_name"]
    if reasons := list(reasons_against(company, contact)):
        raise invalid("Contact", reasons)
    contact["id"] = contact.get("id") or books.new_id()
    contact["contact_number"] = contact["contact_number"] or free_number(company)
    return contact


def reasons_against(company: Row, contact: Row) -> Iterator[str]:
    if not contact["name"]:
        yield ("Naam" if contact["is_individual"] else "Bedrijfsnaam") + " moet opgegeven zijn"
    if contact["country_code"] and contact["country_code"] not in ISO_CODES:
        yield "Land is onbekend"
    email = contact["contact_person_email_address"]
    if email and not re.fullmatch(r"[^@\s,;]+@[^@\s,;]+", email):
        yield "E-mailadres is ongeldig"
    for field in FIELDS:
        if isinstance(contact[field], str) and len(contact[field]) > MOST_CHARACTERS:
            yield f"{field} is te lang (maximaal {MOST_CHARACTERS} tekens)"
    same = books.find("contacts", company["id"], "contact_number", contact["contact_number"])
    if any(other["id"] != contact.get("id") for other in same):
        yield "Contactnummer is al in gebruik"


def free_number(company: Row) -> str:
    while True:
        number = f"K{company['next_contact']:05d}"
        company["next_contact"] += 1
        if not books.find("contacts", company["id"], "contact_number", number):
            return number


def store(contact: Row) -> Row:
    if str(contact["id"]) not in books["contacts"]:
        count_repeat(contact["company"], "contact_email", contact["contact_person_email_address"], "created")
    return books.put("contacts", contact)


def list_contacts(call: Call) -> HttpResponse:
    chosen = selection(call, ("all", "customers", "suppliers"))
    email = call.request.GET.get("search[contact_person_email_address]")
    query = call.request.GET.get("search[q]", "").lower()
    if email:
        rows = books.find("contacts", call.company_id, "contact_person_email_address", email)
    else:
        rows = books.owned("contacts", call.company_id)
    if chosen != "all":
        rows = [row for row in rows if row["is_supplier"] == (chosen == "suppliers")]
    if query:
        rows = [row for row in rows if any(query in (row[field] or "").lower() for field in SEARCHED)]
    return listed(call, "contacts", rows, shown)


def create_contact(call: Call) -> HttpResponse:
    given = read(wrapped(call.request, "contact"), FIELDS, "contact")
    return as_json({"contact": shown(store(build(call.company, given)))}, status=201)


def show_contact(call: Call, row_id: str) -> HttpResponse:
    return as_json({"contact": shown(owned(call, "contacts", row_id))})


def update_contact(call: Call, row_id: str) -> HttpResponse:
    old = owned(call, "contacts", row_id)
    given = read(wrapped(call.request, "contact"), FIELDS, "contact")
    return as_json({"contact": shown(store(build(call.company, given, old)))})


def delete_contact(call: Call, row_id: str) -> HttpResponse:
    contact = owned(call, "contacts", row_id)
    if books.find("sales_invoices", call.company_id, "contact_id", contact["id"]):
        raise invalid("Contact", ["Contact heeft facturen en kan niet verwijderd worden"])
    books.drop("contacts", contact)
    return HttpResponse(status=204)


contacts_view = endpoint("manage:contacts", GET=list_contacts, POST=create_contact)
contact_view = endpoint("manage:contacts", GET=show_contact, PATCH=update_contact, DELETE=delete_contact)
