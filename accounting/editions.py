"""The postings of one document: when one was taken back, the next is another posting, under a name of its own.

What was deleted in the books left nothing there, so that its name is free again. What got a counter-entry is still
there, and must never be taken for the posting that came after it.
"""

from django.utils import timezone

from integrations import money
from integrations.failures import Refused
from integrations.models import Document, Reversal
from integrations.problems import Problem
from integrations.sales import SalesDocument

from . import debtors
from .books import Json, Posted, Undoing
from .desk import Desk

COUNTERED = Reversal.Outcome.COUNTERED


def reference(document: Document) -> str:
    """Our name for the present posting of a document at the books: the same at every attempt, and in every life of our
    database."""
    name, nth = f"ccv-{document.integration.shop_id}-{document.kind}-{document.remote_id}", number(document)
    return name if nth == 1 else f"{name}-{nth}"


def number(document: Document) -> int:
    """One more than the postings of it that are in the books with a counter-entry."""
    return len(undone(document)) + 1


def undone(document: Document) -> list[str]:
    """The ids in the books of those postings."""
    if document.edition == 1:
        return []
    return list(document.reversals.filter(outcome=COUNTERED).order_by("edition").values_list("ledger_id", flat=True))


def posted(document: Document, sold: SalesDocument, ledger_id: str) -> Posted:
    before = undone(document)
    return Posted(
        sold=sold, ledger_id=ledger_id, reference=reference(document), nth=len(before) + 1, undone=tuple(before)
    )


def find(document: Document, sold: SalesDocument, desk: Desk) -> Json | None:
    """The present posting in the books, if it is there."""
    return desk.books.find_document(sold, reference(document), debtors.known(sold, desk), undone(document))


class TakenBack(Refused):
    """A person took the posting back, and has not had the document posted again since."""


def catch_up(document: Document, sold: SalesDocument, desk: Desk) -> None:
    """Remember what the books hold of postings that were taken back in a life of the database that was lost. Raises
    ``TakenBack`` when no posting came after them."""
    is_behind = False
    while (found := find(document, sold, desk)) and (held := _countered(document, sold, str(found["id"]), desk)):
        is_behind = True
        _remember(document, *held, desk)
    if is_behind and found is None:
        raise TakenBack(Problem("undone"))


def _countered(document: Document, sold: SalesDocument, ledger_id: str, desk: Desk) -> tuple[Undoing, Json] | None:
    undoing = desk.books.undoing(posted(document, sold, ledger_id))
    found = desk.books.find_counter(undoing) if undoing.way == "counter" else None
    return (undoing, found) if found else None


def _remember(document: Document, undoing: Undoing, counter: Json, desk: Desk) -> None:
    now = timezone.now()
    with desk.lease.writing():
        Reversal.objects.create(
            document=document,
            edition=document.edition,
            returns_to="error",
            outcome=COUNTERED,
            done_at=now,
            ledger_id=undoing.posted.ledger_id,
            ledger_number=undoing.number,
            ledger_total_cents=money.to_cents(-undoing.total),
            counter_id=str(counter["id"]),
        )
        document.edition += 1
        document.save(update_fields=["edition"])
