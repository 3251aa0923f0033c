"""Whether the books have what the settings name. The books are asked when somebody wants to know; a page shows what
follows from the lists that are kept of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils.translation import gettext

from integrations.failures import Refused
from integrations.models import Integration, ReferenceList

from . import reference_lists, settings_store
from .books import Books, Watch
from .connectors import SYSTEMS, open_books
from .described import Check, Kept, Question


@dataclass(frozen=True, kw_only=True)
class Checked:
    """``at`` is when the books were last asked for the oldest list that this goes by; None when one was never."""

    checks: list[Check] = field(default_factory=list)
    at: datetime | None = None

    @property
    def bad(self) -> list[Check]:
        return [check for check in self.checks if check.state == "bad"]


def look_up(integration: Integration) -> None:
    """Ask the books for every list that the checks go by. Raises as every call; a list that is refused does not keep
    the others from being read."""
    if integration.settings is None or integration.administration is None:
        return
    settings = settings_store.load(integration.settings)
    books = open_books(integration, settings, Watch())
    refused: Refused | None = None
    for kind in SYSTEMS[integration.accounting_system].lists(settings):
        try:
            reference_lists.refresh(books, kind)
        except Refused as failure:
            refused = failure
    if refused:
        raise refused


def questions(integration: Integration) -> Iterator[Question]:
    """What the books are asked in a self-test: first whether they can be reached, then for the lists."""
    if integration.settings is None or integration.administration is None:
        return
    system, settings = SYSTEMS[integration.accounting_system], settings_store.load(integration.settings)
    yield from system.questions(integration)
    books = open_books(integration, settings, Watch())
    for kind in system.lists(settings):
        yield Question(gettext("Lists of %(books)s") % {"books": system.label}, partial(_read, books, kind))


def _read(books: Books, kind: str) -> list[Check]:
    """Read a list of the books; what it has and lacks is told by the checks."""
    reference_lists.refresh(books, kind)
    return []


def checked(integration: Integration, lists: Mapping[str, ReferenceList]) -> Checked:
    """What the checks find in ``lists``; no books are asked."""
    if integration.settings is None:
        return Checked()
    system, settings = SYSTEMS[integration.accounting_system], settings_store.load(integration.settings)
    wanted = [lists.get(kind) for kind in system.lists(settings)]
    moments = [found.fetched_at for found in wanted if found]
    at = min(moments) if moments and len(moments) == len(wanted) else None
    return Checked(checks=list(system.checks(settings, rows(lists))), at=at)


def lacking(integration: Integration, about: str) -> list[Check]:
    """What the settings themselves lack of ``about``, whatever the books have."""
    if integration.settings is None:
        return []
    system, settings = SYSTEMS[integration.accounting_system], settings_store.load(integration.settings)
    return [check for check in system.checks(settings, {}) if check.state == "bad" and check.about == about]


def kept(integration: Integration) -> dict[str, ReferenceList]:
    """The lists that are kept of an integration's books, by kind."""
    if integration.administration_id is None:
        return {}
    return {found.kind: found for found in ReferenceList.objects.filter(administration=integration.administration_id)}


def rows(lists: Mapping[str, ReferenceList]) -> Kept:
    return {kind: found.rows for kind, found in lists.items()}
