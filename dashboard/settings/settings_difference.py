"""What differs between two sets of settings, and what that makes different in documents, in the words of Configuration
and with the names that the books give."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting.connectors import SYSTEMS
from accounting.described import Text
from integrations.country_names import country_name
from integrations.problems import Problem
from integrations.settings_file import Settings
from integrations.wording import money, percentage
from webshop.what_if import Change

from ..lists.waiting import SKIPPED, reason_text
from .settings_page import Names, Value, general, named

DASH = "\N{EN DASH}"
NOTHING = Value(text=DASH)
CHOSEN_DEBTORS = "debtors"  # no list of the books, but names that were looked up
LINE_TYPES = {
    "goods": _("goods"),
    "shipping": _("shipping costs"),
    "payment_costs": _("payment costs"),
    "surcharge": _("surcharges"),
    "discount": _("discounts"),
}
VAT_COLUMNS = {
    "vat_code": (_("VAT code"), "vat_codes"),
    "revenue": (_("Revenue"), "revenue_accounts"),
    "shipping": (_("Shipping"), "revenue_accounts"),
    "payment_costs": (_("Payment costs"), "revenue_accounts"),
}
METHOD_COLUMNS = {
    "debtor": (_("Fixed debtor"), CHOSEN_DEBTORS),
    "clearing_account": (_("Clearing account"), "payment_accounts"),
}
TITLES = {
    "vat_code": (_("VAT code"), "vat_codes"),
    "account": (_("Ledger account"), "revenue_accounts"),
    "debtor": (_("Fixed debtor"), CHOSEN_DEBTORS),
    "name": (_("Name of a line"), ""),
}


class Difference(NamedTuple):
    """A title with the values that it had and gets; a title alone says it all."""

    title: Text
    old: Value | None = None
    new: Value | None = None


def differences(old: Settings, new: Settings, names: Names) -> list[Difference]:
    """What differs in ``new`` settings, of everything that Configuration shows."""
    before, after = dict(_titled(old, names)), dict(_titled(new, names))
    return [
        Difference(title, before.get(title, NOTHING), after.get(title, NOTHING))
        for title in dict.fromkeys([*before, *after])
        if str(before.get(title, NOTHING).text) != str(after.get(title, NOTHING).text)
    ]


def _titled(settings: Settings, names: Names) -> Iterator[tuple[str, Value]]:
    """All settings, each with a title that no other has."""
    administration = getattr(settings.accounting, "administration", "")
    if administration:
        yield gettext("Administration"), Value(text=administration)
    for title, value in general(settings, names):
        yield str(title), value
    for row in settings.vat:
        place = {"country": country_name(row.country), "rate": percentage(row.rate)}
        yield from _columns(gettext("VAT %(country)s %(rate)s%%") % place, row, VAT_COLUMNS, names)
    for method in settings.payment_methods:
        title = gettext("Payment method %(method)s") % {"method": method.method}
        yield from _columns(title, method, METHOD_COLUMNS, names)


def _columns(
    title: str, row: object, columns: Mapping[str, tuple[Text, str]], names: Names
) -> Iterator[tuple[str, Value]]:
    """The columns of a row that are filled in; of a row in which nothing is, that it is there."""
    filled = [(column, kind, getattr(row, name)) for name, (column, kind) in columns.items() if getattr(row, name)]
    for column, kind, value in filled:
        yield f"{title}: {column}", named(kind, value, names)
    if not filled:
        yield title, Value(text=gettext("nothing chosen"))


def lacking(old: Settings, new: Settings, names: Names) -> list[str]:
    """What ``new`` settings name that the books do not have, as far as their lists are kept; not what ``old`` named."""
    known = set(_gone(old, names))
    return [gone for gone in dict.fromkeys(_gone(new, names)) if gone not in known]


def _gone(settings: Settings, names: Names) -> Iterator[str]:
    """Title and id of everything that the books' own list does not have."""
    for title, value, kind in SYSTEMS[settings.accounting.system].shown(settings):
        if kind in names and value and str(value) not in names[kind]:
            yield f"{title} {value}"
    rows = [*((row, VAT_COLUMNS) for row in settings.vat), *((row, METHOD_COLUMNS) for row in settings.payment_methods)]
    for row, columns in rows:
        for name, (title, kind) in columns.items():
            value = getattr(row, name)
            if kind != CHOSEN_DEBTORS and kind in names and value and value not in names[kind]:
                yield f"{title} {value}"


def in_words(change: Change, names: Names) -> Difference:
    """What becomes different in a document."""
    if change.what == "problem":
        return _of_problem(change)
    if change.what == "left_out":
        if change.new:
            return Difference(reason_text(SKIPPED, str(change.new)))
        return Difference(gettext("It would not be left out any more."))
    if change.what == "sent":
        return Difference(gettext("What is sent to the books would differ."))
    if change.what in ("total", "vat"):
        title = gettext("Total") if change.what == "total" else gettext("VAT in the total")
        return Difference(title, *(Value(text=money(int(str(cents)))) for cents in (change.old, change.new)))
    title, kind = TITLES[change.what]
    if change.rate is not None:
        line = {"what": title, "type": LINE_TYPES[change.line_type], "rate": percentage(change.rate)}
        title = gettext("%(what)s of %(type)s at %(rate)s%%") % line
    return Difference(title, *(named(kind, str(one) or DASH, names) for one in (change.old, change.new)))


def _of_problem(change: Change) -> Difference:
    if isinstance(change.new, Problem):
        return Difference(gettext("It would be stuck: %(message)s") % {"message": change.new.message})
    assert isinstance(change.old, Problem)
    return Difference(gettext("Solved: %(message)s") % {"message": change.old.message})
