"""The stand-in's memory: tables of JSON objects, each with the id that the API gives it."""

from integrations.sandbox import IndexedMemory, Row

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


class Books(IndexedMemory):
    """All companies of the stand-in, their tokens and its settings."""

    def __init__(self) -> None:
        super().__init__("ledger", *TABLES, owner="company", indexed=INDEXED)
        self.calls_this_minute: dict[int, tuple[int, int]] = {}

    def get(self, table: str, company: int, row_id: object) -> Row | None:
        """The row of that company; a row of another company does not exist for it."""
        row = self[table].get(str(row_id))
        return row if row is not None and row["company"] == company else None

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
            self.calls_this_minute.clear()


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
