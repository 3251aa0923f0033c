"""Products. One is stored flat; on the wire its price, VAT and code sit in an ``invoice_line``."""

import re
from collections.abc import Iterator
from decimal import Decimal

from django.http import HttpResponse

from integrations.sandbox import Row

from .access import Call, endpoint, listed, owned, selection
from .amounts import as_text
from .books import books, count_repeat
from .lines import LINE_FIELDS, PRICED, line_reasons, priced, resolved
from .parameters import Fields, boolean, one, read, text, wrapped
from .refusals import as_json, invalid

LINE: Fields = {name: reader for name, reader in LINE_FIELDS.items() if name not in ("quantity", "product_id")}
LINE |= {"product_code": text}
FIELDS: Fields = {"has_stock": boolean, "invoice_line": one(LINE)}
CODE = re.compile("[A-Za-z0-9]{1,100}")


def shown(product: Row) -> Row:
    line = {"id": product["line_id"]} | {key: product[key] for key in ("description", "extended_description")}
    line |= {key: as_text(product[key]) for key in PRICED}
    line |= {"vat_type_id": product["vat_type_id"], "quantity": "1.0", "product_id": None}
    line |= {key: product[key] for key in ("account_id", "account_path", "product_code")}
    return {key: product[key] for key in ("id", "number_sold", "has_stock")} | {"invoice_line": line}


def build(company: Row, given: Row, old: Row | None = None) -> Row:
    """The product as it will be stored, or a refusal."""
    product: Row = old or {"company": company["id"], "number_sold": 0, "has_stock": False, **dict.fromkeys(LINE)}
    product = product | {"quantity": "1.0", "has_stock": bool(given.get("has_stock", product["has_stock"]))}
    product, reasons = resolved(company, product, given.get("invoice_line") or {})
    reasons += [*line_reasons(product), *code_reasons(company, product)]
    if reasons:
        raise invalid("Product", reasons)
    if not old:
        product |= {"id": books.new_id(), "line_id": books.new_id()}
    product["product_code"] = product["product_code"] or free_code(company)
    return product | priced(product, company["rounding"])


def code_reasons(company: Row, product: Row) -> Iterator[str]:
    code = product["product_code"]
    if not code:
        return
    if not CODE.fullmatch(code):
        yield "Productcode mag alleen letters en cijfers bevatten, hooguit 100"
    same = books.find("products", company["id"], "product_code", code)
    if company["unique_product_codes"] and any(other["id"] != product.get("id") for other in same):
        count_repeat(company["id"], "product_code", code, "refused")
        yield "Productcode is al in gebruik"


def free_code(company: Row) -> str:
    number = len(books.owned("products", company["id"])) + 1
    while books.find("products", company["id"], "product_code", f"P{number}"):
        number += 1
    return f"P{number}"


def list_products(call: Call) -> HttpResponse:
    selection(call, ("all",))
    codes = [code for code in call.request.GET.getlist("search[product_codes][]") if code]
    query = call.request.GET.get("search[q]", "").lower()
    if codes:
        found = (books.find("products", call.company_id, "product_code", code) for code in dict.fromkeys(codes))
        rows = [row for rows in found for row in rows]
    else:
        rows = books.owned("products", call.company_id)
    if query:
        rows = [row for row in rows if query in f"{row['product_code']}\n{row['description']}".lower()]
    return listed(call, "products", rows, shown)


def create_product(call: Call) -> HttpResponse:
    given = read(wrapped(call.request, "product"), FIELDS, "product")
    product = books.put("products", build(call.company, given))
    count_repeat(call.company_id, "product_code", product["product_code"], "created")
    return as_json({"product": shown(product)}, status=201)


def show_product(call: Call, row_id: str) -> HttpResponse:
    return as_json({"product": shown(owned(call, "products", row_id))})


def update_product(call: Call, row_id: str) -> HttpResponse:
    old = owned(call, "products", row_id)
    given = read(wrapped(call.request, "product"), FIELDS, "product")
    return as_json({"product": shown(books.put("products", build(call.company, given, old)))})


def delete_product(call: Call, row_id: str) -> HttpResponse:
    books.drop("products", owned(call, "products", row_id))
    return HttpResponse(status=204)


def count_sold(invoice: Row) -> None:
    """Publishing an invoice adds what it sells."""
    for line in invoice["invoice_lines"]:
        product = books.get("products", invoice["company"], line["product_id"])
        if product is not None:
            sold = product["number_sold"] + int(Decimal(line["quantity"]))
            books.put("products", product | {"number_sold": sold})


products_view = endpoint("manage:products", GET=list_products, POST=create_product)
product_view = endpoint("manage:products", GET=show_product, PATCH=update_product, DELETE=delete_product)
