"""The preview of a history: the shop's list, the books' own, then each order or invoice read and checked under the
settings of the moment. Nothing is written anywhere but here, and VIES is not asked."""

from typing import Any

import structlog
from django.utils import timezone

from accounting import prechecks, reference_lists
from accounting.attempts import heeding
from accounting.books import Books
from accounting.leases import Lease
from integrations import money
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary
from integrations.models import Document, History, HistoryItem
from integrations.problems import Problem, Unreadable
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.timeline import Timeline

from ..ccvshop import throttle
from ..ccvshop.client import Shop
from ..preview import document_of
from ..reading import CANCELLED
from ..sources import open_shop, source_of
from . import history as histories
from .history import Outcome, States
from .history_books import books_of, look_in_books, settings_of
from .history_listing import list_page

log = structlog.get_logger()

SHARE = 10  # orders or invoices in one turn
PATIENCE = 5  # attempts at what only one of them fails at
LOOKED_AT = ("outcome", "cause", "reason", "date", "total_cents")

Fields = dict[str, Any]


def count(history: History, lease: Lease) -> bool:
    """Go on with a preview; False when the shop's limit of this minute has to be waited for."""
    if history.listed_at is None:
        list_page(history, open_shop(history.integration), lease)
    elif history.books_listed_at is None:
        look_in_books(history, lease)
    else:
        return _look_at_share(history, lease)
    return True


def _look_at_share(history: History, lease: Lease) -> bool:
    shop = open_shop(history.integration)
    most = min(SHARE, throttle.room(shop.public, f"{history.kind}s"))
    if not most:
        return False
    share = list(history.items.filter(outcome=Outcome.LISTED).order_by("date", "id")[:most])
    books, settings = books_of(history, lease), settings_of(history)
    try:
        for item in share:
            for name, value in _looked_at(history, item, shop, books, settings, lease).items():
                setattr(item, name, value)
            history.attempts = 0  # what it waits for next is something else
    finally:  # what was read before the shop stopped answering needs no second look
        with lease.writing():
            HistoryItem.objects.bulk_update(share, LOOKED_AT)
    if len(share) < most:
        _end(history, lease)
    return True


def _end(history: History, lease: Lease) -> None:
    with lease.writing():
        if histories.move(history, (States.COUNTING,), States.COUNTED, counted_at=timezone.now()):
            histories.tell(history, "history_counted")


def _looked_at(
    history: History, item: HistoryItem, shop: Shop, books: Books, settings: Settings, lease: Lease
) -> Fields:
    """What an order or invoice comes to. What only this one fails at, again and again, must not hold up the others."""
    document = Document(integration=history.integration, kind=history.kind, remote_id=item.remote_id)
    try:
        source = source_of(document, shop, lease, Timeline(history.integration))
        if not source:
            return _left_out("not_completed")
        with heeding(lease.administration_id, history.attempts):
            return _judged(document_of(source, settings), books, settings)
    except Gone:
        return _left_out("not_in_shop")
    except Refused as failure:
        return _blocked(failure.problems[0])
    except Unreadable as error:
        return _blocked(error.problem)
    except Temporary as failure:
        if failure.everything or history.attempts < PATIENCE:
            raise
        return _blocked(Problem("shop_refused", words=failure.reason))
    except (ConnectionLost, LeaseLost):
        raise
    except Exception:
        log.exception("counting failed", history=history.pk, remote_id=item.remote_id)
        return _blocked(Problem("internal"))


def _judged(sold: SalesDocument, books: Books, settings: Settings) -> Fields:
    """Whether it would be posted now. Of a VAT number only the form is looked at: whether VIES knows it is asked when
    it is posted."""
    read = {"date": sold.date, "total_cents": money.to_cents(sold.total_incl)}
    if sold.kind == "order" and not sold.is_paid:
        return {**read, **_left_out("cancelled" if sold.order_status == CANCELLED else "not_paid")}
    if reason := prechecks.skip_reason(sold):
        return {**read, **_left_out(reason)}
    wanted = {row.vat_code for row in prechecks.vat_settings(sold, settings)}
    known = prechecks.Known(vat_codes=reference_lists.ids(books, "vat_codes", wanted))
    problems = [*prechecks.problems(sold, settings, known), *books.problems(sold)]
    return {**read, **(_blocked(problems[0]) if problems else {"outcome": Outcome.READY})}


def _left_out(reason: str) -> Fields:
    return {"outcome": Outcome.LEFT_OUT, "reason": reason}


def _blocked(problem: Problem) -> Fields:
    return {"outcome": Outcome.BLOCKED, "cause": problem.cause}
