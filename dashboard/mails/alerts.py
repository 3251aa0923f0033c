"""E-mails that do not wait for the morning: a new cause on which documents are stuck, and a connection that is lost.
Each is told once."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from integrations.models import Digest, DocumentTally, Event, Integration, State, ToldCause
from integrations.problems import Problem
from integrations.tallies import tallies_of

from ..frame import books_name
from ..people.recipients import Recipient, recipients_of
from . import mail
from .digests import running, stuck_on

log = structlog.get_logger()

QUIET = timedelta(days=1)
OWN_DOING = Problem("undone").cause  # nobody needs to be told of what they did themselves
LOST_AT = {"shop": "shop_lost_at", "books": "books_lost_at"}


# Causes


def tell_causes() -> None:
    """Tell of every cause that is new, all of an integration in one e-mail, and forget those that are gone."""
    stuck = stuck_causes()
    forget(stuck)
    for integration in running().filter(pk__in=stuck).select_related("administration"):
        try:
            tell_causes_of(integration, stuck[integration.pk])
        except Exception:
            log.exception("causes not told", integration=integration.pk)


def stuck_causes() -> dict[int, set[str]]:
    """The causes on which documents are stuck, by integration."""
    stuck = DocumentTally.objects.filter(state=State.ERROR).exclude(cause=OWN_DOING)
    rows = stuck.values("integration", "cause").order_by()
    found: dict[int, set[str]] = {}
    for row in rows.annotate(sum=Sum("documents")).filter(sum__gt=0):
        found.setdefault(row["integration"], set()).add(row["cause"])
    return found


def forget(stuck: dict[int, set[str]]) -> None:
    """What nothing has been stuck on for a day is news again when it comes back; not what is merely tried again."""
    now = timezone.now()
    told = ToldCause.objects.values_list("pk", "integration", "cause")
    seen = [pk for pk, integration, cause in told if cause in stuck.get(integration, ())]
    for start in range(0, len(seen), 500):
        ToldCause.objects.filter(pk__in=seen[start : start + 500]).update(seen_at=now)
    ToldCause.objects.filter(seen_at__lt=now - QUIET).delete()


def tell_causes_of(integration: Integration, causes: Iterable[str]) -> None:
    told = set(integration.told_causes.values_list("cause", flat=True))
    made = [integration.told_causes.get_or_create(cause=cause) for cause in sorted(set(causes) - told)]
    new = [row for row, is_new in made if is_new]
    if not new:
        return
    wanted = [one for one in recipients_of(integration) if one.row.digest != Digest.NEVER]
    if not write(wanted, lambda one: write_causes(integration, one, {row.cause for row in new})):
        ToldCause.objects.filter(pk__in=[row.pk for row in new]).delete()  # the next run tries again


def write_causes(integration: Integration, recipient: Recipient, causes: set[str]) -> None:
    tallies = [tally for tally in tallies_of(integration) if tally.cause in causes]
    context = about(integration) | {"stuck": stuck_on(tallies)}
    context["errors_url"] = mail.link("errors", integration.licence_key)
    mail.send(recipient.email, "causes", context, recipient.language, unsubscribe_url=recipient.unsubscribe_url)


# Connections


def tell_connection_lost(integration_id: int, side: str) -> None:
    """Tell that a side has to be connected again. Nobody is told twice of one loss, of one that is over, or of an
    integration that was stopped."""
    integration = Integration.objects.select_related("administration").get(pk=integration_id)
    claimed = claim(integration_id, side)
    if claimed is None:
        return
    wanted = [one for one in recipients_of(integration) if one.is_owner or one.row.digest != Digest.NEVER]
    if not write(wanted, lambda one: write_connection_lost(integration, one, side)):
        claimed.delete()  # the sweep tries again


@transaction.atomic
def claim(integration_id: int, side: str) -> Event | None:
    """The row that says that people were told; None when there is nothing to tell, or somebody tells it already."""
    integration = Integration.objects.select_for_update(no_key=True).get(pk=integration_id)
    lost_at = getattr(integration, LOST_AT[side])
    if lost_at is None or integration.status == Integration.Status.STOPPED or integration.archived_at:
        return None
    told = integration.events.filter(kind="connection_lost_told", data__side=side, at__gte=lost_at)
    if told.exists():
        return None
    return Event.objects.create(
        integration=integration, at=timezone.now(), kind="connection_lost_told", data={"side": side}
    )


def write_connection_lost(integration: Integration, recipient: Recipient, side: str) -> None:
    """An owner is always told, so what owners get names no way out of it."""
    context = about(integration) | {"side": side, "is_owner": recipient.is_owner}
    context["configuration_url"] = mail.link("configuration", integration.licence_key) + "#connections"
    url = "" if recipient.is_owner else recipient.unsubscribe_url
    mail.send(recipient.email, "connection_lost", context, recipient.language, unsubscribe_url=url)


# Both


def about(integration: Integration) -> dict[str, object]:
    return {"integration": integration, "licence_key": integration.licence_key, "books": books_name(integration)}


def write(wanted: list[Recipient], to: Callable[[Recipient], None]) -> bool:
    """Write to each of them. False when the mail server took none of it, so that it may be tried again."""
    taken = 0
    for recipient in wanted:
        try:
            to(recipient)
            taken += 1
        except OSError:
            log.warning("an e-mail was not taken")
    return bool(taken or not wanted)
