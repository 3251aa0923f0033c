"""What a product and a line of an invoice have in common: text, price, VAT type and account."""

from collections.abc import Iterator
from decimal import Decimal

from integrations.sandbox import Row

from .amounts import Priced, totals
from .books import books
from .parameters import Fields, decimal, identifier, text

LINE_FIELDS: Fields = {
    "description": text,
    "extended_description": text,
    "price_per_unit": decimal,
    "vat_rate": decimal,
    "vat_type_id": identifier,
    "quantity": decimal,
    "product_id": identifier,
    "account_id": identifier,
    "account_path": text,
}
PRICED = ("price_per_unit", "price_with_vat", "price_without_vat", "vat_amount", "vat_rate")
MOST_CHARACTERS = 255


def resolved(company: Row, line: Row, given: Row) -> tuple[Row, list[str]]:
    """``line`` with what was given and with the VAT rate and the account found, and the reasons to refuse it."""
    line = line | given
    vat_type, vat_reasons = find_vat_type(company, line)
    account, account_reasons = find_account(company, line, given)
    line |= {"vat_type_id": vat_type.get("id"), "vat_kind": vat_type.get("name")}
    if vat_type.get("name") != "vat_custom":
        line["vat_rate"] = vat_type.get("value")
    line |= {"account_id": account.get("id"), "account_path": account.get("path")}
    return line, [*vat_reasons, *account_reasons]


def find_vat_type(company: Row, line: Row) -> tuple[Row, list[str]]:
    if line["vat_type_id"] is None:
        return books.owned("vat_types", company["id"])[0], []
    vat_type = books.get("vat_types", company["id"], line["vat_type_id"])
    if vat_type is None:
        return {}, ["Btw-type bestaat niet"]
    if vat_type["name"] == "vat_custom" and line["vat_rate"] is None:
        return vat_type, ["Btw-percentage moet opgegeven zijn"]
    return vat_type, []


def find_account(company: Row, line: Row, given: Row) -> tuple[Row, list[str]]:
    """The account by id, else by path, else the one the line had; none is allowed."""
    owner = company["id"]
    if given.get("account_id") is not None:
        account = books.get("accounts", owner, given["account_id"])
    elif given.get("account_path"):
        account = next(iter(books.find("accounts", owner, "path", given["account_path"])), None)
    elif line["account_id"] is None or {"account_id", "account_path"} & given.keys():
        return {}, []
    else:
        account = books.get("accounts", owner, line["account_id"])
    return (account, []) if account else ({}, ["Grootboekrekening bestaat niet"])


def line_reasons(line: Row) -> Iterator[str]:
    if not line["description"]:
        yield "Omschrijving moet opgegeven zijn"
    elif len(line["description"]) > MOST_CHARACTERS:
        yield f"Omschrijving is te lang (maximaal {MOST_CHARACTERS} tekens)"
    if line["price_per_unit"] is None:
        yield "Stuksprijs moet opgegeven zijn"
    if Decimal(line["quantity"]) <= 0:
        yield "Aantal moet groter dan 0 zijn"
    if line["vat_rate"] is not None and not 0 <= Decimal(line["vat_rate"]) < 1:
        yield "Btw-percentage moet tussen 0 en 1 liggen"


def as_priced(line: Row) -> Priced:
    return Priced(Decimal(line["quantity"]), Decimal(line["price_per_unit"]), Decimal(line["vat_rate"]))


def priced(line: Row, way: str) -> Row:
    """The amounts of one line by itself."""
    amount = totals([as_priced(line)], way)[1][0]
    return {
        "price_with_vat": str(amount.with_vat),
        "price_without_vat": str(amount.without_vat),
        "vat_amount": str(amount.vat),
    }
