"""The form of the VAT table: what was typed is read, and found again in the lists of the books."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations import vat_rates
from integrations.country_names import country_name
from integrations.money import plain_text
from integrations.settings_file import SPECIAL_COUNTRIES
from integrations.vat import country_code, is_outside_eu
from integrations.wording import percentage

from ..lists.cells import Cell, HiddenCell
from .listed_field import ListedField
from .rates import read_rate
from .vat_table import ACCOUNTS, Row, VatTable

MOST_NAMED = 5  # rows in a sentence
TITLES = {
    "rate": _("Percentage"),
    "vat_code": _("VAT code"),
    "revenue": _("Revenue"),
    "shipping": _("Shipping"),
    "payment_costs": _("Payment costs"),
}
DATALISTS = {"vat_code": "vat_codes", **dict.fromkeys(ACCOUNTS, "revenue_accounts")}
LISTS = {"vat_code": _("VAT codes"), **dict.fromkeys(ACCOUNTS, _("ledger accounts"))}


class RateField(forms.CharField):
    """A percentage; None when it is empty."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        rate = read_rate(text) if text else None
        if text and rate is None:
            raise forms.ValidationError(gettext("Enter a number from 0 to 100."))
        return rate


class VatRowForm(forms.Form):
    """A row of the table."""

    country = forms.CharField(widget=HiddenCell, max_length=13)
    rate = RateField(required=False, max_length=10, widget=Cell)

    def __init__(self, *args: Any, table: VatTable, books: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        for name, words in LISTS.items():
            choices = table.codes if name == "vat_code" else table.accounts
            listed = gettext("%(list)s of %(books)s") % {"list": words, "books": books}
            self.fields[name] = ListedField(choices, listed, DATALISTS[name])
        self.fields["rate"].widget.attrs |= {"list": f"rates-{self.place}", "inputmode": "decimal"}
        for name in ("shipping", "payment_costs"):
            self.fields[name].widget.attrs["placeholder"] = gettext("as revenue")
        for name, title in TITLES.items():
            label = f"{title}, {self.country_name} ({int(str(self.prefix).rpartition('-')[2]) + 1})"
            self.fields[name].widget.attrs |= {"aria-label": label, "autocomplete": "off"}

    @property
    def place(self) -> str:
        """The country, or the special row."""
        return country_code(str(self["country"].value() or ""))

    @property
    def country_name(self) -> str:
        return country_name(self.place)

    @property
    def is_special(self) -> bool:
        return self.place in SPECIAL_COUNTRIES

    @property
    def title(self) -> str:
        """The row in words: Germany 19%."""
        return f"{self.country_name} {self.row['rate'].rstrip('%')}%"

    @property
    def lacks_account(self) -> bool:
        """Whether goods could not be booked, though there is a VAT code for them."""
        return bool(self.row["rate"] and self.row["vat_code"] and not self.row["revenue"])

    @property
    def row(self) -> Row:
        """What stands in the fields."""
        return {"country": self.place} | {name: str(self[name].value() or "").strip() for name in TITLES}

    @property
    def is_suggested(self) -> bool:
        return self.table.is_suggested(self.row)

    @property
    def usual_rates(self) -> str:
        """The percentages in force, where that of the row is none of them; else ""."""
        rate = read_rate(self.row["rate"])
        if rate is None or self.never_posted or not vat_rates.is_unusual(self.place, rate, self.table.home):
            return ""
        return ", ".join(percentage(one) for one in vat_rates.rates_in_force(self.place))

    @property
    def never_posted(self) -> str:
        """Said of VAT on deliveries outside the EU; else ""."""
        is_outside = not self.is_special and is_outside_eu(self.place, self.table.home)
        if not is_outside or not read_rate(self.row["rate"]):
            return ""
        return gettext("Deliveries outside the EU are without VAT, so this row is never used. Fill in International.")

    @property
    def is_left(self) -> bool:
        """Whether nobody looked at the code: it is the one that the page suggested, in a folded row that is otherwise
        empty too."""
        row, left = self.row, self.data.get(self.add_prefix("suggested"))
        is_touched = left != row["vat_code"] or any(row[name] for name in ACCOUNTS)
        return not (is_touched or self.table.is_sold_to(self.place))

    @property
    def code_warning(self) -> str:
        """Said where the VAT code is one of another percentage than the row."""
        rate, code = read_rate(self.row["rate"]), self.table.codes.find(self.row["vat_code"])
        found = self.table.suggestions.rate(code) if code else None
        if rate is None or found is None or found == rate:
            return ""
        return gettext("This VAT code is one of %(found)s%%, the row is %(rate)s%%. Check it.") % {
            "found": percentage(found),
            "rate": percentage(rate),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.is_special and given.get("rate"):
            self.add_error("rate", gettext("This row is always 0%."))
        left = self.data.get(self.add_prefix("suggested"))  # held by the page where a code is only a suggestion
        is_left = left and left == self.row["vat_code"] != self.table.suggested_code(self.row)
        if is_left and given.get("rate") is not None:
            words = gettext(
                "This code was suggested for another percentage. Choose one for this one, or save again to keep it."
            )
            self.add_error("vat_code", words)
        return given


class VatFormSet(forms.BaseFormSet):
    def clean(self) -> None:
        """No country has a percentage twice."""
        seen = set()
        for form in self.forms:
            key = (form.place, form.cleaned_data.get("rate"))
            if key[1] is not None and key in seen:
                form.add_error("rate", gettext("This country has this percentage twice. Empty one of them."))
            seen.add(key)

    def file_rows(self, *, with_suggested: bool) -> list[dict[str, str]]:
        """The rows as the settings file has them: every one with a percentage. Codes that were only suggested, in rows
        that nobody looked at, are left out but ``with_suggested``."""
        rows = []
        for form in self.forms:
            given = form.cleaned_data
            if given.get("rate") is not None:
                code = "" if form.is_left and not with_suggested else given["vat_code"]
                place = {"country": form.place, "rate": plain_text(given["rate"])}
                rows.append({**given, **place, "vat_code": code})
        return rows

    def warnings(self, *, with_accounts: bool) -> Iterator[str]:
        """What is odd in a table that was found right; it may be saved all the same."""
        for form in self.forms:
            if form.usual_rates:
                text = gettext("%(rate)s%% is not a VAT percentage of %(country)s (%(known)s). Check it.")
                rate = percentage(form.cleaned_data["rate"])
                yield text % {"rate": rate, "country": form.country_name, "known": form.usual_rates}
            if form.never_posted:
                yield f"{form.title}: {form.never_posted}"
            if form.code_warning:
                yield f"{form.title}: {form.code_warning}"
        bare = [form.title for form in self.forms if with_accounts and form.lacks_account and not form.is_left]
        if bare:
            text = gettext("No revenue account yet for %(rows)s. Sales there go to Errors until you choose one.")
            yield text % {"rows": ", ".join(bare[:MOST_NAMED]) + (" …" if len(bare) > MOST_NAMED else "")}


VatRows: Any = forms.formset_factory(VatRowForm, formset=VatFormSet, extra=0)
