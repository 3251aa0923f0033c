"""Contacts: what is required, what is unique, how they are found."""

from typing import Any

import pytest


def post(ledger: Any, **body: Any) -> Any:
    return ledger.api("POST", "contacts", {"contact": body})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"city": "Zeist"}, "Contact is invalid: Bedrijfsnaam moet opgegeven zijn."),
        ({"company_name": None, "contact_person_name": "Noor"}, "Bedrijfsnaam moet opgegeven zijn"),
        ({"is_individual": True, "company_name": "A"}, "Naam moet opgegeven zijn"),
        ({"is_individual": True, "contact_person_name": "  "}, "Naam moet opgegeven zijn"),
        ({"company_name": "A", "country_code": "nl"}, "Land is onbekend"),
        ({"company_name": "A", "country_code": "EL"}, "Land is onbekend"),
        ({"company_name": "A", "country_code": "NLD"}, "Land is onbekend"),
        ({"company_name": "A", "contact_person_email_address": "noor"}, "E-mailadres is ongeldig"),
        ({"company_name": "A", "contact_person_email_address": "a@b.nl, c@d.nl"}, "E-mailadres is ongeldig"),
        ({"company_name": "A" * 256}, "company_name is te lang"),
        ({"company_name": "A", "contact_number": "TAKEN"}, "Contactnummer is al in gebruik"),
    ],
)
def test_it_refuses_an_invalid_contact(ledger: Any, refused: Any, body: dict[str, Any], message: str) -> None:
    assert post(ledger, company_name="First", contact_number="TAKEN").status_code == 201
    refused(post(ledger, **body), 422, "client.parameters.validation", message)
    assert len(ledger.api("GET", "contacts").json()["contacts"]) == 1


def test_it_names_every_reason(ledger: Any, refused: Any) -> None:
    answer = post(ledger, country_code="XX", contact_person_email_address="x")
    reasons = "Bedrijfsnaam moet opgegeven zijn. Land is onbekend. E-mailadres is ongeldig."
    refused(answer, 422, "validation", f"Contact is invalid: {reasons}")


def test_it_takes_a_company_without_a_person(ledger: Any) -> None:
    contact = post(ledger, company_name="Bakker BV", contact_person_name=None).json()["contact"]
    assert (contact["name"], contact["is_individual"], contact["is_supplier"]) == ("Bakker BV", False, False)


def test_it_numbers_contacts_and_gives_long_ids_out_of_order(ledger: Any) -> None:
    contacts = [post(ledger, company_name="A").json()["contact"] for _ in range(3)]
    assert [contact["contact_number"] for contact in contacts] == ["K00001", "K00002", "K00003"]
    ids = [contact["id"] for contact in contacts]
    assert min(ids) > 2**32
    assert abs(ids[1] - ids[0]) > 1


def test_it_skips_a_number_somebody_took(ledger: Any) -> None:
    post(ledger, company_name="A", contact_number="K00001")
    assert post(ledger, company_name="B").json()["contact"]["contact_number"] == "K00002"


def test_it_keeps_two_contacts_with_one_email_and_reports_it(ledger: Any) -> None:
    for _ in range(2):
        ledger.contact(contact_person_email_address="noor@mail.example")
    company = ledger.company["company"]["id"]
    repeats = ledger.control("GET", f"companies/{company}/repeats")["repeats"]
    expected = {"kind": "contact_email", "value": "noor@mail.example", "created": 2, "refused": 0}
    assert repeats == [expected]


def found(ledger: Any, query: str) -> list[str]:
    return [contact["contact_number"] for contact in ledger.api("GET", f"contacts?{query}").json()["contacts"]]


def test_it_finds_contacts(ledger: Any) -> None:
    post(ledger, company_name="Molen BV", contact_person_email_address="a@b.nl", city="Zeist")
    post(ledger, company_name="Meel BV", contact_person_email_address="xa@b.nl", is_supplier=True)
    everyone = ["K00001", "K00002"]
    assert found(ledger, "search[contact_person_email_address]=a%40b.nl") == ["K00001"]
    assert found(ledger, "search[contact_person_email_address]=A%40b.nl") == []
    assert found(ledger, "search[contact_person_email_address]=") == everyone
    assert found(ledger, "search[email]=a%40b.nl") == everyone
    assert found(ledger, "q=nobody") == everyone
    assert found(ledger, "search[q]=zeist") == ["K00001"]
    assert found(ledger, "search[q]=k0000") == everyone
    assert found(ledger, "selection=suppliers") == ["K00002"]
    assert found(ledger, "selection=customers&search[q]=bv") == ["K00001"]


def test_it_finds_a_changed_email_and_not_the_old_one(ledger: Any) -> None:
    contact = ledger.contact(contact_person_email_address="a@b.nl")
    answer = ledger.api("PATCH", f"contacts/{contact['id']}", {"contact": {"contact_person_email_address": "c@d.nl"}})
    assert answer.json()["contact"] == contact | {"contact_person_email_address": "c@d.nl"}
    assert found(ledger, "search[contact_person_email_address]=a%40b.nl") == []
    assert found(ledger, "search[contact_person_email_address]=c%40d.nl") == ["K00001"]


def test_it_refuses_a_change_that_makes_a_contact_invalid(ledger: Any, refused: Any) -> None:
    contact = ledger.contact()
    answer = ledger.api("PATCH", f"contacts/{contact['id']}", {"contact": {"is_individual": False}})
    refused(answer, 422, "validation", "Bedrijfsnaam")
    assert ledger.api("GET", f"contacts/{contact['id']}").json()["contact"] == contact


def test_it_deletes_a_contact_that_is_not_in_use(ledger: Any, refused: Any) -> None:
    used, unused = ledger.contact(), ledger.contact()
    ledger.invoice(contact_id=used["id"])
    refused(ledger.api("DELETE", f"contacts/{used['id']}"), 422, "validation", "heeft facturen")
    answer = ledger.api("DELETE", f"contacts/{unused['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(ledger.api("GET", f"contacts/{unused['id']}"), 404, "client.not_found.resource")
    refused(ledger.api("DELETE", f"contacts/{unused['id']}"), 404, "client.not_found.resource")


def test_it_pages(ledger: Any) -> None:
    for number in range(45):
        post(ledger, company_name=f"A{number}")
    first = ledger.api("GET", "contacts")
    assert len(first.json()["contacts"]) == 40
    assert [first[name] for name in ("X-Page", "X-Per-Page", "X-Total")] == ["1", "40", "45"]
    last = ledger.api("GET", "contacts?page=3&per_page=20")
    assert [row["name"] for row in last.json()["contacts"]] == ["A40", "A41", "A42", "A43", "A44"]
    assert ledger.api("GET", "contacts?page=9").json() == {"contacts": []}


@pytest.mark.parametrize("query", ["per_page=0", "per_page=101", "per_page=x", "page=0", "page=-1", "selection=new"])
def test_it_refuses_wrong_values_of_known_query_keys(ledger: Any, refused: Any, query: str) -> None:
    refused(ledger.api("GET", f"contacts?{query}"), 400, "invalid_parameter_value")
