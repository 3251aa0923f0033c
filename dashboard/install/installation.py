"""The steps from a handshake to the first posting: which are done, which comes next, and what it still lacks. They are
read from the database each time, so that an installation can be left anywhere and taken up on another device."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.utils.translation import gettext

from accounting import checking, connection, connectors
from accounting.administrations import administration, holds_documents
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Credential, Integration

from ..frame import books_name
from ..settings import self_test


@dataclass(frozen=True, kw_only=True)
class Step:
    """``lacks`` says what has to happen before the next step opens; "" when nothing does, or the step may be left out.
    A later step may have been done already. ``is_bad``: the last self-test found something of it that is not right."""

    name: str
    title: str
    state: Literal["done", "current", "later", "optional"]
    lacks: str
    is_bad: bool = False


class Fact(NamedTuple):
    name: str
    title: str
    is_done: bool
    lacks: str
    is_optional: bool = False


def steps_of(integration: Integration) -> list[Step]:
    """The steps in the order of the manuals; the first that is not done is the current one."""
    made, is_open = [], True
    tested = self_test.last(integration)
    bad = {check.about for check in tested.bad} if tested and tested.is_current else set()
    for fact in _facts(integration, tested):
        if not is_open:
            state = "later"
        elif fact.is_done:
            state = "done"
        else:
            state = "optional" if fact.is_optional else "current"
        is_open = state not in ("current", "later")
        lacks = "" if fact.is_done else fact.lacks
        is_bad = fact.is_done and fact.name in bad
        made.append(Step(name=fact.name, title=fact.title, state=state, lacks=lacks, is_bad=is_bad))
    return made


def _facts(integration: Integration, tested: self_test.Result | None) -> Iterator[Fact]:
    name = {"books": books_name(integration)}
    is_active = integration.status == Integration.Status.ACTIVE
    has_agreed = is_active or integration.terms.exists()  # one that runs agreed when it began
    yield Fact(
        "shop",
        gettext("Webshop and terms"),
        has_agreed and _is_connected(integration, "shop"),
        gettext("Connect the webshop again.") if has_agreed else gettext("Agree to the terms."),
    )
    yield Fact(
        "books",
        gettext("Connect %(books)s") % name,
        _is_connected(integration, "books"),
        gettext("Connect %(books)s.") % name,
    )
    yield Fact(
        "administration",
        _administration_title(integration),
        bool(integration.administration_id),
        gettext("Choose the administration."),
    )
    yield from _facts_of_settings(integration)
    is_tested = is_active or bool(tested and tested.is_passed)
    lacks = gettext("Have everything checked by the self-test.")
    if tested and tested.is_current:
        lacks = gettext("Put right what the self-test found, and run it again.")
    yield Fact("check", gettext("Self-test"), is_tested, lacks)
    yield Fact("finish", gettext("Start date"), is_active, gettext("Choose the start date and start."))


def _facts_of_settings(integration: Integration) -> Iterator[Fact]:
    has_settings = integration.settings is not None
    lacking = [check.label for check in checking.lacking(integration, "settings")]
    lacks = gettext("Fill in the settings.")
    if lacking:
        lacks = gettext("Fill in what the settings lack: %(labels)s.") % {"labels": ", ".join(lacking)}
    yield Fact("settings", gettext("Settings"), has_settings and not lacking, lacks)
    has_vat = has_settings and not checking.lacking(integration, "vat")
    lacks = gettext("Choose VAT codes and ledger accounts, for your home country at least.")
    yield Fact("vat", gettext("VAT and ledger accounts"), has_vat, lacks)
    methods = integration.settings and integration.settings.payment_method_settings.exists()
    yield Fact("methods", gettext("Payment methods"), bool(methods), "", is_optional=True)


def _is_connected(integration: Integration, side: str) -> bool:
    lost_at = integration.shop_lost_at if side == Credential.Side.SHOP else integration.books_lost_at
    return lost_at is None and integration.credentials.filter(side=side).exists()


def _administration_title(integration: Integration) -> str:
    """With the name, so that a wrong one is noticed before anything is posted there."""
    name = integration.administration.name if integration.administration else ""
    return gettext("Administration: %(name)s") % {"name": name} if name else gettext("Administration")


def missing(steps: Iterable[Step]) -> list[str]:
    """What has to happen before the integration may start, in words; empty when it may."""
    return [step.lacks for step in steps if step.lacks and step.name != "finish"]


def administrations(integration: Integration) -> tuple[list[dict[str, Any]], str]:
    """The administrations of the connected account, as rows of id, name and is_usable, and what went wrong in
    fetching them, empty if nothing did. A connection that turns out to be lost turns its dot red."""
    try:
        found = connectors.companies(integration)
    except ConnectionLost as failure:
        connection.lose(integration, "books", failure.words)
        integration.refresh_from_db(fields=["books_lost_at"])
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
