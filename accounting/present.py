"""Whether the lists that are kept of the books have what the settings name. ``books`` is the name of those books."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext

from integrations.money import plain_text
from integrations.settings_file import Settings, VatSetting

from .books import Json
from .described import Check, Kept

Rows = Sequence[Json] | None
"""A list of the books; None when it was never read."""


def one(what: str, wanted: str, rows: Rows, books: str) -> Check:
    """Whether something that must be chosen was chosen, and is there."""
    if not wanted:
        remedy = gettext("Not chosen yet. Choose it in the settings.")
        return Check(label=what, state="bad", remedy=remedy, about="settings")
    if rows is None:
        return unread(f"{what} {wanted}", "settings")
    row = row_of(wanted, rows)
    if row is None:
        return Check(label=f"{what} {wanted}", state="bad", remedy=gone(books), about="settings")
    return Check(label=f"{what} {wanted} {row['name']}".strip(), state="good")


def vat_table(settings: Settings, kept: Kept, books: str, *, with_accounts: bool) -> Iterator[Check]:
    """Whether there is a VAT table to post by: the home country at least, with codes and accounts that are there."""
    home = [row for row in settings.vat if row.country == settings.shop.home_country]
    if not any(row.vat_code and (row.revenue or not with_accounts) for row in home):
        yield _empty(with_accounts=with_accounts)
        return
    if with_accounts:
        yield _accounts(settings.vat, kept.get("revenue_accounts"), books)
    named = {row.vat_code: used_for(row) for row in settings.vat if row.vat_code}
    yield _all_of(gettext("VAT codes of the VAT table"), named, kept.get("vat_codes"), books)


def _empty(*, with_accounts: bool) -> Check:
    remedy = (
        gettext("No percentage of your home country has both a VAT code and a revenue account yet. Choose them first.")
        if with_accounts
        else gettext("No percentage of your home country has a VAT code yet. Choose one first.")
    )
    return Check(label=gettext("VAT table"), state="bad", remedy=remedy, about="vat")


def _accounts(vat: Iterable[VatSetting], rows: Rows, books: str) -> Check:
    named = {account for row in vat for account in (row.revenue, row.shipping, row.payment_costs) if account}
    label = gettext("Ledger accounts of the VAT table")
    return _all_of(label, {account: account for account in named}, rows, books)


def _all_of(label: str, named: Mapping[str, str], rows: Rows, books: str) -> Check:
    """``named`` has what is looked for, with the words for it."""
    if rows is None:
        return unread(label, "vat")
    lacking = sorted(set(named) - {row["id"] for row in rows})
    if lacking:
        label = f"{label}: {', '.join(named[wanted] for wanted in lacking)}"
        return Check(label=label, state="bad", remedy=gone(books), about="vat")
    return Check(label=label, state="good")


def used_for(row: VatSetting) -> str:
    return f"{row.vat_code} ({row.country} {plain_text(row.rate)}%)"


def row_of(wanted: str, rows: Sequence[Json]) -> Json | None:
    return next((row for row in rows if row["id"] == wanted), None)


def unread(label: str, about: str) -> Check:
    return Check(
        label=label, state="unknown", remedy=gettext("Not looked up yet: the self-test does that."), about=about
    )


def gone(books: str) -> str:
    text = gettext("Not found in %(books)s, or blocked there. Add it there, or choose another one in the settings.")
    return text % {"books": books}
