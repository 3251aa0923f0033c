"""The lists of the books that the editors of the settings offer, read for an integration. They are kept with its
administration (``reference_lists``)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext

from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Integration

from . import checking, reference_lists, settings_store
from .book_choices import Choices
from .books import Books, Json, Watch
from .connectors import SYSTEMS, open_books, read_settings
from .described import Kept


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How many rows were read of each kind of list, and why the others were not, in words."""

    read: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def offered(integration: Integration) -> tuple[Kept, list[str]]:
    """The lists to choose from, and why they may be out of date. The books are asked for what is missing or old."""
    reading = _read(integration, reference_lists.rows)
    return checking.rows(checking.kept(integration)), reading.faults


def choices(integration: Integration, kept: Kept, kind: str, chosen: Iterable[str] = ()) -> Choices:
    """One of the lists as people choose from it; what was ``chosen`` before stays valid."""
    has_numbers = SYSTEMS[integration.accounting_system].has_numbers
    return Choices(kept.get(kind, ()), has_numbers=has_numbers, chosen=chosen)


def reload(integration: Integration) -> Reading:
    """Read every list again."""
    return _read(integration, reference_lists.refresh)


def _read(integration: Integration, ask: Callable[[Books, str], list[Json]]) -> Reading:
    reading = Reading()
    if integration.administration is None:
        reading.faults.append(gettext("Choose the administration first."))
        return reading
    try:
        books = open_books(integration, read_settings(settings_store.current_file(integration)), Watch())
        for kind in SYSTEMS[integration.accounting_system].all_lists:
            _read_one(books, kind, ask, reading)
    except ConnectionLost:
        reading.faults.append(gettext("The connection was refused. Connect again."))
    except Refused as failure:
        reading.faults.append(failure.words)
    except Failure:
        reading.faults.append(gettext("The books can't be reached just now. Try again in a minute."))
    return reading


def _read_one(books: Books, kind: str, ask: Callable[[Books, str], list[Json]], reading: Reading) -> None:
    """A list that is refused does not keep the others from being read."""
    try:
        reading.read[kind] = len(ask(books, kind))
    except Refused as failure:
        reading.faults.append(failure.words)
