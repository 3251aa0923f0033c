"""The control path of the stand-in, for tests and the demo; the package's docstring lists its calls."""

from functools import partial

from integrations.sandbox import Control, Row, control_view, only

from . import companies, contacts, invoices, products
from .access import SCOPES
from .amounts import WAYS
from .books import DEFAULTS, books
from .invoice_rules import build_lines, settled, summed
from .oauth import new_token
from .reference import is_clearing

DELETABLE = ("contacts", "products", "sales_invoices", "templates", "vat_types", "accounts", "payments")
BY_HAND = ("date", "description", "invoice_lines")

control = partial(control_view, books)


def settings(_body: Row) -> Row:
    return {"settings": books.settings()}


def change_settings(body: Row) -> Row:
    only(body, *DEFAULTS)
    books.put("settings", books["settings"].get("choices", {}) | body | {"id": "choices"})
    return settings(body)


def list_clients(_body: Row) -> Row:
    return {"clients": list(books["clients"].values())}


def register_client(body: Row) -> Row:
    only(body, "client_id", "client_secret", "redirect_uri", "name")
    if missing := {"client_id", "client_secret", "redirect_uri"} - body.keys():
        raise ValueError(f"missing: {', '.join(sorted(missing))}")
    return {"client": books.put("clients", {"name": body["client_id"]} | body | {"id": body["client_id"]})}


def list_users(_body: Row) -> Row:
    return {"users": list(books["users"].values())}


def create_user(body: Row) -> Row:
    """``companies``: the ids that this user sees; null for all."""
    only(body, "first_name", "last_name", "email", "companies")
    row: Row = {"first_name": "Robin", "last_name": "Lomp", "email": "robin@ledger.example", "companies": None}
    return {"user": books.put("users", row | body | {"id": books.new_id()})}


def create_token(body: Row) -> Row:
    """A personal token; with ``expires_in`` one that ends by itself. Without ``user`` a new one who sees all."""
    only(body, "user", "scopes", "expires_in")
    user = books["users"][str(body["user"])] if "user" in body else create_user({})["user"]
    row = new_token(user["id"], body.get("scopes", SCOPES), body.get("expires_in"))
    return {"token": {"access_token": row["id"], "user": row["user"], "scopes": row["scopes"]}}


def change_tokens(what: Row) -> Control:
    def change(body: Row) -> Row:
        """All tokens, or that of ``token`` (access token), or those of ``user``."""
        only(body, "token", "user")
        rows = [
            row
            for row in books["tokens"].values()
            if row["id"] == body.get("token", row["id"]) and row["user"] == body.get("user", row["user"])
        ]
        for row in rows:
            books.put("tokens", row | what)
        return {"tokens": len(rows)}

    return change


def list_companies(_body: Row) -> Row:
    return {"companies": [summary(company) for company in books["companies"].values()]}


def summary(company: Row) -> Row:
    counted = {table: len(books.owned(table, company["id"])) for table in ("contacts", "products", "sales_invoices")}
    hidden = ("serials", "next_contact")
    return {key: value for key, value in company.items() if key not in hidden} | counted


def create_company(body: Row) -> Row:
    """Also the demo's way back to what it made before: the bakery and the example are made once."""
    preset = "example" if body.pop("example", False) else body.pop("preset", "plain")
    with_token, with_objects = body.pop("with_token", False), body.pop("with_objects", False)
    only(body, "id", *companies.FIELDS, *companies.SWITCHES)
    check_switches(body)
    made_before = [row for row in books["companies"].values() if preset == row["preset"] != "plain"]
    if made_before and "id" not in body:
        company = books.put("companies", made_before[0] | body)
    elif str(body.get("id", "")) in books["companies"]:
        raise ValueError("this company exists")
    else:
        company = companies.make(preset, body)
    if with_objects and not books.owned("products", company["id"]):
        add_example_objects(company)
    answer = show_company({}, company["id"])
    if with_token:
        user = create_user({"companies": [company["id"]]})["user"]
        answer |= create_token({"user": user["id"]})
    return answer


def check_switches(body: Row) -> None:
    if body.get("rounding", "A") not in WAYS:
        raise ValueError("rounding is A, B, C or D")


def add_example_objects(company: Row) -> None:
    """The customer and the two products of the vendor page's worked example."""
    customer = {"is_individual": True, "contact_person_name": "Noor Visser", "country_code": "NL"}
    customer |= {"contact_person_email_address": "noor@mail.example", "address": "Dorpsstraat 12a", "city": "Zeist"}
    contact = contacts.build(company, customer | {"zipcode": "1234 CD", "phone": "0301234567"})
    contacts.store(contact | {"id": 4811220931})
    webshop = {"account_path": "profit.revenue.webshop_custom"}
    for row_id, code, name, price in (
        (5022318844, "MUG01", "Mok blauw", "20.61983"),
        (5022318861, "SHIPPING", "Shipping costs", "4.91736"),
    ):
        line = webshop | {"description": name, "price_per_unit": price, "product_code": code}
        books.put("products", products.build(company, {"invoice_line": line}) | {"id": row_id})


def show_company(_body: Row, company: int) -> Row:
    row = books["companies"][str(company)]
    vat_types = books.owned("vat_types", company)
    accounts = books.owned("accounts", company)
    return {
        "company": summary(row),
        "vat_types": vat_types,
        "vat": {vat_type["key"]: vat_type["id"] for vat_type in vat_types},
        "accounts": accounts,
        "revenue": {short(account): account["id"] for account in accounts if account["type"] == "revenue"},
        "payment": {short(account): account["id"] for account in accounts if is_clearing(account)},
        "templates": [template["id"] for template in books.owned("templates", company)],
    }


def short(account: Row) -> str:
    return str(account["path"].rpartition(".")[2].removesuffix("_custom"))


def change_company(body: Row, company: int) -> Row:
    only(body, *companies.FIELDS, *companies.SWITCHES)
    check_switches(body)
    books.put("companies", books["companies"][str(company)] | body)
    return {"company": summary(books["companies"][str(company)])}


def list_invoices(_body: Row, company: int) -> Row:
    return {"invoices": [compared(row) for row in books.owned("sales_invoices", company)]}


def compared(invoice: Row) -> Row:
    """What a test compares: the API's own object, and what the API never tells."""
    contact = books.get("contacts", invoice["company"], invoice["contact_id"]) or {}
    hidden = {key: invoice[key] for key in ("api_reference", "payments", "mailed_to", "validates_vat_number")}
    return invoices.shown(invoice) | hidden | {"contact_email": contact.get("contact_person_email_address")}


def list_contacts(_body: Row, company: int) -> Row:
    return {"contacts": [contacts.shown(row) for row in books.owned("contacts", company)]}


def list_products(_body: Row, company: int) -> Row:
    return {"products": [products.shown(row) for row in books.owned("products", company)]}


def list_repeats(_body: Row, company: int) -> Row:
    """Whatever was made or tried more than once: an api_reference, a contact's e-mail, a product code."""
    rows = [row for row in books.owned("repeats", company) if row["created"] + row["refused"] > 1]
    return {"repeats": [{key: row[key] for key in ("kind", "value", "created", "refused")} for row in rows]}


def delete_object(_body: Row, company: int, table: str, row_id: int) -> None:
    """As if a person removed it in the ledger's own screens."""
    row = books.get(table, company, row_id) if table in DELETABLE else None
    if row is None:
        raise ValueError("no such object")
    books.drop(table, row)


def change_invoice(body: Row, company: int, table: str, row_id: int) -> Row:
    """As if a person corrected it in the ledger's own screens, where a published one can be changed too."""
    only(body, *BY_HAND)
    owner, row = books["companies"][str(company)], books.get("sales_invoices", company, row_id)
    if table != "sales_invoices" or row is None:
        raise ValueError("no such object")
    lines, reasons = build_lines(owner, row["invoice_lines"], body.get("invoice_lines", []))
    if reasons:
        raise ValueError(", ".join(reasons))
    changed = settled(summed(owner, row | body | {"invoice_lines": lines}))
    return {"invoice": compared(books.put("sales_invoices", changed))}


def copy_invoice(body: Row, company: int, table: str, row_id: int) -> Row:
    """The same once more, as a person or another program books it: under a number of its own, without reference."""
    row = books.get("sales_invoices", company, row_id)
    if table != "sales_invoices" or row is None:
        raise ValueError("no such object")
    number = f"{row['invoice_number']}-{books.new_id()}"
    lines = [line | {"id": books.new_id()} for line in row["invoice_lines"]]
    twin = row | {"id": books.new_id(), "api_reference": None, "invoice_number": number, "invoice_lines": lines}
    books.put("sales_invoices", twin)
    return change_invoice(body, company, table, twin["id"])


settings_view = control(GET=settings, POST=change_settings)
clients_view = control(GET=list_clients, POST=register_client)
users_view = control(GET=list_users, POST=create_user)
tokens_view = control(POST=create_token)
expire_view = control(POST=change_tokens({"expires_at": 0}))
revoke_view = control(POST=change_tokens({"revoked": True}))
companies_view = control(GET=list_companies, POST=create_company)
company_view = control(GET=show_company, PATCH=change_company)
invoices_view = control(GET=list_invoices)
contacts_view = control(GET=list_contacts)
products_view = control(GET=list_products)
repeats_view = control(GET=list_repeats)
object_view = control(PATCH=change_invoice, POST=copy_invoice, DELETE=delete_object)
