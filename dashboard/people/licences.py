"""The licence keys of a person, for the drop-down in the top bar: from each the same tab of the other shop opens."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from accounting.connectors import SYSTEMS
from integrations.models import Integration, Role, User

from ..access import integrations_of, may

TABS = {
    "report": "report",
    "errors": "errors",
    "open": "open",
    "configuration": "configuration",
    "profile": "profile-of",
}
FIELDS = ("name", "licence_key", "status", "accounting_system", "shop_lost_at", "books_lost_at", "archived_at")


@dataclass(frozen=True, kw_only=True)
class Licence:
    key: str
    name: str
    words: str
    url: str


def listed(user: User, tab: str) -> list[Licence]:
    """Every key that was not archived, whatever its number, in one query."""
    return [licence(one, tab) for one in integrations_of(user).filter(archived_at=None).only(*FIELDS)]


def both(user: User, tab: str) -> tuple[list[Licence], list[Integration]]:
    """The keys that are listed and the integrations whose key was archived, in one query."""
    found = list(integrations_of(user).only(*FIELDS))
    shown = [licence(one, tab) for one in found if one.archived_at is None]
    return shown, [one for one in found if one.archived_at]


def and_copies(user: User, integration: Integration) -> tuple[list[Licence], list[Integration]]:
    """The keys that are listed, and the other integrations whose settings can be copied to this one, in one query."""
    found = list(integrations_of(user).only(*FIELDS, "settings_id"))
    same = [one for one in found if one.accounting_system == integration.accounting_system]
    copies = [one for one in same if one.settings_id and one.pk != integration.pk]
    return [licence(one, "configuration") for one in found if one.archived_at is None], copies


def archived(user: User) -> Iterable[Integration]:
    return integrations_of(user).exclude(archived_at=None).only(*FIELDS)


def licence(integration: Integration, tab: str) -> Licence:
    system = SYSTEMS.get(integration.accounting_system)
    goes_on = integration.status == Integration.Status.INSTALLING and may(integration, Role.OWNER)
    return Licence(
        key=integration.licence_key,
        name=integration.name or integration.licence_key,
        words=" · ".join(filter(None, (system.label if system else "", status(integration)))),
        url=reverse("steps" if goes_on else TABS.get(tab, "report"), args=[integration.licence_key]),
    )


def status(integration: Integration) -> str:
    """How an integration is, in words."""
    if integration.status == Integration.Status.STOPPED:
        return gettext("stopped")
    if integration.status == Integration.Status.INSTALLING:
        return gettext("installation not complete")
    if integration.shop_lost_at or integration.books_lost_at:
        return gettext("connection lost")
    return gettext("in use")
