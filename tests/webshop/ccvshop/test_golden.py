"""Whole sources of the shop with what the preview makes of them. ``--update-golden`` writes the expected files; read
what changed in them before you keep it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from accounting.connectors import read_settings
from integrations.money import parse_json
from webshop.preview import preview

FOLDER = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in FOLDER.glob("*.json") if path.stem != "settings")


@pytest.mark.parametrize("name", CASES)
def test_it_previews_as_expected(name: str, golden: Callable[[Path, str], None]) -> None:
    case = parse_json((FOLDER / f"{name}.json").read_text())
    settings = read_settings(parse_json((FOLDER / "settings.json").read_text()) | case.get("settings", {}))
    known = case.get("known", {})
    with translation.override("en"):
        result = preview(case["source"], settings, known.get("customers"), known.get("products"))
    golden(FOLDER / "expected" / f"{name}.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")
