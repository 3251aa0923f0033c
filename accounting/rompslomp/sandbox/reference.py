"""What is read and never written by the API: VAT types, ledger accounts, invoice layouts."""

from collections.abc import Callable

from django.http import HttpResponse

from integrations.sandbox import Row

from .access import Call, endpoint, listed, owned, selection
from .books import books
from .parameters import day, today
from .refusals import as_json

LIQUID = "activa.current_assets.liquid_assets."
ACCOUNT_SELECTIONS: dict[str, Callable[[Row], bool]] = {
    "all": lambda _account: True,
    "ledger": lambda account: account["type"] is not None,
    "payment": lambda account: is_clearing(account),
    "revenue": lambda account: account["type"] == "revenue",
    "costs": lambda account: account["type"] == "costs",
}


def is_clearing(account: Row) -> bool:
    """Payments may be booked on it: a bank, cash or payment provider's account."""
    return bool(account["path"].startswith(LIQUID))


def picked(*keys: str) -> Callable[[Row], Row]:
    return lambda row: {key: row[key] for key in keys}


vat_type_shown = picked("id", "name", "friendly_name", "value")
account_shown = picked("id", "name", "path_name", "path", "reference", "type", "parent_id")
template_shown = picked("id", "name", "is_default")


def list_vat_types(call: Call) -> HttpResponse:
    selection(call, ("all",))
    since = call.request.GET.get("since")
    first_day = day("since", since) if since else today().isoformat()
    rows = books.owned("vat_types", call.company_id)
    known = [row for row in rows if row["until"] is None or row["until"] >= first_day]
    return listed(call, "vat_types", known, vat_type_shown)


def list_accounts(call: Call) -> HttpResponse:
    wanted = ACCOUNT_SELECTIONS[selection(call, ACCOUNT_SELECTIONS, default="")]
    paths = set(call.request.GET.getlist("search[paths][]"))
    rows = books.owned("accounts", call.company_id)
    chosen = [row for row in reversed(rows) if wanted(row) and (not paths or row["path"] in paths)]
    return listed(call, "accounts", chosen, account_shown)


def list_templates(call: Call) -> HttpResponse:
    return listed(call, "templates", books.owned("templates", call.company_id), template_shown)


def show(table: str, name: str, render: Callable[[Row], Row]) -> Callable[..., HttpResponse]:
    return lambda call, row_id: as_json({name: render(owned(call, table, row_id))})


LAYOUT_SCOPES = ("public", "manage:sales_invoices")

vat_types_view = endpoint("public", GET=list_vat_types)
vat_type_view = endpoint("public", GET=show("vat_types", "vat_type", vat_type_shown))
accounts_view = endpoint("read:accounts", GET=list_accounts)
account_view = endpoint("read:accounts", GET=show("accounts", "account", account_shown))
templates_view = endpoint(*LAYOUT_SCOPES, GET=list_templates)
template_view = endpoint(*LAYOUT_SCOPES, GET=show("templates", "template", template_shown))
