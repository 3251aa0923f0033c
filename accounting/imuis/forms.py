"""What only King / iMUIS needs of the settings, and how it is connected."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from accounting.described import HowTo, Shown, Text
from integrations.settings_file import AccountingOptions, Settings
from integrations.settings_file import Text as Name
from integrations.wording import percentage

VatKind = Literal["H", "L", "V", "G"]  # high, low, reverse charge, none
Percentage = Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)]

TARGETS = {"entry": _("journal entries"), "order": _("sales orders")}
AMOUNTS = {"incl": _("incl. VAT"), "excl": _("excl. VAT")}
NUMBERS = {"order": _("order number"), "invoice": _("invoice number")}
LISTS = ("journals", "revenue_accounts", "vat_codes", "item_groups", "order_types")
ADDRESSES = {"delivery": _("delivery address"), "billing": _("billing address")}
KIND_OF_RATE: dict[Decimal, VatKind] = {Decimal(21): "H", Decimal(9): "L", Decimal(6): "L", Decimal(0): "V"}
VAT_KINDS = {"H": _("High"), "L": _("Low"), "V": _("Reverse charge"), "G": _("None")}


class Options(AccountingOptions):
    """Journal entries and orders need different settings; those of the other target are kept, so that a change of
    target loses nothing."""

    target: Literal["entry", "order"] = "entry"
    journal: Name = ""
    debtors_account: Name = ""
    amounts: Literal["incl", "excl"] = "incl"
    order_type: Name = "webshoporder"
    item_group: Name = "29"
    address: Literal["delivery", "billing"] = "delivery"
    vat_kinds: dict[Percentage, VatKind] = Field(default_factory=dict)


def options(settings: Settings) -> Options:
    assert isinstance(settings.accounting, Options)
    return settings.accounting


def target(settings: Settings) -> Text:
    """What a document of the shop becomes in King."""
    return TARGETS[options(settings).target]


def books_on_accounts(settings: Settings) -> bool:
    """An order is booked on the accounts of its item groups."""
    return options(settings).target == "entry"


def shown(settings: Settings) -> Iterator[Shown]:
    """The settings of the target in use."""
    chosen = options(settings)
    if chosen.target == "entry":
        yield Shown(_("Journal"), chosen.journal, "journals")
        yield Shown(_("Debtors account"), chosen.debtors_account, "revenue_accounts")
        yield Shown(_("Amounts of the entry rows"), AMOUNTS[chosen.amounts])
        yield Shown(_("Number in the description"), NUMBERS[chosen.number])
    else:
        yield Shown(_("Order type"), chosen.order_type, "order_types")
        yield Shown(_("Item group of new products"), chosen.item_group, "item_groups")
        if chosen.vat_kinds:
            yield Shown(_("VAT kinds of other percentages"), _vat_kinds(chosen))
    yield Shown(_("Address of a new debtor"), ADDRESSES[chosen.address])


def _vat_kinds(chosen: Options) -> str:
    kinds = sorted(chosen.vat_kinds.items(), reverse=True)
    return ", ".join(f"{percentage(rate)}% {VAT_KINDS[kind]}" for rate, kind in kinds)


class ConnectForm(forms.Form):
    hint = HowTo(
        _("King / iMUIS lets us in with an environment code. Each administration has a code of its own."),
        (
            _(
                "In iMUIS Online, open Management > My data / Subscription / Connections, and there the tab "
                "Connections."
            ),
            _("Click Connect next to the partner webwinkelfacturen. iMUIS Online then makes an environment code."),
            _("Copy the code, paste it here and press Connect."),
        ),
        (
            _(
                "No tab Connections? Every administration needs a subscription to the module iMUIS Online Cloudswitch. "
                "Your accountant can select it for you in User Management; if you have no accountant, take out the "
                "subscription yourself."
            ),
            _(
                "iMUIS Business Software (Windows)? Then you need a licence for iMUIS Online, and iMUIS Online must be "
                "available on your own server. The way to the code is the same."
            ),
            _("We keep the code encrypted and never show it in full again."),
        ),
        "https://apps.imuisonline.com/",
        _("Manual of iMUIS Online"),
    )
    code = forms.CharField(
        label=_("Environment code"),
        max_length=64,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the environment code.")},
    )


PREPARATION = HowTo(
    _("Only if you have sales orders made: prepare these three things in King / iMUIS."),
    (
        _("Add item group 29 and enter its revenue account. New products are put in this group by themselves."),
        _("Add an order type webshoporder. Every order that we send gets this type."),
        _(
            'Add a shipping method "Shipping Costs". Give it a default delivery condition and a preferred order '
            "method, and link it to the order type."
        ),
    ),
    (_("Do you use another item group or order type? Choose it in the settings."),),
)


def preparation(settings: Settings | None) -> HowTo | None:
    """What the bookkeeper prepares; None where the settings ask for nothing of it."""
    return PREPARATION if settings is None or options(settings).target == "order" else None
