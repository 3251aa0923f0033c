"""E-mails to addresses that somebody typed: so many a day, so that nobody is pestered in our name."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext

from integrations.models import Event, Integration, User

KINDS = ("invited", "address_added", "address_asked")
MOST_A_DAY = 30


class Refusal(Exception):
    """Why something is not done, in words for who asked."""


def note(integration: Integration, kind: str, user: User | None, **data: object) -> None:
    """What was done with people and addresses is kept; never an address itself."""
    Event.objects.create(integration=integration, user=user, at=timezone.now(), kind=kind, data=data)


def demand_room(integration: Integration) -> None:
    """Raises ``Refusal`` when enough was sent for one day."""
    day = timezone.now() - timedelta(days=1)
    sent = integration.events.filter(document=None, payment=None, kind__in=KINDS, at__gt=day)
    if sent.count() >= MOST_A_DAY:
        raise Refusal(gettext("No more invitations and new addresses today. Try again tomorrow, or ask us."))
