"""The preview of iMUIS as a command: both targets, from the shop's own sources to the calls."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from defusedxml import ElementTree
from django.core.management import call_command

from tests.accounting.imuis.books import SETTINGS
from tests.webshop.ccvshop.orders import SAMPLES, a_customer, a_row, an_order


def previewed(folder: Path, *sources: Any, known: Any = None, **accounting: Any) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and results of the command, for files and for orders with one row."""
    chosen = SETTINGS | {"accounting": SETTINGS["accounting"] | accounting}
    arguments = ["--settings", _file(folder, "settings", chosen)]
    if known:
        arguments += ["--known", _file(folder, "known", known)]
    for number, source in enumerate(sources):
        arguments.append(str(source) if isinstance(source, Path) else _file(folder, f"source{number}", source))
    out, status = StringIO(), 0
    try:
        call_command("preview", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        status = int(end.code or 0)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def _file(folder: Path, name: str, content: Any) -> str:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content))
    return str(file)


def a_source(**changes: Any) -> dict[str, Any]:
    return {"order": an_order(**changes), "orderrows": {"items": [a_row()]}}


@pytest.mark.rule("R33", "R34", "R55", "R328")
@pytest.mark.parametrize(
    ("target", "actions"),
    [
        ("entry", ["CREATESTAMTABELRECORD", "CREATEJOURNAALPOST"]),
        ("order", ["CREATESTAMTABELRECORD"] * 3 + ["CREATEVERKOOPORDER"]),
    ],
)
@pytest.mark.parametrize("name", ["order", "invoice"])
def test_it_shows_the_calls_of_both_targets(tmp_path: Path, name: str, target: str, actions: list[str]) -> None:
    status, (result,) = previewed(tmp_path, SAMPLES / f"{name}.json", target=target)
    assert (status, result["problems"]) == (0, [])
    assert [call["action"] for call in result["calls"]] == actions
    assert {ElementTree.fromstring(call["xml"]).tag for call in result["calls"]} == {"NewDataSet"}


def test_it_knows_what_the_books_hold(tmp_path: Path) -> None:
    known = {"customers": {"Noor@mail.example": 13317}, "products": {"MOK-1": "MOK-1"}}
    status, (entry,) = previewed(tmp_path, a_source(), known=known)
    _, (order,) = previewed(tmp_path, a_source(), known=known, target="order")
    assert (status, len(entry["calls"]), len(order["calls"])) == (0, 1, 1)
    assert "<REK>13317</REK>" in entry["calls"][0]["xml"]
    assert "<DEB>13317</DEB>" in order["calls"][0]["xml"]


def test_a_guest_without_an_address_goes_to_the_fixed_debtor(tmp_path: Path) -> None:
    guest = a_customer(email="")
    sources = [a_source(customer=guest), a_source(customer=guest, paymethod="Cash on Delivery")]
    status, (refused, posted) = previewed(tmp_path, *sources)
    assert status == 1
    assert [problem["code"] for problem in refused["problems"]] == ["customer_email_missing"]
    assert [call["action"] for call in posted["calls"]] == ["CREATEJOURNAALPOST"]


@pytest.mark.parametrize(
    ("accounting", "codes"),
    [
        ({"journal": "", "debtors_account": ""}, ["journal_missing", "debtors_account_missing"]),
        ({"target": "order", "order_type": "", "item_group": ""}, ["order_type_missing", "item_group_missing"]),
    ],
)
def test_it_shows_every_problem_at_once(tmp_path: Path, accounting: dict[str, str], codes: list[str]) -> None:
    status, (result,) = previewed(tmp_path, a_source(total=99), **accounting)
    assert (status, result["calls"]) == (1, [])
    assert [problem["code"] for problem in result["problems"]] == ["totals_differ", *codes]
    assert all(problem["message"] and problem["remedy"] for problem in result["problems"])


def test_a_document_of_nothing_has_no_calls(tmp_path: Path) -> None:
    status, (result,) = previewed(tmp_path, a_source(total=0, tax=0, total_discounts=10))
    assert (status, result["problems"], result["calls"]) == (0, [], [])
