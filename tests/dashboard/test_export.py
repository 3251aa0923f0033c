"""Report as a file: the filtered list, to the cent, in the hands of those who may see it, and streamed."""

import csv
import io
import re
import tracemalloc
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from defusedxml import ElementTree
from django.http import StreamingHttpResponse
from django.test import Client

from dashboard.lists import export
from integrations.models import Document, Integration, Role, State

from .conftest import logged_in
from .world import NOON, a_document, a_person

pytestmark = pytest.mark.broad

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def downloaded(client: Client, integration: Integration, form: str, **asked: str) -> bytes:
    answer: Any = client.get(f"/{integration.licence_key}/report/export.{form}", asked)
    assert answer.status_code == 200
    return answer.getvalue()


def lines(client: Client, integration: Integration, **asked: str) -> list[dict[str, str]]:
    text = downloaded(client, integration, "csv", **asked).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def cells(file: bytes) -> list[list[tuple[str, str]]]:
    """The rows of the first sheet: of each cell its type and what stands in it."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("t", "number"), "".join(cell.itertext())) for cell in row.iter(f"{CELL}c")]
        for row in sheet.iter(f"{CELL}row")
    ]


@pytest.mark.rule("R393", "R409")
def test_a_line_says_what_was_posted_and_when_to_the_cent(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-1042", total_cents=1_234_50, treatment="icp", country="BE")
    (line,) = lines(client, integration)
    assert line == {
        "Number": "2026-1042",
        "Kind": "Order",
        "Date": "2026-11-12",
        "Posted at": "2026-11-12 12:00",
        "Customer": "J. de Vries",
        "E-mail": "j.devries@example.nl",
        "Country code": "BE",
        "Country": "Belgium",
        "VAT treatment": "EU, reverse charged (ICP)",
        "Total excl. VAT": "100,00",
        "VAT": "21,00",
        "Total incl. VAT": "1234,50",
        "Total in the books": "121,00",
        "State": "Posted",
        "Number in the books": "VF-2026-0071",
        "Id in the books": "900123",
        "Link to the books": "https://app.rompslomp.nl/invoices/900123",
        "Link here": f"http://localhost:8000/documents/{document.pk}/",
    }


def test_a_workbook_has_numbers_and_days_and_texts(client: Client, integration: Integration) -> None:
    a_document(integration, "0042", total_cents=-1_234_50, is_credit=True, customer_name="=1+1", treatment="eu")
    head, row = cells(downloaded(client, integration, "xlsx"))
    values = dict(zip([text for _, text in head], row, strict=False))
    assert values["Number"] == ("inlineStr", "0042")
    assert values["Total incl. VAT"] == ("number", "-1234.50")
    assert values["Kind"][1] == "Credit note"
    assert values["Date"] == ("number", str((date(2026, 11, 12) - date(1899, 12, 30)).days))
    assert values["Posted at"] == ("number", f"{(date(2026, 11, 12) - date(1899, 12, 30)).days}.5")
    assert values["Customer"] == ("inlineStr", "=1+1")


@pytest.mark.parametrize("text", ["=1+1", "+31 6", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_what_a_customer_filled_in_is_no_formula(client: Client, integration: Integration, text: str) -> None:
    a_document(integration, "1", customer_name=text, total_cents=-5)
    (line,) = lines(client, integration)
    assert line["Customer"] == f"'{text}"
    assert line["Total incl. VAT"] == "-0,05"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(downloaded(client, integration, "xlsx"))).read(
        "xl/worksheets/sheet1.xml"
    )


def test_a_separator_in_a_name_parts_nothing(client: Client, integration: Integration) -> None:
    a_document(integration, "1", customer_name='Jan; "de" Wit,=1\nB.V.')
    (line,) = lines(client, integration)
    assert line["Customer"] == 'Jan; "de" Wit,=1\nB.V.'


def test_a_document_of_before_the_calendar_of_excel_spoils_nothing(client: Client, integration: Integration) -> None:
    a_document(integration, "1", date=date(1899, 1, 1), mapped=None)
    a_document(integration, "2", date=None)
    assert len(cells(downloaded(client, integration, "xlsx"))) == 3
    assert {line["Date"] for line in lines(client, integration)} == {"1899-01-01", ""}


def test_it_has_what_the_filters_let_through_and_nothing_else(client: Client, integration: Integration) -> None:
    for state in State.values:
        a_document(integration, f"{state}-nl", state)
        a_document(integration, f"{state}-de", state, country="DE")
    assert [line["Number"] for line in lines(client, integration)] == ["processed-de", "processed-nl"]
    assert [line["Number"] for line in lines(client, integration, country="DE")] == ["processed-de"]
    assert [row[0][1] for row in cells(downloaded(client, integration, "xlsx", country="DE"))[1:]] == ["processed-de"]


@pytest.mark.parametrize("same_moment", [True, False])
def test_every_row_comes_once_over_many_shares(
    client: Client, integration: Integration, monkeypatch: pytest.MonkeyPatch, *, same_moment: bool
) -> None:
    monkeypatch.setattr(export, "SHARE", 10)
    monkeypatch.setattr(export, "SHEET", 12)
    for number in range(30):
        a_document(integration, str(number), **({"changed_at": NOON} if same_moment else {}))
    expected = [str(number) for number in range(29, -1, -1)]
    assert [line["Number"] for line in lines(client, integration)] == expected
    file = downloaded(client, integration, "xlsx")
    assert [row[0][1] for row in cells(file)] == ["Number", *expected[:12]]
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert len([name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]) == 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_empty_list_is_a_file_with_a_head(client: Client, integration: Integration, form: str) -> None:
    file = downloaded(client, integration, form)
    assert (len(cells(file)) if form == "xlsx" else file.count(b"\n")) == 1


def test_it_streams_and_holds_a_share_at_a_time(
    client: Client, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SHARE", 100)
    model = a_document(integration, "0")
    Document.objects.bulk_create(
        Document(
            integration=integration,
            kind="order",
            remote_id=f"r{number}",
            state="processed",
            ledger_id="1",
            changed_at=NOON - timedelta(minutes=number),
            mapped=model.mapped,
        )
        for number in range(3000)
    )
    client.get(f"/{integration.licence_key}/report/export.csv").getvalue()  # type: ignore[attr-defined]
    tracemalloc.start()
    answer = client.get(f"/{integration.licence_key}/report/export.csv")
    assert isinstance(answer, StreamingHttpResponse)
    size = sum(len(part) for part in answer)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 300_000
    assert peak < 1_500_000  # the rows at once would be many times that


def test_the_name_of_the_file_says_whose_and_when(client: Client, integration: Integration) -> None:
    integration.name = 'Bakker "Ömer" & Zn.\r\nX: y'
    integration.save()
    for form in ("csv", "xlsx"):
        answer = client.get(f"/{integration.licence_key}/report/export.{form}")
        assert re.fullmatch(
            rf'attachment; filename="report-bakker-omer-zn-x-y-\d{{4}}-\d\d-\d\d\.{form}"',
            answer["content-disposition"],
        )
    assert client.get(f"/{integration.licence_key}/report/export.pdf").status_code == 404


def test_a_reader_may_export_and_a_stranger_may_not(integration: Integration, stranger: Client) -> None:
    a_document(integration, "2026-1042")
    reader = a_person("reader@example.nl")
    integration.members.create(user=reader, role=Role.READER)
    assert b"2026-1042" in downloaded(logged_in(reader), integration, "csv")
    assert stranger.get(f"/{integration.licence_key}/report/export.csv").status_code == 404
    assert Client().get(f"/{integration.licence_key}/report/export.csv").status_code == 302


def test_documents_of_others_are_not_in_it(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    a_document(other, "theirs")
    a_document(integration, "mine")
    assert [line["Number"] for line in lines(client, integration)] == ["mine"]


def test_a_dutch_reader_gets_dutch_days_and_amounts_as_excel_there_opens_them(
    integration: Integration, owner: Any
) -> None:
    a_document(integration, "1", total_cents=1_234_50)
    file = downloaded(logged_in(owner, "nl"), integration, "csv").decode("utf-8-sig")
    head, line = file.splitlines()
    assert head.count(";") == line.count(";") == 17
    assert '"1234,50"' in line
    assert '"2026-11-12"' in line
