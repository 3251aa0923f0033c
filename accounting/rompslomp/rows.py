"""What Rompslomp lists, as rows of ``id``, ``name`` and what only their kind has."""

from decimal import Decimal
from html import unescape

from accounting.books import Json


def row(found: Json) -> Json:
    return {"id": str(found["id"]), "name": unescape(found.get("name") or "")}  # seen with &amp; and the like


def company_row(company: Json) -> Json:
    access = company.get("access_control") or {}
    return row(company) | {
        "is_usable": access.get("api_accessible") is not False,
        "scopes": access.get("allowed_scopes") or [],
    }


def is_named(contact: Json, wanted: str) -> bool:
    names = ("name", "company_name", "contact_person_name", "contact_number", "contact_person_email_address")
    return any(wanted.casefold() in (contact.get(name) or "").casefold() for name in names)


def contact_row(contact: Json) -> Json:
    """The contact number is what people know; the id is long and shown nowhere at Rompslomp."""
    full_name, city = unescape(contact.get("name") or ""), unescape(contact.get("city") or "")
    name = ", ".join(part for part in (full_name, city) if part)
    number = contact.get("contact_number") or ""
    return {"id": str(contact["id"]), "name": name, "full_name": full_name, "number": number}


def vat_row(vat_type: Json) -> Json:
    percentage = str(Decimal(vat_type["value"]) * 100) if vat_type.get("value") is not None else ""
    return row(vat_type) | {
        "name": vat_type.get("friendly_name") or vat_type["name"],
        "kind": vat_type["name"],
        "percentage": percentage,
    }


def account_row(account: Json) -> Json:
    """``number`` is how Rompslomp shows the account in its chart."""
    name = unescape(account.get("path_name") or account.get("name") or "")
    return row(account) | {"name": name, "number": account.get("reference") or ""}
