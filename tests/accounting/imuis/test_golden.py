"""Whole sources of the shop with the calls that iMUIS would get. ``--update-golden`` writes the expected files; read
what changed in them before you keep it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from integrations.money import parse_json
from tests.accounting.imuis.books import GOLDEN, settings
from tests.webshop.ccvshop.test_golden import FOLDER as SOURCES
from webshop.preview import preview

CASES = (
    "credit_invoice_negative",
    "credit_invoice_positive",
    "delivery_elsewhere",
    "deposit_at_home",
    "discount_as_a_list",
    "discount_on_net_prices",
    "fixed_debtor",
    "icp",
    "icp_has_no_fixed_debtor",
    "international_divided",
    "many_problems",
    "marketplace",
    "mixed_rates",
    "negative_order",
    "prices_excl",
    "quantity_of_four_digits",
    "quantity_with_a_fraction",
    "row_discount",
    "stray_cent_of_total",
    "stray_cent_of_vat",
    "surcharges",
    "twelve_at_nine_percent",
    "vat_of_another_eu_country",
    "worked_invoice",
    "worked_order",
)
TARGETS = {"entry, incl": {"amounts": "incl"}, "entry, excl": {"amounts": "excl"}, "order": {"target": "order"}}
END_OF_ROW = re.compile(r"(<NewDataSet>|</(?:METADATA|DATA|BOE|ORDKOP|ORDRG)>)")


@pytest.mark.rule("R33", "R34", "R109", "R328", "R329", "R359")
@pytest.mark.parametrize("name", CASES)
def test_it_calls_as_expected(name: str, golden: Callable[[Path, str], None]) -> None:
    source = parse_json((SOURCES / f"{name}.json").read_text())["source"]
    shown = "\n".join(f"# {title}\n\n{_shown(source, changes)}" for title, changes in TARGETS.items())
    golden(GOLDEN / "expected" / f"{name}.txt", shown)


def _shown(source: object, changes: dict[str, str]) -> str:
    """Problems and calls, each row of a dataset on a line."""
    result = preview(source, settings(**changes))
    problems = [f"{problem['code']}: {problem['message']}\n" for problem in result["problems"]]
    calls = [f"{call['action']}\n{END_OF_ROW.sub(_with_line_end, call['xml'])}\n\n" for call in result["calls"]]
    return "".join(problems + calls)


def _with_line_end(found: re.Match[str]) -> str:
    return f"{found[1]}\n"
