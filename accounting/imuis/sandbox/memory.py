"""The stand-in's memory: the vendor's own tables, each row under its administration and its key.

Columns are upper case, as on the wire, and hold text as on the wire; what the stand-in keeps besides is lower case.
A row is replaced, never changed in place, where one of its indexed columns changes. Keys, like all text of the
vendor, are compared without regard to capitals.
"""

import json
from collections.abc import Iterator

from integrations.sandbox import Memory, Row

from .columns import TABLES

# What is looked up by value in a hot path.
INDEXED = {
    "DEB": ("NR", "ZKSL", "EMAIL"),
    "ART": ("NR", "ZKSL"),
    "BOE": ("BOEKSTUK", "FACT", "entry"),
    "ORDKOP": ("NR", "EXTORDNR", "KENM"),
    "ORDRG": ("ORDNR",),
    "entries": ("BOEKSTUK",),
}

IndexKey = tuple[str, int, str, str]


class Books(Memory):
    """All administrations of the stand-in and the sessions that are open on them."""

    def __init__(self) -> None:
        super().__init__("imuis", "administrations", "sessions", "entries", "repeats", *TABLES)
        self.indexes: dict[IndexKey, dict[str, None]] = {}
        self.changes = 0
        self.dumped: tuple[int, str] = (-1, "")

    def put(self, table: str, administration: int, key: object, columns: Row) -> Row:
        row_id = row_key(administration, key)
        row = columns | {"id": row_id, "administration": administration}
        with self.lock:
            if row_id in self[table]:
                self._unlist(table, self[table][row_id], kept=set(index_keys(table, row)))
            self[table][row_id] = row
            for entry in index_keys(table, row):
                self.indexes.setdefault(entry, {}).setdefault(row_id)
            self.changes += 1
        return row

    def drop(self, table: str, row: Row) -> None:
        with self.lock:
            self._unlist(table, self[table].pop(row["id"]), kept=set())
            self.changes += 1

    def _unlist(self, table: str, row: Row, *, kept: set[IndexKey]) -> None:
        for entry in set(index_keys(table, row)) - kept:
            self.indexes[entry].pop(row["id"], None)

    def get(self, table: str, administration: int, key: object) -> Row | None:
        return self[table].get(row_key(administration, key))

    def owned(self, table: str, administration: int) -> list[Row]:
        """All rows of an administration, oldest first."""
        return self._listed(table, (table, administration, "", ""))

    def find(self, table: str, administration: int, column: str, value: str) -> list[Row]:
        return self._listed(table, (table, administration, column, value.casefold()))

    def _listed(self, table: str, entry: IndexKey) -> list[Row]:
        rows = self[table]
        return [rows[key] for key in self.indexes.get(entry, ())]

    def next_number(self, administration: int, name: str, start: int, step: int = 1) -> int:
        """The next of a series of the administration that begins at ``start``."""
        serials = self["administrations"][str(administration)]["serials"]
        serials[name] = serials.get(name, start - step) + step
        self.changes += 1
        return int(serials[name])

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
                for entry in index_keys(table, row):
                    self.indexes.setdefault(entry, {}).setdefault(key)


def row_key(administration: int, key: object) -> str:
    return f"{administration} {key}".casefold()


def index_keys(table: str, row: Row) -> Iterator[IndexKey]:
    if "administration" in row:
        owner = row["administration"]
        yield table, owner, "", ""
        for column in INDEXED.get(table, ()):
            if row.get(column):
                yield table, owner, column, row[column].casefold()


books = Books()


def count_repeat(administration: int, kind: str, value: str, outcome: str) -> None:
    """Remember how often something that should happen once was tried: ``outcome`` is ``created`` or ``refused``."""
    if value:
        key = f"{kind} {value}"
        before = books.get("repeats", administration, key) or {"kind": kind, "value": value, "created": 0, "refused": 0}
        books.put("repeats", administration, key, before | {outcome: before[outcome] + 1})
