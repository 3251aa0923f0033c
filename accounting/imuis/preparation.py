"""What must be in King before documents can be posted: what its books are asked, and what follows from the lists that
are kept of them."""

from collections.abc import Iterator

from django.utils.translation import gettext

from accounting import present
from accounting.described import Check, Kept, Question
from accounting.present import Rows
from integrations.models import Integration
from integrations.settings_file import Settings

from .forms import AMOUNTS, options
from .session import administration_name, client_of

FOR_ENTRIES = ("journals", "revenue_accounts", "vat_codes")
FOR_ORDERS = ("item_groups", "order_types", "revenue_accounts", "vat_codes")
KINDS = {"I": "incl", "E": "excl"}
NAME = "King / iMUIS"


def lists(settings: Settings) -> tuple[str, ...]:
    return FOR_ENTRIES if options(settings).target == "entry" else FOR_ORDERS


def checks(settings: Settings, kept: Kept) -> Iterator[Check]:
    yield from _of_entries(settings, kept) if options(settings).target == "entry" else _of_orders(settings, kept)


def questions(integration: Integration) -> Iterator[Question]:
    """Whether the environment code still opens the administration that was connected."""
    label = gettext("Connection with %(books)s") % {"books": NAME}
    yield Question(label, lambda: [_reached(integration)], "connections")


def _reached(integration: Integration) -> Check:
    held = str(integration.administration or "")
    name = administration_name(client_of(integration)) or held
    label = gettext("Connected to administration %(name)s") % {"name": name}
    return Check(label=label, state="good", about="connections")


def _of_entries(settings: Settings, kept: Kept) -> Iterator[Check]:
    chosen, ledger = options(settings), kept.get("revenue_accounts")
    yield present.one(gettext("Journal"), chosen.journal, kept.get("journals"), NAME)
    yield present.one(gettext("Debtors account"), chosen.debtors_account, ledger, NAME)
    yield _amounts(settings, kept.get("vat_codes"))
    yield from present.vat_table(settings, kept, NAME, with_accounts=True)


def _of_orders(settings: Settings, kept: Kept) -> Iterator[Check]:
    """King books an order by the accounts of its items, so those of the VAT table are not needed."""
    chosen = options(settings)
    yield _item_group(chosen.item_group, kept.get("item_groups"))
    yield present.one(gettext("Order type"), chosen.order_type, kept.get("order_types"), NAME)
    yield Check(
        label=gettext('Shipping method "Shipping Costs"'),
        state="unknown",
        remedy=gettext(
            "This can't be seen from here. Look in King / iMUIS whether it exists, has a default delivery condition "
            "and a preferred order method, and is linked to order type %(order_type)s."
        )
        % {"order_type": chosen.order_type},
    )
    yield from present.vat_table(settings, kept, NAME, with_accounts=False)


def _item_group(wanted: str, rows: Rows) -> Check:
    """New products need its revenue account."""
    check = present.one(gettext("Item group"), wanted, rows, NAME)
    row = present.row_of(wanted, rows or ())
    if row is None:
        return check
    if row["revenue"].strip("0"):
        label = gettext("%(group)s, revenue account %(account)s") % {"group": check.label, "account": row["revenue"]}
        return Check(label=label, state="good")
    remedy = gettext("This item group has no revenue account yet. Enter one in King / iMUIS.")
    return Check(label=check.label, state="bad", remedy=remedy)


def _amounts(settings: Settings, rows: Rows) -> Check:
    """A VAT code is itself for amounts incl. or excl. VAT; without VAT that makes no difference."""
    chosen = options(settings)
    label = gettext("Amounts %(kind)s, as the VAT codes want them") % {"kind": AMOUNTS[chosen.amounts]}
    if rows is None:
        return present.unread(label, "settings")
    kinds = {row["id"]: KINDS[row["kind"]] for row in rows if row["kind"] in KINDS}
    taxed = [row for row in settings.vat if row.rate > 0 and row.vat_code]
    if taxed and not kinds:
        remedy = gettext("This can't be seen from here. Look in King / iMUIS of which kind these VAT codes are.")
        return Check(label=label, state="unknown", remedy=remedy)
    other = [present.used_for(row) for row in taxed if kinds.get(row.vat_code, chosen.amounts) != chosen.amounts]
    if not other:
        return Check(label=label, state="good")
    remedy = gettext(
        "The settings send amounts %(kind)s, but these VAT codes are not made for that: %(codes)s. Choose other codes, "
        "or change the setting Amounts of the entry rows."
    ) % {"kind": AMOUNTS[chosen.amounts], "codes": ", ".join(other)}
    return Check(label=label, state="bad", remedy=remedy, about="settings")
