"""What is set of the shop: what is processed, from when, and in which words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.country_names import NAMES, country_name
from integrations.settings_file import SPECIAL_COUNTRIES, Settings

PROCESSES = {"orders": _("Paid orders"), "invoices": _("Invoices")}
LINE_NAMES = {"nl": _("Dutch"), "en": _("English")}


class ShopSettingsForm(forms.Form):
    """Fields with the names that the settings file has for them."""

    process = forms.ChoiceField(
        label=_("What is posted"),
        choices=list(PROCESSES.items()),
        widget=forms.RadioSelect,
        help_text=_(
            "Paid orders: an order is posted once it is paid; credit notes are not. Invoices: every invoice is posted "
            "as soon as the shop makes it, debit and credit, paid or not."
        ),
    )
    home_country = forms.ChoiceField(label=_("Home country"), help_text=_("The country of your webshop."))
    start_date = forms.DateField(
        label=_("Start date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Nothing dated before this day is posted, so nothing is posted twice. Empty: the day of installing."
        ),
    )
    open_days = forms.IntegerField(
        label=_("Days that an unpaid order stays open"),
        min_value=1,
        max_value=3650,
        help_text=_("After that it is left out, until the shop reports that it is paid."),
    )
    line_names = forms.ChoiceField(
        label=_("Language of our own lines"),
        choices=list(LINE_NAMES.items()),
        widget=forms.RadioSelect,
        help_text=_("How shipping costs, discounts and the like are called in the books."),
    )
    margin_scheme = forms.BooleanField(
        label=_("Margin scheme"),
        required=False,
        help_text=_("For second-hand goods: when all goods are sold at 0%, payment costs are too."),
    )
    payments_only_when_paid = forms.BooleanField(
        label=_("Payments of invoices only when these are paid"),
        required=False,
        help_text=_(
            "Otherwise the payment of every invoice is posted with it. That of an order always waits until it is paid."
        ),
    )

    OF_SHOP = ("process", "home_country", "start_date", "open_days")

    def __init__(self, data: Any = None, *, settings: Settings) -> None:
        super().__init__(data, initial=settings.shop.model_dump() | settings.model_dump())
        if not settings.posts_payments:
            del self.fields["payments_only_when_paid"]
        home = self.fields["home_country"]
        assert isinstance(home, forms.ChoiceField)
        home.choices = countries(settings.shop.home_country)

    def changes(self, file: dict[str, Any]) -> dict[str, Any]:
        """A settings file with what was filled in."""
        given = self.cleaned_data
        shop = {**file["shop"], **{name: given[name] for name in self.OF_SHOP if name != "start_date"}}
        shop["start_date"] = given["start_date"].isoformat() if given["start_date"] else None
        names = ("line_names", "margin_scheme", "payments_only_when_paid")
        return {**file, "shop": shop, **{name: given[name] for name in names if name in given}}


def countries(chosen: str) -> list[tuple[str, str]]:
    """The countries that have a name here, and the one that is set."""
    codes = {*NAMES, chosen} - {*SPECIAL_COUNTRIES}
    return sorted(((code, country_name(code)) for code in codes), key=lambda country: country[1])
