"""What only Rompslomp needs of the settings."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.described import HowTo, Kept, Shown
from accounting.described import Text as Words
from accounting.own_settings import OwnSettingsForm, Section, choose_from
from integrations.settings_file import AccountingOptions, Settings, Text

NUMBERS = {"order": _("order number"), "invoice": _("invoice number")}
LISTS = ("vat_codes", "revenue_accounts", "payment_accounts", "layouts")


class Options(AccountingOptions):
    """``administration`` is a company of Rompslomp, ``layout`` one of its invoice templates; ids are kept as text."""

    has_payments: ClassVar[bool] = True

    administration: Text = ""
    layout: Text = ""
    publish: bool = True
    rounding_account: Text = ""


def target(_settings: Settings) -> Words:
    return _("sales invoices")


def shown(settings: Settings) -> Iterator[Shown]:
    chosen = settings.accounting
    assert isinstance(chosen, Options)
    yield Shown(_("Number sent to the books"), NUMBERS[chosen.number])
    yield Shown(_("Publish invoices at once"), _("yes") if chosen.publish else _("no"))
    if chosen.layout:
        yield Shown(_("Invoice layout"), chosen.layout, "layouts")
    if chosen.rounding_account:
        yield Shown(_("Account for rounding differences"), chosen.rounding_account, "revenue_accounts")


class SettingsForm(OwnSettingsForm):
    sections = (Section(_("In Rompslomp"), ("layout", "publish", "number", "rounding_account")),)

    publish = forms.BooleanField(
        label=_("Publish invoices at once"),
        required=False,
        help_text=_(
            "Otherwise they stay drafts, until you publish them in Rompslomp. They are never mailed from here."
        ),
    )
    number = forms.ChoiceField(
        label=_("Number sent to the books"),
        choices=list(NUMBERS.items()),
        widget=forms.RadioSelect,
        help_text=_("The number of the shop in the description of the sales invoice."),
    )

    def __init__(self, data: Any = None, *, settings: Settings, kept: Kept) -> None:
        chosen = settings.accounting
        assert isinstance(chosen, Options)
        super().__init__(data, initial=chosen.model_dump())
        self.fields["layout"] = choose_from(
            kept.get("layouts"), _("Invoice layout"), chosen.layout, empty=_("Rompslomp's own default")
        )
        self.fields["rounding_account"] = choose_from(
            kept.get("revenue_accounts"),
            _("Account for rounding differences"),
            chosen.rounding_account,
            empty=_("The revenue account of the first line"),
            help_text=_("For the visible line of a cent or so that an invoice gets when the totals would differ."),
        )


class ConnectForm(forms.Form):
    """Nothing is asked here: Rompslomp has a page of its own for it."""

    hint = HowTo(
        _(
            "First log out of Rompslomp, preferably in a private window, so that you do not connect somebody else's "
            "account. Then press Connect, log in there and allow the connection."
        )
    )
