"""The payment methods: for each a fixed debtor; or, while payments are posted, a clearing account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounting import book_lists, checking, fixed_debtors, settings_store
from accounting.connectors import SYSTEMS, read_settings
from integrations.models import Integration, Role
from webshop import shop_lists

from .. import access
from ..frame import books_name, frame
from ..settings.method_form import ClearingForms, DebtorForm, DebtorForms, Debtors
from ..settings.method_table import Method, file_rows, methods
from ..settings.settings_change import number_in_use, propose
from ..settings.typed_rows import PREFIX, typed_rows


def edit(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    context = frame(request.user, integration, "configuration")
    if integration.administration is None:
        return render(request, "dashboard/methods_edit.html", context)
    file = settings_store.current_file(integration)
    of_the_shop, trouble = shop_lists.payment_methods(integration)
    table = methods(file["payment_methods"], of_the_shop)
    column = "clearing_account" if read_settings(file).posts_payments else "debtor"
    choosing = clearing_accounts if column == "clearing_account" else debtors
    formset, more = choosing(request, integration, table)
    if formset.is_bound and formset.is_valid():
        keep_names(integration, formset)
        given = {form.key: (form.about.name, form.cleaned_data[column]) for form in formset}
        rows = file_rows(file["payment_methods"], column, given)
        return propose(request, integration, {**file, "payment_methods": rows})
    groups = [form for form in formset if form.about.origin == "group"]
    context |= {
        "own_rows": [form for form in formset if form not in groups],
        "group_rows": groups,
        "is_unfolded": any(form[column].value() for form in groups),
    }
    context |= {"formset": formset, "column": column, "trouble": trouble, **more}
    context["version"] = request.POST.get("version") or number_in_use(integration)
    return render(request, "dashboard/methods_edit.html", context)


def debtors(request: HttpRequest, integration: Integration, table: list[Method]) -> tuple[Any, dict[str, Any]]:
    """The form that chooses a fixed debtor for each method, and what its page needs besides."""
    found = debtors_of(integration)
    initial = [{"method": method.name, "debtor": found.label(method.debtor)} for method in table]
    asked = {"methods": {method.key: method for method in table}, "debtors": found}
    return filled(request, DebtorForms, initial, asked), {}


def clearing_accounts(
    request: HttpRequest, integration: Integration, table: list[Method]
) -> tuple[Any, dict[str, Any]]:
    """The form that chooses a clearing account for each method, and the fixed debtors that are out of use then."""
    kept, faults = book_lists.offered(integration)
    accounts = book_lists.choices(integration, kept, "payment_accounts", [row.clearing_account for row in table])
    initial = [{"method": row.name, "clearing_account": accounts.label(row.clearing_account)} for row in table]
    asked = {"methods": {row.key: row for row in table}, "accounts": accounts, "books": books_name(integration)}
    names = debtors_of(integration)
    unused = [(row.title, names.label(row.debtor)) for row in table if row.debtor]
    return filled(request, ClearingForms, initial, asked), {"accounts": accounts, "unused": unused, "faults": faults}


def filled(request: HttpRequest, forms: Any, initial: list[dict[str, str]], asked: dict[str, Any]) -> Any:
    """What was sent; what was typed, for who comes back to it; else what is set."""
    if request.method != "POST":
        return forms(initial=initial, prefix=PREFIX, form_kwargs=asked)
    if "back" in request.POST:
        return forms(initial=typed_rows(request, initial[0]), prefix=PREFIX, form_kwargs=asked)
    return forms(request.POST, prefix=PREFIX, form_kwargs=asked)


def debtors_of(integration: Integration) -> Debtors:
    kept = checking.rows(checking.kept(integration)).get(fixed_debtors.KIND, [])
    return Debtors(
        books=books_name(integration),
        has_numbers=SYSTEMS[integration.accounting_system].has_numbers,
        search=lambda text: fixed_debtors.find(integration, text),
        known={row["id"]: row for row in kept},
    )


def keep_names(integration: Integration, formset: Any) -> None:
    """Keep the names of debtors that were looked up, to show them without asking again."""
    found = [form.found for form in formset if isinstance(form, DebtorForm) and form.found]
    if found and integration.administration:
        fixed_debtors.keep(integration.administration, found)
