"""Questions to support and reports of problems: what is kept of them, and who may write how much.

All documents that are stuck on one cause are one ticket: who reports the cause again writes along in the ticket that is
open. The database holds that too (``one_open_ticket_per_cause``), for two who press at the same moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from integrations.models import (
    Document,
    Event,
    Integration,
    Member,
    State,
    Ticket,
    TicketDocument,
    TicketMessage,
    User,
)
from integrations.problems import Problem

from ..payments import payments
from ..tasks import ask as ask_worker
from ..tasks import mail_message
from . import ticket_files
from .evidence import evidence, safe_params

MOST_AN_HOUR = 20
MOST_DOCUMENTS = 50  # with evidence, of one report
LONGEST_SUBJECT = 200
TWICE = timedelta(minutes=1)  # the same words within this time are one press on a button

OPEN_STATES = (Ticket.Status.OPEN, Ticket.Status.ANSWERED)


class TooMuch(Exception):
    """Somebody wrote more than ``MOST_AN_HOUR`` messages in an hour."""

    @property
    def words(self) -> str:
        text = gettext("You wrote %(most)s messages in this hour. Write the rest in one message, an hour from now.")
        return text % {"most": MOST_AN_HOUR}


class Taken(Exception):
    """A closed ticket can't be opened again while ``ticket`` is about the same."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(str(ticket))
        self.ticket = ticket


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody writes, in a new ticket or in one that is there."""

    user: User
    text: str
    files: list[UploadedFile] = field(default_factory=list)


def tickets_of(integration: Integration) -> QuerySet[Ticket]:
    counted = Ticket.objects.filter(integration=integration).annotate(about=Count("documents"))
    return counted.order_by("-changed_at", "-id")


def stuck_on(integration: Integration, cause: str) -> QuerySet[Document]:
    """The oldest first. Without a cause nothing has something in common."""
    found = Document.objects.filter(integration=integration, state=State.ERROR, cause=cause)
    return found.exclude(cause="").order_by("changed_at", "id")


def open_about(integration: Integration, cause: str, documents: Iterable[Document] = ()) -> Ticket | None:
    """The open ticket about this cause; of a document that has none, the one that holds it."""
    unclosed = Ticket.objects.filter(integration=integration, status__in=OPEN_STATES)
    if cause:
        return unclosed.filter(cause=cause).first()
    return unclosed.filter(cause="", documents__document__in=list(documents)).order_by("-id").first()


def cause_of(document: Document) -> str:
    return document.cause if document.state == State.ERROR else ""


def subject_of(cause: str, document: Document | None = None) -> str:
    """What the e-mails are called too, so nothing personal is in it."""
    if cause:
        found = Problem.of_cause(cause)
        return Problem(found.code, **safe_params(found.params)).title[:LONGEST_SUBJECT]
    if document is None:
        return ""
    text = gettext("Invoice %(number)s") if document.kind == Document.Kind.INVOICE else gettext("Order %(number)s")
    return (text % {"number": document})[:LONGEST_SUBJECT]


def ask(integration: Integration, subject: str, said: Said, documents: Iterable[Document] = ()) -> Ticket:
    """A new ticket. Raises ``TooMuch``."""
    with transaction.atomic():
        one_at_a_time(integration, said.user)
        last = Ticket.objects.filter(integration=integration, user=said.user, subject=subject).order_by("-id").first()
        if last is not None and is_said(last, said):
            return last
        count(said.user)
        ticket = opened(integration, said.user, subject)
        add_documents(ticket, documents)
        write(ticket, said)
    return ticket


def report(
    integration: Integration, cause: str, documents: list[Document], said: Said, subject: str = ""
) -> tuple[Ticket, bool]:
    """The ticket about a cause, or about one document without one; true when it was there and was joined. Without a
    ``subject`` it is called by what it is about. Raises ``TooMuch``."""
    with transaction.atomic():
        one_at_a_time(integration, said.user)
        there = open_about(integration, cause, documents)
        if there is not None and is_said(there, said):
            return there, False
        count(said.user)
        subject = subject or subject_of(cause, documents[0] if documents else None)
        ticket, is_joined = open_or_join(integration, cause, documents, said.user, subject)
        ticket = locked(ticket)
        note(add_documents(ticket, documents), ticket, said.user)
        write(ticket, said)
    return ticket, is_joined


def open_or_join(
    integration: Integration, cause: str, documents: list[Document], user: User, subject: str
) -> tuple[Ticket, bool]:
    there = open_about(integration, cause, documents)
    if there is not None:
        return there, True
    try:
        with transaction.atomic():
            return opened(integration, user, subject, cause), False
    except IntegrityError:  # somebody else was first
        there = open_about(integration, cause)
        if there is None:
            raise
        return there, True


def opened(integration: Integration, user: User, subject: str, cause: str = "") -> Ticket:
    short = subject[:LONGEST_SUBJECT]
    return Ticket.objects.create(
        integration=integration, user=user, subject=short, cause=cause, changed_at=timezone.now()
    )


def add_documents(ticket: Ticket, documents: Iterable[Document]) -> list[Document]:
    """Those that are new to the ticket, with their evidence; the others stay as they were at the first report."""
    there = set(ticket.documents.values_list("document", flat=True))
    new = [document for document in documents if document.pk not in there]
    TicketDocument.objects.bulk_create(
        TicketDocument(ticket=ticket, document=document, evidence=evidence(document)) for document in new
    )
    return new


def note(documents: Iterable[Document], ticket: Ticket, user: User) -> None:
    """In the timeline of each document: who reported it, and where that is read."""
    told = {"integration": ticket.integration, "user": user, "at": timezone.now(), "data": {"ticket": ticket.pk}}
    Event.objects.bulk_create(Event(document=document, kind="reported", **told) for document in documents)


def answer(ticket: Ticket, said: Said, *, is_staff: bool = False, close: bool = False) -> None:
    """A message in a ticket; a closed one opens by it. Raises ``TooMuch`` and ``Taken``."""
    with transaction.atomic():
        ticket = locked(ticket)
        if is_said(ticket, said):
            return
        if not is_staff:
            count(said.user)
        if ticket.status == Ticket.Status.CLOSED and not close:
            reopen(ticket)
        write(ticket, said, is_staff=is_staff, close=close)


def write(ticket: Ticket, said: Said, *, is_staff: bool = False, close: bool = False) -> TicketMessage:
    """Keep a message and ring for its e-mail; the caller holds the transaction."""
    message = TicketMessage.objects.create(ticket=ticket, user=said.user, is_staff=is_staff, text=said.text)
    ticket_files.keep(message, said.files)
    status = Ticket.Status.ANSWERED if is_staff else Ticket.Status.OPEN
    change(ticket, Ticket.Status.CLOSED if close else status)
    transaction.on_commit(partial(ask_worker, mail_message, message.pk))
    return message


def change(ticket: Ticket, status: str) -> None:
    ticket.status, ticket.changed_at = status, timezone.now()
    ticket.save(update_fields=["status", "changed_at"])


def close(ticket: Ticket) -> None:
    change(ticket, Ticket.Status.CLOSED)


def reopen(ticket: Ticket) -> None:
    """Raises ``Taken`` when there is another one about the same by now."""
    try:
        with transaction.atomic():
            change(ticket, Ticket.Status.OPEN)
    except IntegrityError:
        other = open_about(ticket.integration, ticket.cause)
        if other is None:
            raise
        raise Taken(other) from None


def locked(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).select_related("integration").get(pk=ticket.pk)


def is_healed(ticket: Ticket) -> bool:
    """Whether nothing is stuck any more on what the ticket is about."""
    if ticket.cause == payments.OFF:
        return payments.are_posted(ticket.integration)
    if ticket.cause:
        return not stuck_on(ticket.integration, ticket.cause).exists()
    found = list(ticket.documents.values_list("document__state", "document__payment__state"))
    is_right = all(state in (State.PROCESSED, State.SKIPPED) and paid != State.ERROR for state, paid in found)
    return bool(found) and is_right


def one_at_a_time(integration: Integration, user: User) -> None:
    """Of two presses on a button the second waits until the first is kept, and then sees it."""
    list(Member.objects.select_for_update(no_key=True).filter(integration=integration, user=user).values_list("pk"))


def is_said(ticket: Ticket, said: Said) -> bool:
    """Whether the last message of the ticket is this one: the button was pressed twice."""
    last = ticket.messages.order_by("-id").first()
    if last is None or (last.user_id, last.text) != (said.user.pk, said.text):
        return False
    names = sorted(ticket_files.clean_name(file.name or "") for file in said.files)
    kept = sorted(last.files.values_list("name", flat=True))
    return last.written_at > timezone.now() - TWICE and names == kept


def count(user: User) -> None:
    """Raises ``TooMuch``."""
    key = f"tickets-{user.pk}-{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, 2 * 3600)
    try:
        written = cache.incr(key)
    except ValueError:  # the cache forgot it just now
        return
    if written > MOST_AN_HOUR:
        raise TooMuch
