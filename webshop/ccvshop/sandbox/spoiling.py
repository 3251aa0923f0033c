"""Orders that the books must not take as they are, each with the code of the problem that should be named."""

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.totals import exact, number, total_price_and_tax

# name -> (problem, what is changed)
SPOILERS: dict[str, tuple[str, str]] = {
    "no_email": ("customer_email_missing", "the customer has no e-mail address"),
    "dollars": ("currency_unsupported", "the currency is USD"),
    "no_vat_number": ("vat_number_missing", "ICP without a VAT number"),
    "bad_vat_number": ("vat_number_invalid", "ICP with a VAT number whose check digits are wrong"),
    "icp_at_home": ("icp_not_abroad", "ICP with a VAT number of the shop's own country"),
    "wrong_total": ("totals_differ", "total_price is one euro too high"),
    "wrong_vat": ("vat_totals_differ", "total_tax is one euro too high"),
    "vat_outside_eu": ("international_with_vat", "VAT is charged on a delivery to Switzerland"),
    "unknown_rate": ("vat_setting_missing", "a row at 16% in Germany"),
    "no_vat_in_eu": ("zero_vat_without_icp", "0% to a consumer in the EU"),
}
KIND_NEEDED: dict[str | None, str] = {
    "no_vat_number": "icp",
    "bad_vat_number": "icp",
    "icp_at_home": "icp",
    "vat_outside_eu": "export_incl",
    "unknown_rate": "abroad",
    "no_vat_in_eu": "abroad",
}


def spoil(name: str, source: Row) -> None:
    """Change the draft of an order; its totals are computed later."""
    order, rows, customer = source["order"], source["orderrows"], source["order"]["customer"]
    if name == "no_email":
        customer["email"] = ""
    elif name == "dollars":
        order["currency"] = "USD"
    elif name == "no_vat_number":
        customer["btw"] = ""
    elif name == "bad_vat_number":
        customer["btw"] = "DE123456789"
        move(customer, "DE")
    elif name == "icp_at_home":
        customer["btw"] = "NL000099998B57"
    elif name == "unknown_rate":
        rows[0]["tax"] = 16
        move(customer, "DE")
    elif name == "no_vat_in_eu":
        order["shipping_tax_percentage"] = 0
        order["paymethod_costs"] = order["extra_payment_option_price"] = 0
        for row in rows:
            row["tax"] = 0


def move(customer: Row, country: str) -> None:
    for block in ("billingaddress", "deliveryaddress"):
        if block in customer:
            customer[block]["country_code"] = country


def spoil_totals(name: str, order: Row, rows: list[Row]) -> None:
    """Change totals that were computed already."""
    if name == "wrong_total":
        order["total_price"] = number(exact(order["total_price"]) + 1)
    elif name == "wrong_vat":
        order["total_tax"] = number(exact(order["total_tax"]) + 1)
    elif name == "vat_outside_eu":
        price, tax = total_price_and_tax({**order, "customer": None}, rows)
        order |= {"total_price": number(price), "total_tax": number(tax)}
