"""The books' side of a history: which of what would be carried over they hold already, by whatever way it came there.

The period is looked through some days at a time, and the row keeps how far that is, so that nothing is read twice.
Books that allow only so many calls at once are asked for fewer days each time.
"""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounting import settings_store
from accounting.attempts import heeding
from accounting.books import Books, Watch
from accounting.connectors import open_books
from accounting.editions import reference
from accounting.leases import Lease
from integrations.failures import Temporary
from integrations.models import Document, History, HistoryItem
from integrations.settings_file import Settings

from ..turns import A_DAY, MOST_DAYS, end_of_turn
from .history import Outcome
from .history_matching import NEAR, matched

FRESH = timedelta(minutes=15)  # somebody may book one of them while they are carried over

Days = tuple[date, date]


def is_looked_up(history: History) -> bool:
    """Whether the books were looked through to the end, and not too long ago."""
    return history.books_listed_at is not None and history.books_listed_at > timezone.now() - FRESH


def look_in_books(history: History, lease: Lease) -> None:
    """Look up all that would be carried over in the next days of the books."""
    items = list(history.items.filter(outcome__in=(Outcome.LISTED, Outcome.READY)))
    last = max((item.date for item in items if item.date), default=date.min) + NEAR
    days = _next_days(history, items, last)
    if days:
        try:
            _find(history, items, lease, days)
        except Temporary as failure:
            if failure.everything:
                _ask_for_fewer(history, lease, days)
            raise
    if days and days[1] < last:
        _remember(history, lease, {**_cursor(history), "until": days[1].isoformat()})
    else:
        history.books_listed_at = timezone.now()
        _remember(history, lease, {})


def find_in_books(history: History, items: list[HistoryItem], lease: Lease, around: timedelta) -> list[HistoryItem]:
    """Look these up in the books by the days around them, and write down which are there. Gives those that are not."""
    days = [item.date for item in items if item.date]
    return _find(history, items, lease, (min(days) - around, max(days) + around)) if days else items


def books_of(history: History, lease: Lease) -> Books:
    return open_books(history.integration, settings_of(history), Watch(before_call=lease.cover_a_call))


def settings_of(history: History) -> Settings:
    assert history.integration.settings is not None
    return settings_store.load(history.integration.settings)


def _find(history: History, items: list[HistoryItem], lease: Lease, days: Days) -> list[HistoryItem]:
    with heeding(lease.administration_id, history.attempts):
        booked = list(books_of(history, lease).booked(*days))
    found = matched(items, booked, lambda item: _reference(history, item))
    for item, one in found:
        item.outcome, item.ledger_id, item.ledger_number = Outcome.IN_BOOKS, one.ledger_id, one.number[:100]
    with lease.writing():
        mine = [item for item, _one in found]
        HistoryItem.objects.bulk_update(mine, ["outcome", "ledger_id", "ledger_number"], batch_size=200)
    return [item for item in items if item.outcome != Outcome.IN_BOOKS]


def _reference(history: History, item: HistoryItem) -> str:
    """Our name for it at the books, had we posted it."""
    return reference(Document(integration=history.integration, kind=history.kind, remote_id=item.remote_id))


def _next_days(history: History, items: list[HistoryItem], last: date) -> Days | None:
    """The days of the next turn, to the end of a month at most; None when all were read."""
    cursor, days = _cursor(history), [item.date for item in items if item.date]
    since = min(days, default=date.max) - NEAR
    if cursor.get("until"):
        since = max(since, date.fromisoformat(cursor["until"]) + A_DAY)
    if since > last:
        return None
    return since, end_of_turn(since, cursor.get("days", MOST_DAYS), last)


def _ask_for_fewer(history: History, lease: Lease, days: Days) -> None:
    asked = (days[1] - days[0]).days + 1
    _remember(history, lease, {**_cursor(history), "days": max(1, asked // 2)})


def _cursor(history: History) -> dict[str, Any]:
    """``until`` which day the books were read, and how many ``days`` they are asked for at once."""
    found: dict[str, Any] = history.data.get("books", {})
    return found


def _remember(history: History, lease: Lease, cursor: dict[str, Any]) -> None:
    history.data = {**history.data, "books": cursor}
    with lease.writing():
        history.save(update_fields=["data", "books_listed_at"])
