"""What the sentences of a timeline are made of."""

from typing import Any

from django.utils.translation import gettext

from ..errors.stored_problems import problems_of
from ..lists.waiting import QUEUED, reason_text

Sentence = tuple[str, str, bool]


def said(text: str, detail: str = "", *, is_bad: bool = False) -> Sentence:
    return text, detail, is_bad


def plain(data: dict[str, Any]) -> str:
    """Simple values as ``name: value``; a traceback is for staff and is left out."""
    shown = {name: value for name, value in data.items() if name != "traceback" and not isinstance(value, dict | list)}
    return ", ".join(f"{name}: {value}" for name, value in shown.items())


def waits(data: dict[str, Any]) -> Sentence:
    seconds = data.get("seconds")
    detail = gettext("next attempt after %(seconds)s s") % {"seconds": seconds} if seconds else ""
    return said(reason_text(QUEUED, str(data.get("reason", ""))), detail)


def problem(data: dict[str, Any]) -> Sentence:
    stored = data.get("problems") or ([data] if data.get("code") else [])
    found = problems_of([one for one in stored if isinstance(one, dict)])
    text = " ".join(one.message for one in found) or gettext("A problem was found.")
    return said(text, ", ".join(one.code for one in found), is_bad=True)
