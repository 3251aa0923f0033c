"""Tokens, scopes, companies, the free plan, the number of calls a minute, faults in the ledger's words."""

from typing import Any

import pytest

SCOPE_OF = [
    ("GET", "vat_types", "public"),
    ("GET", "accounts?selection=all", "read:accounts"),
    ("GET", "contacts", "manage:contacts"),
    ("GET", "products", "manage:products"),
    ("GET", "sales_invoices", "manage:sales_invoices"),
    ("GET", "payments", "manage:payments"),
    ("GET", "/me", "read:me"),
    ("GET", "/companies", "public"),
    ("DELETE", "/companies/1", "manage:companies"),
]


def limited(ledger: Any, *scopes: str) -> str:
    token = ledger.control("POST", "tokens", {"scopes": scopes})["token"]
    return str(token["access_token"])


@pytest.mark.parametrize(("method", "path", "scope"), SCOPE_OF)
def test_it_asks_for_the_scope_of_each_resource(ledger: Any, refused: Any, method: str, path: str, scope: str) -> None:
    others = {row[2] for row in SCOPE_OF} - {scope}
    answer = ledger.api(method, path, token=limited(ledger, *others))
    if path == "/companies":
        assert answer.status_code == 200  # who manages companies may list them
    else:
        refused(answer, 403, "client.authorization.invalid_scope", scope)
    assert ledger.api(method, path, token=limited(ledger, scope)).status_code in (200, 404)


def test_it_reads_layouts_with_either_scope(ledger: Any, refused: Any) -> None:
    assert ledger.api("GET", "templates", token=limited(ledger, "public")).status_code == 200
    assert ledger.api("GET", "templates", token=limited(ledger, "manage:sales_invoices")).status_code == 200
    refused(ledger.api("GET", "templates", token=limited(ledger, "read:me")), 403, "invalid_scope")


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"payments": [{"amount": "1"}]}, "manage:payments"),
        ({"contact": {"company_name": "A"}}, "manage:contacts"),
    ],
)
def test_it_asks_more_for_what_is_inside_an_invoice(
    ledger: Any, refused: Any, changes: dict[str, Any], scope: str
) -> None:
    body = {"sales_invoice": ledger.invoice_body(**changes)}
    answer = ledger.api("POST", "sales_invoices", body, token=limited(ledger, "manage:sales_invoices"))
    refused(answer, 403, "invalid_scope", scope)


def test_it_counts_only_what_the_company_allows_too(ledger: Any, refused: Any) -> None:
    company = ledger.company["company"]["id"]
    ledger.control("PATCH", f"companies/{company}", {"allowed_scopes": ["public"]})
    refused(ledger.api("GET", "contacts"), 403, "client.authorization.access_denied")
    assert ledger.api("GET", "vat_types").status_code == 200


def test_it_shuts_out_a_company_on_the_free_plan(ledger: Any, refused: Any) -> None:
    company = ledger.company["company"]["id"]
    ledger.control("PATCH", f"companies/{company}", {"api_accessible": False})
    refused(ledger.api("GET", "vat_types"), 403, "client.authorization.access_denied")
    row = ledger.api("GET", "/companies").json()["companies"][0]
    assert row["access_control"]["api_accessible"] is False


@pytest.mark.parametrize("kind", ["client.quota_reached", "client.subscription_limit_reached"])
def test_it_refuses_creates_beyond_the_plan(ledger: Any, refused: Any, kind: str) -> None:
    company = ledger.company["company"]["id"]
    ledger.control("PATCH", f"companies/{company}", {"plan_limit": kind, "plan_limit_status": 402})
    refused(ledger.api("POST", "contacts", {"contact": {"company_name": "A"}}), 402, kind)
    assert ledger.api("GET", "contacts").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Token abc"])
def test_it_refuses_a_call_without_a_good_token(ledger: Any, refused: Any, header: str) -> None:
    answer = ledger.send("GET", "/api/v1/companies", Authorization=header)
    refused(answer, 401, "client.authentication.invalid_token")
    assert answer["WWW-Authenticate"].startswith('Bearer realm="Rompslomp API v1", error="invalid_token"')


@pytest.mark.parametrize("how", ["expire", "revoke"])
def test_it_ends_a_personal_token(ledger: Any, refused: Any, how: str) -> None:
    other = limited(ledger, "public")
    ledger.control("POST", f"tokens/{how}", {"token": ledger.token})
    refused(ledger.api("GET", "/companies"), 401, "invalid_token")
    assert ledger.api("GET", "/companies", token=other).status_code == 200


def test_it_ends_a_token_by_itself(ledger: Any, refused: Any) -> None:
    token = ledger.control("POST", "tokens", {"expires_in": -1})["token"]["access_token"]
    refused(ledger.api("GET", "/companies", token=token), 401, "invalid_token")


def test_it_hides_companies_of_others(fresh: Any, refused: Any) -> None:
    mine, theirs = fresh.start(name="Mine"), fresh.control("POST", "companies", {"name": "Theirs"})
    assert [row["name"] for row in fresh.api("GET", "/companies").json()["companies"]] == ["Mine"]
    refused(fresh.api("GET", f"/companies/{theirs['company']['id']}/contacts"), 404, "not_found.resource")
    refused(fresh.api("GET", "/companies/abc/contacts"), 404, "not_found.resource")
    assert mine["company"]["id"] != theirs["company"]["id"]


def test_it_keeps_objects_of_companies_apart(fresh: Any, refused: Any) -> None:
    fresh.start()
    contact = fresh.contact()
    first = fresh.company
    fresh.start()
    refused(fresh.api("GET", f"contacts/{contact['id']}"), 404, "not_found.resource")
    answer = fresh.post_invoice(contact_id=contact["id"])
    refused(answer, 422, "validation", "Contact bestaat niet")
    answer = fresh.post_invoice(invoice_lines=[fresh.line(vat_type_id=first["vat"]["NL 21"])])
    refused(answer, 422, "validation", "Btw-type bestaat niet")


def test_it_limits_calls_a_minute_per_company(fresh: Any, refused: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-03-02T10:00:15Z", tick=False)
    fresh.start(calls_per_minute=2)
    assert [fresh.api("GET", "contacts").status_code for _ in range(2)] == [200, 200]
    answer = fresh.api("GET", "contacts")
    refused(answer, 429, "client.rate_limit")
    assert answer["Retry-After"] == "46"
    time_machine.move_to("2026-03-02T10:01:01Z", tick=False)
    assert fresh.api("GET", "contacts").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/companies/1"),
        ("PUT", "contacts"),
        ("GET", "contacts.json"),
        ("GET", "contacts/"),
        ("POST", "vat_types"),
        ("DELETE", "sales_invoices"),
        ("GET", "journal_entries"),
    ],
)
def test_it_knows_no_other_addresses(ledger: Any, refused: Any, method: str, path: str) -> None:
    refused(ledger.api(method, path), 404, "client.not_found.endpoint")


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("expired_token", 401, "client.authentication.invalid_token"),
        ("429", 429, "client.rate_limit"),
        ("500", 500, "server"),
        ("503", 503, "server"),
    ],
)
def test_it_words_a_planned_fault(ledger: Any, refused: Any, fault: str, status: int, kind: str) -> None:
    ledger.control("POST", "settings", {"retry_after": 3})
    assert ledger.send("POST", "/_sandbox/faults", {"kind": fault, "path": "/contacts"}).status_code == 200
    answer = ledger.api("GET", "contacts")
    refused(answer, status, kind)
    assert answer.headers.get("Retry-After") == ("3" if status == 429 else None)
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert ledger.api("GET", "contacts").status_code == 200


def test_it_words_a_planned_fault_of_the_token_endpoint(ledger: Any) -> None:
    ledger.send("POST", "/_sandbox/faults", {"kind": "503", "path": "/oauth/"})
    answer = ledger.client.post("/oauth/token")
    assert answer.status_code == 503
    assert set(answer.json()) == {"error", "error_description"}
