"""What only Rompslomp needs of the settings."""

from collections.abc import Iterator
from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.described import HowTo, Shown
from accounting.described import Text as Words
from integrations.settings_file import AccountingOptions, Settings, Text

NUMBERS = {"order": _("order number"), "invoice": _("invoice number")}


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


class ConnectForm(forms.Form):
    """Nothing is asked here: Rompslomp has a page of its own for it."""

    hint = HowTo(
        _(
            "First log out of Rompslomp, preferably in a private window, so that you do not connect somebody else's "
            "account. Then press Connect, log in there and allow the connection."
        )
    )
