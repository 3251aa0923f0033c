"""Completes an order that is only partly given: every field of the shop's schema, each derived amount, the totals."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.rates import COUNTRY_NAMES
from webshop.ccvshop.sandbox.shops import api_url, stamp
from webshop.ccvshop.sandbox.totals import cents, exact, number, total_price_and_tax

TakeId = Callable[[str], int]

EMPTY_ADDRESS: Row = {
    "gender": None,
    "initials": "",
    "full_name": "",
    "company": "",
    "address_line_1": "",
    "address_line_2": "",
    "street": "",
    "housenumber": None,
    "housenumber_suffix": "",
    "zipcode": "",
    "city": "",
    "province": "",
    "country": "",
    "country_code": None,
    "telephone": "",
    "mobile": "",
    "comment": "",
}
SOMEBODY: Row = {
    "first_name": "Sam",
    "last_name": "Voorbeeld",
    "street": "Proeflaan",
    "housenumber": 12,
    "zipcode": "1234 AB",
    "city": "Utrecht",
    "country_code": "NL",
    "telephone": "030-0000000",
}
CUSTOMER: Row = {
    "email": "sam@voorbeeld.example",
    **dict.fromkeys(("email_invoice", "email_invoice_company", "email_invoice_union"), ""),
    "customertype": "b2c",
    **dict.fromkeys(("bankaccount", "iban", "bic", "bank", "tenname", "bankname", "reference"), ""),
    **dict.fromkeys(("reservationnumber", "btw", "kvk", "costcentre", "website"), ""),
}
NO_COUPON: Row = {
    "code": "",
    "discount": 0,
    "type": "",
    "enddate": None,
    "onetimeuse": False,
    "minimumprice": 0,
    "givesfreeshipping": False,
}


def fill_address(given: Row | None, *, is_billing: bool) -> Row:
    """``None`` gives the empty block that a shop sends when goods go to the billing address."""
    if not given:
        return dict(EMPTY_ADDRESS)
    names = {"first_name": "", "last_name": "", "fax": ""} if is_billing else {}
    address = {**EMPTY_ADDRESS, **names, **given}
    if not address["address_line_1"]:
        parts = (address["street"], address["housenumber"], address["housenumber_suffix"])
        address["address_line_1"] = " ".join(str(part) for part in parts if part)
    if not address["full_name"] and is_billing:
        address["full_name"] = f"{address['first_name']} {address['last_name']}".strip()
    address["country"] = address["country"] or COUNTRY_NAMES.get(address["country_code"] or "", "")
    return address


def fill_customer(given: Row | None) -> Row:
    given = dict(given or {})
    billing = fill_address(given.pop("billingaddress", None) or SOMEBODY, is_billing=True)
    delivery = fill_address(given.pop("deliveryaddress", None), is_billing=False)
    return {"billingaddress": billing, "deliveryaddress": delivery, **CUSTOMER, **given}


def fill_attribute(shop: Row, given: Row, row_id: int, take_id: TakeId) -> Row:
    attribute = {"option_name": "Optie", "value_name": "Ja", "price": 0, **given}
    attribute_id = attribute.pop("id", None) or take_id("attribute")
    attribute.pop("href", None)
    attribute.pop("parent", None)
    return {
        "href": api_url(shop, "orderrowattributevalues", attribute_id, slash=True),
        "id": attribute_id,
        **attribute,
        "parent": {"href": api_url(shop, "orderrows", row_id)},
    }


def row_prices(given: Row, attributes: list[Row]) -> Row:
    """The thirteen price fields of a row, from its list price, discounts, quantity and attributes."""
    off = exact(given.get("discount")) + exact(given.get("user_discount"))
    selling = exact(given["selling_price"]) if "selling_price" in given else exact(given.get("price")) - off
    listed = exact(given["price"]) if "price" in given else selling + off
    extra = sum((exact(attribute["price"]) for attribute in attributes), Fraction())
    count = exact(given.get("count", 1))
    prices = {
        "price": listed,
        "discount": exact(given.get("discount")),
        "user_discount": exact(given.get("user_discount")),
        "original_price": listed - exact(given.get("discount")),
        "selling_price": selling,
        "price_without_discount": listed,
        "price_without_discount_with_attributes": listed + extra,
        "total_price": cents(selling * count),
        "total_extra_option_price": cents(extra * count),
        "price_with_attributes": selling + extra,
        "total_price_with_attributes": cents((selling + extra) * count),
    }
    return {name: number(amount) for name, amount in prices.items()}


def fill_row(shop: Row, order_id: int, given: Row, take_id: TakeId) -> Row:
    row_id = given.get("id") or take_id("row")
    attributes = [fill_attribute(shop, attribute, row_id, take_id) for attribute in given.get("attributes", [])]
    product_id = given.get("product_id", 845000000 + row_id % 1000)
    row: Row = {
        "href": "",
        "id": row_id,
        "order_id": order_id,
        "product_type": "product",
        "product_name": "Voorbeeldartikel",
        "product_name_google": given.get("product_name", "Voorbeeldartikel"),
        "product_number": "VB-1",
        **dict.fromkeys(("sub_product_number", "sub_sku_number", "sub_ean_number"), ""),
        "product_id": product_id,
        "product_href": api_url(shop, "products", product_id) if product_id else None,
        "count": 1,
        "product_purchase_price": 0,
        "custom_price": False,
        "tax": 21,
        "unit": "stuk",
        "weight": 0,
        "memo": "",
        "package_id": None,
        **dict.fromkeys(("package_name", "stock_location", "supplier"), ""),
        "uploads": [],
        "calculator_href": None,
    }
    identity = {
        "href": api_url(shop, "orderrows", row_id, slash=True),
        "order_id": order_id,
        "attributes": attributes,
        "parent": {"href": api_url(shop, "orders", order_id)},
    }
    return {**row, **row_prices(given, attributes), **given, **identity}


DELIVERY = {"deliver_method": "shipping", "deliver_date": None, "take_out_window": {"start": None, "end": None}}
UNDELIVERED = {
    "track_and_trace_code": "",
    "track_and_trace_carrier": None,
    "track_and_trace_deeplink": "",
    "reservationnumber": "",
    "delivery_option": None,
    "pickup_address": None,
    "packing_slip_deeplink": None,
}


def order_defaults(shop: Row, order_id: int) -> Row:
    return {
        "href": "",
        "id": order_id,
        "ordernumber_prefix": None,
        "ordernumber": None,
        "ordernumber_full": None,
        "invoicenumber": None,
        "transaction_id": None,
        "create_date": stamp(),
        **DELIVERY,
        "is_platform_sale": False,
        "orderedinlng": "nl",
        "status": 1,
        "is_completed": True,
        "basket_href": None,
        "checkout_href": None,
        "paid": False,
        "safety_deposit_returned": False,
        "paymethod_id": 17,
        "paymethod": "DemoPSP-iDEAL",
        "paymethod_label": "iDEAL",
        "taxes_included": True,
        "order_row_taxes_included": shop["prices_incl"],
        "shipping_taxes_included": True,
        "shipping_tax_percentage": 21,
        "is_intra_community_order": False,
        **dict.fromkeys(("total_orderrow_price", "total_shipping", "total_discounts", "total_price"), 0),
        "currency": "EUR",
        **dict.fromkeys(("total_tax", "total_weight"), 0),
        "extra_payment_option": "",
        "extra_payment_option_price": None,
        "extra_payment_option_no_sentprice": False,
        "extra_payment_option_pay_on_pickup": False,
        **dict.fromkeys(("extra_price", "paymethod_costs", "credit_point_discount", "extra_costs"), 0),
        "extra_costs_description": "",
        **UNDELIVERED,
    }


def links(shop: Row, order_id: int) -> Row:
    names = ("orderrows", "ordernotes", "ordermessages", "ordernotifications", "orderaffiliatenetworks", "orderlabels")
    found: Row = {name: {"href": api_url(shop, "orders", order_id, name, slash=True)} for name in (*names, "invoices")}
    return {"href": api_url(shop, "orders", order_id, slash=True), "id": order_id, **found}


def fill_order(shop: Row, given: Row, rows: list[Row], take_id: TakeId) -> tuple[Row, list[Row]]:
    """The whole order and its whole rows. Amounts that are given are kept, be they right or wrong."""
    order_id = given.get("id") or take_id("order")
    filled = [fill_row(shop, order_id, row, take_id) for row in rows]
    order = {**order_defaults(shop, order_id), **given, **links(shop, order_id)}
    order["customer"] = fill_customer(given.get("customer"))
    user = {"id": None, "discount_percentage": 0, **(given.get("user") or {})}
    order["user"] = {**user, "href": api_url(shop, "users", user["id"]) if user["id"] else None}
    order["discountcoupon"] = {**NO_COUPON, **(given.get("discountcoupon") or {})}
    derive(order, given, "extra_price", exact(order["paymethod_costs"]) + exact(order["credit_point_discount"]))
    derive(order, given, "total_orderrow_price", total(filled, "total_price_with_attributes"))
    weight = sum((exact(row["weight"]) * exact(row["count"]) for row in filled), Fraction())
    derive(order, given, "total_weight", weight)
    price, tax = total_price_and_tax(order, filled)
    derive(order, given, "total_price", price)
    derive(order, given, "total_tax", tax)
    return order, filled


def total(rows: list[Row], field: str) -> Fraction:
    return sum((exact(row[field]) for row in rows), Fraction())


def derive(order: Row, given: Row, field: str, value: Any) -> None:
    if field not in given:
        order[field] = number(value)
