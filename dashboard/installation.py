"""The steps from a handshake to the first posting: which are done, which comes next, and what it still lacks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from accounting import connectors, settings_store
from accounting.administrations import administration, holds_documents
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Integration, User

from .frame import books_name, dots_of


@dataclass(frozen=True, kw_only=True)
class Step:
    """``state`` is done, current or later; ``lacks`` says what has to happen before the next step opens."""

    name: str
    title: str
    state: str
    lacks: str


def steps_of(integration: Integration) -> list[Step]:
    """The steps in the order of the manuals; the first that is not done is the current one."""
    is_connected = not integration.books_lost_at and integration.credentials.filter(side="books").exists()
    name = {"books": books_name(integration)}
    facts = [
        ("shop", gettext("Webshop and terms"), True, ""),
        ("books", gettext("Connect %(books)s") % name, is_connected, gettext("Connect %(books)s first.") % name),
        (
            "administration",
            _administration_title(integration),
            bool(integration.administration_id),
            gettext("Choose the administration."),
        ),
        (
            "settings",
            gettext("Settings"),
            bool(integration.settings_id),
            gettext("Add the settings: VAT and ledger accounts."),
        ),
        (
            "finish",
            gettext("Start date"),
            integration.status == Integration.Status.ACTIVE,
            gettext("Choose the start date."),
        ),
    ]
    made, is_open = [], True
    for step, title, is_done, lacks in facts:
        state = "done" if is_done and is_open else "current" if is_open else "later"
        is_open = is_open and is_done
        made.append(Step(name=step, title=title, state=state, lacks=lacks))
    return made


def _administration_title(integration: Integration) -> str:
    """With the name, so that a wrong one is noticed before anything is posted there."""
    name = integration.administration.name if integration.administration else ""
    return gettext("Administration: %(name)s") % {"name": name} if name else gettext("Administration")


def is_complete(integration: Integration) -> bool:
    return all(dot.is_good for dot in dots_of(integration)) and integration.settings_id is not None


def administrations(integration: Integration) -> tuple[list[dict[str, Any]], str]:
    """The administrations of the connected account, as rows of id, name and is_usable, and what went wrong in
    fetching them, empty if nothing did."""
    try:
        found = connectors.companies(integration)
    except ConnectionLost:
        return [], gettext("The connection was refused. Connect again.")
    except Refused as failure:
        return [], failure.words
    except Failure:
        return [], gettext("The list could not be fetched just now. Load this page again in a minute.")
    if not found:
        return [], gettext("The account that you connected has no administration. Connect with another account.")
    return found, ""


def why_administration_is_fixed(integration: Integration) -> str:
    if integration.administration_id and holds_documents(integration):
        return gettext("Documents were posted to this administration, so it can't be changed any more.")
    return ""


def why_not_administration(integration: Integration, remote_id: str) -> str:
    """Why a settings file may not name this administration: it is another one than that of what was posted, or the
    connected account does not reach it. Nobody gets at the books of somebody else by naming them."""
    chosen = integration.administration.remote_id if integration.administration else ""
    if remote_id in ("", chosen):
        return ""
    found, trouble = administrations(integration)
    if any(company["id"] == remote_id for company in found):
        return why_administration_is_fixed(integration)
    return trouble or gettext("The administration in the file is not one of the account that is connected.")


def choose_administration(integration: Integration, remote_id: str, name: str) -> None:
    """Link the integration to the administration; integrations with the same one share its row, and its lease."""
    integration.administration = administration(integration.accounting_system, remote_id, name)
    integration.save(update_fields=["administration"])


def start_from(integration: Integration, day: date, user: User) -> None:
    """Keep the start date: a new version of the settings, if it differs from the one in use."""
    file = settings_store.as_file(integration.settings)
    if file["shop"].get("start_date") != day.isoformat():
        settings_store.save(integration, {**file, "shop": {**file["shop"], "start_date": day.isoformat()}}, user)
