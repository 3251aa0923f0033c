"""What must be in King before documents can be posted, checked against the lists that are kept of its books."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext

from accounting.books import Json
from accounting.described import Check, Kept
from integrations.money import plain_text
from integrations.settings_file import Settings, VatSetting

from .forms import AMOUNTS, options

FOR_ENTRIES = ("journals", "revenue_accounts", "vat_codes")
FOR_ORDERS = ("item_groups", "order_types", "revenue_accounts", "vat_codes")
KINDS = {"I": "incl", "E": "excl"}

Rows = Sequence[Json] | None
"""A list of the books; None when it was never read."""


def lists(settings: Settings) -> tuple[str, ...]:
    return FOR_ENTRIES if options(settings).target == "entry" else FOR_ORDERS


def checks(settings: Settings, kept: Kept) -> Iterator[Check]:
    yield from _of_entries(settings, kept) if options(settings).target == "entry" else _of_orders(settings, kept)
    yield _vat_codes(settings.vat, kept.get("vat_codes"))


def _of_entries(settings: Settings, kept: Kept) -> Iterator[Check]:
    chosen, ledger = options(settings), kept.get("revenue_accounts")
    yield _there(gettext("Journal"), chosen.journal, kept.get("journals"))
    yield _there(gettext("Debtors account"), chosen.debtors_account, ledger)
    yield _accounts(settings.vat, ledger)
    yield _amounts(settings, kept.get("vat_codes"))


def _of_orders(settings: Settings, kept: Kept) -> Iterator[Check]:
    chosen = options(settings)
    yield _item_group(chosen.item_group, kept.get("item_groups"))
    yield _there(gettext("Order type"), chosen.order_type, kept.get("order_types"))
    yield Check(
        label=gettext('Shipping method "Shipping Costs"'),
        state="unknown",
        remedy=gettext(
            "This can't be seen from here. Look in King / iMUIS whether it exists, has a default delivery condition "
            "and a preferred order method, and is linked to order type %(order_type)s."
        )
        % {"order_type": chosen.order_type},
    )


def _there(what: str, wanted: str, rows: Rows) -> Check:
    if not wanted:
        return Check(label=what, state="bad", remedy=gettext("Not chosen yet. Name one in the settings."))
    if rows is None:
        return _unknown(f"{what} {wanted}")
    row = _row(wanted, rows)
    if row is None:
        return Check(label=f"{what} {wanted}", state="bad", remedy=_gone())
    return Check(label=f"{what} {wanted} {row['name']}".strip(), state="good")


def _item_group(wanted: str, rows: Rows) -> Check:
    """New products need its revenue account."""
    check = _there(gettext("Item group"), wanted, rows)
    row = _row(wanted, rows or ())
    if row is None:
        return check
    if row["revenue"].strip("0"):
        label = gettext("%(group)s, revenue account %(account)s") % {"group": check.label, "account": row["revenue"]}
        return Check(label=label, state="good")
    remedy = gettext("This item group has no revenue account yet. Enter one in King / iMUIS.")
    return Check(label=check.label, state="bad", remedy=remedy)


def _accounts(vat: Iterable[VatSetting], rows: Rows) -> Check:
    named = {account for row in vat for account in (row.revenue, row.shipping, row.payment_costs) if account}
    return _all_there(gettext("Ledger accounts of the VAT table"), {account: account for account in named}, rows)


def _vat_codes(vat: Iterable[VatSetting], rows: Rows) -> Check:
    named = {row.vat_code: _used_for(row) for row in vat if row.vat_code}
    return _all_there(gettext("VAT codes of the VAT table"), named, rows)


def _all_there(label: str, named: dict[str, str], rows: Rows) -> Check:
    """``named`` has what is looked for, with the words for it."""
    if rows is None:
        return _unknown(label)
    gone = sorted(set(named) - {row["id"] for row in rows})
    if gone:
        return Check(label=f"{label}: {', '.join(named[one] for one in gone)}", state="bad", remedy=_gone())
    return Check(label=label, state="good")


def _amounts(settings: Settings, rows: Rows) -> Check:
    """A VAT code is itself for amounts incl. or excl. VAT; without VAT that makes no difference."""
    chosen = options(settings)
    label = gettext("Amounts %(kind)s, as the VAT codes want them") % {"kind": AMOUNTS[chosen.amounts]}
    if rows is None:
        return _unknown(label)
    kinds = {row["id"]: KINDS[row["kind"]] for row in rows if row["kind"] in KINDS}
    taxed = [row for row in settings.vat if row.rate > 0 and row.vat_code]
    if taxed and not kinds:
        remedy = gettext("This can't be seen from here. Look in King / iMUIS of which kind these VAT codes are.")
        return Check(label=label, state="unknown", remedy=remedy)
    other = [_used_for(row) for row in taxed if kinds.get(row.vat_code, chosen.amounts) != chosen.amounts]
    if not other:
        return Check(label=label, state="good")
    remedy = gettext(
        "The settings send amounts %(kind)s, but these VAT codes are not made for that: %(codes)s. Choose other codes, "
        "or change the setting amounts."
    ) % {"kind": AMOUNTS[chosen.amounts], "codes": ", ".join(other)}
    return Check(label=label, state="bad", remedy=remedy)


def _used_for(row: VatSetting) -> str:
    return f"{row.vat_code} ({row.country} {plain_text(row.rate)}%)"


def _row(wanted: str, rows: Sequence[Json]) -> Json | None:
    return next((row for row in rows if row["id"] == wanted), None)


def _unknown(label: str) -> Check:
    return Check(label=label, state="unknown", remedy=gettext("Not looked up yet. Press Check again."))


def _gone() -> str:
    return gettext("Not found in King / iMUIS, or blocked there. Add it there, or name another one in the settings.")
