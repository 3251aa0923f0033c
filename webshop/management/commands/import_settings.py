"""manage.py import_settings: puts a settings file in use as a new version, or refuses it whole."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from accounting import settings_store
from integrations.models import Integration
from integrations.money import parse_json
from integrations.settings_file import SettingsError


class Command(BaseCommand):
    help = "Puts a settings file in use for an integration, as a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("licence_key")
        parser.add_argument("file", metavar="settings.json")

    def handle(self, *args: Any, **options: Any) -> None:
        integration = integration_of(options["licence_key"])
        try:
            with translation.override("en"):
                version = settings_store.save(integration, parse_json(Path(options["file"]).read_bytes()))
        except SettingsError as error:
            raise CommandError("\n".join(error.faults)) from error
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} can't be read: {error}") from error
        self.stdout.write(f"version {version.number}")


def integration_of(licence_key: str) -> Integration:
    integration = Integration.objects.filter(licence_key=licence_key).first()
    if integration is None:
        raise CommandError(f"No integration has licence key {licence_key}.")
    return integration
