"""manage.py export_settings: prints the settings file of an integration."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounting import settings_store

from .import_settings import integration_of


class Command(BaseCommand):
    help = "Prints the settings of an integration, as a file that import_settings takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("licence_key")

    def handle(self, *args: Any, **options: Any) -> None:
        integration = integration_of(options["licence_key"])
        if integration.settings is None:
            raise CommandError("This integration has no settings yet.")
        self.stdout.write(json.dumps(settings_store.as_file(integration.settings), indent=2))
