"""What a new company starts with: VAT types, a chart of accounts and two invoice layouts."""

from decimal import Decimal

from integrations.sandbox import EU_RATES, Row

from .books import books

# key, name in the API, friendly name, value, last day it is valid
DUTCH_VAT = (
    ("NL 21", "vat_high", "hoog", "0.21", None),
    ("NL 9", "vat_low_new", "laag", "0.09", None),
    ("NL 6", "vat_low", "laag oud (6%)", "0.06", "2018-12-31"),
    ("NL 0", "vat_zero", "0%", "0.0", None),
    ("reverse", "vat_reverse_charged", "verlegd", "0.0", None),
    ("none", "vat_none", "vrijgesteld", "0.0", None),
    ("margin", "vat_none", "marge", "0.0", None),
    ("custom", "vat_custom", "aangepast", "0.0", None),
)

# path, name, type; a child comes after its parent, and the order gives the reference numbers
CHART = (
    ("activa", "Activa", "balance"),
    ("activa.fixed_assets", "Vaste activa", "balance"),
    ("activa.fixed_assets.inventory", "Inventaris", "balance"),
    ("activa.fixed_assets.transport", "Vervoermiddelen", "balance"),
    ("activa.current_assets", "Vlottende activa", "balance"),
    ("activa.current_assets.debtors", "Debiteuren", "balance"),
    ("activa.current_assets.stock", "Voorraad", "balance"),
    ("activa.current_assets.liquid_assets", "Liquide middelen", "balance"),
    ("activa.current_assets.liquid_assets.bank", "Bank", "balance"),
    ("activa.current_assets.liquid_assets.cash", "Kas", "balance"),
    ("activa.current_assets.liquid_assets.pin", "Pin onderweg", "balance"),
    ("activa.current_assets.liquid_assets.mollie_custom", "Mollie tussenrekening", "balance"),
    ("activa.current_assets.liquid_assets.paypal_custom", "PayPal", "balance"),
    ("passiva", "Passiva", "balance"),
    ("passiva.equity", "Eigen vermogen", "balance"),
    ("passiva.equity.private", "Priv&eacute;", "balance"),
    ("passiva.short_term", "Kortlopende schulden", "balance"),
    ("passiva.short_term.creditors", "Crediteuren", "balance"),
    ("passiva.short_term.vat", "Btw-afdracht", "balance"),
    ("passiva.short_term.deposits_custom", "Statiegeld", "balance"),
    ("passiva.short_term.gift_cards_custom", "Cadeaubonnen", "balance"),
    ("profit", "Winst", None),
    ("profit.costs", "Kosten", "costs"),
    ("profit.costs.purchase", "Inkoop", "costs"),
    ("profit.costs.housing", "Huisvesting", "costs"),
    ("profit.costs.selling", "Verkoopkosten", "costs"),
    ("profit.costs.selling.promotional_gifts", "Relatiegeschenken", "costs"),
    ("profit.costs.selling.advertising", "Reclame &amp; advertenties", "costs"),
    ("profit.costs.other_costs", "Overige kosten", "costs"),
    ("profit.costs.other_costs.phone_internet", "Telefoon &amp; internet", "costs"),
    ("profit.costs.other_costs.administration", "Administratiekosten", "costs"),
    ("profit.costs.other_costs.payment_fees_custom", "Transactiekosten", "costs"),
    ("profit.costs.payment_differences", "Betalingsverschillen", "costs"),
    ("profit.revenue", "Omzet", "revenue"),
    ("profit.revenue.other", "Overig", "revenue"),
    ("profit.revenue.payment_differences", "Betalingsverschillen", "revenue"),
    ("profit.revenue.webshop_custom", "Webshop", "revenue"),
    ("profit.revenue.shipping_custom", "Verzendkosten", "revenue"),
    ("profit.revenue.payment_costs_custom", "Betaalkosten", "revenue"),
    ("profit.revenue.eu_custom", "Omzet EU", "revenue"),
    ("profit.revenue.export_custom", "Export buiten de EU", "revenue"),
    ("profit.revenue.rounding_custom", "Afrondingsverschillen", "revenue"),
    ("vat_to_pay_revenue", "Hulp: btw af te dragen", None),
    ("vat_to_pay_revenue.vat_high", "Btw hoog", None),
    ("vat_to_pay_revenue.vat_low_new", "Btw laag", None),
    ("vat_to_pay_revenue.vat_zero", "Btw 0%", None),
    ("vat_to_pay_revenue.vat_none", "Btw vrijgesteld", None),
    ("vat_to_pay_revenue.vat_reverse_charged", "Btw verlegd", None),
)

BAKERY_ACCOUNTS = (
    ("profit.revenue.bread_custom", "Brood &amp; gebak (9%)", "revenue"),
    ("profit.revenue.gifts_custom", "Bakspullen &amp; cadeaus (21%)", "revenue"),
)

ROOT_LETTERS = {"activa": "B1", "passiva": "B2", "profit": "P", "vat_to_pay_revenue": "H1"}

EXAMPLE_VAT = {"NL 21": 4100200301, "NL 9": 4100200302, "NL 0": 4100200303, "reverse": 4100200304}
EXAMPLE_ACCOUNTS = {
    "profit": 5464900000,
    "profit.revenue": 5464900001,
    "profit.revenue.webshop_custom": 5464900002,
    "activa.current_assets.liquid_assets.bank": 5464901550,
}
EXAMPLE_TEMPLATES = (4460541001, 4460541002)


def add_vat_types(company: int, ids: dict[str, int]) -> None:
    foreign = (
        (f"{country} {rate}", name_of(index), f"{country} {rate}%", str(Decimal(rate) / 100), None)
        for country, rates in EU_RATES.items()
        for index, rate in enumerate(rates)
    )
    for key, name, friendly_name, value, until in (*DUTCH_VAT, *foreign):
        row: Row = {"id": ids.get(key) or books.new_id(), "company": company, "key": key, "name": name}
        books.put("vat_types", row | {"friendly_name": friendly_name, "value": value, "until": until})


def name_of(index: int) -> str:
    """A foreign rate has no name of its own in the API: the standard rate is high, the others low."""
    return "vat_low_new" if index else "vat_high"


def add_accounts(company: int, ids: dict[str, int], extra: tuple[tuple[str, str, str], ...] = ()) -> None:
    made: dict[str, Row] = {}
    for path, name, kind in (*CHART, *extra):
        parent = made.get(path.rpartition(".")[0], {})
        row: Row = {"id": ids.get(path) or books.new_id(), "company": company, "name": name, "path": path}
        row |= {"path_name": path_name(parent, name), "reference": reference(path, parent, made), "type": kind}
        made[path] = row | {"parent_id": parent.get("id")}
        books.put("accounts", made[path])


def path_name(parent: Row, name: str) -> str:
    return f"{parent['path_name']} \u2022 {name}" if parent and parent["path"] != "profit" else name


def reference(path: str, parent: Row, made: dict[str, Row]) -> str:
    if not parent:
        return ROOT_LETTERS[path]
    siblings = sum(1 for account in made.values() if account["parent_id"] == parent["id"])
    return f"{parent['reference']}{'' if parent['path'] == 'profit' else '.'}{siblings + 1}"


def add_templates(company: int, ids: tuple[int, ...]) -> None:
    chosen = ids or (books.new_id(), books.new_id())
    for row_id, name, is_default in zip(chosen, ("Standaard", "Webshop EN"), (True, False), strict=True):
        books.put("templates", {"id": row_id, "company": company, "name": name, "is_default": is_default})
