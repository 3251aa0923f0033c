"""The stand-in's memory: the vendor's own tables, each row under its administration and its key.

Columns are upper case, as on the wire, and hold text as on the wire; what the stand-in keeps besides is lower case.
Keys, like all text of the vendor, are compared without regard to capitals.
"""

from integrations.sandbox import IndexedMemory, Row

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


class Books(IndexedMemory):
    """All administrations of the stand-in and the sessions that are open on them."""

    def __init__(self) -> None:
        tables = ("administrations", "sessions", "entries", "repeats", *TABLES)
        super().__init__("imuis", *tables, owner="administration", indexed=INDEXED)

    def enter(self, table: str, administration: int, key: object, columns: Row) -> Row:
        """Keep the row under its key, in the place of the one that is there."""
        return self.put(table, columns | {"id": row_key(administration, key), "administration": administration})

    def get(self, table: str, administration: int, key: object) -> Row | None:
        return self[table].get(row_key(administration, key))

    def compared(self, value: str | None) -> str | None:
        return value.casefold() if value else None

    def next_number(self, administration: int, name: str, start: int, step: int = 1) -> int:
        """The next of a series of the administration that begins at ``start``."""
        serials = self["administrations"][str(administration)]["serials"]
        serials[name] = serials.get(name, start - step) + step
        self.changes += 1
        return int(serials[name])


def row_key(administration: int, key: object) -> str:
    return f"{administration} {key}".casefold()


books = Books()


def count_repeat(administration: int, kind: str, value: str, outcome: str) -> None:
    """Remember how often something that should happen once was tried: ``outcome`` is ``created`` or ``refused``."""
    if value:
        key = f"{kind} {value}"
        before = books.get("repeats", administration, key) or {"kind": kind, "value": value, "created": 0, "refused": 0}
        books.enter("repeats", administration, key, before | {outcome: before[outcome] + 1})
