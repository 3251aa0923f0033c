"""manage.py preview: what would be posted for one or more sources of the shop. It asks nobody and writes nothing."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from accounting.connectors import read_settings
from integrations.money import parse_json
from integrations.problems import Unreadable
from integrations.settings_file import Settings, SettingsError
from webshop.preview import preview, unreadable

PROBLEMS, NO_SETTINGS = 1, 2


class Command(BaseCommand):
    help = "Shows what would be posted for a source of the shop: one JSON object a line."
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Our --settings takes the place of Django's, which manage.py keeps away from this command."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.set_defaults(settings=None)
        parser.add_argument("--settings", dest="settings_file", required=True, help="the settings file (JSON)")
        parser.add_argument("--known", help="what the books hold already (JSON)")
        parser.add_argument("--language", choices=("en", "nl"), default="en", help="language of the texts")
        parser.add_argument("sources", nargs="+", metavar="source.json", help="JSON of the shop")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                settings = read_settings(_read(options["settings_file"]))
                customers, products = _known(options["known"])
            except (OSError, ValueError) as error:
                self._refuse(error)
            results = [self._show(source, settings, customers, products) for source in options["sources"]]
        if any(results):
            sys.exit(PROBLEMS)

    def _show(self, source: str, settings: Settings, customers: dict[str, str], products: dict[str, str]) -> bool:
        """Print the preview of one source; whether it has problems."""
        try:
            result = preview(_read(source), settings, customers, products)
        except OSError:
            result = unreadable(Unreadable(source, "not_a_file"))
        except ValueError:
            result = unreadable(Unreadable(source, "not_json"))
        self.stdout.write(json.dumps(result))
        return bool(result["problems"])

    def _refuse(self, error: Exception) -> None:
        faults = error.faults if isinstance(error, SettingsError) else [str(error)]
        for fault in faults:
            self.stderr.write(fault)
        sys.exit(NO_SETTINGS)


def _read(path: str) -> Any:
    return parse_json(Path(path).read_bytes())


def _known(path: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Customers by e-mail address and products by code."""
    known = _read(path) if path else {}
    if not isinstance(known, dict) or not known.keys() <= {"customers", "products"}:
        raise SettingsError([f"{path}: must hold customers and products, nothing else"])
    customers, products = known.get("customers") or {}, known.get("products") or {}
    if not isinstance(customers, dict) or not isinstance(products, dict):
        raise SettingsError([f"{path}: customers and products must be objects"])
    return (
        {str(email).strip().lower(): str(ledger_id) for email, ledger_id in customers.items()},
        {str(code): str(ledger_id) for code, ledger_id in products.items()},
    )
