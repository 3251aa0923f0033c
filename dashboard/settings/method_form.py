"""The form of the payment methods: a fixed debtor for each, found in the books; or a clearing account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext

from accounting.book_choices import Choices, Json, label_of
from integrations.failures import ConnectionLost, Failure, Refused, Temporary
from integrations.settings_file import method_key

from ..lists.cells import Cell, HiddenCell
from .listed_field import ListedField
from .method_table import Method


@dataclass(kw_only=True)
class Debtors:
    """``search`` looks in the books, and raises as every call; ``known`` are the rows of those that were chosen before,
    by id. ``failed`` is why the books are not asked any more."""

    books: str
    has_numbers: bool
    search: Callable[[str], list[Json]]
    known: Mapping[str, Json]
    failed: Failure | None = None

    def find(self, text: str) -> list[Json]:
        """What ``search`` finds; after one call in vain the others fail as it did, without being made."""
        if self.failed:
            raise self.failed
        try:
            return self.search(text)
        except (ConnectionLost, Temporary) as failure:
            self.failed = failure
            raise

    def label(self, debtor: str) -> str:
        row = self.known.get(debtor)
        return label_of(row, has_numbers=self.has_numbers) if row else debtor


class MethodForm(forms.Form):
    """``method`` is the name in the settings file; ``methods`` are the rows of the table by key."""

    method = forms.CharField(widget=HiddenCell, max_length=64)

    def __init__(self, *args: Any, methods: Mapping[str, Method], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = False  # a row without a method is an error, not a row to pass over
        name = str(self["method"].value() or "")
        self.key = method_key(name)
        self.about = methods.get(self.key) or Method(name=name, title=name, remark="", origin="settings")

    def describe(self, field: str, words: str) -> None:
        self.fields[field].label = words
        self.fields[field].widget.attrs |= {"aria-label": f"{words}, {self.about.title}", "autocomplete": "off"}


class DebtorForm(MethodForm):
    """``found`` is the row of a debtor that was looked up now, ``offered`` are those of which one is to be chosen."""

    debtor = forms.CharField(required=False, max_length=100, widget=Cell)

    def __init__(self, *args: Any, debtors: Debtors, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.debtors = debtors
        self.found: Json | None = None
        self.offered: list[tuple[str, str]] = []
        self.describe("debtor", gettext("Fixed debtor"))

    def clean_debtor(self) -> str:
        text, stored = self.cleaned_data["debtor"], self.about.debtor
        if text in ("", stored, self.debtors.label(stored)):
            return stored if text else ""
        self.found = self._chosen(text, self._look_up(text))
        return str(self.found["id"])

    def _look_up(self, text: str) -> list[Json]:
        name = {"books": self.debtors.books}
        try:
            return self.debtors.find(text)
        except ConnectionLost:
            raise forms.ValidationError(
                gettext("%(books)s does not let us in any more. Connect it again on Configuration.") % name
            ) from None
        except Refused as failure:
            raise forms.ValidationError(failure.words) from None
        except Failure:
            words = gettext("%(books)s can't be reached just now, so this debtor was not looked up. Save again later.")
            raise forms.ValidationError(words % name) from None

    def _chosen(self, text: str, rows: list[Json]) -> Json:
        """The one debtor that is meant: picked, or of exactly this number or name."""
        picked = self.data.get(self.add_prefix("pick"))
        exact = [row for row in rows if row["id"] == picked] or [row for row in rows if _is_exactly(row, text)]
        if len(exact) == 1:
            return exact[0]
        if not rows:
            words = gettext("No debtor found in %(books)s. Type its number, or a part of its name.")
            raise forms.ValidationError(words % {"books": self.debtors.books})
        self.offered = [(row["id"], label_of(row, has_numbers=self.debtors.has_numbers)) for row in rows]
        if len(rows) == 1:
            raise forms.ValidationError(gettext("Is this the debtor that you mean? Choose it below, and save again."))
        raise forms.ValidationError(gettext("More than one debtor is found. Choose one below, and save again."))


class ClearingForm(MethodForm):
    """Only accounts of Rompslomp's kind “Payment methods” are offered."""

    def __init__(self, *args: Any, accounts: Choices, books: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("payment method accounts of %(books)s") % {"books": books}
        self.fields["clearing_account"] = ListedField(accounts, words, "payment_accounts")
        self.describe("clearing_account", gettext("Clearing account"))


def _is_exactly(row: Json, text: str) -> bool:
    return text.casefold() in {str(row.get(name, "")).casefold() for name in ("id", "number", "full_name")}


DebtorForms = forms.formset_factory(DebtorForm, extra=0)
ClearingForms = forms.formset_factory(ClearingForm, extra=0)
