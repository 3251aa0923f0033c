"""Past orders: the form that asks for a period, what was counted, and how far the carrying over is, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import wording
from integrations.models import History, HistoryItem
from integrations.problems import Problem
from webshop.past.history import AT_WORK, Outcome, Progress, States, price_cents, progress_of

from .lists.filters import a_day
from .lists.waiting import QUEUED, SKIPPED, reason_text

PAGE = 100

LEFT_OUT = SKIPPED | {
    "posted": _("Posted by this integration already."),
    "on_its_way": _("On its way to the books already."),
    "stuck": _("Stuck already: it waits on Errors."),
    "not_paid": _("Not paid in the shop."),
    "not_completed": _("The customer has not finished the order in the shop."),
}
STATES = {
    States.COUNTING: _("Being counted"),
    States.COUNTED: _("Counted, not started"),
    States.RUNNING: _("Being carried over"),
    States.PAUSED: _("Paused"),
    States.STOPPED: _("Stopped"),
    States.DONE: _("Done"),
}
DOTS = {States.DONE: "good", States.STOPPED: "skipped", States.PAUSED: "open"}
PAUSED = {
    "by_hand": _("Somebody paused it. What was on its way is finished; the rest waits for Resume."),
    "connection_lost": _("It was paused because a connection was lost. Connect again, then press Resume."),
    "refused": _("It was paused because the shop or the books refused it. Mend that, then press Resume."),
    "internal": _("Something went wrong on our side, again and again, so it was paused. Ask us, or press Resume."),
}
IN_VAIN = _("That went on for so many attempts that it was paused. Press Resume to try again.")


class PeriodForm(forms.Form):
    """Which days of the past, both included."""

    since = a_day(_("From"))
    until = a_day(_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = _("Choose a day.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("This day is before the first one."))
        if until and until > timezone.localdate():
            self.add_error("until", gettext("This day has not come yet."))
        return given


@dataclass(frozen=True, kw_only=True)
class Part:
    """So many of an outcome, with their total in ``cents``: all that are blocked on one cause, say."""

    items: int
    cents: int
    cause: str = ""
    reason: str = ""

    @property
    def problem(self) -> Problem:
        return Problem.of_cause(self.cause)

    @property
    def words(self) -> str:
        return reason_text(LEFT_OUT, self.reason)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What was counted, by outcome; ``asked`` were taken up since, ``to_count`` have not been looked at yet."""

    ready: Part
    asked: Part
    in_books: Part
    blocked: list[Part]
    left_out: list[Part]
    to_count: int
    listed: int

    @property
    def looked_at(self) -> int:
        return self.listed - self.to_count

    @property
    def price_cents(self) -> int:
        return price_cents(self.ready.items)

    @property
    def all_blocked(self) -> int:
        return sum(part.items for part in self.blocked)

    @property
    def all_left_out(self) -> int:
        return sum(part.items for part in self.left_out)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A history as its page shows it."""

    history: History
    preview: Preview
    progress: Progress | None = None

    @property
    def is_at_work(self) -> bool:
        return self.history.state in AT_WORK

    @property
    def words(self) -> str:
        return state_words(self.history)

    @property
    def dot(self) -> str:
        return DOTS.get(States(self.history.state), "queued")

    @property
    def why(self) -> str:
        """Why it does not go on: it is paused, or it waits for something that passes by itself."""
        if self.history.state == States.PAUSED and self.history.reason in PAUSED:
            return str(PAUSED[self.history.reason])
        if self.history.state == States.PAUSED:
            return f"{reason_text(QUEUED, self.history.reason)} {IN_VAIN}"
        return reason_text(QUEUED, self.history.reason) if self.is_at_work and self.history.reason else ""

    @property
    def problems(self) -> list[Problem]:
        refused = self.history.state == States.PAUSED and self.history.reason == "refused"
        return [Problem.load(one) for one in self.history.data.get("problems", ())] if refused else []


def price() -> str:
    """What a thousand of them costs without VAT, as people write it."""
    return wording.money(price_cents(1))


def state_words(history: History) -> str:
    return str(STATES[States(history.state)])


def shown(history: History) -> Shown:
    preview = preview_of(history.items.all())
    counts = {"to_come": preview.ready.items, "asked": preview.asked.items}
    progress = progress_of(history, **counts) if history.started_at else None
    return Shown(history=history, preview=preview, progress=progress)


def preview_of(items: "QuerySet[HistoryItem]") -> Preview:
    counted = items.values("outcome", "cause", "reason").annotate(items=Count("id"), cents=Sum("total_cents"))
    found: dict[str, list[Part]] = {outcome: [] for outcome in Outcome.values}
    for row in counted.order_by("-items", "cause", "reason"):
        found[row.pop("outcome")].append(Part(**row))
    return Preview(
        ready=added_up(found[Outcome.READY]),
        asked=added_up(found[Outcome.ASKED]),
        in_books=added_up(found[Outcome.IN_BOOKS]),
        blocked=found[Outcome.BLOCKED],
        left_out=found[Outcome.LEFT_OUT],
        to_count=added_up(found[Outcome.LISTED]).items,
        listed=added_up(part for parts in found.values() for part in parts).items,
    )


def added_up(parts: Iterable[Part]) -> Part:
    mine = list(parts)
    return Part(items=sum(part.items for part in mine), cents=sum(part.cents for part in mine))
