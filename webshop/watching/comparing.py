"""The shop's own lists beside what is here: what was never announced is asked for, and what was changed after it was
posted is written down.

A list is read page by page, each page with one question to the database, so it costs what is in the window of days and
not what is stored.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from accounting import settings_store
from integrations.models import Delivery, Document, Integration, State
from integrations.problems import Unreadable

from ..ccvshop import listed
from ..ccvshop.client import PAGE, Shop
from ..ccvshop.fields import flag, identifier, local_date, text
from ..gate import KINDS
from ..reading import CANCELLED, storable
from ..webhooks import mode_since, process_of
from . import changes

EVENT = "compared"
DAYS_OF_INVOICES = 14
OVERLAP = timedelta(days=1)  # the shop counts days in UTC, so the first hours of a day here are of the day before there
REVIVED = ("expired", "cancelled", "not_in_shop")  # reasons to skip that a payment puts an end to

Json = Mapping[str, Any]


def window(integration: Integration, today: date) -> date:
    """The first day of the lists that are compared at night. Orders can be paid for as long as they are open; invoices
    are compared since the last night, and two weeks at least."""
    assert integration.settings is not None
    shop = settings_store.load(integration.settings).shop
    days = timedelta(days=shop.open_days if shop.process == "orders" else DAYS_OF_INVOICES)
    first = today - days
    if shop.process == "invoices" and integration.night:
        first = min(first, integration.night)
    return first - OVERLAP


def compare(
    integration: Integration, shop: Shop, since: date, moment: str, reached: Callable[[date], None] = lambda day: None
) -> int:
    """Compare what was made from this day (in UTC) on; how many orders or invoices have to be read. ``moment`` names
    the look: under one name each is asked for once. ``reached`` is told how far it came. Raises the failures of the
    shop's client."""
    mode = process_of(integration)
    first, start = _not_before(integration, since), _start_date(integration)
    pages = shop.pages(f"/{mode}/", {"min_create_date": first.isoformat(), "orderby": "create_date"})
    count = 0
    while share := list(islice(pages, PAGE)):
        count += _compare_share(integration, KINDS[mode], share, start, moment)
        if day := _day_of(share[-1]):
            reached(day)
    return count


def _not_before(integration: Integration, since: date) -> date:
    """Not what is dated before the start date, nor invoices that were made while orders were processed. An order may be
    paid after the mode was changed: whether its invoice is posted is seen when it is read."""
    day = max(since, _start_date(integration) - OVERLAP)
    changed = mode_since(integration) if process_of(integration) == "invoices" else None
    return max(day, changed.astimezone(UTC).date()) if changed else day


def _start_date(integration: Integration) -> date:
    assert integration.settings is not None
    return settings_store.load(integration.settings).shop.start_date or integration.installed_on


def _compare_share(integration: Integration, kind: str, share: list[Any], start: date, moment: str) -> int:
    found = {number: storable(one) for one in share if (number := _identifier(one))}
    rows = Document.objects.filter(integration=integration, kind=kind, remote_id__in=found)
    held = list(rows.only("kind", "remote_id", "state", "reason", "date", "shop_digest"))
    states = {document.remote_id: (document.state, document.reason) for document in held}
    missed = [number for number, one in found.items() if _is_missed(kind, one, states.get(number), start)]
    if missed:
        asked = [_delivery(integration, kind, number, moment) for number in missed]
        Delivery.objects.bulk_create(asked, ignore_conflicts=True)
    _look_over(integration, kind, found, held)
    changes.note(integration, kind, found, held)
    return len(missed)


def _look_over(integration: Integration, kind: str, found: Mapping[str, Json], held: list[Document]) -> None:
    """Write down of open orders that they were looked at, where the list says what was known and they are not too old:
    these need not be read."""
    assert integration.settings is not None
    oldest = timezone.localdate() - timedelta(days=settings_store.load(integration.settings).shop.open_days)
    opened = [one for one in held if one.state == State.OPEN and one.date and one.date >= oldest]
    same = [one.pk for one in opened if one.shop_digest == listed.digest(kind, found[one.remote_id])]
    if same:
        Document.objects.filter(pk__in=same, state=State.OPEN).update(looked_at=timezone.now())


def _is_missed(kind: str, one: Json, known: tuple[str, str] | None, start: date) -> bool:
    """Whether it has to be read: it is not known here, or it waits for a payment and the shop says that it is paid.
    What can't be told from the list is read too, unless it is known."""
    try:
        is_paid = kind == "invoice" or flag(one, "paid")
        if known:
            state, reason = known
            waits = state == State.OPEN or (state == State.SKIPPED and reason in REVIVED)
            return waits and is_paid and reason != "reading"
        is_cancelled = kind == "order" and text(one, "status") == CANCELLED
        return local_date(one, "create_date") >= start and (is_paid or not is_cancelled)
    except Unreadable:
        return known is None


def _identifier(one: Json) -> str:
    """The number of an order or invoice; "" when it has none that can be read, so that nobody can ask for it."""
    try:
        return identifier(one.get("id"), "id")
    except Unreadable:
        return ""


def _day_of(one: Json) -> date | None:
    """A day on which the list can be taken up again at this order or invoice."""
    try:
        return local_date(one, "create_date") - OVERLAP
    except Unreadable:
        return None


def _delivery(integration: Integration, kind: str, number: str, moment: str) -> Delivery:
    return Delivery.of_our_own(integration, EVENT, kind, number, f"{EVENT} {moment} {kind} {number}")
