"""Why something is not posted: a code, its parameters, and words for the person who can put it right."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from integrations import wording
from integrations.country_names import country_name
from integrations.money import to_cents
from integrations.problem_texts import INTERNAL, PROBLEMS, ProblemText
from integrations.reading_texts import NOTES, UNREADABLE

__all__ = ["NOTES", "PROBLEMS", "Problem", "ProblemText", "Unreadable", "stuck"]

TEXTS = {"code", "message", "remedy"}
LONGEST_VALUE, LONGEST_CAUSE = 60, 200


@dataclass(frozen=True, init=False)
class Problem:
    """One problem. Parameters are plain JSON values; a Decimal becomes text.

    The words are in the language that is active when they are asked for.
    """

    code: str
    params: dict[str, Any] = field(hash=False)

    def __init__(self, code: str, **params: Any) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", {name: _plain(value) for name, value in params.items()})

    @property
    def text(self) -> ProblemText:
        return PROBLEMS.get(self.code, PROBLEMS[INTERNAL])

    @property
    def message(self) -> str:
        return str(self.text.message) % _Named(self.params)

    @property
    def remedy(self) -> str:
        return str(self.text.remedy) % _Named(self.params)

    @property
    def help(self) -> str:
        return str(self.text.help)

    @property
    def who(self) -> str:
        """Who can put it right: owner, shop, books, staff or nobody."""
        return self.text.who

    @property
    def setting(self) -> str:
        """The section of the Configuration tab where it is put right; "" when it is not there."""
        return self.text.setting

    @property
    def title(self) -> str:
        """What is wrong with all documents of this cause."""
        return str(self.text.title or self.text.message) % _Named(self.params)

    @property
    def cause(self) -> str:
        """Equal for all documents that one act puts right: the code, and those parameters that matter."""
        values = [_comparable(name, str(self.params.get(name, "")))[:LONGEST_VALUE] for name in self.text.by]
        return json.dumps([self.code, *values], ensure_ascii=False, separators=(",", ":"))[:LONGEST_CAUSE]

    @classmethod
    def of_cause(cls, cause: str) -> "Problem":
        """The problem that a cause stands for, with the parameters that matter."""
        try:
            code, *values = json.loads(cause)
            return cls(code, **dict(zip(PROBLEMS[code].by, values, strict=True)))
        except (ValueError, TypeError, KeyError):
            return cls(INTERNAL)

    def dump(self) -> dict[str, Any]:
        """Code and parameters, for the database."""
        return {"code": self.code} | self.params

    def as_json(self) -> dict[str, Any]:
        return self.dump() | {"message": self.message, "remedy": self.remedy}

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Problem":
        """What ``dump`` or ``as_json`` gave; words are made again, in the language of who reads them."""
        return cls(
            data["code"],
            **{name: value for name, value in data.items() if name not in TEXTS},
        )


def stuck(problems: Iterable["Problem"]) -> dict[str, Any]:
    """The fields of a document that is stuck on these; the first of them is its cause."""
    found = list(problems)
    return {
        "state": "error",
        "problems": [problem.as_json() for problem in found],
        "reason": found[0].code,
        "cause": found[0].cause,
        "next_attempt_at": None,
    }


class Unreadable(Exception):
    """The shop's data can't be understood; ``field`` is where, ``why`` a key of UNREADABLE."""

    def __init__(self, field: str, why: str = "missing") -> None:
        super().__init__(f"{field} {why.replace('_', ' ')}")
        self.field = field
        self.why = why

    @property
    def problem(self) -> Problem:
        return Problem("unreadable", field=self.field, why=self.why)


# Parameters that are amounts in euro; programs read them as 75.70, people as they write amounts.
AMOUNTS = {"shop_total", "lines_total", "shop_vat", "lines_vat", "vat", "shop", "ledger", "amount", "before", "open"}


class _Named(dict[str, Any]):
    """Parameters for a text; what is not there shows as an ellipsis instead of breaking the page."""

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if name not in self:
            return value
        if name in AMOUNTS:
            return wording.money(to_cents(Decimal(value)))
        if name == "country":
            return country_name(value)
        if name == "method":
            return wording.method_name(value)
        if name == "date":
            return _day(value)
        return wording.percentage(value) if name == "rate" else value

    def __missing__(self, name: str) -> str:
        if name == "reason" and self.get("why") in UNREADABLE:
            return f"{self['field']} {UNREADABLE[self['why']]}"
        return "…"


def _comparable(name: str, value: str) -> str:
    """A parameter of a cause. Others' words, and where something stands, are the same but for the numbers in them."""
    return re.sub(r"\d+", "…", value) if name in ("words", "field") else value


def _day(text: Any) -> str:
    """A date of ours as people write it; one in the words of the books stays as it is."""
    try:
        return wording.day(date.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
