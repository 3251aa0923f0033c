"""``manage.py installation_link EMAIL``: a link with which a merchant installs without the App Store."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from ...install import installation_links


class Command(BaseCommand):
    help = "Make an installation link for a shop without the App Store, and print it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--system", default="", help="the accounting system, if it is known")
        parser.add_argument("--days", type=int, default=settings.INSTALLATION_LINK_DAYS)

    def handle(self, *_args: Any, **options: Any) -> None:
        form = installation_links.LinkForm({name: options[name] for name in ("email", "system", "days")})
        if not form.is_valid():
            raise CommandError("; ".join(f"{name}: {' '.join(errors)}" for name, errors in form.errors.items()))
        self.stdout.write(installation_links.make(**form.cleaned_data))
