"""Speaks to iMUIS Cloudswitch: rows of text in, rows of text out.

What can go wrong is one of ``integrations.failures``: ``Temporary``, ``Unknown`` (a write whose answer did not come),
``Refused`` and ``ConnectionLost``. An answer with an error means that a write was not done.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from integrations.failures import Refused, Temporary
from integrations.problems import Problem

from .dataset import dataset
from .door import Door, Rows, Said

PER_PAGE = 1000

# There is no list of error codes: what an error is about shows in its words alone.
SESSION_WORDS = re.compile("sessie|session|ingelogd|aangemeld", re.IGNORECASE)
PLAN_WORDS = re.compile("abonnement", re.IGNORECASE)

Row = dict[str, str]
Dataset = Sequence[tuple[str, Mapping[str, str]]]
Where = Sequence[tuple[str, str, str]]
"""Conditions that all must be met: column, operator (= > >= < <= LIKE), value."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a table: ``count`` rows are found in all, on ``pages`` pages."""

    rows: list[Row]
    count: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A created entry as far as iMUIS tells of it: its rows, which it completed, and their keys."""

    rows: list[Row]
    keys: list[str]


class Imuis:
    """One administration. ``session(stale)`` gives its code and session, another session than ``stale``."""

    def __init__(self, door: Door, session: Callable[[str | None], Mapping[str, str]]) -> None:
        self.door = door
        self.session = session

    def table(self, name: str, fields: Sequence[str], *, where: Where = (), order_by: str = "NR") -> Iterator[Row]:
        """All rows that meet the conditions, page after page. Each has all ``fields``, or what there is for ``*``."""
        page = 0
        while True:
            page += 1
            found = self.page(name, fields, where=where, order_by=order_by, number=page)
            yield from found.rows
            if page >= found.pages:
                return

    def page(
        self,
        name: str,
        fields: Sequence[str],
        *,
        where: Where = (),
        order_by: str = "NR",
        number: int = 1,
        size: int = PER_PAGE,
    ) -> Page:
        """One page, from 1 on."""
        selection = {
            "TABLE": name,
            "SELECTFIELDS": _list(fields),
            "WHEREFIELDS": _list([column for column, _, _ in where]),
            "WHEREOPERATORS": _list([operator for _, operator, _ in where]),
            "WHEREVALUES": _list([value for _, _, value in where]),
            "ORDERBY": order_by,
            "MAXRESULT": "0",
            "PAGESIZE": str(size),
            "SELECTPAGE": str(number),
        }
        rows = self._call("GETSTAMTABELRECORDS", "SELECTIE", [("Table1", selection)], table=name)
        return _page(rows, fields, size)

    def admin_info(self, table: str, fields: Sequence[str]) -> list[Row]:
        """General data of the administration, such as BASALG and BASFIN; no rows when iMUIS gives none."""
        selection = {"TABLE": table, "SELECTFIELDS": _list(fields)}
        rows = self._call("GETADMINFO", "SELECTIE", [("Table1", selection)], table=table)
        return [_whole(columns, fields) for name, columns in rows if name in ("DATA", table)]

    def create_record(self, record: Dataset) -> str:
        """Create the debtor or item that a dataset describes; its key, or "" when iMUIS does not tell."""
        table = next(columns["TABLE"] for name, columns in record if name == "METADATA")
        answer = self._call("CREATESTAMTABELRECORD", "STAMTABEL", record, table=table)
        return next(iter(_keys(answer)), "")

    def create_entry(self, entry: Dataset) -> Entry:
        answer = self._call("CREATEJOURNAALPOST", "JOURNAALPOST", entry)
        return Entry(rows=[columns for name, columns in answer if name == "BOE"], keys=_keys(answer))

    def create_order(self, order: Dataset) -> str:
        """Create a sales order; its number, or "" when iMUIS does not tell."""
        answer = self._call("CREATEVERKOOPORDER", "VERKOOPORDER", order)
        numbers = [columns.get("ORDNR", "") for _, columns in answer]
        numbers += [columns.get("NR", "") for name, columns in answer if name == "ORDKOP"]
        return next((number for number in numbers if number.strip("0")), "")

    def _call(self, action: str, field: str, sent: Dataset, *, table: str = "") -> Rows:
        """Do one action; once more, in a new session, when the words of an error are about the session."""
        secret, xml = self.session(None), dataset(*sent)
        try:
            try:
                return self._ask(action, field, xml, table, secret)
            except Said as said:
                if not SESSION_WORDS.search(said.words):
                    raise
            return self._ask(action, field, xml, table, self.session(secret["session"]))
        except Said as said:
            raise Refused(_problem(said)) from said

    def _ask(self, action: str, field: str, xml: str, table: str, secret: Mapping[str, str]) -> Rows:
        keys = {"OMGEVINGSCODE": secret["code"], "SESSIONID": secret["session"]}
        return self.door.ask(action, {**keys, field: xml}, table=table)


def _list(parts: Sequence[str]) -> str:
    return "\t".join(part.replace("\t", " ") for part in parts)


def _page(answer: Rows, fields: Sequence[str], size: int) -> Page:
    """Read a page. One that tells of rows and holds none was seen to come right when it is asked again."""
    rows = [_whole(columns, fields) for name, columns in answer if name == "DATA"]
    totals = next((columns for name, columns in answer if name == "METADATA"), {})
    count, pages = totals.get("RECORDCOUNT", ""), totals.get("TOTALPAGES", "")
    if not count.isdecimal() or (int(count) and not rows):
        raise Temporary("books_no_answer")
    return Page(rows=rows, count=int(count), pages=int(pages) if pages.isdecimal() else -(-int(count) // size))


def _whole(columns: Row, fields: Sequence[str]) -> Row:
    """A row with all columns that were asked for: an empty one may be left out of an answer."""
    return {field: "" for field in fields if field != "*"} | columns


def _keys(answer: Rows) -> list[str]:
    return [columns["PRIMARYKEY"] for _, columns in answer if columns.get("PRIMARYKEY")]


def _problem(said: Said) -> Problem:
    if PLAN_WORDS.search(said.words):
        return Problem("books_plan", words=said.words)
    return Problem("books_refused", words=said.words or f"HTTP {said.status}", status=said.status)
