"""The stand-in's memory: tables of JSON objects and the indexes that keep every look-up short.

A row is replaced, never changed in place, where one of its indexed fields changes: ``put`` compares the stored row
with the new one.
"""

import itertools
import json
from collections.abc import Iterator

from integrations.sandbox import Memory, Row

TABLES = (
    "settings", "clients", "users", "codes", "tokens", "refresh_tokens", "companies", "vat_types", "accounts",
    "templates", "contacts", "products", "sales_invoices", "payments", "repeats",
)  # fmt: skip

# What is looked up by value in a hot path, beside the owner of the row.
INDEXED = {
    "accounts": ("path",),
    "contacts": ("contact_person_email_address", "contact_number"),
    "products": ("product_code",),
    "sales_invoices": ("api_reference", "contact_id"),
}

DEFAULTS: Row = {
    "token_seconds": 7200,
    "code_seconds": 600,
    "auto": "",
    "auto_user": None,
    "old_refresh": "first_use",
    "invalid_grant_status": 400,
    "retry_after": 30,
}

IndexKey = tuple[str, int, str, str]


class Books(Memory):
    """All companies of the stand-in, their tokens and its settings."""

    def __init__(self) -> None:
        super().__init__("ledger", *TABLES)
        self.indexes: dict[IndexKey, dict[str, None]] = {}
        self.calls_this_minute: dict[int, tuple[int, int]] = {}
        self.changes = 0
        self.dumped: tuple[int, str] = (-1, "")

    def put(self, table: str, row: Row) -> Row:
        key = str(row["id"])
        with self.lock:
            old = self[table].get(key)
            entries = set(index_keys(table, row))
            for entry in index_keys(table, old) if old else ():
                if entry not in entries:
                    self.indexes[entry].pop(key, None)
            self[table][key] = row
            for entry in entries:
                self.indexes.setdefault(entry, {}).setdefault(key)
            self.changes += 1
        return row

    def drop(self, table: str, row: Row) -> None:
        key = str(row["id"])
        with self.lock:
            self[table].pop(key, None)
            for entry in index_keys(table, row):
                self.indexes[entry].pop(key, None)
            self.changes += 1

    def get(self, table: str, company: int, row_id: object) -> Row | None:
        """The row of that company; a row of another company does not exist for it."""
        row = self[table].get(str(row_id))
        return row if row is not None and row["company"] == company else None

    def owned(self, table: str, company: int) -> list[Row]:
        """All rows of a company, oldest first."""
        rows = self[table]
        return [rows[key] for key in self.indexes.get((table, company, "", ""), ())]

    def find(self, table: str, company: int, field: str, value: object) -> list[Row]:
        rows = self[table]
        return [rows[key] for key in self.indexes.get((table, company, field, str(value)), ())]

    def new_id(self) -> int:
        """An id above 32 bits that tells nothing about the one before it; unique over all tables."""
        counter = self["settings"].setdefault("ids", {"id": "ids", "last": 0})
        counter["last"] += 1
        return 7_000_000_000 + int(counter["last"]) * 1_640_531_527 % 2**31

    def settings(self) -> Row:
        return DEFAULTS | self["settings"].get("choices", {})

    def clear(self) -> None:
        with self.lock:
            super().clear()
            self.reindex()
            self.calls_this_minute.clear()

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


def index_keys(table: str, row: Row) -> Iterator[IndexKey]:
    if "company" not in row:
        return iter(())
    company = row["company"]
    named = ((table, company, field, str(row[field])) for field in INDEXED.get(table, ()) if row.get(field) is not None)
    return itertools.chain([(table, company, "", "")], named)


books = Books()


def count_repeat(company: int, kind: str, value: str | None, outcome: str) -> None:
    """Remember how often something that should happen once was tried: ``outcome`` is ``created`` or ``refused``."""
    if not value:
        return
    key = f"{company} {kind} {value}"
    row = books["repeats"].get(key) or books.put(
        "repeats", {"id": key, "company": company, "kind": kind, "value": value, "created": 0, "refused": 0}
    )
    row[outcome] += 1
    books.changes += 1
