"""Which of the possible readings of an order or invoice makes its lines add up to the shop's total."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from integrations.money import ZERO, cents
from integrations.settings_file import Settings
from integrations.stray_cents import Draft, allowed, sum_of

from .lines import Amounts, Rates, Reading, drafts


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a reading makes of the amounts: the lines as drafted, and the totals of the shop."""

    reading: Reading
    drafts: list[Draft]
    total_incl: Decimal
    total_vat: Decimal

    @property
    def adds_up(self) -> bool:
        lines = [draft.line for draft in self.drafts]
        return abs(self.total_incl - sum_of(lines, "incl")) <= allowed(len(lines))


def best(amounts: Amounts, rates: Rates, settings: Settings, *, may_divide: bool) -> Outcome:
    """The first reading that adds up; if none does the first of all, so that the difference can be shown."""
    first = None
    for reading in _readings(amounts, may_divide):
        outcome = _outcome(amounts, rates, reading, settings)
        if outcome.adds_up:
            return outcome
        first = first or outcome
    assert first is not None
    return first


def _readings(amounts: Amounts, may_divide: bool) -> Iterator[Reading]:
    """The obvious reading first, then the others, one turn at a time before two."""
    given = amounts.totals_include_vat
    switches = (given, not given) if amounts.total_tax else (given,)
    discount_signs = (1, -1) if amounts.discount < 0 else (1,)
    points_signs = (1, -1) if amounts.credit_points else (1,)
    divided = ("rows", "none", "all") if may_divide else ("none",)
    for includes, discount, points, part in product(switches, discount_signs, points_signs, divided):
        yield Reading(totals_include_vat=includes, discount_sign=discount, credit_points_sign=points, divided=part)


def _outcome(amounts: Amounts, rates: Rates, reading: Reading, settings: Settings) -> Outcome:
    drafted = drafts(amounts, rates, reading, settings)
    vat = cents(amounts.total_tax)
    if not amounts.is_shipping_vat_in_total:
        vat += sum((draft.line.total_vat for draft in drafted if draft.line.type == "shipping"), ZERO)
    total = cents(amounts.total_price)
    return Outcome(
        reading=reading,
        drafts=drafted,
        total_incl=total if reading.totals_include_vat else total + vat,
        total_vat=vat,
    )


def notes(amounts: Amounts, reading: Reading, *, may_divide: bool) -> Iterator[str]:
    """What is worth telling about the reading that was taken."""
    if reading.totals_include_vat != amounts.totals_include_vat:
        yield "totals_other_way"
    if reading.discount_sign < 0:
        yield "discount_flipped"
    if reading.credit_points_sign < 0:
        yield "credit_points_flipped"
    if may_divide and reading.divided == "none":
        yield "prices_not_divided"
    if reading.divided == "all":
        yield "all_prices_divided"
