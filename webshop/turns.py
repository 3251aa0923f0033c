"""Reading a long period of the books some days at a time."""

from datetime import date, timedelta

A_DAY = timedelta(days=1)
MOST_DAYS = 31


def end_of_turn(since: date, days: int, last: date) -> date:
    """So many days on, the end of the month, or the last day of the period: whichever comes first."""
    next_month = (since.replace(day=1) + timedelta(days=32)).replace(day=1)
    return min(since + timedelta(days=days - 1), next_month - A_DAY, last)
