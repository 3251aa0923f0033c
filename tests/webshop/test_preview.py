"""The preview as a command: its words, its lines, its exit status."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.webshop.ccvshop.orders import SAMPLES, SETTINGS, a_row, an_order

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """A run of the command: exit status, objects on standard output, text on standard error."""

    def __init__(self, folder: Path, *arguments: Any, settings: Any = SETTINGS) -> None:
        file = folder / "settings.json"
        file.write_text(settings if isinstance(settings, str) else json.dumps(settings))
        out, err = StringIO(), StringIO()
        self.status = 0
        try:
            call_command("preview", "--settings", str(file), *map(str, arguments), stdout=out, stderr=err)
        except SystemExit as end:
            self.status = int(end.code or 0)
        self.results = [json.loads(line) for line in out.getvalue().splitlines()]
        self.errors = err.getvalue()


def a_file(folder: Path, name: str, content: Any) -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def a_source(folder: Path, name: str, **changes: Any) -> Path:
    return a_file(folder, name, {"order": an_order(**changes), "orderrows": {"items": [a_row()]}})


def test_it_gives_the_worked_example(tmp_path: Path) -> None:
    run = Run(tmp_path, SAMPLES / "order.json")
    (result,) = run.results
    assert run.status == 0
    assert list(result) == ["document", "problems", "calls"]
    document = result["document"]
    assert (document["total_incl"], document["total_excl"], document["total_vat"]) == ("75.70", "66.37", "9.33")
    assert (document["discount_incl"], document["discount_excl"]) == ("5.00", "4.40")
    assert document["lines"][0] == {
        "type": "goods",
        "name": "Espressobonen 1 kg",
        "code": "KOF-1000-M",
        "quantity": "2",
        "vat_rate": "9",
        "unit_price_excl": "20.59633",
        "unit_price_incl": "22.45",
        "discount": "5.00",
        "total_excl": "41.19",
        "total_incl": "44.90",
    }
    assert [call["path"] for call in result["calls"]] == [
        "/companies/1290044715/contacts",
        *["/companies/1290044715/products"] * 7,
        "/companies/1290044715/sales_invoices",
        "/companies/1290044715/sales_invoices/new:document",
    ]


def test_it_prints_a_line_for_each_source_in_their_order(tmp_path: Path) -> None:
    good, bad = a_source(tmp_path, "a.json"), a_source(tmp_path, "b.json", total="99.00")
    run = Run(tmp_path, bad, good, tmp_path / "none.json", SAMPLES / "invoice.json")
    assert run.status == 1
    assert [[problem["code"] for problem in result["problems"]] for result in run.results] == [
        *(["totals_differ"], [], ["unreadable"], [])
    ]
    assert run.results[0]["document"]["total_incl"] == "99.00"
    assert run.results[0]["calls"] == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "5",
        "{}",
        '{"order": 5}',
        '{"order": {"total_price": NaN}}',
        "[" * 100_000,
        '{"invoice": null}',
        "\x00",
    ],
)
def test_it_says_when_a_source_cannot_be_read(tmp_path: Path, content: str) -> None:
    run = Run(tmp_path, a_file(tmp_path, "source.json", content))
    (result,) = run.results
    assert (run.status, result["document"], result["calls"]) == (1, None, [])
    (problem,) = result["problems"]
    assert problem["code"] == "unreadable"
    assert problem["message"]
    assert problem["remedy"]


def test_it_speaks_english_unless_told_otherwise(tmp_path: Path) -> None:
    source = a_source(tmp_path, "a.json", currency="USD")
    english = Run(tmp_path, source).results[0]["problems"][0]
    dutch = Run(tmp_path, "--language", "nl", source).results[0]["problems"][0]
    assert english["message"] == "The document is in USD; only EUR can be posted."
    assert dutch["message"] == "Het document is in USD; alleen EUR kan worden geboekt."


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ("{", "line 1"),
        ("[]", "not a JSON object"),
        ({}, "accounting"),
        (SETTINGS | {"colour": "red"}, "colour: unknown key"),
    ],
)
def test_it_refuses_settings_that_it_cannot_read(tmp_path: Path, settings: Any, word: str) -> None:
    run = Run(tmp_path, a_source(tmp_path, "a.json"), settings=settings)
    assert (run.status, run.results) == (2, [])
    assert word in run.errors


def test_it_knows_what_the_books_hold(tmp_path: Path) -> None:
    known = a_file(tmp_path, "known.json", {"customers": {"Noor@mail.example": 12}, "products": {"MOK1": "34"}})
    (result,) = Run(tmp_path, "--known", known, a_source(tmp_path, "a.json")).results
    invoice = result["calls"][0]["body"]["sales_invoice"]
    assert (invoice["contact_id"], invoice["invoice_lines"][0]["product_id"]) == (12, 34)
    assert Run(tmp_path, "--known", a_file(tmp_path, "x.json", "[]"), a_source(tmp_path, "a.json")).status == 2


def test_a_document_of_nothing_has_neither_problems_nor_calls(tmp_path: Path) -> None:
    run = Run(tmp_path, a_source(tmp_path, "a.json", total=0, tax=0, total_discounts=10))
    (result,) = run.results
    assert (run.status, result["problems"], result["calls"]) == (0, [], [])
    assert set(result) == {"document", "problems", "calls"}


def test_it_needs_no_database_and_no_environment(tmp_path: Path) -> None:
    settings = a_file(tmp_path, "settings.json", SETTINGS)
    command = [sys.executable, "manage.py", "preview", "--settings", str(settings), str(SAMPLES / "order.json")]
    bare = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["document"]["number"] == "2026-1042"


PAYS = {
    **SETTINGS,
    "payments": True,
    "payment_methods": [{"method": "ideal", "debtor": "", "clearing_account": "5464900009"}],
}


@pytest.mark.rule("R50")
def test_a_payment_comes_after_the_document_that_it_pays(tmp_path: Path) -> None:
    (result,) = Run(tmp_path, a_source(tmp_path, "order.json", paid=True, paymethod="ideal"), settings=PAYS).results
    assert ["payments" in call["body"].get("sales_invoice", {}) for call in result["calls"]][-3:] == [
        False,
        False,
        True,
    ]
    assert "_publish" in result["calls"][-2]["body"]["sales_invoice"]


@pytest.mark.rule("R50")
def test_no_payment_without_its_document(tmp_path: Path) -> None:
    (result,) = Run(tmp_path, a_source(tmp_path, "order.json", paid=True, currency="USD"), settings=PAYS).results
    assert ([problem["code"] for problem in result["problems"]], result["calls"]) == (["currency_unsupported"], [])
    assert result["document"]["payment"] is not None


@pytest.mark.rule("R277", "R284")
@pytest.mark.parametrize("status", ["paid", "unpaid"])
def test_the_payment_of_an_invoice_counts_as_paid_in_full(tmp_path: Path, status: str) -> None:
    source = json.loads((SAMPLES / "invoice.json").read_text())
    source["invoice"]["status"] = status
    (result,) = Run(tmp_path, a_file(tmp_path, "invoice.json", source), settings=PAYS).results
    (payment,) = result["calls"][-1]["body"]["sales_invoice"]["payments"]
    assert payment["amount"] == result["document"]["total_incl"]
    assert payment["paid_at"].startswith(result["document"]["date"])
