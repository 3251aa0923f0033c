"""From a queued document to a posting: check, customer, products, document, record."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from integrations import money, sales
from integrations.failures import ConnectionLost, Gone, Refused
from integrations.models import Delivery, Document, Integration, State, UsedNumber
from integrations.problems import Problem, stuck
from integrations.sales import SalesDocument

from . import connection, debtors, editions, payments, prechecks, products, vat_amounts, vat_numbers
from .attempts import SHARE, UNTIL_CONNECTED, AllRefused, Endings, attempt, pause, wait_together, waiting
from .books import Json, Posting
from .desk import Desk
from .editions import reference as reference
from .intents import Create, Wanted, settled
from .leases import Lease


def due() -> "QuerySet[Document]":
    """Documents that can be posted now, as far as the clock and their integration are concerned."""
    now = timezone.now()
    paused = Q(integration__administration__paused_until__gt=now)
    return Document.objects.filter(
        ~paused,
        state=State.QUEUED,
        next_attempt_at__lte=now,
        integration__status=Integration.Status.ACTIVE,
        integration__administration__isnull=False,
    )


def ready(administration_id: int) -> "QuerySet[Document]":
    """What to post for an administration, first come first served. A document that waits holds back the later ones
    of the same customer and of the same order, so that nothing overtakes what it depends on."""
    same_customer = Q(customer_email=OuterRef("customer_email")) & ~Q(customer_email="")
    same_order = Q(order_remote_id=OuterRef("order_remote_id")) & ~Q(order_remote_id="")
    earlier = Document.objects.filter(
        same_customer | same_order & Q(integration=OuterRef("integration")),
        integration__administration=administration_id,
        state=State.QUEUED,
        next_attempt_at__gt=timezone.now(),
        id__lt=OuterRef("id"),
    )
    mine = due().filter(integration__administration=administration_id)
    return mine.exclude(Exists(earlier)).order_by("id")


def is_under_way(document: Document) -> bool:
    """Whether it is, or may be, in the books without having been recorded yet; then they are looked at first."""
    return bool(document.ledger_id) or document.intents.filter(step="document").exists()


def post_ready(lease: Lease) -> None:
    """Post a share of what is ready."""
    desk = Desk(lease)
    held: set[str] = set()
    share = list(
        ready(lease.administration_id)
        .select_related("integration__administration", "settings_version")
        .defer("source")[:SHARE]
    )
    debtors.remember([document.customer_email for document in share], desk)
    for document in share:
        if document.customer_email and document.customer_email in held:
            continue
        # Asked one by one: an integration may be stopped, or Process pressed, while others are posted.
        if not due().filter(pk=document.pk, integration__administration=lease.administration_id).exists():
            continue
        desk.take_up(document)
        try:
            outcome = post(document, desk)
        except AllRefused as refusal:
            pause(lease.administration_id, refusal.wait)
            return
        if outcome == State.QUEUED:
            held.add(document.customer_email)


def post(document: Document, desk: Desk) -> str:
    """Take one document as far as it gets, and write down how far that is; gives its new state."""
    endings = Endings(
        wait=partial(_wait, document, desk),
        wait_for_connection=partial(_wait_for_connection, document, desk),
        refuse=partial(_stuck, document, desk),
    )
    return attempt(lambda: _recorded(document, desk), endings, desk, document.attempts)


def _recorded(document: Document, desk: Desk) -> str:
    assert document.mapped is not None
    sold = sales.load(document.mapped)
    posting = _post(document, sold, desk)
    return _record(document, sold, desk, posting) if posting else _read_again(document, desk)


def _post(document: Document, sold: SalesDocument, desk: Desk) -> Posting | None:
    """All checks, then the three steps in their fixed order: customer, products, document. None when what the books
    held of it was out of date and is taken back, so that it has to be read again."""
    held = _held(document, sold, desk)
    if document.is_stale and (held is None or desk.books.withdraw(held)):
        return None
    if held is None:
        try:
            _check(sold, desk)
            held = _create(document, sold, desk)
        except Gone as failure:
            raise Refused(desk.books.explain_gone(str(failure))) from failure
    return desk.books.complete(held, sold)


def _held(document: Document, sold: SalesDocument, desk: Desk) -> Json | None:
    """What the books hold of a document already, because of an attempt that was broken off."""
    if document.ledger_id:
        return desk.books.read_document(document.ledger_id, sold)
    return settled(desk.lease, _wanted(document, sold, desk))


def _check(sold: SalesDocument, desk: Desk) -> None:
    codes = {row.vat_code for row in prechecks.vat_settings(sold, desk.settings)}
    known = prechecks.Known(
        vat_codes=desk.vat_codes(codes),
        vat_number_is_valid=vat_numbers.is_valid(sold, desk.settings, desk.timeline),
    )
    problems = [*prechecks.problems(sold, desk.settings, known), *desk.books.problems(sold)]
    if problems:
        raise Refused(*problems)


def _create(document: Document, sold: SalesDocument, desk: Desk) -> Json:
    """Make it. After a refusal, what we remember of the books may be gone there: then once more without it."""
    try:
        return _create_with_what_we_know(document, sold, desk)
    except editions.TakenBack:
        raise
    except (Refused, Gone):
        if not any([debtors.forget_if_gone(sold, desk), products.forget_if_gone(sold, desk)]):
            raise
        return _create_with_what_we_know(document, sold, desk)


def _create_with_what_we_know(document: Document, sold: SalesDocument, desk: Desk) -> Json:
    books, debtor = desk.books, debtors.debtor_of(sold, desk)
    if desk.looks_first:
        editions.catch_up(document, sold, desk)
    wanted = _wanted(document, sold, desk)
    product_ids = products.products_of(sold, desk)
    return desk.create_once(
        Create(
            **vars(wanted),
            create=lambda: books.create_document(sold, wanted.reference, debtor, product_ids),
            reserve=lambda: _use_number(document, sold, desk),
            looks_first=desk.looks_first,
        )
    )


def _wanted(document: Document, sold: SalesDocument, desk: Desk) -> Wanted[Json]:
    """A document as the books should hold it."""

    def keep(held: Json) -> None:
        document.ledger_id = str(held["id"])
        document.save(update_fields=["ledger_id"])
        if desk.looks_first:  # a lost life of ours may have put it there, and with it the number
            with suppress(Refused):
                _use_number(document, sold, desk)

    return Wanted(
        step="document",
        reference=reference(document),
        look=lambda: editions.find(document, sold, desk),
        keep=keep,
    )


def _use_number(document: Document, sold: SalesDocument, desk: Desk) -> None:
    """Take the document's number in the books; refused while another document has it there, or may have."""
    number = desk.books.document_number(sold)
    if not number:
        return
    mine = UsedNumber.objects.filter(administration=desk.lease.administration_id, number=number)
    used = mine.select_related("document").first()
    if used is None:
        UsedNumber.objects.create(administration_id=desk.lease.administration_id, number=number, document=document)
    elif used.document_id != document.pk:
        if used.document is None or is_under_way(used.document) or editions.undone(used.document):
            raise Refused(Problem("number_collision", number=number, other=str(used.document or "")))
        mine.update(document=document)


def _record(document: Document, sold: SalesDocument, desk: Desk, posting: Posting) -> str:
    if document.integration.books_lost_at:
        connection.regain(document.integration, "books")

    def keep() -> None:
        vat_amounts.keep(document, sold)
        payments.expect(document, sold, desk.settings)

    told: dict[str, Any] = {"total": str(posting.total)} if posting.total is not None else {}
    desk.timeline.add("posted", number=posting.number, id=posting.ledger_id, **told)
    return _write(
        document,
        desk,
        State.PROCESSED,
        keep,
        target=desk.books.target,
        ledger_id=posting.ledger_id,
        ledger_number=posting.number,
        ledger_url=posting.url,
        ledger_total_cents=None if posting.total is None else money.to_cents(posting.total),
        rounding_cents=money.to_cents(posting.rounding),
        problems=[],
        reason="",
        next_attempt_at=None,
        is_stale=False,
    )


def _stuck(document: Document, desk: Desk, problems: tuple[Problem, ...]) -> str:
    fields = stuck(problems)
    desk.timeline.add("problem", problems=fields["problems"])
    return _write(document, desk, fields.pop("state"), **fields)


def _read_again(document: Document, desk: Desk) -> str:
    """The books hold nothing of it (any more), and it changed meanwhile: read it from the shop and decide anew."""
    desk.timeline.add("taken_back")
    with desk.lease.writing():
        document.intents.filter(step="document").delete()
        Document.objects.filter(pk=document.pk).update(
            state=State.OPEN, reason="reading", ledger_id="", is_stale=False, next_attempt_at=None
        )
        Delivery.look_again(document)
        desk.timeline.store()
    return State.OPEN


def _wait(document: Document, desk: Desk, reason: str, wait: timedelta) -> str:
    desk.timeline.add("waiting", reason=reason, seconds=round(wait.total_seconds()))
    return _write(document, desk, State.QUEUED, **waiting(reason, wait, F("attempts") + 1))


def _wait_for_connection(document: Document, desk: Desk, failure: ConnectionLost) -> str:
    """All documents of the integration wait until somebody connects again."""
    state = _wait(document, desk, "connection_lost", UNTIL_CONNECTED)
    wait_together(due().filter(integration=document.integration), document.integration, failure)
    return state


def _write(document: Document, desk: Desk, state: str, keep: Callable[[], None] = lambda: None, **fields: Any) -> str:
    """Store the outcome with its timeline and what there is to ``keep`` beside it, unless somebody else has decided
    about the document meanwhile."""
    if state != document.state:
        fields["changed_at"] = timezone.now()
    with desk.lease.writing():
        if Document.objects.filter(pk=document.pk, state=State.QUEUED).update(state=state, **fields):
            keep()
        desk.timeline.store()
    return state


def administrations_with_work() -> set[int]:
    return set(due().values_list("integration__administration", flat=True).distinct())
