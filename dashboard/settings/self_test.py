"""The self-test: shop, books and VIES are asked for real whether documents can be posted, and the newest one is tried.
The last result is kept, in the words of who asked."""

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext

from accounting import book_lists, checking, connection, settings_store
from accounting.described import Check, Question
from integrations import vies
from integrations.failures import ConnectionLost, Failure, Gone, Refused
from integrations.models import Event, Integration, User
from integrations.problems import Problem
from webshop import shop_checks, trial_document

from ..frame import SHOPS, books_name

log = structlog.get_logger()

KIND, ACCEPTED = "self_test", "self_test_accepted"
PATIENCE = 20  # seconds after which no further call is started
BLOCKING = ("connections", "administration", "vat")  # nobody goes on without these
NOBODY = ("NL", "000000000B00")  # a VAT number that serves only to see whether VIES answers

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The last self-test. ``groups`` are its checks under the name of who was asked. It is current until settings,
    administration or connections change; ``is_accepted``: somebody chose to go on with what is not right."""

    at: datetime
    version: int
    groups: list[tuple[str, list[Check]]]
    document: Json | None
    is_current: bool
    is_accepted: bool

    @property
    def good(self) -> list[Check]:
        return self._in("good")

    @property
    def bad(self) -> list[Check]:
        return self._in("bad")

    @property
    def open(self) -> list[Check]:
        """What a person has to look at, what is wrong first."""
        return self.bad + self._in("unknown")

    def _in(self, state: str) -> list[Check]:
        return [check for _, checks in self.groups for check in checks if check.state == state]

    @property
    def blocking(self) -> list[Check]:
        """What nobody goes on without, whether it is wrong or was not answered."""
        return [check for check in self.open if check.about in BLOCKING]

    @property
    def is_passed(self) -> bool:
        """Whether the installation may go on."""
        return self.is_current and not self.blocking and (not self.bad or self.is_accepted)

    @property
    def may_go_on(self) -> bool:
        """Whether somebody may choose to go on with what is not right."""
        return self.is_current and bool(self.bad) and not self.blocking and not self.is_accepted


def last(integration: Integration) -> Result | None:
    event = _events(integration).filter(kind=KIND).first()
    if event is None:
        return None
    accepted = _events(integration).filter(kind=ACCEPTED).first()
    groups: dict[str, list[Check]] = {}
    for found in event.data["checks"]:
        groups.setdefault(found["area"], []).append(Check(**found["check"]))
    document = event.data["document"]
    return Result(
        at=event.at,
        version=event.data["version"],
        groups=[(title, groups[area]) for area, title in _areas(integration).items() if area in groups],
        document={**document, "date": parse_date(document.get("date", ""))} if document else None,
        is_current=_of(integration).items() <= event.data.items(),
        is_accepted=bool(accepted and accepted.data.get("test") == event.pk),
    )


def go_on(integration: Integration, user: User) -> None:
    """Keep that somebody goes on with what the last self-test found."""
    test = _events(integration).filter(kind=KIND).first()
    if test:
        data = {"test": test.pk}
        Event.objects.create(integration=integration, user=user, at=timezone.now(), kind=ACCEPTED, data=data)


def run(integration: Integration, user: User) -> None:
    """Ask everything and keep what came of it. Nothing is raised: what went wrong is a result."""
    about, trial = _of(integration), list[Json]()  # a connection that is made meanwhile was not tested
    found = [
        {"area": area, "check": {name: str(value) for name, value in asdict(check).items()}}
        for area, check in _checks(integration, trial)
    ]
    version = integration.settings.number if integration.settings else 0
    data = {**about, "version": version, "checks": found, "document": trial[0] if trial else None}
    Event.objects.create(integration=integration, user=user, at=timezone.now(), kind=KIND, data=data)


def _events(integration: Integration) -> Any:
    return integration.events.filter(document=None, payment=None).order_by("-id")


def _of(integration: Integration) -> Json:
    """What a result is about: it is out of date when this changes. The start date makes no difference to it, nor do the
    tokens of a connection that are renewed: that leaves the moment at which it was made as it is."""
    held, file = integration.administration, settings_store.current_file(integration)
    file["shop"] = {name: value for name, value in file["shop"].items() if name != "start_date"}
    digest = hashlib.sha256(json.dumps(file, sort_keys=True, default=str).encode()).hexdigest()
    made = {one.side: one.stored_at.isoformat() for one in integration.credentials.all()}
    return {"settings": digest, "administration": held.remote_id if held else "", "connections": made}


def _areas(integration: Integration) -> dict[str, str]:
    return {
        "shop": SHOPS.get(integration.shop_system, gettext("Webshop")),
        "books": books_name(integration),
        "settings": gettext("Settings"),
        "vies": gettext("VAT numbers"),
        "document": gettext("Trial with the newest order or invoice"),
    }


def _checks(integration: Integration, trial: list[Json]) -> Iterator[tuple[str, Check]]:
    """Every check with its area. Who gives no answer to the first question is asked nothing more."""
    until, silent = time.monotonic() + PATIENCE, set()
    for area, question in _questions(integration, trial):
        if area in silent or (area == "document" and "shop" in silent):
            continue
        if time.monotonic() > until:
            yield area, _late(question)
            continue
        try:
            yield from ((area, check) for check in question.ask())
        except Failure as failure:
            if question.about == "connections" and not isinstance(failure, Refused | Gone):
                silent.add(area)
            yield area, _failed(integration, question, failure)
        except Exception:
            log.exception("self-test failed", integration=integration.pk, question=question.label)
            yield area, _unforeseen(question)
        else:
            if question.about == "connections":
                connection.regain(integration, area)
    yield from (("settings", check) for check in checking.checked(integration, checking.kept(integration)).checks)


def _questions(integration: Integration, trial: list[Json]) -> Iterator[tuple[str, Question]]:
    yield from (("shop", question) for question in shop_checks.questions(integration))
    yield from (("books", question) for question in checking.questions(integration))
    yield "vies", Question(gettext("European check of VAT numbers (VIES)"), lambda: [_vies(integration)])
    yield "document", Question(gettext("Newest order or invoice"), lambda: [_document(integration, trial)])


def _vies(integration: Integration) -> Check:
    own = (integration.country, integration.vat_number)
    vies.check(*(own if all(own) else NOBODY))
    return Check(label=gettext("The European check of VAT numbers (VIES) answers"), state="good")


def _document(integration: Integration, trial: list[Json]) -> Check:
    """Try the newest document; it is added to ``trial``, with the names that the books have for codes and accounts."""
    found = trial_document.trial(integration)
    if found is None:
        label = gettext("The shop has nothing to try yet")
        remedy = gettext("Run the self-test again after the first order or invoice.")
        return Check(label=label, state="unknown", remedy=remedy)
    trial.append({**found, "lines": [*_named(integration, found["lines"])]})
    number = {"number": found["number"] or gettext("The newest order or invoice")}
    if found["problems"]:
        remedy = " ".join(f"{one['message']} {one['remedy']}" for one in found["problems"])
        return Check(label=gettext("%(number)s would end on Errors") % number, state="bad", remedy=remedy)
    if found["is_skipped"]:
        return Check(label=gettext("%(number)s would be left out: its total is 0.00") % number, state="good")
    return Check(label=gettext("%(number)s would be posted as below") % number, state="good")


def _named(integration: Integration, lines: list[Json]) -> Iterator[Json]:
    """Lines with the labels of their VAT codes and accounts, as the editor of the VAT table has them."""
    kept = checking.rows(checking.kept(integration))
    codes, accounts = (book_lists.choices(integration, kept, kind) for kind in ("vat_codes", "revenue_accounts"))
    for line in lines:
        yield {**line, "vat_code": codes.label(line["vat_code"]), "account": accounts.label(line["account"])}


def _late(question: Question) -> Check:
    remedy = gettext("Not asked any more, since the answers took too long. Run the self-test again in a minute.")
    return Check(label=question.label, state="unknown", remedy=remedy, about=question.about)


def _unforeseen(question: Question) -> Check:
    problem = Problem("internal")
    remedy = f"{problem.message} {problem.remedy}"
    return Check(label=question.label, state="bad", remedy=remedy, about=question.about)


def _failed(integration: Integration, question: Question, failure: Failure) -> Check:
    """What went wrong, in words; a connection that is lost turns its dot red."""
    if isinstance(failure, ConnectionLost):
        connection.lose(integration, failure.side, failure.words)
        remedy = gettext("The connection was refused. Connect again; nothing is lost by that.")
        return Check(label=question.label, state="bad", remedy=remedy, about="connections")
    if isinstance(failure, Refused):
        return Check(label=question.label, state="bad", remedy=failure.words, about=question.about)
    if isinstance(failure, Gone):
        remedy = gettext("It does not exist any more there.")
        return Check(label=question.label, state="bad", remedy=remedy, about=question.about)
    remedy = gettext("No answer came just now, so this could not be checked. Run the self-test again in a minute.")
    return Check(label=question.label, state="unknown", remedy=remedy, about=question.about)
