"""A new debtor (DEB), made of the address that the settings choose. Debtors are never changed.

What would mean something else when it is cut is left out instead; the e-mail address, by which the debtor is found
again, is checked before.
"""

import hashlib
import re
from base64 import b32encode

from integrations.sales import Address, SalesDocument
from integrations.settings_file import Settings
from integrations.vat import vat_number

from .dataset import Row
from .forms import options
from .literals import text, whole_text

LONGEST_EMAIL = 64
HOUSE_NUMBER = re.compile(r"(?P<number>[0-9]{1,5})(?![0-9])[\s./-]*(?P<addition>.*)")


def debtor(document: SalesDocument, settings: Settings, *, country: str) -> list[Row]:
    """CREATESTAMTABELRECORD. ``country`` is the key of the country in these books; without one it is left out."""
    address, customer = address_of(document, settings), document.customer
    name = _name(document, address)
    house_number, addition = house_number_parts(address.house_number)
    columns = {
        "ZKSL": search_key(name, customer.email),
        "NAAM": text(name, 50),
        "STRAAT": text(address.street, 37),
        "ADRES": text(f"{address.street} {address.house_number}", 50),
        "HNR": house_number,
        "HNRTV": addition,
        "POSTCD": text(address.zipcode, 8),
        "PLAATS": text(address.city, 24),
        "LAND": country,
        "EMAIL": customer.email,
        "TEL": whole_text(customer.phone, 15),
        "BTWNR": _vat_number(document),
        "KVKNR": whole_text(customer.coc_number, 15),
    }
    return [("METADATA", {"TABLE": "DEB"}), ("DATA", {name: value for name, value in columns.items() if value})]


def address_of(document: SalesDocument, settings: Settings) -> Address:
    customer = document.customer
    return customer.billing if options(settings).address == "billing" else customer.delivery


def country_of(document: SalesDocument, settings: Settings) -> str:
    """The ISO code of the debtor's country."""
    return address_of(document, settings).country or document.delivery_country


def search_key(name: str, email: str) -> str:
    """The key of a debtor: its name, and what only this e-mail address gives, since keys must be unique."""
    digest = b32encode(hashlib.sha256(email.encode()).digest()).decode().lower()
    start = text(name, 13).rstrip(", ")
    return f"{start}-{digest[:6]}"


def house_number_parts(house_number: str) -> tuple[str, str]:
    """The number, of five digits at most, and what comes after it; without a number in front all is addition."""
    found = HOUSE_NUMBER.fullmatch(text(house_number))
    if not found:
        return "", text(house_number, 6)
    return str(int(found["number"])), text(found["addition"], 6)


def _name(document: SalesDocument, address: Address) -> str:
    """The company, then the person; one who is not named at this address is named elsewhere."""
    customer = document.customer
    parts = dict.fromkeys(part for part in (address.company, address.name) if part)
    person = f"{customer.first_name} {customer.last_name}".strip()
    return ", ".join(parts) or customer.company or person or customer.billing.name or customer.email


def _vat_number(document: SalesDocument) -> str:
    """For an intra-Community supply, as the tax office writes it: it is reported by the debtor's number."""
    if not document.is_icp:
        return ""
    checked = vat_number(document.customer.vat_number, document.customer.billing.country)
    return whole_text(checked.number if checked else document.customer.vat_number, 14)
