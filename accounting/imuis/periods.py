"""Which period of the books a date falls in, and whether that is closed."""

from collections.abc import Iterable, Mapping
from datetime import date

from .literals import read_day

Period = tuple[int, int]  # year of the books, number in that year

MONTHS = 12
LAST_ORDINARY = 13  # 0 is for opening balances, 14 for corrections


def period_of(day: date, rows: Iterable[Mapping[str, str]], periods_in_year: int | None) -> Period | None:
    """By the table PERIODEDATUMS where that covers the day, else by the number of periods in a year (AANTPER; unknown
    is twelve). None where only a table could tell, or where the table shows that its years are not the calendar's."""
    table = [row for row in map(_dated, rows) if row]
    for period, first, last in table:
        if first <= day <= last:
            return period
    if any(_of_the_calendar(first, periods_in_year) != period for period, first, _ in table):
        return None
    return _of_the_calendar(day, periods_in_year)


def _dated(row: Mapping[str, str]) -> tuple[Period, date, date] | None:
    """A row of the table: what its columns of dates are called is not certain, but it has two."""
    days = sorted(found for value in row.values() if (found := read_day(value)))
    period = _whole(row.get("JR")), _whole(row.get("PN"))
    if len(days) != 2 or not period[0] or not 1 <= period[1] <= LAST_ORDINARY:
        return None
    return period, days[0], days[1]


def _of_the_calendar(day: date, periods_in_year: int | None) -> Period | None:
    count = periods_in_year or MONTHS
    if count < 0 or MONTHS % count:
        return None
    return day.year, (day.month - 1) // (MONTHS // count) + 1


def month_of(day: date) -> Period:
    """The period while no table can be asked."""
    return day.year, day.month


def is_closed(period: Period, info: Mapping[str, str]) -> bool:
    """By the table PERIODEINFO, which has the last closed period: for good, and for users. iMUIS itself would let us
    post in the latter."""
    for kind in ("", "GEBR"):
        last = _whole(info.get(f"JRAFGESL{kind}")), _whole(info.get(f"PNAFGESL{kind}"))
        if last[0] and period <= last:
            return True
    return False


def _whole(value: str | None) -> int:
    """A number; 0 for what is none."""
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() else 0
