"""The problems of a document, read back from its row in the reader's language."""

from collections.abc import Iterable
from typing import Any

from integrations.problems import Problem


def problems_of(stored: Iterable[dict[str, Any]]) -> list[Problem]:
    return [Problem.load(one) for one in stored]


def first_message(stored: Iterable[dict[str, Any]]) -> str:
    return next((problem.message for problem in problems_of(stored)), "")
