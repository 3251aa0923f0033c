"""The worked example of the vendor's description, call by call."""

from typing import Any

CUSTOMER = {
    "is_individual": True, "is_supplier": False, "company_name": None, "contact_person_name": "Noor Visser",
    "contact_person_email_address": "noor@mail.example", "address": "Dorpsstraat 12a", "zipcode": "1234 CD",
    "city": "Zeist", "country_code": "NL", "kvk_number": None, "phone": "0301234567", "vat_number": None,
}  # fmt: skip
MUG = {"description": "Mok blauw", "price_per_unit": "20.61983", "vat_type_id": 4100200301, "account_id": 5464900002}
SHIPPING = MUG | {"description": "Shipping costs", "price_per_unit": "4.91736"}


def created(fresh: Any, path: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = fresh.api("POST", path, {name: body})
    assert answer.status_code == 201, answer.content
    return dict(answer.json()[name])


def test_it_goes_through_the_worked_example(fresh: Any) -> None:
    fresh.start(example=True)
    contact = created(fresh, "contacts", "contact", CUSTOMER)
    unset = {"government_identification_number": None, "free_1": None, "free_2": None, "free_3": None}
    derived = {"id": contact["id"], "name": "Noor Visser", "contact_number": "K00042"}
    assert contact == CUSTOMER | unset | derived
    product = created(
        fresh, "products", "product", {"has_stock": False, "invoice_line": MUG | {"product_code": "MUG01"}}
    )
    priced = {"price_with_vat": "24.95", "price_without_vat": "20.62", "vat_amount": "4.33", "vat_rate": "0.21"}
    line = product["invoice_line"]
    assert {key: line[key] for key in priced} == priced
    assert (line["quantity"], line["account_path"]) == ("1.0", "profit.revenue.webshop_custom")
    invoice = created(fresh, "sales_invoices", "sales_invoice", invoice_body(contact["id"], product["id"]))
    totals = {"price_without_vat": "46.16", "price_with_vat": "55.85", "vat_amount": "9.69", "open_amount": "55.85"}
    assert {key: invoice[key] for key in totals} == totals
    first = {"price_with_vat": "49.9", "price_without_vat": "41.24", "vat_amount": "8.66", "quantity": "2.0"}
    assert {key: invoice["invoice_lines"][0][key] for key in first} == first
    assert published_and_paid(fresh, invoice) == ("20260102001", "paid", "0.0")
    found = fresh.api("GET", "sales_invoices?search%5Bapi_reference%5D=ccv-7001-order-298&per_page=5")
    assert [row["id"] for row in found.json()["sales_invoices"]] == [invoice["id"]]


def invoice_body(contact_id: int, product_id: int) -> dict[str, Any]:
    return {
        "date": "2026-01-02", "due_date": "2026-01-16", "contact_id": contact_id, "currency": "eur",
        "description": "298", "api_reference": "ccv-7001-order-298", "payment_reference": "298",
        "template_id": 4460541002, "sale_type": "supply", "validates_vat_number": False,
        "sends_copy_by_email_on_publish": False,
        "invoice_lines": [
            MUG | {"product_id": product_id, "quantity": "2", "vat_rate": "0.21"},
            SHIPPING | {"quantity": "1", "vat_rate": "0.21"},
        ],
    }  # fmt: skip


def published_and_paid(fresh: Any, invoice: dict[str, Any]) -> tuple[str, str, str]:
    assert fresh.patch_invoice(invoice, _publish=True).status_code == 200
    payment = {"amount": "55.85", "description": "298 tr_8Kd2", "account_id": 5464901550}
    answer = fresh.patch_invoice(invoice, payments=[payment | {"paid_at": "2026-01-02T00:00:00+01:00"}])
    row = answer.json()["sales_invoice"]
    return row["invoice_number"], row["payment_status"], row["open_amount"]
