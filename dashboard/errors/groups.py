"""What is stuck, by root cause: a group for each thing that one act puts right. The counts are those that the database
keeps, so that no document is counted for it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from integrations.models import Integration, State
from integrations.problems import Problem
from integrations.tallies import Tally

from .missing_setting import Desk, can_be_filled_in, setting_form

MOST_SHOWN = 3  # cards, until somebody asks for all


@dataclass(frozen=True, kw_only=True)
class Group:
    """``documents`` that are stuck on one cause, with their total in ``cents``; ``since`` is the month of the oldest,
    None when none of them has a date. ``can_be_filled_in``: one setting puts them right. ``form`` asks for it:
    one on a page, the others have theirs on a page of their own."""

    cause: str
    documents: int = 0
    cents: int = 0
    since: date | None = None
    can_be_filled_in: bool = False
    form: Any = None

    @cached_property
    def problem(self) -> Problem:
        return Problem.of_cause(self.cause)

    @cached_property
    def title(self) -> str:
        return self.problem.title

    @cached_property
    def key(self) -> str:
        """Tells it from the other groups of a page, as an id."""
        return hashlib.blake2s(self.cause.encode(), digest_size=5).hexdigest()


def groups_of(tallies: Iterable[Tally]) -> list[Group]:
    """Every group, the one with the most money in it first."""
    groups = [_group(tally) for tally in tallies if tally.state == State.ERROR]
    return sorted(groups, key=lambda group: (-abs(group.cents), -group.documents, group.cause))


def group_of(tallies: Iterable[Tally], cause: str) -> Group:
    """The group of a cause; without documents when nothing is stuck on it."""
    return next((group for group in groups_of(tallies) if group.cause == cause), Group(cause=cause))


def _group(tally: Tally) -> Group:
    since = date.fromisoformat(f"{tally.oldest}-01") if tally.oldest else None
    return Group(cause=tally.cause, documents=tally.documents, cents=tally.cents, since=since)


def with_forms(groups: Iterable[Group], integration: Integration) -> list[Group]:
    """The groups, and which of them can be filled in: the first of these with its form."""
    desk, found = Desk(integration), list(groups)
    able = [group for group in found if can_be_filled_in(desk, group.problem)]
    forms = {group.key: setting_form(desk, group.problem, prefix=group.key) for group in able[:1]}
    return [replace(group, can_be_filled_in=group in able, form=forms.get(group.key)) for group in found]


def with_form(group: Group, form: Any) -> Group:
    return replace(group, can_be_filled_in=True, form=form)


def worth_a_card(group: Group) -> bool:
    """One document that has nothing to fill in says all of it in the list beneath."""
    return group.documents > 1 or group.can_be_filled_in
