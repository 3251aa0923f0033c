"""What must be in Rompslomp before documents can be posted: what the connected account may do there, and what follows
from the lists that are kept of its books."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting import present
from accounting.described import Check, Kept, Question
from integrations.models import Credential, Integration
from integrations.settings_file import Settings

from .client import Json, Rompslomp
from .connector import client_of
from .payload import options

NAME = "Rompslomp"


class Right(NamedTuple):
    """What we do with a collection of an administration, and the scope that it takes."""

    label: Promise
    collection: str
    scope: str


RIGHTS = (
    Right(_("Read and create debtors"), "contacts", "manage:contacts"),
    Right(_("Read and create products"), "products", "manage:products"),
    Right(_("Read and create sales invoices"), "sales_invoices", "manage:sales_invoices"),
    Right(_("Read ledger accounts"), "accounts", "read:accounts"),
)


def lists(_settings: Settings) -> tuple[str, ...]:
    return ("vat_codes", "revenue_accounts", "layouts")


def checks(settings: Settings, kept: Kept) -> Iterator[Check]:
    chosen = options(settings)
    if not chosen.administration:
        remedy = gettext("The settings don't name it. Save the settings once more.")
        yield Check(label=gettext("Administration"), state="bad", remedy=remedy, about="settings")
    if chosen.layout:
        yield present.one(gettext("Invoice layout"), chosen.layout, kept.get("layouts"), NAME)
    if chosen.rounding_account:
        label = gettext("Account for rounding differences")
        yield present.one(label, chosen.rounding_account, kept.get("revenue_accounts"), NAME)
    yield from present.vat_table(settings, kept, NAME, with_accounts=True)


def questions(integration: Integration) -> Iterator[Question]:
    """Whether the connected account reaches the administration, and what it may do there."""
    assert integration.administration is not None
    company, client = integration.administration.remote_id, client_of(integration)
    found = cache(lambda: next((one for one in client.companies() if str(one["id"]) == company), None))
    label = gettext("Connection with %(books)s") % {"books": NAME}
    yield Question(label, lambda: [_reached(integration, found())], "connections")
    for right in RIGHTS:
        yield Question(str(right.label), partial(_may, right, client, integration, found), "connections")
    yield Question(gettext("Limits of the Rompslomp subscription"), lambda: [_limits()])


def _reached(integration: Integration, company: Json | None) -> Check:
    name = (company or {}).get("name") or integration.administration
    label = gettext("Connected to administration %(name)s") % {"name": name}
    if company is None:
        remedy = gettext(
            "The account that is connected does not reach this administration. Connect with an account that may see "
            "it, or choose another administration."
        )
        return Check(label=label, state="bad", remedy=remedy, about="administration")
    if (company.get("access_control") or {}).get("api_accessible") is False:
        remedy = gettext(
            "The subscription of this administration gives programs no access; the free one never does. Choose another "
            "subscription in Rompslomp, from Puur Factuur up."
        )
        return Check(label=label, state="bad", remedy=remedy, about="administration")
    return Check(label=label, state="good", about="connections")


def _may(right: Right, client: Rompslomp, integration: Integration, company: Callable[[], Json | None]) -> list[Check]:
    """Reading is tried. Creating is not: whether that is allowed, the scopes tell."""
    assert integration.administration is not None
    client.peek(integration.administration.remote_id, right.collection)
    label = str(right.label)
    if right.scope in _granted(integration) & _allowed(company()):
        return [Check(label=label, state="good")]
    remedy = gettext(
        "The connection does not allow this. Connect again and allow everything that is asked. If that does not help, "
        "the subscription of the administration does not include it: ask Rompslomp."
    )
    return [Check(label=label, state="bad", remedy=remedy, about="connections")]


def _granted(integration: Integration) -> set[str]:
    """The scopes of the token; everything for a personal one, which does not tell."""
    held = Credential.objects.get(integration=integration, side=Credential.Side.BOOKS)
    told = held.secret.get("scope") or [right.scope for right in RIGHTS]
    return set(told.split() if isinstance(told, str) else told)


def _allowed(company: Json | None) -> set[str]:
    return set(((company or {}).get("access_control") or {}).get("allowed_scopes") or ())


def _limits() -> Check:
    remedy = gettext(
        "This can't be seen from here. Look in Rompslomp whether your subscription, or the trial that you use, lets "
        "you create enough debtors, products and invoices. Above its limit documents end on Errors."
    )
    return Check(label=gettext("Limits of the Rompslomp subscription"), state="unknown", remedy=remedy)
