"""The cents between the sum of the lines and the shop's totals: the shop's total is the truth, so lines give way.

A cent goes to the VAT rate with the largest rounding remainder, and in it to the largest goods line. A line of 0%
never gets VAT, and no line turns into nothing or changes sign.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from integrations.money import CENT, ZERO
from integrations.sales import MovedCent, SalesLine

MOST = 5

Total = Literal["incl", "vat"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A line, with its totals as they were before rounding."""

    line: SalesLine
    exact_incl: Decimal
    exact_excl: Decimal


def allowed(lines: int) -> Decimal:
    """How far the lines may be off: a cent each, five at most."""
    return CENT * min(lines, MOST)


def settle(drafts: Sequence[Draft], total_incl: Decimal, total_vat: Decimal) -> tuple[list[SalesLine], list[MovedCent]]:
    """The lines, adding up to the shop's totals where these were within the limits, and the cents that were moved."""
    lines = [draft.line for draft in drafts]
    limit = allowed(len(lines))
    wanted: tuple[tuple[Total, Decimal], ...] = (("incl", total_incl), ("vat", total_vat))
    within = [pair for pair in wanted if abs(pair[1] - sum_of(lines, pair[0])) <= limit]
    moved = [cent for total, amount in within for cent in _move(drafts, lines, total, amount)]
    return lines, moved


def sum_of(lines: Sequence[SalesLine], total: Total) -> Decimal:
    return sum((line.total_incl if total == "incl" else line.total_vat for line in lines), ZERO)


def _move(drafts: Sequence[Draft], lines: list[SalesLine], total: Total, amount: Decimal) -> Iterator[MovedCent]:
    """Change ``lines`` a cent at a time until they add up to the amount, or no line can take the cent."""
    while off := amount - sum_of(lines, total):
        cent = CENT.copy_sign(off)
        for index in _by_claim(drafts, lines, total, cent):
            changed = _with_cent(lines[index], total, cent)
            if changed:
                lines[index] = changed
                yield MovedCent(line=index, total=total, amount=cent)
                break
        else:
            return


def _by_claim(drafts: Sequence[Draft], lines: Sequence[SalesLine], total: Total, cent: Decimal) -> list[int]:
    """The lines in the order in which they may have the cent."""
    remainders: dict[Decimal, Decimal] = defaultdict(Decimal)
    goods: dict[Decimal, Decimal] = defaultdict(Decimal)
    for draft, line in zip(drafts, lines, strict=True):
        off_incl, off_excl = draft.exact_incl - line.total_incl, draft.exact_excl - line.total_excl
        remainder = off_incl if total == "incl" else -off_excl  # net too high is VAT too low
        remainders[line.vat_rate] += remainder * cent  # its sign counts: every cent has the same size
        if line.type == "goods":
            goods[line.vat_rate] = max(goods[line.vat_rate], abs(draft.line.total_incl))

    def claim(index: int) -> tuple[Decimal, Decimal, Decimal, bool, Decimal]:
        line = drafts[index].line
        rate = line.vat_rate
        return remainders[rate], goods[rate], rate, line.type == "goods", abs(line.total_incl)

    return sorted(range(len(lines)), key=claim, reverse=True)


def _with_cent(line: SalesLine, total: Total, cent: Decimal) -> SalesLine | None:
    """The line with a cent more (or less); None when it can't have that."""
    vat = line.total_vat if line.vat_rate == 0 else line.total_vat + cent
    incl = line.total_incl + cent if total == "incl" else line.total_incl
    if (total == "vat" and line.vat_rate == 0) or incl * line.total_incl <= 0 or vat * incl < 0:
        return None
    return replace(line, total_incl=incl, total_vat=vat, total_excl=incl - vat)
