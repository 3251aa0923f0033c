"""Memory whose rows are found by value: what books need, where thousands of rows are looked up at every call."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .memory import Memory, Row

IndexKey = tuple[str, int, str, str | None]


class IndexedMemory(Memory):
    """Tables of which each row holds its key as ``id`` and, in the column ``owner``, the number of the administration
    that it belongs to; a table may hold rows of nobody. ``indexed`` names the columns of each table that are looked up
    by value.

    A row is replaced, never changed in place, where one of its indexed columns changes: ``put`` compares the stored
    row with the new one. Whoever changes another column in place adds one to ``changes``.
    """

    def __init__(self, name: str, *tables: str, owner: str, indexed: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(name, *tables)
        self.owner = owner
        self.indexed = indexed
        self.indexes: dict[IndexKey, dict[str, None]] = {}
        self.changes = 0
        self.dumped: tuple[int, str] = (-1, "")

    def put(self, table: str, row: Row) -> Row:
        key = str(row["id"])
        with self.lock:
            self._unlist(table, self[table].get(key, {}), kept=set(self._entries(table, row)))
            self[table][key] = row
            self._enlist(table, key, row)
            self.changes += 1
        return row

    def drop(self, table: str, row: Row) -> None:
        with self.lock:
            self._unlist(table, self[table].pop(str(row["id"])), kept=set())
            self.changes += 1

    def owned(self, table: str, owner: int) -> list[Row]:
        """All rows of an administration, oldest first."""
        return self._rows_at(table, (table, owner, "", ""))

    def find(self, table: str, owner: int, column: str, value: object) -> list[Row]:
        return self._rows_at(table, (table, owner, column, self.compared(value)))

    def compared(self, value: Any) -> str | None:
        """A value as look-ups compare it; None when no row is found by it."""
        return None if value is None else str(value)

    def clear(self) -> None:
        with self.lock:
            super().clear()
            self.reindex()

    def load(self, text: str) -> None:
        with self.lock:
            super().load(text)
            self.reindex()

    def dump(self) -> str:
        """The same text as long as nothing changed: writing all books twice a second would cost the demo its core."""
        with self.lock:
            if self.dumped[0] != self.changes:
                self.dumped = (self.changes, json.dumps(self.tables))
            return self.dumped[1]

    def reindex(self) -> None:
        self.indexes.clear()
        self.changes += 1
        for table, rows in self.tables.items():
            for key, row in rows.items():
                self._enlist(table, key, row)

    def _enlist(self, table: str, key: str, row: Row) -> None:
        for entry in self._entries(table, row):
            self.indexes.setdefault(entry, {}).setdefault(key)

    def _unlist(self, table: str, row: Row, *, kept: set[IndexKey]) -> None:
        for entry in set(self._entries(table, row)) - kept:
            self.indexes[entry].pop(str(row["id"]), None)

    def _rows_at(self, table: str, entry: IndexKey) -> list[Row]:
        rows = self[table]
        return [rows[key] for key in self.indexes.get(entry, ())]

    def _entries(self, table: str, row: Row) -> Iterator[IndexKey]:
        if self.owner in row:
            owner = row[self.owner]
            yield table, owner, "", ""
            for column in self.indexed.get(table, ()):
                if (text := self.compared(row.get(column))) is not None:
                    yield table, owner, column, text
