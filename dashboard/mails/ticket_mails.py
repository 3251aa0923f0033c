"""The e-mails about tickets: what a person wrote goes to support, what support wrote to the people of the ticket.

``TicketMessage.mailed_at`` is set before anything is sent and taken back when nothing was: a message is never mailed
twice. Nothing of a document is in them, only words that people wrote themselves.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from integrations.models import TicketMessage, User

from . import mail

log = structlog.get_logger()

PATIENCE, TOO_LATE = timedelta(minutes=2), timedelta(days=1)


def waiting() -> Iterable[int]:
    """Messages that nobody was told of, and that are not so new that somebody is at it."""
    now = timezone.now()
    found = TicketMessage.objects.filter(mailed_at=None, written_at__gt=now - TOO_LATE)
    return list(found.filter(written_at__lt=now - PATIENCE).order_by("id").values_list("pk", flat=True)[:100])


def tell(message_id: int) -> list[int]:
    """Send what was not sent yet. Gives those who could not be reached while others were."""
    unsent = TicketMessage.objects.filter(pk=message_id, mailed_at=None)
    if not unsent.update(mailed_at=timezone.now()):
        return []
    message = TicketMessage.objects.select_related("ticket__integration", "ticket__user", "user").get(pk=message_id)
    if not message.is_staff:
        reach(message, [settings.SUPPORT_EMAIL] if settings.SUPPORT_EMAIL else [])
        return []
    people = {person.email: person for person in readers(message)}
    return [people[email].pk for email in reach(message, people)]


def reach(message: TicketMessage, addresses: Iterable[str]) -> list[str]:
    """Mail each; gives those that failed, unless all did: then the message waits as if it had never been tried."""
    asked = list(addresses)
    missed = [address for address in asked if not is_sent(message, address)]
    if missed and missed == asked:
        TicketMessage.objects.filter(pk=message.pk).update(mailed_at=None)
        return []
    return missed


def is_sent(message: TicketMessage, address: str) -> bool:
    try:
        send(message, address)
    except OSError as error:
        log.warning("ticket not mailed", message=message.pk, error=type(error).__name__)
        return False
    return True


def tell_one(message_id: int, user_id: int) -> None:
    """Raises ``OSError`` when it was not taken."""
    message = TicketMessage.objects.select_related("ticket__integration", "ticket__user", "user").get(pk=message_id)
    for person in readers(message):
        if person.pk == user_id:
            send(message, person.email)


def readers(message: TicketMessage) -> list[User]:
    """Who asked and who wrote along, as far as they may still see it."""
    ticket = message.ticket
    wrote = ticket.messages.filter(is_staff=False).values("user")
    people = User.objects.filter(Q(pk=ticket.user_id) | Q(pk__in=wrote), is_active=True)
    members = people.filter(memberships__integration=ticket.integration_id).exclude(email="")
    return list(members.exclude(pk=message.user_id).order_by("pk").distinct())


def send(message: TicketMessage, address: str) -> None:
    ticket = message.ticket
    context = {
        "ticket": ticket,
        "message": message,
        "integration": ticket.integration,
        "licence_key": ticket.integration.licence_key,
        "files": message.files.count(),
        "documents": ticket.documents.count(),
        "is_first": not ticket.messages.filter(pk__lt=message.pk).exists(),
    }
    if message.is_staff:
        link = mail.link("ticket", ticket.integration.licence_key, ticket.pk)
        mail.send(address, "ticket_answered", context | {"link": link}, language_of(address))
    else:
        link = mail.link("admin:integrations_ticket_change", ticket.pk)
        reply_to = message.user.email if message.user else ""
        mail.send(address, "ticket_asked", context | {"link": link}, settings.LANGUAGE_CODE, reply_to=reply_to)


def language_of(address: str) -> str:
    person = User.objects.filter(email=address).first()
    return person.language if person else ""
