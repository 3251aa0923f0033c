"""A body is read strictly: one wrapper, known keys, the right types."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

OFF = "2026-01-02T00:00:00.000+01:00"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("{", "malformed_json"),
        ("", "malformed_json"),
        ("[]", "malformed_json"),
        ("7", "malformed_json"),
        ('{"contact": {"company_name": NaN}}', "malformed_json"),
        ('{"contact": {"city": "A", "city": "B"}}', "malformed_json"),
        ("[" * 5000, "malformed_json"),
        ("{}", "missing_parameter"),
        ('{"contact": null}', "missing_parameter"),
        ('{"contact": {}}', "missing_parameter"),
        ('{"company_name": "A"}', "missing_parameter"),
        ('{"contact": [1]}', "invalid_parameter_value"),
        ('{"contact": {"company_name": "A"}, "x": 1}', "unpermitted_parameters"),
        ('{"contact": {"company_name": "A", "email": "a@b.c"}}', "unpermitted_parameters"),
        ('{"contact": {"company_name": "A", "name": "A"}}', "unpermitted_parameters"),
        ('{"contact": {"company_name": "A", "id": 1}}', "unpermitted_parameters"),
        ('{"contact": {"company_name": 1}}', "invalid_parameter_value"),
        ('{"contact": {"company_name": 1.5}}', "invalid_parameter_value"),
        ('{"contact": {"company_name": true}}', "invalid_parameter_value"),
        ('{"contact": {"company_name": ["A"]}}', "invalid_parameter_value"),
        ('{"contact": {"company_name": "a\\u0000b"}}', "invalid_parameter_value"),
        ('{"contact": {"company_name": "\\ud800"}}', "invalid_parameter_value"),
        ('{"contact": {"\\ud800": 1}}', "unpermitted_parameters"),
        ('{"contact": {"is_individual": "true"}}', "invalid_parameter_value"),
        ('{"contact": {"is_individual": 1}}', "invalid_parameter_value"),
    ],
)
def test_it_refuses_a_wrong_body(ledger: Any, refused: Any, body: str, kind: str) -> None:
    refused(ledger.api("POST", "contacts", body), 400, f"client.parameters.{kind}")


def test_it_refuses_a_form(ledger: Any, refused: Any) -> None:
    path = f"/api/v1/companies/{ledger.company['company']['id']}/contacts"
    answer = ledger.client.post(path, {"contact": "x"}, headers={"Authorization": f"Bearer {ledger.token}"})
    refused(answer, 400, "malformed_json")


@pytest.mark.parametrize(
    "changes",
    [
        {"invoice_number": "1"},
        {"status": "published"},
        {"price_with_vat": "1.0"},
        {"payment_state": "paid"},
        {"attachment_objects": []},
        {"invoice_lines": [{"id": 1, "description": "A"}]},
        {"invoice_lines": [{"description": "A", "_destroy": True}]},
        {"invoice_lines": [{"description": "A", "product_code": "A"}]},
        {"invoice_lines": [{"description": "A", "vat_amount": "1"}]},
        {"payments": [{"amount": "1", "id": 1}]},
        {"contact": {"company_name": "A", "mail": "x"}},
    ],
)
def test_it_refuses_unknown_and_read_only_keys_at_every_level(
    ledger: Any, refused: Any, changes: dict[str, Any]
) -> None:
    refused(ledger.post_invoice(**changes), 400, "client.parameters.unpermitted_parameters")


@pytest.mark.parametrize(
    "changes",
    [
        {"date": "02-01-2026"},
        {"date": "2026-02-30"},
        {"date": "2026-01-02T00:00:00"},
        {"due_date": 20260102},
        {"contact_id": "abc"},
        {"contact_id": 1.5},
        {"contact_id": True},
        {"template_id": {}},
        {"payment_method": "ideal"},
        {"sale_type": "goods"},
        {"distance_sale": "false"},
        {"currency_exchange_rate": "1,5"},
        {"description": 298},
        {"_publish": "true"},
        {"invoice_lines": {}},
        {"invoice_lines": ["A"]},
        *[
            {"invoice_lines": [{"description": "A", "price_per_unit": price}]}
            for price in ("1e3", "1,50", "", " 1", "+1", ".5", "1.", "NaN", "--1", True, [], "1" * 16, "\u0661")
        ],
        {"invoice_lines": [{"description": "A", "price_per_unit": "1", "quantity": "2x"}]},
        {"payments": [{"amount": "1", "paid_at": "gisteren"}]},
        {"payments": [{"amount": "1", "paid_at": "2026-13-01"}]},
        {"payments": [{"amount": "1", "paid_at": "0001-01-01T00:00:00+14:00"}]},
        {"contact_id": 1, "contact": {"company_name": "A"}},
    ],
)
def test_it_refuses_wrong_types(ledger: Any, refused: Any, changes: dict[str, Any]) -> None:
    refused(ledger.post_invoice(**changes), 400, "client.parameters.invalid_parameter_value")


def test_it_refuses_a_bare_number_with_an_exponent(ledger: Any, refused: Any) -> None:
    body = '{"sales_invoice": {"invoice_lines": [{"description": "A", "price_per_unit": 1E2}]}}'
    refused(ledger.api("POST", "sales_invoices", body), 400, "invalid_parameter_value")


def test_it_takes_bare_numbers_and_ids_as_text_as_the_vendor_does(ledger: Any) -> None:
    contact = ledger.contact()
    line = ledger.line(quantity=5, price_per_unit=10.5, vat_type_id=str(ledger.vat("NL 21")))
    invoice = ledger.invoice(contact_id=str(contact["id"]), invoice_lines=[line])
    assert invoice["contact_id"] == contact["id"]
    assert invoice["price_without_vat"] == "52.5"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-02", OFF),
        ("2026-01-02T00:00:00+01:00", OFF),
        ("2026-01-02 00:00:00 +0100", OFF),
        ("2026-01-01T23:00:00Z", OFF),
        ("2026-01-02T00:00:00", OFF),
        ("2026-07-01", "2026-07-01T00:00:00.000+02:00"),
    ],
)
def test_it_reads_moments_in_the_spellings_seen(ledger: Any, given: str, kept: str) -> None:
    body = {"payment": {"amount": "1", "account_id": ledger.company["payment"]["bank"], "paid_at": given}}
    answer = ledger.api("POST", "payments", body)
    assert answer.json()["payment"]["paid_at"] == kept


REQUESTS = json.loads((Path(__file__).parent / "shapes.json").read_text())["requests"]
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(
    ["1.00", "-0.5", "1e9", "2026-01-02", "9999-12-31", "0001-01-01", "NL", "a@b.nl", "\ud800", 10**400]
)  # fmt: skip


def bodies(shape: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Anything in the places that the vendor's file knows, at times something else."""
    if "properties" in shape:
        known = {key: bodies(inner) for key, inner in shape["properties"].items()}
        return st.fixed_dictionaries({}, optional=known) | SCALARS
    if shape.get("type") == "array":
        return st.lists(bodies(shape["items"]), max_size=3) | SCALARS
    return SCALARS


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize("name", sorted(REQUESTS))
@given(data=st.data())
def test_it_answers_any_body_with_a_status_of_its_own(ledger: Any, name: str, data: st.DataObject) -> None:
    body = {name: data.draw(bodies(REQUESTS[name]))}
    path = "/companies" if name == "company" else f"{name}s"
    answer = ledger.api("POST", path, body)
    assert answer.status_code in (201, 400, 422)
    if answer.status_code == 201:
        made = answer.json()[name]["id"]
        changed = ledger.api("PATCH", f"{path}/{made}", body) if name != "company" else answer
        assert changed.status_code in (200, 201, 400, 422)
