"""Percentages as people type them."""

import re
from decimal import Decimal


def read_rate(text: str) -> Decimal | None:
    """21, 5.5, 5,5 or 21%, as a number from 0 to 100; None when it is none."""
    found = re.fullmatch(r"\s*([0-9]{1,3}(?:[.,][0-9]{1,3})?)\s*%?\s*", text, re.ASCII)
    rate = Decimal(found[1].replace(",", ".")) if found else None
    return rate if rate is not None and rate <= 100 else None
