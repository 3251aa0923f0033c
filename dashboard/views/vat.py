"""The VAT table: edited as a whole, and removed as a whole."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounting import book_lists, settings_store
from accounting.connectors import SYSTEMS, read_settings
from accounting.described import Kept
from integrations import vat_rates
from integrations.models import Integration, Role
from integrations.vat import country_code
from webshop import shop_lists

from .. import access
from ..frame import books_name, frame
from ..settings.settings_change import confirm, number_in_use, propose
from ..settings.typed_rows import PREFIX, typed_rows
from ..settings.vat_form import TITLES, VatFormSet, VatRows
from ..settings.vat_suggestions import Suggestions
from ..settings.vat_table import ACCOUNTS, Rates, Row, VatTable

FILLS: dict[str, tuple[Any, Callable[[VatTable, list[Row]], list[Row]]]] = {
    "destination": (_("Use the percentages of the destination (OSS)"), VatTable.with_destination_rates),
    "home": (_("Use the percentage of the home country"), VatTable.with_home_rate),
    "shop": (_("Use the percentages of the shop"), VatTable.with_rates_of_the_shop),
    "account": (_("Fill in the first revenue account everywhere it is empty"), VatTable.with_account_everywhere),
}
MOST_WARNINGS = 8


def edit(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    context = frame(request.user, integration, "configuration")
    if integration.administration is None:
        return render(request, "dashboard/vat_edit.html", context)
    file = settings_store.current_file(integration)
    table, faults = open_table(integration, file)
    asked = {"table": table, "books": books_name(integration)}
    if request.method == "POST" and not request.POST.keys() & {"add", "fill", "back"}:
        formset = VatRows(request.POST, prefix=PREFIX, form_kwargs=asked)
        if formset.is_valid():
            return saved(request, integration, file, formset)
    else:
        formset = VatRows(initial=rows_asked_for(request, table), prefix=PREFIX, form_kwargs=asked)
    context |= page(table, formset, is_changed=request.method == "POST")
    context |= {
        "faults": faults,
        "books_on_accounts": books_on_accounts(integration, file),
        "version": request.POST.get("version") or number_in_use(integration),
        "with_suggested": bool(request.POST.keys() & {"fill", "with_suggested"}),
    }
    return render(request, "dashboard/vat_edit.html", context)


def open_table(integration: Integration, file: dict[str, Any]) -> tuple[VatTable, list[str]]:
    """The table of a settings file with all that it is edited by, and what of that could not be read, in words."""
    kept, faults = book_lists.offered(integration)
    charged, trouble = shop_lists.rates_by_country(integration)
    return table_of(integration, file, kept, charged), [*faults, *filter(None, [trouble])]


def table_of(integration: Integration, file: dict[str, Any], kept: Kept, charged: Rates) -> VatTable:
    home, stored = country_code(file["shop"]["home_country"]), file["vat"]
    chosen = [row["vat_code"] for row in stored]
    used = [row[name] for row in stored for name in ACCOUNTS]
    return VatTable(
        home=home,
        stored=stored,
        codes=book_lists.choices(integration, kept, "vat_codes", chosen),
        accounts=book_lists.choices(integration, kept, "revenue_accounts", used),
        suggestions=Suggestions(kept.get("vat_codes", ()), home),
        charged=charged,
    )


def rows_asked_for(request: HttpRequest, table: VatTable) -> list[Row]:
    """The rows to show: those of the settings, or those that were typed, changed as a button asks."""
    if request.method != "POST":
        return table.rows()
    rows = typed_rows(request, ("country", *TITLES))
    if "add" in request.POST:
        return table.with_another(rows, country_code(request.POST["add"]))
    fill = FILLS.get(request.POST.get("fill", ""))
    return fill[1](table, rows) if fill else rows


def page(table: VatTable, formset: VatFormSet, *, is_changed: bool) -> dict[str, Any]:
    """What the template shows. Countries that are not sold to stay folded until something happens there."""
    others = [form for form in formset if not table.is_sold_to(form.place)]
    for before, form, after in zip([None, *formset], formset, [*formset, None][1:], strict=False):
        form.is_first = before is None or before.place != form.place
        form.is_last = after is None or after.place != form.place
    return {
        "formset": formset,
        "table": table,
        "titles": TITLES,
        "first_rows": [form for form in formset if table.is_sold_to(form.place)],
        "other_rows": others,
        "other_count": len({form.place for form in others}),
        "suggested_count": sum(form.is_suggested for form in others),
        "is_unfolded": is_changed,
        "fills": [(name, title) for name, (title, _fill) in FILLS.items() if name != "shop" or table.charged],
        "offered_rates": [(place, table.offered_rates(place)) for place in {form.place: None for form in formset}],
        "rates_as_of": vat_rates.AS_OF,
    }


def saved(request: HttpRequest, integration: Integration, file: dict[str, Any], formset: VatFormSet) -> HttpResponse:
    """Codes that are only suggested, in rows without an account, are saved when that is asked; where sales need an
    account they would be of no use yet."""
    with_accounts = books_on_accounts(integration, file)
    for warning in list(formset.warnings(with_accounts=with_accounts))[:MOST_WARNINGS]:
        messages.warning(request, warning)
    with_suggested = not with_accounts and "with_suggested" in request.POST
    return propose(request, integration, {**file, "vat": formset.file_rows(with_suggested=with_suggested)})


def books_on_accounts(integration: Integration, file: dict[str, Any]) -> bool:
    return SYSTEMS[integration.accounting_system].books_on_accounts(read_settings(file))


def remove(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Ask first; then save a version without VAT settings, so that the one before can be taken back."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    if request.method == "POST":
        return confirm(request, integration, {**settings_store.current_file(integration), "vat": []})
    context = frame(request.user, integration, "configuration") | {"version": integration.settings}
    return render(request, "dashboard/vat_remove.html", context)
