"""Counts what a piece of work asks of the database."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Cost:
    """Per document: SQL statements, and commits that change something. ``by_kind`` counts statements by their verb
    and table."""

    documents: int
    all_statements: int = 0
    all_commits: int = 0
    is_dirty: bool = False
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def statements(self) -> float:
        return self.all_statements / self.documents

    @property
    def commits(self) -> int:
        return round(self.all_commits / self.documents)


@contextmanager
def counted(documents: int) -> Iterator[Cost]:
    """Count the statements and writing commits of a block that works on so many documents."""
    cost = Cost(documents)
    commit = connection._commit

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        cost.all_statements += 1
        cost.by_kind[_kind(sql)] += 1
        if sql.startswith(WRITES) and context["cursor"].rowcount:
            if connection.in_atomic_block:
                cost.is_dirty = True
            else:
                cost.all_commits += 1
        return found

    def commit_and_count() -> None:
        commit()
        cost.all_commits += cost.is_dirty
        cost.is_dirty = False

    connection._commit = commit_and_count
    try:
        with connection.execute_wrapper(watch):
            yield cost
    finally:
        del connection._commit


def _kind(sql: str) -> str:
    words = sql.replace('"', "").split()
    before = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}.get(words[0])
    return f"{words[0]} {words[words.index(before) + 1]}" if before in words else words[0]
