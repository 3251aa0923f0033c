"""A sales order: goods as lines, costs and discounts as amounts in its head. iMUIS computes the VAT itself, from the
VAT kind of each item."""

from collections.abc import Mapping
from decimal import Decimal

from integrations.money import CENT, ZERO, cents
from integrations.sales import LineType, SalesDocument, SalesLine
from integrations.settings_file import Settings

from .dataset import Row
from .forms import options
from .item import goods, item_key
from .literals import day, digits, money, number, text


def order(document: SalesDocument, settings: Settings, *, customer: str, products: Mapping[str, str]) -> list[Row]:
    """CREATEVERKOOPORDER. ``customer`` is the debtor's number, ``products`` the item's number by ``item_key``.

    What is taken back has a negative quantity and a positive price.
    """
    head = {
        "DEB": customer,
        "DAT": day(document.date),
        "DATLEV": day(document.date),
        "ORDSRT": options(settings).order_type,
        "EXTORDNR": digits(document.remote_id),
        "KENM": text(document.number, 25),
    }
    if document.customer.reference:
        head["OPM"] = text(document.customer.reference, 250)
    if any(quantity(line) < 0 for line in goods(document)):
        head["NEGAANT"] = "J"
    head["BEDRORDKST"] = money(order_costs(document))
    head["BEDRVRACHTKST"] = money(shipping_costs(document))
    return [("ORDKOP", head), *(("ORDRG", _line(line, products[item_key(line)])) for line in goods(document))]


def _line(line: SalesLine, product: str) -> dict[str, str]:
    return {
        "ART": product,
        "AANT": number(quantity(line)),
        "OMSCHR": text(line.name or line.code, 40),
        "PRS": money(price(line)),
    }


def quantity(line: SalesLine) -> Decimal:
    return line.quantity.copy_sign(line.total_incl)


def price(line: SalesLine) -> Decimal:
    """Excl. VAT, in whole cents. Times the quantity it is at most half a cent for each piece off what was charged:
    where the rounding of line or total stands in the way, the line's total tells the price."""
    charged, rounded = abs(line.total_excl), cents(abs(line.unit_price_excl))
    if abs(rounded * line.quantity - charged) <= line.quantity * CENT / 2:
        return rounded
    return cents(charged / line.quantity)


def order_costs(document: SalesDocument) -> Decimal:
    """Payment costs and surcharges less discounts, excl. VAT."""
    return _net(document, "payment_costs", "surcharge", "discount")


def shipping_costs(document: SalesDocument) -> Decimal:
    return _net(document, "shipping")


def total_as_sent(document: SalesDocument) -> Decimal:
    """What the order comes to excl. VAT as it is sent. Prices in whole cents make it differ from the shop's total."""
    sold = sum((cents(quantity(line) * price(line)) for line in goods(document)), ZERO)
    return sold + order_costs(document) + shipping_costs(document)


def _net(document: SalesDocument, *types: LineType) -> Decimal:
    return sum((line.total_excl for line in document.lines if line.type in types), ZERO)
