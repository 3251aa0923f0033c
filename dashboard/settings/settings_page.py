"""The settings of an integration as people read them: in the words of their accounting system, with the names that the
books give to codes and accounts, and with what the books lack. No books are asked here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext

from accounting import checking, settings_store
from accounting.connectors import SYSTEMS
from accounting.described import Kept, Shown, Text
from integrations.country_names import country_name
from integrations.models import Integration
from integrations.settings_file import Settings
from integrations.wording import day

from .shop_settings_form import LINE_NAMES, PROCESSES

Names = Mapping[str, Mapping[str, str]]
LONGEST_NUMBER = 7  # of an account that people know by its number
ACCOUNTS = ("revenue", "shipping", "payment_costs")


@dataclass(frozen=True, kw_only=True)
class Value:
    """What was set, and the name that the books have for it; "" when it is not known."""

    text: Text
    name: str = ""

    @property
    def is_technical(self) -> bool:
        """Whether the name tells people more than what was set: a long id, not the number of an account."""
        return bool(self.name) and len(str(self.text)) > LONGEST_NUMBER


Titled = tuple[Text, Value]


def settings_page(integration: Integration) -> dict[str, object]:
    """The part of a template's context that shows the settings in use; before there are any, those to begin with."""
    if integration.accounting_system not in SYSTEMS:
        return {}
    settings, lists = settings_store.current(integration), checking.kept(integration)
    file, names = settings.as_file(), names_of(checking.rows(lists))
    system = SYSTEMS[settings.accounting.system]
    return {
        "version": integration.settings,
        "file": file,
        "has_payments": settings.accounting.has_payments,
        "general": list(general(settings, names)),
        "vat": [vat_row(row, names) for row in file["vat"]],
        "unbooked": [row for row in file["vat"] if not row["vat_code"]],
        "methods": [method_row(row, names) for row in file["payment_methods"]],
        "checked": checking.checked(integration, lists),
        "preparation": system.preparation(settings if integration.settings else None),
    }


def general(settings: Settings, names: Names) -> Iterator[Titled]:
    """What is set beside the two tables, with its titles."""
    system, shop = SYSTEMS[settings.accounting.system], settings.shop
    yield gettext("What is posted"), Value(text=PROCESSES[shop.process])
    yield gettext("In %(books)s they become") % {"books": system.label}, Value(text=capfirst(system.target(settings)))
    yield gettext("Home country"), Value(text=country_name(shop.home_country))
    yield gettext("Start date"), Value(text=day(shop.start_date) or capfirst(gettext("the day of installing")))
    yield gettext("Days that an unpaid order stays open"), Value(text=str(shop.open_days))
    yield gettext("Language of our own lines"), Value(text=LINE_NAMES[settings.line_names])
    yield from options(system.shown(settings), names)
    if settings.accounting.has_payments:
        yield gettext("Post payments too"), _yes(settings.payments)
        if settings.payments:
            yield gettext("Payments of invoices only when these are paid"), _yes(settings.payments_only_when_paid)
    yield gettext("Margin scheme"), _yes(settings.margin_scheme)


def _yes(is_on: bool) -> Value:
    return Value(text=capfirst(gettext("yes") if is_on else gettext("no")))


def names_of(kept: Kept) -> Names:
    return {kind: {row["id"]: row["name"] for row in rows} for kind, rows in kept.items()}


def named(kind: str, wanted: Text, names: Names) -> Value:
    return Value(text=wanted, name=names.get(kind, {}).get(str(wanted), ""))


def options(shown: Iterable[Shown], names: Names) -> list[Titled]:
    """What is set, with its title; an id of the books stays as it is."""
    return [(title, named(kind, value if kind else capfirst(value), names)) for title, value, kind in shown if value]


def vat_row(row: Mapping[str, Any], names: Names) -> dict[str, object]:
    """A row of the VAT table; an account that is not named of its own is that of the revenue."""
    accounts = {name: named("revenue_accounts", row[name] or row["revenue"], names) for name in ACCOUNTS}
    return {**row, **accounts, "vat_code": named("vat_codes", row["vat_code"], names)}


def method_row(row: Mapping[str, Any], names: Names) -> dict[str, object]:
    """A row of the payment methods."""
    account = named("payment_accounts", row["clearing_account"], names)
    return {**row, "debtor": named("debtors", row["debtor"], names), "clearing_account": account}
