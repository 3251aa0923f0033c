"""Every reply has the structure of the vendor's OpenAPI file, and every writable key of that file is taken.

``shapes.json`` holds the structure alone: names, types, allowed values.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

SHAPES = json.loads((Path(__file__).parent / "shapes.json").read_text())
DECIMALS = {
    "price_per_unit", "price_with_vat", "price_without_vat", "vat_amount", "vat_rate", "quantity", "open_amount",
    "currency_exchange_rate", "amount", "value",
}  # fmt: skip
PYTHON_TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "object": dict,
    "array": list,
    "date": str,
    "datetime": str,
}


def faults(value: Any, shape: dict[str, Any], where: str) -> list[str]:
    """Where ``value`` departs from ``shape``; null is allowed everywhere, as it is in the file."""
    if value is None or not shape.get("type"):
        return []
    if type(value) is not PYTHON_TYPES[shape["type"]]:
        return [f"{where}: {value!r} is no {shape['type']}"]
    found = []
    if "enum" in shape and value not in shape["enum"]:
        found.append(f"{where}: {value!r} is not allowed")
    if shape["type"] == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        found.append(f"{where}: {value!r} is no date")
    if shape["type"] == "datetime" and not re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}[+-]\d\d:\d\d", value):
        found.append(f"{where}: {value!r} is no moment")
    if where.rpartition(".")[2] in DECIMALS and not re.fullmatch(r"-?\d+\.\d+", value):
        found.append(f"{where}: {value!r} is no decimal as text")
    if isinstance(value, list):
        found += [fault for item in value for fault in faults(item, shape.get("items", {}), where)]
    if isinstance(value, dict):
        found += object_faults(value, shape, where)
    return found


def object_faults(value: dict[str, Any], shape: dict[str, Any], where: str) -> list[str]:
    known = shape.get("properties", {})
    found = [f"{where}: {key} is missing" for key in shape.get("required", []) if key not in value]
    found += [f"{where}: {key} is unknown" for key in value.keys() - known.keys()]
    return found + [fault for key in value.keys() & known.keys() for fault in faults(value[key], known[key], f"{where}.{key}")]  # fmt: skip  # noqa: E501


def check(answer: Any, status: int, name: str, *, is_list: bool = False) -> Any:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/json")
    body = answer.json()
    wrapper = {"company": "companies"}.get(name, f"{name}s") if is_list else name
    assert list(body) == [wrapper]
    for row in body[wrapper] if is_list else [body[wrapper]]:
        assert faults(row, SHAPES["replies"][name], name) == []
    return body[wrapper]


@pytest.mark.parametrize("name", ["vat_type", "account", "template"])
def test_it_shapes_reference_data(ledger: Any, name: str) -> None:
    rows = check(ledger.api("GET", f"{name}s?selection=all&per_page=100"), 200, name, is_list=True)
    check(ledger.api("GET", f"{name}s/{rows[-1]['id']}"), 200, name)


def test_it_shapes_companies_and_the_user(ledger: Any) -> None:
    check(ledger.api("GET", "/companies"), 200, "company", is_list=True)
    check(ledger.api("GET", "/me"), 200, "me")
    every_key = dict.fromkeys(SHAPES["requests"]["company"]["properties"])
    body = every_key | {"name": "A", "type": "bv", "vat_number": "NL123456789B01"}
    check(ledger.api("POST", "/companies", {"company": body}), 201, "company")


def bodies(ledger: Any) -> dict[str, dict[str, Any]]:
    """For each writable object a body that carries every key the file knows."""
    requests = SHAPES["requests"]

    def full(shape: dict[str, Any], **values: Any) -> dict[str, Any]:
        return dict.fromkeys(shape["properties"]) | values

    bank = ledger.company["payment"]["bank"]
    invoice = requests["sales_invoice"]["properties"]
    line = {"description": "Mok", "price_per_unit": "10.00", "vat_type_id": ledger.vat("NL 21")}
    payment = full(requests["payment"], amount="1.00", account_id=bank, paid_at="2026-01-02")
    return {
        "contact": full(requests["contact"], company_name="A"),
        "product": full(
            requests["product"],
            invoice_line=full(requests["product"]["properties"]["invoice_line"], **line),
        ),
        "payment": payment,
        "sales_invoice": full(
            requests["sales_invoice"],
            api_reference="ccv-1",
            contact=full(invoice["contact"], company_name="B"),
            invoice_lines=[full(invoice["invoice_lines"]["items"], **line)],
            payments=[full(invoice["payments"]["items"], **payment)],
        ),
    }


@pytest.mark.parametrize("name", ["contact", "product", "payment", "sales_invoice"])
def test_it_takes_every_key_of_the_file_and_answers_in_its_shape(ledger: Any, name: str) -> None:
    body = bodies(ledger)[name]
    row = check(ledger.api("POST", f"{name}s", {name: body}), 201, name)
    check(ledger.api("GET", f"{name}s/{row['id']}"), 200, name)
    assert check(ledger.api("GET", f"{name}s"), 200, name, is_list=True) == [row]
    change = {"amount": "2.00"} if name == "payment" else {}
    changes = {"contact": {"city": "Zeist"}, "product": {"has_stock": True}, "sales_invoice": {"_publish": True}}
    check(ledger.api("PATCH", f"{name}s/{row['id']}", {name: changes.get(name, change)}), 200, name)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/nothing", None),
        ("GET", "contacts/1", None),
        ("GET", "accounts", None),
        ("POST", "contacts", "{"),
        ("POST", "contacts", {}),
        ("POST", "contacts", {"contact": {"x": 1}}),
        ("POST", "contacts", {"contact": {"city": 1}}),
        ("POST", "contacts", {"contact": {"city": "A"}}),
    ],
)
def test_it_shapes_errors(ledger: Any, method: str, path: str, body: Any) -> None:
    answer = ledger.api(method, path, body)
    check(answer, answer.status_code, "error")


def test_it_shapes_a_token_pair(ledger: Any) -> None:
    callback = "https://koppel.example.nl/rompslomp/callback"
    client = {"client_id": "cid", "client_secret": "secret"}
    ledger.control("POST", "clients", {**client, "redirect_uri": callback})
    ledger.control("POST", "settings", {"auto": "allow"})
    asked = {"client_id": "cid", "redirect_uri": callback, "response_type": "code"}
    code = ledger.client.get("/oauth/authorize", asked)["Location"].rpartition("code=")[2]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback}
    answer = ledger.client.post("/oauth/token", client | form)
    shape = SHAPES["replies"]["token"]
    assert answer.json().keys() == shape["properties"].keys()
    assert faults(answer.json(), shape, "token") == []
