"""One call to Cloudswitch: a form goes to the one address there is, and the rows of a dataset come back.

What can go wrong is one of ``integrations.failures``, or ``Said``: iMUIS answered with an error, so it did nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

from integrations import http
from integrations.failures import ConnectionLost, Temporary, Unknown

from .dataset import parse

PATH = "/ws1_api.aspx"
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
READS = {"LOGIN", "GETSTAMTABELRECORDS", "GETADMINFO"}
SECRETS = ("PARTNERKEY", "OMGEVINGSCODE", "SESSIONID")
LONGEST_WAIT = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1)

Rows = list[tuple[str, dict[str, str]]]


class Said(Exception):
    """The words of an error answer; ``status`` is 200 unless something before iMUIS spoke."""

    def __init__(self, words: str, status: int) -> None:
        super().__init__(words)
        self.words = words
        self.status = status


class Door:
    """``before_call`` is asked before every call whether it may still be made."""

    def __init__(
        self,
        base_url: str,
        partner_key: str,
        *,
        record: http.Recorder | None = None,
        before_call: Callable[[], None] = lambda: None,
    ) -> None:
        self.url = base_url.rstrip("/") + PATH
        self.partner_key = partner_key
        self.record = record
        self.before_call = before_call

    def log_in(self, code: str) -> str:
        """A new session. Raises ``ConnectionLost``, in iMUIS's own words, when it refuses the code; ``Temporary``."""
        try:
            rows = self.ask("LOGIN", {"OMGEVINGSCODE": code})
        except Said as said:
            if said.status >= 400:
                raise Temporary("books_no_answer") from said
            raise ConnectionLost("books", said.words) from said
        for _, columns in rows:
            if columns.get("SESSIONID"):
                return columns["SESSIONID"]
        raise Temporary("books_no_answer")

    def ask(self, action: str, fields: Mapping[str, str], *, table: str = "") -> Rows:
        """Do one action. ``table`` is shown on the timeline with it. Raises ``Said``, ``Temporary``, ``Unknown``."""
        form = {"PARTNERKEY": self.partner_key, "ACTIE": action, **fields}
        answer = self._send(action, form, table)
        if answer.status == 429:
            raise Temporary(
                "books_busy", wait=answer.retry_after(otherwise=A_MINUTE, longest=LONGEST_WAIT), everything=True
            )
        if answer.status // 100 not in (2, 4):
            raise _unanswered(action)
        rows = _rows(answer)
        words = _words(rows or [])
        if words is not None or answer.status >= 400:
            raise Said(_without(words or "", (form.get(name, "") for name in SECRETS))[:1000], answer.status)
        if rows is None:
            raise _unanswered(action)
        return rows

    def _send(self, action: str, form: Mapping[str, str], table: str) -> http.Answer:
        body = urlencode(form, quote_via=quote).encode()
        about = f"{action} {table}".strip()
        try:
            return http.send(
                "POST",
                self.url,
                headers=HEADERS,
                body=body,
                record=self.record,
                about=about,
                before_call=self.before_call,
            )
        except http.NotSent as error:
            raise Temporary("books_unreachable") from error
        except http.NoAnswer as error:
            raise _unanswered(action) from error


def _unanswered(action: str) -> Temporary | Unknown:
    return Temporary("books_no_answer") if action in READS else Unknown("books_no_answer")


def _rows(answer: http.Answer) -> Rows | None:
    """The dataset of an answer; None when there is none, or when it is the page of something in between."""
    try:
        rows = parse(_in_utf8(answer))
    except (ValueError, LookupError):
        return None
    return None if any(table == "BODY" for table, _ in rows) else rows


def _in_utf8(answer: http.Answer) -> bytes:
    """The body, in another encoding only where its own declaration says so."""
    named = re.search(r"charset=[\"']?([\w-]+)", answer.headers.get("Content-Type", ""), re.IGNORECASE)
    if named is None or answer.body.lstrip().startswith(b"<?xml"):
        return answer.body
    return answer.body.decode(named[1]).encode()


def _words(rows: Rows) -> str | None:
    """What an error answer says; None when it is none."""
    for table, columns in rows:
        if table in ("ERROR", "MESSAGE"):  # the latter where the error is the root
            return columns.get("MESSAGE") or " ".join(columns.values()).strip()
    return None


def _without(words: str, secrets: Iterable[str]) -> str:
    """The words without the keys that came with the call, should the server repeat them."""
    for secret in filter(None, secrets):
        words = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", words)
    return words
