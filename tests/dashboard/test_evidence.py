"""What goes to support: enough to help with, and nothing of a person, whatever the shop and the books wrote."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting import settings_store
from dashboard.tickets import evidence as made
from dashboard.tickets.evidence import evidence
from integrations import sales
from integrations.models import Document, Integration, SettingsVersion, State
from integrations.money import parse_json
from webshop.preview import document_of

from .world import a_document, an_event, an_order

SAMPLES = Path(__file__).parents[2] / "webshop" / "ccvshop" / "samples"

PERSONAL = {
    *("Sanne", "Voorbeeld", "Horeca", "Proeflaan", "verdieping", "1234 AB", "Utrecht", "030-0000000", "bellen"),
    *("Magazijn", "Testkade", "4321 ZX", "Rotterdam", "010-0000000", "inkoop@voorbeeld.example", "PO-7788"),
    *("NL000000000B00", "00000000", "24000001"),
}


@pytest.fixture
def document(integration: Integration) -> Document:
    return of_sample(integration)


def of_sample(integration: Integration, **fields: Any) -> Document:
    text = (SAMPLES / "order.json").read_text()
    assert integration.settings is not None
    sold = document_of(parse_json(text), settings_store.load(integration.settings))
    values = {"source": json.loads(text), "mapped": sales.dump(sold), "customer_name": "Voorbeeld Horeca B.V."}
    values["customer_email"] = "inkoop@voorbeeld.example"
    made = a_document(integration, "2026-1042", State.ERROR, **(values | fields))
    made.refresh_from_db()
    return made


def as_text(document: Document) -> str:
    return json.dumps(evidence(document), ensure_ascii=False)


@pytest.mark.rule("R67")
def test_amounts_countries_percentages_codes_and_ids_stay(document: Document) -> None:
    found = evidence(document)
    order, rows = found["source"]["order"], found["source"]["orderrows"]["items"]
    assert (order["id"], order["ordernumber_full"], order["total_price"], order["total_tax"]) == (
        *(351000123, "2026-1042", 75.7, 9.33),
    )
    assert order["customer"]["billingaddress"]["country_code"] == "NL"
    assert order["paymethod"] == "DemoPSP-iDEAL"
    assert order["create_date"] == "2026-03-02T08:41:00Z"
    assert [(row["tax"], row["selling_price"], row["product_number"]) for row in rows] == [
        *((9, 22.45, "KOF-1000"), (21, 30, "MOK-4")),
    ]
    assert rows[0]["attributes"][0]["price"] == 0
    assert (found["mapped"]["total_incl"], found["mapped"]["lines"][0]["vat_rate"]) == ("75.70", "9")
    assert found["mapped"]["payment_method"] == "ideal"
    assert found["document"]["total_cents"] == 12100


@pytest.mark.rule("R67")
def test_what_is_of_a_person_is_left_out_and_its_length_told(document: Document) -> None:
    text = as_text(document)
    assert [word for word in PERSONAL if word.lower() in text.lower()] == []
    billing = evidence(document)["source"]["order"]["customer"]["billingaddress"]
    assert billing["last_name"] == "…(9)"
    assert billing["fax"] == ""
    assert set(billing) == set(document.source["order"]["customer"]["billingaddress"])


def test_a_field_that_nobody_knows_yet_is_left_out(integration: Integration) -> None:
    source = {"order": {"id": 7, "new_field": "Whatever 12", "gift_card": {"to_whom": "Aunt Petra"}, "total_new": 3}}
    found = evidence(of_sample(integration, source=source, mapped=None))
    assert found["source"]["order"] == {
        "id": 7,
        "new_field": "…(11)",
        "gift_card": {"to_whom": "…(10)"},
        "total_new": 3,
    }


def test_an_answer_of_the_books_that_quotes_the_customer_is_cleaned(integration: Integration) -> None:
    words = "Debtor SANNE VOORBEELD (inkoop@voorbeeld.example, +31 6 12345678, NL820646660B01) is closed, code 4711"
    problems = [{"code": "books_refused", "words": words, "status": 422, "message": words, "remedy": words}]
    document = of_sample(integration, problems=problems)
    an_event(document, "problem", problems=problems)
    an_event(document, "remark", code="entry_warning", words=words)
    an_event(document, "call", method="GET", path="/contacts/jan@elders.example/4711", status=404, milliseconds=3)
    found = evidence(document)
    cleaned = "Debtor … (…, …, …) is closed, code 4711"
    assert found["problems"] == [{"code": "books_refused", "words": cleaned, "status": 422}]
    assert found["timeline"][0]["problems"] == found["problems"]
    assert found["timeline"][1]["words"] == cleaned
    assert (found["timeline"][2]["status"], found["timeline"][2]["milliseconds"]) == (404, 3)
    assert "elders" not in json.dumps(found)


def test_a_short_name_is_cleaned_too(integration: Integration) -> None:
    told = [{"code": "books_refused", "words": "Debtor Bos is closed", "status": 422}]
    document = a_document(integration, "1", State.ERROR, customer_name="Jan van den Bos", problems=told)
    assert "Bos" not in json.dumps(evidence(document))


def test_parameters_that_are_personal_are_left_out(integration: Integration) -> None:
    problems = [{"code": "vat_number_invalid", "vat_number": "ATU99999999"}, {"code": "x", "text": "Ömer…"}]
    assert evidence(of_sample(integration, problems=problems))["problems"] == [
        *({"code": "vat_number_invalid", "vat_number": "…(11)"}, {"code": "x", "text": "…(5)"}),
    ]


def test_of_a_traceback_the_places_stay_and_the_words_go(document: Document) -> None:
    traceback = (
        'Traceback (most recent call last):\n  File "/srv/x/accounting/posting.py", line 119, in post\n    send(it)\n'
        '  File "/srv/x/accounting/debtors.py", line 7, in find\n    raise ValueError("Jan Onbekend")\n'
        "ValueError: Jan Onbekend, Kade 3\n"
    )
    an_event(document, "internal", traceback=traceback)
    assert evidence(document)["timeline"][0]["traceback"] == [
        *("accounting/posting.py:119 post", "accounting/debtors.py:7 find", "ValueError"),
    ]


def test_a_very_long_answer_is_cut_and_takes_no_time(integration: Integration) -> None:
    problems = [{"code": "books_refused", "words": "a-" * 1990 + "inkoop@voorbeeld.example" + "b" * 80_000}]
    words = evidence(of_sample(integration, problems=problems))["problems"][0]["words"]
    assert words.startswith("a-" * 1600)
    assert words.endswith("a-…")
    assert len(words) < 4000


def test_keys_and_tokens_are_left_out(integration: Integration) -> None:
    token = "Zx9" + "a1B2" * 8
    general = {"shop": {"home_country": "NL"}, "accounting": {"system": "rompslomp", "api_key": "short", "memo": token}}
    document = of_sample(integration, source={"order": {"token": "abc", "code": token, "signature": "q"}})
    SettingsVersion.objects.filter(pk=document.settings_version_id).update(general=general)
    an_event(document, "remark", words=f"Bearer {token}", access_token="abc")
    document.refresh_from_db()
    text = as_text(document)
    assert token not in text
    assert '"abc"' not in text
    assert '"short"' not in text
    assert "secret-of" not in text


def test_only_settings_that_could_have_been_used_go_along(integration: Integration) -> None:
    found = evidence(of_sample(integration))["settings"]
    assert (found["version"], found["in_use"]) == (1, 1)
    assert {row["country"] for row in found["file"]["vat"]} == {"NL", "ICP"}
    assert [row["method"] for row in found["file"]["payment_methods"]] == ["ideal"]
    assert found["file"]["accounting"]["system"] == "rompslomp"


def test_a_document_of_which_nothing_is_known_has_evidence_too(integration: Integration) -> None:
    document = of_sample(integration, source={}, mapped=None, settings_version=None, problems=[], date=None)
    found = evidence(document)
    assert found["settings"] == {"version": None, "in_use": 1}
    assert found["mapped"] is None


texts = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=3, max_size=40).map(str.strip)
names = texts.filter(lambda text: sum(map(str.isalpha, text)) >= 3)
FIELDS = (
    *("first_name", "last_name", "full_name", "company", "street", "address_line_1", "zipcode", "city", "telephone"),
    *("mobile", "comment", "initials", "unforeseen"),
)


@pytest.mark.rule("R67")
@settings(max_examples=50)
@given(persons=st.fixed_dictionaries(dict.fromkeys(FIELDS, names)), email=names, other=names, company=names)
def test_nothing_personal_of_a_document_appears_anywhere(
    persons: dict[str, str], email: str, other: str, company: str
) -> None:
    """Wherever the shop puts it, and whatever the books quote of it."""
    values = {*persons.values(), f"{email}@{other}", company}
    words = " / ".join(values)
    version = SettingsVersion(number=3, general={})
    document = unsaved(version, persons, f"{email}@{other}", company, words)
    baseline = json.dumps(
        evidence_unsaved(unsaved(version, dict.fromkeys(persons, ""), "", "", "")), ensure_ascii=False
    ).lower()
    text = json.dumps(evidence_unsaved(document), ensure_ascii=False).lower()
    leaked = [value for value in values if json.dumps(value, ensure_ascii=False)[1:-1].lower() in text]
    assert [value for value in leaked if value.lower() not in baseline] == []


def unsaved(version: SettingsVersion, persons: dict[str, str], email: str, company: str, words: str) -> Document:
    """A document that is nowhere but here, so that many can be tried."""
    address = persons | {"country_code": "NL"}
    source = {
        "order": {
            "id": 1,
            "total_price": 10,
            "unforeseen": words,
            "paymethod": company,
            "customer": {"email": email},
            "billingaddress": address,
        },
        "orderrows": {"items": [{"memo": words, "product_name": words, "count": 1, "attributes": [{"value": words}]}]},
    }
    mapped = sales.dump(an_order("1"))
    mapped["customer"] = {"email": email, "company": company, "billing": address, "phone": "0612345678"}
    return Document(
        id=1,
        integration=Integration(pk=1, settings=None),
        kind="order",
        number="1",
        customer_name=company,
        customer_email=email,
        source=source,
        mapped=mapped,
        problems=[{"code": "books_refused", "words": words, "text": words}],
    )


def evidence_unsaved(document: Document) -> dict[str, Any]:
    known = made.personal(document)
    return {
        "problems": [made.problem(one, known) for one in document.problems],
        "source": made.without_persons(document.source, known),
        "mapped": made.without_persons(document.mapped, known),
        "told": made.free({"words": document.problems[0]["words"]}, known),
    }
