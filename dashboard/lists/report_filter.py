"""The filters of Report: by period, kind, target, country, VAT treatment, amount, text, and what the shop changed."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from accounting.connectors import SYSTEMS
from integrations import wording
from integrations.country_names import NAMES, countries_named, country_name
from integrations.models import Document, Integration, Treatment
from integrations.vat import country_code

from .cells import Cell, ChoiceCell
from .filters import Period

CREDIT = "credit"
KINDS = {"order": _("Order"), "invoice": _("Invoice"), CREDIT: _("Credit note")}
TREATMENTS = {
    Treatment.HOME: _("Domestic"),
    Treatment.EU: _("EU, with VAT"),
    Treatment.ICP: _("EU, reverse charged (ICP)"),
    Treatment.INTERNATIONAL: _("Outside the EU"),
}
CHANGED = {"after": _("Changed after posting")}
SEARCHED = ("number", "ledger_number", "customer_name", "customer_email")
AMOUNT = {"inputmode": "decimal", "autocomplete": "off"}
MOST_DIGITS = 12  # of an amount in euros: more is a number that went into the wrong field


def choices(all_words: object, named: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    return [("", all_words), *named.items()]


class Country(forms.CharField):
    """A country by its name or its two letters; gives the letters."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        is_code = re.fullmatch("[A-Za-z]{2}", text)
        codes = {country_code(text.upper())} if is_code else countries_named(text)
        if len(codes) != 1:
            raise forms.ValidationError(gettext("Choose a country from the list, or write its two letters, like BE."))
        return codes.pop()


class Euros(forms.CharField):
    """An amount as people write it, with a comma or a point; gives cents."""

    def clean(self, value: Any) -> int | None:
        text = re.sub(r"[\s€]|EUR", "", super().clean(value), flags=re.IGNORECASE)
        if not text:
            return None
        whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text, flags=re.ASCII).groups(default="")  # type: ignore[union-attr]
        grouped = re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+", whole, flags=re.ASCII)
        digits = re.sub("[.,]", "", whole)
        if not grouped or len(digits) > MOST_DIGITS:
            raise forms.ValidationError(gettext("This is no amount. Write it like 1234.50, without a minus."))
        return int(digits) * 100 + int(cents.ljust(2, "0"))


class ReportFilter(Period):
    """An amount is looked for without its sign, so that an invoice and its credit note are found together."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=choices(_("All kinds"), KINDS), widget=ChoiceCell)
    target = forms.ChoiceField(label=_("In the books"), required=False, widget=ChoiceCell)
    country = Country(
        label=_("Country"),
        required=False,
        max_length=60,
        widget=Cell(attrs={"list": "countries", "autocomplete": "off"}),
    )
    treatment = forms.ChoiceField(
        label=_("VAT treatment"),
        required=False,
        choices=choices(_("All treatments"), TREATMENTS),
        widget=ChoiceCell,
    )
    least = Euros(label=_("Amount from"), required=False, max_length=30, widget=Cell(attrs=AMOUNT))
    most = Euros(label=_("Amount until"), required=False, max_length=30, widget=Cell(attrs=AMOUNT))
    changed = forms.ChoiceField(
        label=_("In the shop"), required=False, choices=choices(_("Changed or not"), CHANGED), widget=ChoiceCell
    )
    text = forms.CharField(
        label=_("Number or customer"), required=False, max_length=100, widget=Cell(attrs={"autocomplete": "off"})
    )

    equal: ClassVar = ("target", "country", "treatment")

    def __init__(self, asked: QueryDict, accounting_system: str) -> None:
        super().__init__(asked)
        system = SYSTEMS.get(accounting_system)
        if system and len(system.targets) > 1:
            self.fields["target"].choices = choices(_("All"), dict(system.targets))  # type: ignore[attr-defined]
        else:
            del self.fields["target"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        least, most = given.get("least"), given.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("most", gettext("This amount is less than the first one."))
        return given

    def narrow(self, documents: QuerySet[Document]) -> QuerySet[Document]:
        documents = super().narrow(documents)
        if not self.is_valid():
            return documents
        given = self.cleaned_data
        equal = {name: given[name] for name in self.equal if given.get(name)}
        if given["changed"]:
            equal["shop_changed_at__isnull"] = False
        return documents.filter(of_kind(given["kind"]), of_amount(given["least"], given["most"]), **equal).filter(
            of_text(given["text"])
        )

    def words_of(self, name: str) -> str:
        value = self.cleaned_data[name]
        if name in ("least", "most"):
            return "" if value is None else wording.money(value)
        if name == "country":
            return country_name(value) if value else ""
        return super().words_of(name)

    @property
    def countries(self) -> list[str]:
        """The names to choose from, besides which any two letters will do."""
        return country_names(get_language())


@cache
def country_names(language: str) -> list[str]:
    with override(language):
        return sorted(str(name) for code, name in NAMES.items() if len(code) == 2)


def filter_of(asked: QueryDict, integration: Integration) -> ReportFilter:
    """The filters of an address. Mostly there are none, and then the form is the same for everybody, drawn already."""
    if any(asked.get(name) for name in ReportFilter.base_fields):
        return ReportFilter(asked, integration.accounting_system)
    return without_filters(integration.accounting_system, get_language())


@cache
def without_filters(accounting_system: str, language: str) -> ReportFilter:
    empty = ReportFilter(QueryDict(), accounting_system)
    with override(language):
        empty.full_clean()
        empty.drawn = render_to_string("dashboard/filters_form.html", {"filter": empty})
    return empty


def of_kind(kind: str) -> Q:
    if not kind:
        return Q()
    return Q(is_credit=True) if kind == CREDIT else Q(kind=kind, is_credit=False)


def of_amount(least: int | None, most: int | None) -> Q:
    """With or without a minus."""
    if least is None and most is None:
        return Q()
    low, high = least or 0, most
    if high is None:
        return Q(total_cents__gte=low) | Q(total_cents__lte=-low)
    return Q(total_cents__range=(low, high)) | Q(total_cents__range=(-high, -low))


def of_text(text: str) -> Q:
    found = Q()
    for field in SEARCHED if text else ():
        found |= Q(**{f"{field}__icontains": text})
    return found
