"""A new item (ART), which only orders need. Items are never changed."""

from decimal import Decimal

from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings

from .dataset import Row
from .forms import KIND_OF_RATE, VatKind, options
from .literals import money, text, whole_text

LONGEST_NUMBER = 20
ID_MARK = "\N{SYMBOL FOR UNIT SEPARATOR}"  # before an id that stands in for a code, which another product may have

KIND_RATES: dict[VatKind, Decimal] = {"H": Decimal(21), "L": Decimal(9), "V": Decimal(0), "G": Decimal(0)}


def item(line: SalesLine, settings: Settings) -> list[Row]:
    """CREATESTAMTABELRECORD. Prices are those of a debit, also when the item is first seen on a credit."""
    key = item_number(item_key(line))
    kind = vat_kind(line.vat_rate, settings)
    assert kind is not None
    columns = {
        "NR": key,
        "ZKSL": key,
        "OMSCHR": text(line.name or line.code, 40),
        "OPMEXT": text(line.name),
        "ARTGRP": options(settings).item_group,
        "BTW": kind,
        "VERKPR": money(abs(line.unit_price_excl)),
        "VERKPRINCL": money(abs(line.unit_price_incl)),
        "EAN": whole_text(line.ean, 20),
    }
    return [("METADATA", {"TABLE": "ART"}), ("DATA", {name: value for name, value in columns.items() if value})]


def goods(document: SalesDocument) -> list[SalesLine]:
    return [line for line in document.lines if line.type == "goods"]


def item_key(line: SalesLine) -> str:
    """Which product of the shop a line of goods sells; "" for costs, which are amounts in the head of an order, and
    for goods with nothing to know them by."""
    if line.type != "goods":
        return ""
    return line.code if line.code != line.product_id else line.code and ID_MARK + line.code


def item_number(key: str) -> str:
    """The number of a product in the books, which keep only the first part of a long one."""
    return text(key.removeprefix(ID_MARK), LONGEST_NUMBER)


def vat_kind(rate: Decimal, settings: Settings) -> VatKind | None:
    """High, Low or reVerse charge for a percentage; None where neither the law nor the settings say."""
    return KIND_OF_RATE.get(rate) or options(settings).vat_kinds.get(rate)


def other_rates(document: SalesDocument, settings: Settings) -> list[tuple[Decimal, Decimal]]:
    """The percentages that the shop charged for goods, each with that of its VAT kind, where they are not the same."""
    charged = sorted({line.vat_rate for line in goods(document)})
    kinds = {rate: vat_kind(rate, settings) for rate in charged}
    return [(rate, KIND_RATES[kind]) for rate, kind in kinds.items() if kind and KIND_RATES[kind] != rate]


def is_first_seen_without_vat(document: SalesDocument, line: SalesLine) -> bool:
    """Whether an item made of this line would be one of 0% because of where or to whom it is sold now; orders at home
    would then have no VAT on it either."""
    return line.type == "goods" and line.vat_rate == 0 and (document.is_icp or document.is_international)
