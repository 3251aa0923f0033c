"""The totals of what Report shows, and its chart: one query, which the page does not wait for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import wording
from integrations.models import Document

from .filters import Period

MOST_BARS = 62  # two months of days
USUAL_DAYS = 30
HEIGHT, STEP = 1000, 10  # of the drawing, in units of its own
UNITS = {
    "day": _("Posted per day, incl. VAT"),
    "week": _("Posted per week, incl. VAT"),
    "month": _("Posted per month, incl. VAT"),
    "year": _("Posted per year, incl. VAT"),
}


@dataclass(kw_only=True)
class Sums:
    """So many documents, and their total incl. VAT in cents."""

    documents: int = 0
    cents: int = 0

    def add(self, documents: int, cents: int) -> None:
        self.documents += documents
        self.cents += cents


@dataclass(kw_only=True)
class Bar:
    """A day, week, month or year of the chart; the numbers are places in the drawing."""

    first: date
    label: str
    sums: Sums
    x: int
    turnover: tuple[int, int] = (0, 0)  # its top, and its height
    documents: tuple[int, int] = (0, 0)


@dataclass(kw_only=True)
class Chart:
    """``width`` and ``height`` are those of the drawing."""

    title: str
    bars: list[Bar]
    most_cents: int
    least_cents: int
    most_documents: int
    is_usual: bool
    height: int = HEIGHT

    @property
    def width(self) -> int:
        return len(self.bars) * STEP

    @property
    def zero(self) -> int:
        """Where the line of nothing is, when something is below it."""
        return line_of_nothing(self.most_cents, self.least_cents)


@dataclass(kw_only=True)
class Figures:
    """Credit notes have negative totals; ``all`` is the two together."""

    sales: Sums = field(default_factory=Sums)
    credits: Sums = field(default_factory=Sums)
    all: Sums = field(default_factory=Sums)
    chart: Chart | None = None


def figures_of(documents: QuerySet[Document], period: Period) -> Figures:
    """The totals of documents that a filter let through, and their chart by the days of its period."""
    by_day = documents.annotate(day=TruncDate("changed_at", tzinfo=timezone.get_default_timezone()))
    rows = by_day.values("day", "is_credit").annotate(documents=Count("id"), cents=Sum("total_cents")).order_by()
    figures, days = Figures(), dict[date, Sums]()
    for row in rows:
        for sums in (figures.all, figures.credits if row["is_credit"] else figures.sales, of(days, row["day"])):
            sums.add(row["documents"], row["cents"])
    if days:
        figures.chart = chart(days, *period.days())
    return figures


def of(sums: dict[Any, Sums], key: object) -> Sums:
    return sums.setdefault(key, Sums())


def chart(days: dict[date, Sums], first: date | None, last: date | None) -> Chart | None:
    """The bars from ``first`` until ``last``; without both of them those of the last 30 days."""
    today, is_usual = timezone.localdate(), first is None and last is None
    last = min(last or today, today)
    first = last - timedelta(days=USUAL_DAYS - 1) if is_usual else first or min(days)
    if first > last:
        return None
    unit = unit_of(first, last)
    summed: dict[date, Sums] = {start: Sums() for start in starts(first, last, unit)}
    for day, sums in days.items():
        if first <= day <= last:
            of(summed, start_of(day, unit)).add(sums.documents, sums.cents)
    bars = [
        Bar(first=start, label=label(start, unit), sums=sums, x=STEP * place)
        for place, (start, sums) in enumerate(summed.items())
    ]
    return drawn(bars, str(UNITS[unit]), is_usual=is_usual)


def drawn(bars: list[Bar], title: str, *, is_usual: bool) -> Chart:
    """The bars with their places: what is below nothing hangs from the line of nothing."""
    most_cents = max(0, *(bar.sums.cents for bar in bars)) if bars else 0
    least_cents = min(0, *(bar.sums.cents for bar in bars)) if bars else 0
    most_documents = max((bar.sums.documents for bar in bars), default=0)
    for bar in bars:
        bar.turnover = placed(bar.sums.cents, most_cents, least_cents)
        bar.documents = placed(bar.sums.documents, most_documents, 0)
    most = {"most_cents": most_cents, "least_cents": least_cents, "most_documents": most_documents}
    return Chart(title=title, bars=bars, is_usual=is_usual, **most)


def placed(value: int, most: int, least: int) -> tuple[int, int]:
    """Top and height of a bar between the highest and the lowest; what is there can be seen."""
    if not value:
        return 0, 0
    height = max(HEIGHT // 100, HEIGHT * abs(value) // (most - least))
    zero = line_of_nothing(most, least)
    return (max(0, zero - height), height) if value > 0 else (min(zero, HEIGHT - height), height)


def line_of_nothing(most: int, least: int) -> int:
    return HEIGHT * most // (most - least)


def unit_of(first: date, last: date) -> str:
    """The smallest unit of which there are not too many."""
    days = (last - first).days + 1
    sizes = {"day": 1, "week": 7, "month": 30}
    return next((unit for unit, size in sizes.items() if days <= MOST_BARS * size), "year")


def start_of(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def starts(first: date, last: date, unit: str) -> Iterable[date]:
    start = start_of(first, unit)
    while start <= last:
        yield start
        start = start_of(start + timedelta(days={"day": 1, "week": 7, "month": 31, "year": 366}[unit]), unit)


def label(start: date, unit: str) -> str:
    if unit == "week":
        return gettext("week of %(day)s") % {"day": wording.day(start)}
    if unit == "month":
        return date_format(start, "F Y")
    return str(start.year) if unit == "year" else wording.day(start)
