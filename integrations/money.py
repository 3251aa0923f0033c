"""Money: the one place where amounts are rounded, written as text, and divided.

Amounts are ``Decimal`` and come from text, never from a binary float. Rounding is half up (away from zero), so that
a credit is the exact mirror of its debit.
"""

import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NoReturn

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
PRICE_DIGITS = 5


def quantize(value: Decimal, unit: Decimal) -> Decimal:
    """The only rounding in the program. Adding 0 turns -0.00 into 0.00."""
    return value.quantize(unit, rounding=ROUND_HALF_UP) + 0


def cents(value: Decimal) -> Decimal:
    return quantize(value, CENT)


def price_digits(quantity: Decimal) -> int:
    """Decimals of a unit price: five, and one more for each digit of the quantity beyond three."""
    return PRICE_DIGITS + max(0, len(str(abs(int(quantity)))) - 3)


def unit_price(value: Decimal, quantity: Decimal) -> Decimal:
    return quantize(value, Decimal(1).scaleb(-price_digits(quantity)))


def factor(rate: Decimal) -> Decimal:
    """1.21 for 21: what a net amount is multiplied by to make it gross."""
    return 1 + rate / HUNDRED


def amount_text(value: Decimal) -> str:
    return f"{value:.2f}"


def price_text(value: Decimal) -> str:
    """All the decimals of a unit price, without trailing zeros, but at least two."""
    whole, _, decimals = f"{value:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def plain_text(value: Decimal) -> str:
    """A quantity or a percentage: no trailing zeros, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_cents(value: Decimal) -> int:
    """For the database, which holds whole cents."""
    return int(cents(value) * 100)


def from_cents(value: int) -> Decimal:
    return Decimal(value).scaleb(-2)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Whole cents in proportion to the weights (not negative, not all zero); the last cent to the largest share."""
    whole = sum(weights, ZERO)
    shares = [cents(amount * weight / whole) for weight in weights]
    shares[max(range(len(weights)), key=weights.__getitem__)] += cents(amount) - sum(shares, ZERO)
    return shares


def parse_json(text: str | bytes) -> Any:
    """JSON whose numbers are exact. NaN and Infinity are refused.

    Raises ValueError for anything that is not JSON, nesting too deep to read included.
    """
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
