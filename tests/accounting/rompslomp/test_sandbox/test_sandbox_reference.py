"""Companies, VAT types, accounts and layouts."""

import html
from typing import Any


def test_it_lists_vat_types_that_are_valid(ledger: Any) -> None:
    rows = ledger.api("GET", "vat_types?selection=all&per_page=100").json()["vat_types"]
    names = {row["id"]: (row["name"], row["value"]) for row in rows}
    assert names[ledger.vat("NL 21")] == ("vat_high", "0.21")
    assert names[ledger.vat("NL 9")] == ("vat_low_new", "0.09")
    assert names[ledger.vat("reverse")] == ("vat_reverse_charged", "0.0")
    assert names[ledger.vat("DE 19")] == ("vat_high", "0.19")
    assert names[ledger.vat("FR 5.5")] == ("vat_low_new", "0.055")
    assert ledger.vat("NL 6") not in names
    old = ledger.api("GET", "vat_types?since=2018-12-31&per_page=100").json()["vat_types"]
    assert ledger.vat("NL 6") in {row["id"] for row in old}


def test_it_has_more_vat_types_and_accounts_than_one_page(ledger: Any) -> None:
    assert int(ledger.api("GET", "vat_types")["X-Total"]) > 40
    assert int(ledger.api("GET", "accounts?selection=all")["X-Total"]) > 40


def test_it_refuses_a_wrong_date(ledger: Any, refused: Any) -> None:
    refused(ledger.api("GET", "vat_types?since=yesterday"), 400, "invalid_parameter_value")


def test_it_wants_to_know_which_accounts(ledger: Any, refused: Any) -> None:
    refused(ledger.api("GET", "accounts"), 400, "client.parameters.missing_parameter", "selection")
    refused(ledger.api("GET", "accounts?selection=bank"), 400, "invalid_parameter_value")


def test_it_lists_accounts_by_kind(ledger: Any) -> None:
    def paths(query: str) -> set[str]:
        return {row["path"] for row in ledger.api("GET", f"accounts?per_page=100&{query}").json()["accounts"]}

    liquid = "activa.current_assets.liquid_assets."
    assert paths("selection=payment") == {f"{liquid}{name}" for name in ("bank", "cash", "pin", "mollie_custom", "paypal_custom")}  # fmt: skip  # noqa: E501
    assert "profit.revenue" in paths("selection=revenue")
    assert all(path.startswith("profit.revenue") for path in paths("selection=revenue"))
    assert all(path.startswith("profit.costs") for path in paths("selection=costs"))
    assert "vat_to_pay_revenue.vat_high" in paths("selection=all") - paths("selection=ledger")
    two = f"selection=all&search[paths][]={liquid}bank&search[paths][]=profit.revenue"
    assert paths(two) == {f"{liquid}bank", "profit.revenue"}


def test_it_spells_accounts_as_the_vendor_does(ledger: Any) -> None:
    rows = ledger.api("GET", "accounts?selection=all&per_page=100").json()["accounts"]
    by_path = {row["path"]: row for row in rows}
    other = by_path["profit.revenue.other"]
    assert (other["path_name"], other["reference"]) == ("Omzet \u2022 Overig", "P2.1")
    assert other["parent_id"] == by_path["profit.revenue"]["id"]
    names = [row["name"] for row in rows]
    assert any(html.unescape(name) != name for name in names)
    assert ledger.api("GET", f"accounts/{other['id']}").json() == {"account": other}


def test_it_has_two_layouts(ledger: Any) -> None:
    rows = ledger.api("GET", "templates").json()["templates"]
    assert [(row["id"], row["is_default"]) for row in rows] == [
        (ledger.company["templates"][0], True),
        (ledger.company["templates"][1], False),
    ]
    assert ledger.api("GET", f"templates/{rows[1]['id']}").json() == {"template": rows[1]}


def test_it_makes_and_removes_companies(ledger: Any, refused: Any) -> None:
    answer = ledger.api("POST", "/companies", {"company": {"owner_name": "A"}})
    refused(answer, 422, "validation", "Onderneming is invalid: Bedrijfsnaam moet opgegeven zijn.")
    body = {"company": {"name": "Sirius", "type": "bv", "vat_number": "NL123456789B01"}}
    made = ledger.api("POST", "/companies", body)
    assert made.status_code == 201
    company = made.json()["company"]
    assert company in ledger.api("GET", "/companies").json()["companies"]
    assert ledger.api("GET", f"/companies/{company['id']}/vat_types").status_code == 200
    assert ledger.api("DELETE", f"/companies/{company['id']}").status_code == 204
    assert company not in ledger.api("GET", "/companies").json()["companies"]


def test_it_says_whose_token_it_is(ledger: Any) -> None:
    expected = {"first_name": "Robin", "last_name": "Lomp", "email": "robin@ledger.example"}
    assert ledger.api("GET", "/me").json() == {"me": expected}
