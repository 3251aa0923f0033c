"""Pages of a list that follow on from a row instead of a page number, so that a page is as quick at the end of a long
list as at its start and does not shift while rows arrive.

A cursor names a row by the columns of the order: ``changed_at`` in microseconds and ``id``, as ``17951…-42``.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from integrations.models import Document

SIZE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Page:
    """``before`` and ``after`` are the cursors of the neighbouring pages, empty where there is none. ``kept`` are the
    filters of the list, as its address has them, for the links from page to page."""

    rows: list[Document]
    is_first: bool
    before: str
    after: str
    kept: str = ""

    @property
    def link(self) -> str:
        """What the link to a neighbouring page begins with."""
        return f"?{self.kept}&" if self.kept else "?"


def page(documents: QuerySet[Document], asked: QueryDict, *, newest_first: bool, kept: str = "") -> Page:
    """The page that the address asks for by ``after`` or ``before``; the first one if it asks for nothing readable."""
    return replace(found(documents, asked, newest_first=newest_first), kept=kept)


def found(documents: QuerySet[Document], asked: QueryDict, *, newest_first: bool) -> Page:
    before, after = read_cursor(asked.get("before", "")), read_cursor(asked.get("after", ""))
    if before:
        rows = list(ordered(beyond(documents, before, lower=not newest_first), down=not newest_first)[: SIZE + 1])
        if len(rows) > SIZE:
            return Page(rows=rows[:SIZE][::-1], is_first=False, before=cursor(rows[SIZE - 1]), after=cursor(rows[0]))
    elif after:
        rows = list(ordered(beyond(documents, after, lower=newest_first), down=newest_first)[: SIZE + 1])
        if rows:
            return Page(rows=rows[:SIZE], is_first=False, before=cursor(rows[0]), after=end(rows))
    rows = list(ordered(documents, down=newest_first)[: SIZE + 1])
    return Page(rows=rows[:SIZE], is_first=True, before="", after=end(rows))


def ordered(documents: QuerySet[Document], *, down: bool) -> QuerySet[Document]:
    return documents.order_by("-changed_at", "-id") if down else documents.order_by("changed_at", "id")


def beyond(documents: QuerySet[Document], row: tuple[datetime, int], *, lower: bool) -> QuerySet[Document]:
    """What lies beyond the row. The first condition says nothing new, but it is the one an index can use."""
    moment, pk = row
    if lower:
        return documents.filter(changed_at__lte=moment).filter(Q(changed_at__lt=moment) | Q(id__lt=pk))
    return documents.filter(changed_at__gte=moment).filter(Q(changed_at__gt=moment) | Q(id__gt=pk))


def end(rows: list[Document]) -> str:
    return cursor(rows[SIZE - 1]) if len(rows) > SIZE else ""


def cursor(row: Document) -> str:
    return f"{(row.changed_at - EPOCH) // MICROSECOND}-{row.pk}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    moment, _, pk = text.partition("-")
    is_readable = text.isascii() and moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19
    if not is_readable:
        return None
    return EPOCH + int(moment) * MICROSECOND, int(pk)
