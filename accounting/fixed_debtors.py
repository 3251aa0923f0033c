"""The debtors that take every document of a payment method: looked for in the books when they are chosen.

The rows of those that were chosen are kept with the administration, so that a page can name them without a call.
"""

from django.db import transaction

from integrations.models import Administration, Integration, ReferenceList

from . import settings_store
from .books import Json, Watch
from .connectors import open_books, read_settings

KIND = "debtors"


def find(integration: Integration, wanted: str) -> list[Json]:
    """Debtors of this number, or with this in their name, as ``Books.find_debtors`` gives them. Raises as every
    call."""
    settings = read_settings(settings_store.current_file(integration))
    return open_books(integration, settings, Watch()).find_debtors(wanted)


@transaction.atomic
def keep(administration: Administration, chosen: list[Json]) -> None:
    """Keep the rows of chosen debtors, in the place of what was kept of them."""
    Administration.objects.select_for_update(no_key=True).get(pk=administration.pk)
    kept, _ = ReferenceList.objects.get_or_create(administration=administration, kind=KIND)
    kept.rows = list({row["id"]: row for row in [*kept.rows, *chosen]}.values())
    kept.save()
