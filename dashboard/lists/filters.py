"""The filters of a list. They are kept in the address, so that a filtered list can be sent on, printed and returned to.

Wrong input is said to be wrong, and filters nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import wording
from integrations.models import Document

from .cells import ChoiceCell, DayCell

ALL, DAYS = _("All"), "days"
PERIODS = {
    "month": _("This month"),
    "last-month": _("Last month"),
    "quarter": _("This quarter"),
    "year": _("This year"),
    DAYS: _("From and until"),
}
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)  # what lies beyond is a slip of the keyboard


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that is on: what it is in words, and the address of the list without it."""

    label: str
    words: str
    url: str


def a_day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DayCell(attrs={"data-days": ""}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(EARLIEST, _("There is nothing before 2000.")),
            MaxValueValidator(LATEST, _("This year has not come yet.")),
        ],
        error_messages={"invalid": _("This is no date. Write it like 2026-11-12.")},
    )


class Period(forms.Form):
    """When documents came on the list, by days in the Netherlands; without a choice all of them.

    ``chips``, ``kept`` and ``narrow`` are what a list needs of its filters; a list with more of them adds its fields.
    """

    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        widget=ChoiceCell(attrs={"data-period": DAYS}),
        error_messages={"invalid_choice": _("Choose a period from the list.")},
    )
    since = a_day(_("From"))
    until = a_day(_("Until"))

    drawn = ""  # the form as HTML, where that is kept
    together: ClassVar = {"period": ("period", "since", "until")}

    def __init__(self, asked: QueryDict, *, everything: str | Promise = ALL) -> None:
        super().__init__(asked, auto_id="filter-%s")
        self.fields["period"].choices = [("", everything), *PERIODS.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("This day is before the first one."))
        if (since or until) and given.get("period") not in ("", DAYS, None):
            self.add_error("period", gettext("Choose “From and until” for these days, or leave them empty."))
        return given

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, as far as there are any."""
        if not self.is_valid():
            return None, None
        chosen = self.cleaned_data["period"]
        if chosen in ("", DAYS):
            return self.cleaned_data["since"], self.cleaned_data["until"]
        return days_of(chosen, timezone.localdate())

    def narrow(self, documents: QuerySet[Document]) -> QuerySet[Document]:
        """Those of the documents that the filters let through: all of them when something was filled in wrongly."""
        first, last = self.days()
        if first:
            documents = documents.filter(changed_at__gte=midnight(first))
        if last:
            documents = documents.filter(changed_at__lt=midnight(last + timedelta(days=1)))
        return documents

    @property
    def kept(self) -> str:
        """The filters as an address has them after its question mark; nothing when something was filled in wrongly."""
        return self.without() if self.is_valid() else ""

    def without(self, *names: str) -> str:
        given = {name: str(self.data.get(name, "")).strip() for name in self.fields if name not in names}
        return urlencode({name: text for name, text in given.items() if text})

    def chips(self) -> list[Chip]:
        """The filters that are on."""
        return [] if self.errors else [chip for name in self.fields for chip in self.chips_of(name)]

    def chips_of(self, name: str) -> Iterator[Chip]:
        words = self.words_of(name)
        if words:
            url = "?" + self.without(*self.together.get(name, (name,)))
            yield Chip(label=str(self.fields[name].label), words=words, url=url)

    def words_of(self, name: str) -> str:
        """What a filter is set to; empty when it is off, or when another one tells."""
        value = self.cleaned_data[name]
        if name in ("since", "until"):
            return ""
        if name == "period":
            return self.words_of_days() if value in ("", DAYS) else str(PERIODS[value])
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value)) if value not in ("", None) else ""

    def words_of_days(self) -> str:
        since, until = (wording.day(self.cleaned_data[name]) for name in ("since", "until"))
        if since and until:
            return gettext("%(since)s until %(until)s") % {"since": since, "until": until}
        if since:
            return gettext("from %(day)s") % {"day": since}
        return gettext("until %(day)s") % {"day": until} if until else ""


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and last day of a period by its name."""
    first = today.replace(day=1)
    if period == "last-month":
        last = first - timedelta(days=1)
        return last.replace(day=1), last
    if period == "quarter":
        first = first.replace(month=(today.month - 1) // 3 * 3 + 1)
    if period == "year":
        first = first.replace(month=1)
    return first, today


def midnight(day: date) -> datetime:
    """The moment at which a day begins in the Netherlands."""
    return datetime.combine(day, time(), timezone.get_default_timezone())
