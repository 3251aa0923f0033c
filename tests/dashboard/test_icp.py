"""The ICP list: what was supplied to each VAT number, to the cent, with the evidence of VIES."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from dashboard.overviews import icp
from integrations.models import Document, Integration, VatCheck

from .test_vat_overview import lines, sold

ASKED = datetime(2026, 11, 12, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-21T12:00Z"):
        yield


def supplied(integration: Integration, number: str, cents: int, **fields: Any) -> Document:
    return sold(integration, "icp", "0", cents, vat_number=number, **{"country": "BE", **fields})


def page(client: Client, integration: Integration, **asked: str) -> Any:
    answer = client.get(f"/{integration.licence_key}/report/vat/icp", asked)
    assert answer.status_code == 200
    return answer


def listed(answer: Any) -> list[tuple[str, str, int, int]]:
    return [(one.number, one.name, one.cents, one.documents) for one in answer.context["customers"]]


def test_each_vat_number_has_its_documents_added_up_with_credits_taken_off(
    client: Client, integration: Integration
) -> None:
    supplied(integration, "BE0428759497", 1_000_00, customer_name="Peeters", date=date(2026, 10, 1))
    supplied(integration, "DE136695976", 50_01, customer_name="Müller GmbH", country="DE", date=date(2026, 12, 31))
    credit = supplied(integration, "BE0428759497", -100_10, customer_name="Peeters BV", date=date(2026, 11, 1))
    supplied(integration, "BE0428759497", 7_77, date=date(2026, 9, 30))
    sold(integration, "world", "0", 99_99, country="US")
    answer = page(client, integration)
    assert listed(answer) == [("BE0428759497", "Peeters BV", 899_90, 2), ("DE136695976", "Müller GmbH", 50_01, 1)]
    assert answer.context["cents"] == 949_91
    assert f'<a href="/documents/{credit.pk}/">{credit.number}</a>' in answer.text
    assert "-€100.10" in answer.text
    assert listed(page(client, integration, period="2026-Q3")) == [("BE0428759497", "J. de Vries", 7_77, 1)]


def test_supplies_without_a_number_are_together(client: Client, integration: Integration) -> None:
    supplied(integration, "EL094259216", 1_00, country="GR")
    supplied(integration, "", 1_00)
    supplied(integration, "", 1_00, country="DE")
    answer = page(client, integration)
    assert [(one.number, one.documents) for one in answer.context["customers"]] == [("", 2), ("EL094259216", 1)]
    assert "No VAT number" in answer.text
    assert "EL 094259216" in answer.text
    assert "Greece" in answer.text


def test_the_evidence_is_what_vies_said_and_what_it_says_since(client: Client, integration: Integration) -> None:
    number = "BE0428759497"
    supplied(integration, number, 1_00, vat_checked_at=ASKED, consultation_number="WAPIAAAA")
    supplied(integration, "DE136695976", 1_00, country="DE")
    text = page(client, integration).text
    assert "Valid, asked 13\xa0Nov\xa02026" in text
    assert "WAPIAAAA" in text
    assert text.count("No answer of VIES is kept") == 1
    assert "not valid" not in text
    VatCheck.objects.create(integration=integration, number=number, is_valid=False, checked_at=ASKED)
    assert "Since then VIES said that this number is not valid." in page(client, integration).text


def test_amounts_are_of_all_documents_however_many_are_shown(
    client: Client, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        supplied(integration, "BE0428759497", 1_00)
    evidence = {"vat_checked_at": ASKED, "consultation_number": "WAPIAAAA"}
    supplied(integration, "DE136695976", 1_00, country="DE", **evidence)
    monkeypatch.setattr(icp, "MOST_SHOWN", 3)
    answer = page(client, integration)
    assert shown(answer) == [(4_00, 3), (1_00, 0)]
    assert "the file has all of them" in answer.text
    assert "WAPIAAAA" in answer.text
    link = "?period=2026-Q4&amp;number=DE136695976#documents-DE136695976"
    assert f'<a href="{link}">1 document</a>' in answer.text
    of_one = page(client, integration, period="2026-Q4", number="DE136695976")
    assert shown(of_one) == [(4_00, 0), (1_00, 1)]
    assert '<details id="documents-DE136695976" open>' in of_one.text
    assert shown(page(client, integration, number="of nobody")) == [(4_00, 0), (1_00, 0)]


def shown(answer: Any) -> list[tuple[int, int]]:
    """The amount of each customer, and how many of its documents are on the page."""
    return [(one.cents, len(one.supplies)) for one in answer.context["customers"]]


def test_the_consultation_number_is_the_newest(client: Client, integration: Integration) -> None:
    for day, number in ((date(2026, 10, 1), "OLD"), (date(2026, 11, 2), "NEW"), (date(2026, 11, 3), "")):
        asked = {"vat_checked_at": ASKED, "consultation_number": number}
        supplied(integration, "BE0428759497", 1_00, date=day, **asked)
    (customer,) = page(client, integration).context["customers"]
    assert customer.consultation_number == "NEW"


def test_the_file_of_documents_has_all_of_them_by_number_and_date(
    client: Client, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(icp, "SHARE", 2)
    for day in (3, 1, 2):
        supplied(integration, "DE136695976", day * 1_00, country="DE", date=date(2026, 10, day))
        supplied(integration, "BE0428759497", day * 1_01, date=date(2026, 10, day))
    found = lines(client, f"/{integration.licence_key}/report/vat/icp.csv", period="2026-Q4", documents="1")
    assert [(one["VAT number"], one["Goods, excl. VAT"]) for one in found] == [
        *[("0428759497", amount) for amount in ("1,01", "2,02", "3,03")],
        *[("136695976", amount) for amount in ("1,00", "2,00", "3,00")],
    ]


def test_the_file_has_what_the_declaration_asks_for_first(client: Client, integration: Integration) -> None:
    address = f"/{integration.licence_key}/report/vat/icp.csv"
    evidence = {"vat_checked_at": ASKED, "consultation_number": "WAPIAAAA"}
    document = supplied(integration, "BE0428759497", 1_234_50, customer_name="=Peeters", **evidence)
    supplied(integration, "BE0428759497", -4_50, customer_name="=Peeters")
    (line,) = lines(client, address)
    assert list(line.items()) == [
        ("Country code", "BE"),
        ("VAT number", "0428759497"),
        ("Goods, excl. VAT", "1230,00"),
        ("Customer", "'=Peeters"),
        ("Country", "Belgium"),
        ("Documents", "2"),
        ("VIES asked at", "2026-11-13 00:30"),
        ("Consultation number", "WAPIAAAA"),
    ]
    first, second = lines(client, address, documents="1")
    assert (first["Number"], first["Goods, excl. VAT"], first["Date"]) == (document.number, "1234,50", "2026-11-21")
    assert (second["Goods, excl. VAT"], second["VIES asked at"]) == ("-4,50", "")


def test_without_supplies_it_says_what_will_be_there(client: Client, integration: Integration) -> None:
    assert "No intra-Community supplies in this period" in page(client, integration).text


def test_a_stranger_gets_nothing_of_it(integration: Integration, stranger: Client) -> None:
    for part in ("icp", "icp.csv", "overview.csv", "distance-sales"):
        assert stranger.get(f"/{integration.licence_key}/report/vat/{part}").status_code == 404
