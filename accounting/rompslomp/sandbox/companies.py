"""Companies and what belongs to each from the start; the control path and POST /companies make one here."""

from collections.abc import Iterator

from django.http import HttpResponse

from integrations.sandbox import Row

from . import charts
from .access import SCOPES, Call, access_denied, endpoint, listed
from .books import books
from .countries import ISO_CODES
from .parameters import Fields, boolean, choice, read, text, wrapped
from .refusals import as_json, invalid, not_found

FIELDS: Fields = {
    "name": text,
    "owner_name": text,
    "address": text,
    "zipcode": text,
    "city": text,
    "country_code": text,
    "kvk_number": text,
    "email": text,
    "website": text,
    "type": choice("eenmanszaak", "vof", "bv", "vereniging", "stichting", "other"),
    "vat_liable": boolean,
    "vat_number": text,
}

# What the control path may set besides.
SWITCHES: Row = {
    "rounding": "B",
    "api_accessible": True,
    "allowed_scopes": list(SCOPES),
    "calls_per_minute": 0,
    "payment_days": 30,
    "unique_product_codes": False,
    "vat_check": "up",
    "plan_limit": "",
    "plan_limit_status": 403,
}

EXAMPLE: Row = {
    "id": 1290044715, "name": "Theehuis De Linde", "owner_name": "J. Bakker", "address": "Kade 4",
    "zipcode": "3511 AB", "city": "Utrecht", "kvk_number": "87654321", "email": "info@delinde.example",
    "website": None, "type": "eenmanszaak", "vat_number": "NL001234567B01", "next_contact": 42,
    "allowed_scopes": ["public", "manage:contacts", "manage:products", "manage:sales_invoices", "manage:payments",
                       "read:accounts"],
}  # fmt: skip
BAKERY: Row = {
    "name": "Bakkerij De Gouden Korst", "owner_name": "M. de Graaf", "address": "Molenstraat 8", "zipcode": "6511 HA",
    "city": "Nijmegen", "kvk_number": "81234567", "email": "administratie@goudenkorst.example",
    "website": "https://goudenkorst.example", "type": "vof", "vat_number": "NL812345678B01",
}  # fmt: skip


def make(preset: str, chosen: Row) -> Row:
    """A company with VAT types, accounts and layouts. ``preset`` is plain, example or bakery."""
    company: Row = dict.fromkeys(FIELDS) | {"name": "Onderneming", "country_code": "NL", "type": "bv"}
    company |= {"vat_liable": True, "vat_number": "NL123456789B01", "preset": preset, "next_contact": 1}
    company |= SWITCHES | {"serials": {}} | {"example": EXAMPLE, "bakery": BAKERY}.get(preset, {}) | chosen
    company["id"] = company.get("id") or books.new_id()
    is_example = preset == "example"
    charts.add_vat_types(company["id"], charts.EXAMPLE_VAT if is_example else {})
    extra = charts.BAKERY_ACCOUNTS if preset == "bakery" else ()
    charts.add_accounts(company["id"], charts.EXAMPLE_ACCOUNTS if is_example else {}, extra)
    charts.add_templates(company["id"], charts.EXAMPLE_TEMPLATES if is_example else ())
    return books.put("companies", company)


def remove(company: Row) -> None:
    for table, rows in books.tables.items():
        for row in [row for row in rows.values() if row.get("company") == company["id"]]:
            books.drop(table, row)
    books.drop("companies", company)


def shown(company: Row) -> Row:
    control = {"api_accessible": company["api_accessible"], "allowed_scopes": company["allowed_scopes"]}
    return {"id": company["id"]} | {field: company[field] for field in FIELDS} | {"access_control": control}


def list_companies(call: Call) -> HttpResponse:
    visible = books["users"][str(call.token["user"])]["companies"]
    rows = books["companies"].values()
    seen = [row for row in rows if visible is None or row["id"] in visible]
    return listed(call, "companies", seen, shown)


def reasons_against(company: Row) -> Iterator[str]:
    if not company.get("name"):
        yield "Bedrijfsnaam moet opgegeven zijn"
    if company.get("vat_liable", True) and not company.get("vat_number"):
        yield "Btw-nummer moet opgegeven zijn"
    if company.get("country_code") and company["country_code"] not in ISO_CODES:
        yield "Land is onbekend"


def create_company(call: Call) -> HttpResponse:
    call.require_scope("manage:companies")
    given = read(wrapped(call.request, "company"), FIELDS, "company")
    if reasons := list(reasons_against(given)):
        raise invalid("Onderneming", reasons)
    company = make("plain", {key: value for key, value in given.items() if value is not None})
    user = books["users"][str(call.token["user"])]
    if user["companies"] is not None:
        books.put("users", user | {"companies": [*user["companies"], company["id"]]})
    return as_json({"company": shown(company)}, status=201)


def delete_company(call: Call, row_id: str) -> HttpResponse:
    company = books["companies"].get(row_id)
    visible = books["users"][str(call.token["user"])]["companies"]
    if company is None or (visible is not None and company["id"] not in visible):
        raise not_found()
    if "manage:companies" not in company["allowed_scopes"]:
        raise access_denied("Deze onderneming staat dit niet toe.")
    remove(company)
    return HttpResponse(status=204)


def me(call: Call) -> HttpResponse:
    user = books["users"][str(call.token["user"])]
    return as_json({"me": {key: user[key] for key in ("first_name", "last_name", "email")}})


me_view = endpoint("read:me", GET=me)
companies_view = endpoint("public", "manage:companies", GET=list_companies, POST=create_company)
company_view = endpoint("manage:companies", DELETE=delete_company)
