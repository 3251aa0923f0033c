"""The settings of an integration as people read them: in the words of their accounting system, with the names that the
books give to codes and accounts, and with what the books lack. No books are asked here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from accounting import checking, settings_store
from accounting.connectors import SYSTEMS
from accounting.described import Kept, Shown, Text
from integrations.models import Integration

Names = Mapping[str, Mapping[str, str]]
ACCOUNTS = ("revenue", "shipping", "payment_costs")


@dataclass(frozen=True, kw_only=True)
class Value:
    """What was set, and the name that the books have for it; "" when it is not known."""

    text: Text
    name: str = ""


def settings_page(integration: Integration) -> dict[str, object]:
    """The part of a template's context that shows the settings in use; before there are any, what to prepare."""
    if integration.settings is None:
        chosen = SYSTEMS.get(integration.accounting_system)
        return {"preparation": chosen.preparation(None)} if chosen else {}
    settings, lists = settings_store.load(integration.settings), checking.kept(integration)
    system, names = SYSTEMS[settings.accounting.system], names_of(checking.rows(lists))
    file = settings.as_file()
    return {
        "version": integration.settings,
        "file": file,
        "has_payments": settings.accounting.has_payments,
        "target": system.target(settings),
        "options": options(system.shown(settings), names),
        "vat": [vat_row(row, names) for row in file["vat"]],
        "checked": checking.checked(integration, lists),
        "preparation": system.preparation(settings),
    }


def names_of(kept: Kept) -> Names:
    return {kind: {row["id"]: row["name"] for row in rows} for kind, rows in kept.items()}


def named(kind: str, wanted: Text, names: Names) -> Value:
    return Value(text=wanted, name=names.get(kind, {}).get(str(wanted), ""))


def options(shown: Iterable[Shown], names: Names) -> list[tuple[Text, Value]]:
    """What is set, with its title."""
    return [(title, named(kind, value, names)) for title, value, kind in shown if value]


def vat_row(row: Mapping[str, Any], names: Names) -> dict[str, object]:
    """A row of the VAT table; an account that is not named of its own is that of the revenue."""
    accounts = {name: named("revenue_accounts", row[name] or row["revenue"], names) for name in ACCOUNTS}
    return {**row, **accounts, "vat_code": named("vat_codes", row["vat_code"], names)}
