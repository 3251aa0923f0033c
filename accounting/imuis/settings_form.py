"""King's own part of the settings, as a form: for journal entries and for sales orders."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting.described import Kept
from accounting.own_settings import OwnSettingsForm, Section, choose_from
from integrations.money import plain_text
from integrations.settings_file import Settings
from integrations.wording import percentage

from .forms import ADDRESSES, AMOUNTS, KIND_OF_RATE, NUMBERS, TARGETS, VAT_KINDS, Options, options

OF_A_RATE = "vat_kind_"
OF_ENTRIES = ("journal", "debtors_account", "amounts", "number")
KINDS = {"": _("Not chosen"), **VAT_KINDS}
HELP = {"debtors_account": _("The offset account; normally the split account.")}

NEEDED = {
    "entry": {
        "journal": _("Choose the journal: without one no journal entry can be made."),
        "debtors_account": _("Choose the debtors account: it is the offset account of every row."),
    },
    "order": {
        "order_type": _("Choose the order type: every sales order gets it."),
        "item_group": _("Choose the item group: new products are put in it."),
    },
}


class SettingsForm(OwnSettingsForm):
    """What is only for the other target is kept as it is given, and may be empty."""

    target = forms.ChoiceField(
        label=_("What a document of the shop becomes"), choices=list(TARGETS.items()), widget=forms.RadioSelect
    )
    amounts = forms.ChoiceField(
        label=_("Amounts of the entry rows"),
        choices=list(AMOUNTS.items()),
        widget=forms.RadioSelect,
        help_text=_("As the VAT codes are made in King: for amounts incl. or excl. VAT."),
    )
    number = forms.ChoiceField(
        label=_("Number in the description"), choices=list(NUMBERS.items()), widget=forms.RadioSelect
    )
    address = forms.ChoiceField(
        label=_("Address of a new debtor"), choices=list(ADDRESSES.items()), widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, settings: Settings, kept: Kept) -> None:
        chosen = options(settings)
        super().__init__(data, initial=chosen.model_dump())
        self._add_lists(chosen, kept)
        self.rates = _other_rates(settings, chosen)
        for rate in self.rates:
            self.fields[OF_A_RATE + plain_text(rate)] = forms.ChoiceField(
                label=gettext("VAT kind of %(rate)s%%") % {"rate": percentage(rate)},
                choices=list(KINDS.items()),
                initial=chosen.vat_kinds.get(rate, ""),
                required=False,
            )
        kinds = tuple(OF_A_RATE + plain_text(rate) for rate in self.rates)
        self.sections = (
            Section(_("In King / iMUIS"), ("target", "address")),
            Section(_("Only for journal entries"), OF_ENTRIES, "target=entry"),
            Section(_("Only for sales orders"), ("order_type", "item_group", *kinds), "target=order"),
        )

    def _add_lists(self, chosen: Options, kept: Kept) -> None:
        ledger = kept.get("revenue_accounts")
        fields = {
            "journal": (kept.get("journals"), _("Journal")),
            "debtors_account": (ledger, _("Debtors account")),
            "order_type": (kept.get("order_types"), _("Order type")),
            "item_group": (kept.get("item_groups"), _("Item group of new products")),
        }
        for name, (rows, label) in fields.items():
            self.fields[name] = choose_from(
                rows, label, getattr(chosen, name), help_text=HELP.get(name, ""), has_numbers=True
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, why in NEEDED.get(given.get("target", ""), {}).items():
            if name not in self.errors and not given.get(name):
                self.add_error(name, str(why))
        return given

    def part(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if not name.startswith(OF_A_RATE)}
        kinds = {plain_text(rate): self.cleaned_data[OF_A_RATE + plain_text(rate)] for rate in self.rates}
        return {**given, "vat_kinds": {rate: kind for rate, kind in kinds.items() if kind}}


def _other_rates(settings: Settings, chosen: Options) -> list[Decimal]:
    """The percentages that the law of the Netherlands gives no kind, as far as they are in use."""
    used = {row.rate for row in settings.vat} | set(chosen.vat_kinds)
    return sorted(used - set(KIND_OF_RATE), reverse=True)
