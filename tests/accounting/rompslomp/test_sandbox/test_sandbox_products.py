"""Products: price and code, how they are found, what selling does."""

from typing import Any

import pytest


def post(ledger: Any, **line: Any) -> Any:
    body = {"description": "Mok", "price_per_unit": "20.61983", "vat_type_id": ledger.vat("NL 21")} | line
    return ledger.api("POST", "products", {"product": {"has_stock": False, "invoice_line": body}})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"price_per_unit": None}, "Product is invalid: Stuksprijs moet opgegeven zijn."),
        ({"description": None}, "Omschrijving moet opgegeven zijn"),
        ({"description": "A" * 256}, "Omschrijving is te lang"),
        ({"product_code": "SHIP-NL"}, "letters en cijfers"),
        ({"product_code": "A B"}, "letters en cijfers"),
        ({"product_code": "\u00e9"}, "letters en cijfers"),
        ({"product_code": "A" * 101}, "letters en cijfers"),
        ({"vat_type_id": 1}, "Btw-type bestaat niet"),
        ({"account_id": 1}, "Grootboekrekening bestaat niet"),
        ({"account_path": "profit.nothing"}, "Grootboekrekening bestaat niet"),
    ],
)
def test_it_refuses_an_invalid_product(ledger: Any, refused: Any, line: dict[str, Any], message: str) -> None:
    refused(post(ledger, **line), 422, "client.parameters.validation", message)


def test_it_refuses_a_product_without_a_line(ledger: Any, refused: Any) -> None:
    refused(ledger.api("POST", "products", {"product": {"has_stock": False}}), 422, "validation", "Stuksprijs")


@pytest.mark.parametrize("key", ["quantity", "product_id", "id", "price_with_vat", "vat_amount"])
def test_it_refuses_what_is_read_only_in_a_product(ledger: Any, refused: Any, key: str) -> None:
    refused(post(ledger, **{key: 1}), 400, "unpermitted_parameters", key)


def test_it_gives_a_code_when_there_is_none(ledger: Any) -> None:
    post(ledger, product_code="P1")
    assert post(ledger).json()["product"]["invoice_line"]["product_code"] == "P2"


def test_it_prefers_the_account_id_to_the_path(ledger: Any) -> None:
    webshop = ledger.company["revenue"]["webshop"]
    line = post(ledger, account_id=webshop, account_path="profit.revenue.other").json()["product"]["invoice_line"]
    assert (line["account_id"], line["account_path"]) == (webshop, "profit.revenue.webshop_custom")
    line = post(ledger, account_path="profit.revenue.other").json()["product"]["invoice_line"]
    assert line["account_id"] == ledger.company["revenue"]["other"]


def codes(ledger: Any, query: str) -> list[str]:
    rows = ledger.api("GET", f"products?{query}").json()["products"]
    return [row["invoice_line"]["product_code"] for row in rows]


def test_it_finds_products(ledger: Any) -> None:
    for code, name in (("MUG01", "Mok blauw"), ("MUG02", "Mok rood"), ("BREAD", "Brood")):
        post(ledger, product_code=code, description=name)
    both = "search%5Bproduct_codes%5D%5B%5D=BREAD&search[product_codes][]=MUG01&search[product_codes][]=NONE"
    assert codes(ledger, both) == ["BREAD", "MUG01"]
    assert codes(ledger, "search[product_codes][]=mug01") == []
    assert codes(ledger, "search[q]=mok") == ["MUG01", "MUG02"]
    assert codes(ledger, "search[product_code]=MUG01") == ["MUG01", "MUG02", "BREAD"]


def test_it_changes_and_deletes_a_product(ledger: Any, refused: Any) -> None:
    product = post(ledger, product_code="MUG01").json()["product"]
    body = {"product": {"invoice_line": {"price_per_unit": "10.00", "product_code": "MUG02"}}}
    changed = ledger.api("PATCH", f"products/{product['id']}", body).json()["product"]
    assert (changed["id"], changed["invoice_line"]["id"]) == (product["id"], product["invoice_line"]["id"])
    assert changed["invoice_line"]["price_with_vat"] == "12.1"
    assert codes(ledger, "search[product_codes][]=MUG01") == []
    assert codes(ledger, "search[product_codes][]=MUG02") == ["MUG02"]
    assert ledger.api("DELETE", f"products/{product['id']}").status_code == 204
    refused(ledger.api("GET", f"products/{product['id']}"), 404, "not_found.resource")


def test_it_counts_what_was_sold_at_publication(ledger: Any) -> None:
    product = post(ledger, product_code="MUG01").json()["product"]
    lines = [ledger.line(product_id=product["id"], quantity="3")]
    invoice = ledger.invoice(invoice_lines=lines)
    assert ledger.api("GET", f"products/{product['id']}").json()["product"]["number_sold"] == 0
    ledger.patch_invoice(invoice, _publish=True)
    assert ledger.api("GET", f"products/{product['id']}").json()["product"]["number_sold"] == 3


def test_it_can_keep_codes_unique(fresh: Any, refused: Any) -> None:
    fresh.start(unique_product_codes=True)
    product = post(fresh, product_code="MUG01").json()["product"]
    refused(post(fresh, product_code="MUG01"), 422, "validation", "Productcode is al in gebruik")
    body = {"product": {"invoice_line": {"product_code": "MUG01"}}}
    assert fresh.api("PATCH", f"products/{product['id']}", body).status_code == 200
