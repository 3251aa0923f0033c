"""The setting that a group of stuck documents lacks, filled in where they are listed: one row of the settings file.

What is not one row, or asks for a decision about more than these documents, is put right on Configuration.
"""

from collections import Counter
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting import book_lists, checking, fixed_debtors, settings_store
from accounting.book_choices import Choices
from accounting.connectors import SYSTEMS
from accounting.described import Kept
from integrations.models import Integration, Role
from integrations.money import plain_text
from integrations.problems import LONGEST_VALUE, Problem
from integrations.settings_file import Settings, VatSetting, method_key
from integrations.wording import percentage

from .. import access
from ..frame import books_name
from ..settings.listed_field import ListedField
from ..settings.method_form import ClearingForm, DebtorForm, Debtors
from ..settings.method_table import Method, file_rows
from ..settings.vat_suggestions import Suggestions

VAT_CODES = {"vat_setting_missing", "vat_code_gone", "ledger_account_missing"}
File = dict[str, Any]


EDITORS = {"vat": "vat-edit", "payment_methods": "methods-edit"}


class Desk:
    """The settings of an integration and the lists of its books, each read once for all forms of a page. The books
    themselves are not asked: a page that is opened twice a day must not wait for them."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.books = books_name(integration)

    @cached_property
    def settings(self) -> Settings | None:
        """None while there is nothing that a row could be added to."""
        version = self.integration.settings
        return settings_store.load(version) if version and self.integration.administration_id else None

    @cached_property
    def kept(self) -> Kept:
        return checking.rows(checking.kept(self.integration))

    @cached_property
    def codes(self) -> Choices:
        return book_lists.choices(self.integration, self.kept, "vat_codes")

    @cached_property
    def accounts(self) -> Choices:
        used = [row.revenue for row in self.settings.vat] if self.settings else []
        return book_lists.choices(self.integration, self.kept, "revenue_accounts", used)

    @cached_property
    def clearing_accounts(self) -> Choices:
        return book_lists.choices(self.integration, self.kept, "payment_accounts")

    @cached_property
    def suggestions(self) -> Suggestions:
        home = self.settings.shop.home_country if self.settings else ""
        return Suggestions(self.kept.get("vat_codes", ()), home)

    @cached_property
    def usual_account(self) -> str:
        """The revenue account of most rows of the VAT table; "" when there is none yet."""
        used = Counter(row.revenue for row in self.settings.vat if row.revenue) if self.settings else Counter()
        return used.most_common(1)[0][0] if used else ""

    @property
    def needs_account(self) -> bool:
        assert self.settings
        return SYSTEMS[self.integration.accounting_system].books_on_accounts(self.settings)


class VatSettingForm(forms.Form):
    """The VAT code and the revenue account of a country and a percentage. What is proposed is only saved by a person
    who leaves it there."""

    def __init__(self, data: Any, *, desk: Desk, country: str, rate: Decimal, prefix: str) -> None:
        self.desk, self.country, self.rate = desk, country, rate
        super().__init__(data, prefix=prefix, initial=self.proposed(), use_required_attribute=False)
        listed = gettext("%(list)s of %(books)s")
        codes = ListedField(desk.codes, listed % {"list": _("VAT codes"), "books": desk.books}, "vat_codes")
        accounts = listed % {"list": _("ledger accounts"), "books": desk.books}
        revenue = ListedField(desk.accounts, accounts, "revenue_accounts")
        codes.label, revenue.label = gettext("VAT code"), gettext("Revenue account")
        if not desk.needs_account:
            revenue.label = gettext("Revenue account (may stay empty)")
        self.fields |= {"vat_code": codes, "revenue": revenue}
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    @cached_property
    def row(self) -> VatSetting | None:
        """What the settings have now, a row without a VAT code included."""
        assert self.desk.settings
        rows = (row for row in self.desk.settings.vat if (row.country, row.rate) == (self.country, self.rate))
        return next(rows, None)

    def proposed(self) -> dict[str, str]:
        """What stands there and is still in the books; else what is meant beyond doubt."""
        codes, accounts = self.desk.codes, self.desk.accounts
        code = self.row.vat_code if self.row and self.row.vat_code in codes.labels else ""
        code = code or self.desk.suggestions.code(self.country, self.rate)
        revenue = (self.row.revenue if self.row else "") or self.desk.usual_account
        return {"vat_code": codes.label(code), "revenue": accounts.label(revenue)}

    @property
    def is_suggested(self) -> bool:
        return not self.is_bound and any(self.initial.values())

    @property
    def stored(self) -> str:
        """What the settings have now, in words; "" when they have nothing."""
        if self.row is None or not (self.row.vat_code or self.row.revenue):
            return ""
        words = gettext("In the settings now: VAT code %(vat_code)s, revenue account %(revenue)s.")
        code, revenue = self.desk.codes.label(self.row.vat_code), self.desk.accounts.label(self.row.revenue)
        return words % {"vat_code": code or gettext("none"), "revenue": revenue or gettext("none")}

    @property
    def has_lists(self) -> bool:
        return self.desk.codes.is_known and self.desk.accounts.is_known

    @property
    def odd_code(self) -> str:
        """The code that was typed, when it is one of another percentage; the page holds it, so that saving it once more
        keeps it."""
        code = self.desk.codes.find(str(self["vat_code"].value() or "")) or ""
        found = self.desk.suggestions.rate(code)
        return code if found not in (None, self.rate) else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "vat_code" in given and not given["vat_code"]:
            self.add_error("vat_code", gettext("Choose a VAT code."))
        if "revenue" in given and not given["revenue"] and self.desk.needs_account:
            self.add_error("revenue", gettext("Choose a revenue account."))
        odd = self.odd_code if "vat_code" in given else ""
        if odd and self.data.get(self.add_prefix("odd")) != odd:
            found = self.desk.suggestions.rate(odd) or Decimal(0)
            words = gettext(
                "This VAT code is one of %(found)s%%, the row is %(rate)s%%. Choose another one, or save again to "
                "keep it."
            )
            self.add_error("vat_code", words % {"found": percentage(found), "rate": percentage(self.rate)})
        return given

    def changed(self, file: File) -> File:
        """The settings file with this row in it."""
        row = {"country": self.country, "rate": plain_text(self.rate)}
        place = (self.country, self.rate)
        same = [one for one in file["vat"] if (one["country"], Decimal(one["rate"])) == place]
        others = [one for one in file["vat"] if one not in same]
        return {**file, "vat": [*others, {**row, **(same[0] if same else {}), **self.cleaned_data}]}


class _ForOneMethod:
    """What the two forms of a payment method share; ``column`` is what they fill in."""

    column: str
    required: Any
    is_suggested = False
    odd_code = ""

    def clean(self: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}  # type: ignore[misc]
        if self.column in given and not given[self.column]:
            self.add_error(self.column, self.required)
        return given

    def changed(self: Any, file: File) -> File:
        given = {self.key: (self.about.name, self.cleaned_data[self.column])}
        return {**file, "payment_methods": file_rows(file["payment_methods"], self.column, given)}


class ClearingSettingForm(_ForOneMethod, ClearingForm):
    column, required = "clearing_account", _("Choose a clearing account.")
    has_lists = True


class DebtorSettingForm(_ForOneMethod, DebtorForm):
    column, required = "debtor", _("Type the number of a debtor, or a part of its name.")
    has_lists = True


def link(problem: Problem, integration: Integration) -> str:
    """The address where the setting is put right: the row in its editor, or the section of Configuration for who may
    only look; "" when it is not a setting."""
    if not problem.setting:
        return ""
    if problem.setting not in EDITORS or not access.may(integration, Role.BOOKKEEPER):
        return reverse("configuration", args=[integration.licence_key]) + f"#{problem.setting}"
    place = problem.params.get("country", "") if problem.setting == "vat" else method_key(_method(problem))
    return reverse(EDITORS[problem.setting], args=[integration.licence_key]) + (f"#at-{place}" if place else "")


def can_be_filled_in(desk: Desk, problem: Problem) -> bool:
    """Whether it is put right in one row of the settings."""
    if desk.settings is None:
        return False
    if problem.code in VAT_CODES:
        return _rate(problem) is not None
    if not 0 < len(_method(problem)) < LONGEST_VALUE:
        return False  # without a name, or perhaps not with its whole name
    if problem.code == "customer_email_missing":
        return not desk.settings.posts_payments
    return problem.code == "clearing_account_missing"


def setting_form(desk: Desk, problem: Problem, *, prefix: str, data: Any = None) -> Any:
    """The form of the setting that is missing; None when it can't be put right in one row."""
    if not can_be_filled_in(desk, problem):
        return None
    if problem.code in VAT_CODES:
        return VatSettingForm(
            data, desk=desk, country=problem.params["country"], rate=_rate(problem) or Decimal(0), prefix=prefix
        )
    made = _clearing_form if problem.code == "clearing_account_missing" else _debtor_form
    return made(desk, _method(problem), prefix, data)


def _rate(problem: Problem) -> Decimal | None:
    try:
        return Decimal(problem.params["rate"])
    except InvalidOperation:
        return None


def _method(problem: Problem) -> str:
    return str(problem.params.get("method", ""))


def _clearing_form(desk: Desk, method: str, prefix: str, data: Any) -> ClearingSettingForm:
    return ClearingSettingForm(
        data,
        prefix=prefix,
        initial={"method": method},
        methods=_about(method),
        accounts=desk.clearing_accounts,
        books=desk.books,
    )


def _debtor_form(desk: Desk, method: str, prefix: str, data: Any) -> DebtorSettingForm:
    found = Debtors(
        books=desk.books,
        has_numbers=SYSTEMS[desk.integration.accounting_system].has_numbers,
        search=lambda text: fixed_debtors.find(desk.integration, text),
        known={},
    )
    return DebtorSettingForm(data, prefix=prefix, initial={"method": method}, methods=_about(method), debtors=found)


def _about(method: str) -> dict[str, Method]:
    return {method_key(method): Method(name=method, title=method, remark="", origin="settings")}
