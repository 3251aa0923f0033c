"""The period of a VAT overview: a month, a quarter or a year, by the dates of documents, or days of one's own."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import wording

from ..lists.filters import EARLIEST, LATEST, a_day

MONTHS = {"month": 1, "quarter": 3, "year": 12}
NAMED = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, kw_only=True)
class VatPeriod:
    """From ``first`` until and with ``last``; ``unit`` is one of ``MONTHS``, "" for days of one's own."""

    first: date
    last: date
    unit: str = ""

    @property
    def name(self) -> str:
        """As an address has it: 2026-11, 2026-Q4 or 2026; both days for days of one's own."""
        if self.unit == "quarter":
            return f"{self.first.year}-Q{self.quarter}"
        if self.unit:
            return f"{self.first:%Y}" if self.unit == "year" else f"{self.first:%Y-%m}"
        return f"{self.first}-{self.last}"

    @property
    def kept(self) -> str:
        """The period as addresses have it after their question mark."""
        return urlencode({"period": self.name} if self.unit else {"since": self.first, "until": self.last})

    @property
    def quarter(self) -> int:
        return (self.first.month + 2) // 3

    @property
    def words(self) -> str:
        if self.unit == "quarter":
            return gettext("Quarter %(number)d of %(year)d") % {"number": self.quarter, "year": self.first.year}
        if self.unit:
            return str(self.first.year) if self.unit == "year" else date_format(self.first, "F Y")
        days = {"since": wording.day(self.first), "until": wording.day(self.last)}
        return gettext("%(since)s until %(until)s") % days

    @property
    def before(self) -> "VatPeriod | None":
        return self._neighbour(self.first - timedelta(days=1))

    @property
    def after(self) -> "VatPeriod | None":
        return self._neighbour(self.last + timedelta(days=1))

    @property
    def units(self) -> "list[VatPeriod]":
        """The month, quarter and year around its end, or around today where it goes on."""
        day = max(self.first, min(self.last, timezone.localdate()))
        return [period_around(day, unit) for unit in MONTHS]

    def _neighbour(self, day: date) -> "VatPeriod | None":
        return period_around(day, self.unit) if self.unit and EARLIEST <= day <= LATEST else None


class DaysForm(forms.Form):
    """Days of one's own; both of them."""

    since, until = a_day(_("From")), a_day(_("Until"))

    def __init__(self, asked: QueryDict, shown: VatPeriod) -> None:
        is_asked = "since" in asked or "until" in asked
        days = {"since": shown.first, "until": shown.last}
        super().__init__(asked if is_asked else None, initial=days, auto_id="days-%s", use_required_attribute=False)
        for field in self.fields.values():
            field.required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("This day is before the first one."))
        return given


def period_around(day: date, unit: str) -> VatPeriod:
    """The month, quarter or year that a day is in."""
    months = MONTHS[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = (first + timedelta(days=31 * months)).replace(day=1)
    return VatPeriod(first=first, last=after - timedelta(days=1), unit=unit)


def asked_of(asked: QueryDict) -> tuple[VatPeriod, DaysForm]:
    """The period that an address asks for, and the form for other days. What can't be read asks for the present
    quarter."""
    shown = _named(asked.get("period", "")) or period_around(timezone.localdate(), "quarter")
    form = DaysForm(asked, shown)
    if form.is_valid():
        shown = VatPeriod(first=form.cleaned_data["since"], last=form.cleaned_data["until"])
    return shown, form


def _named(name: str) -> VatPeriod | None:
    found = NAMED.fullmatch(name)
    if found is None:
        return None
    year, quarter, month = found.groups()
    unit = "quarter" if quarter else "month" if month else "year"
    return period_around(date(int(year), int(month or int(quarter or 1) * 3), 1), unit)
