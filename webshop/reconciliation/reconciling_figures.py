"""Turnover and VAT of the shop, our documents and the books by day, country and rate, added up as a period is gone
through. Amounts are whole cents."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from integrations.money import plain_text, to_cents

SIDES = ("shop", "ours", "books")

Side = Literal["shop", "ours", "books"]
Json = dict[str, Any]
ByRate = Mapping[Decimal, tuple[Decimal, Decimal]]


class Figures:
    """Of each day, country and rate net and VAT of the three sides."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str, str], dict[str, list[int]]] = defaultdict(
            lambda: {side: [0, 0] for side in SIDES}
        )

    def add(self, side: Side, day: date, country: str, sums: ByRate, total: Decimal) -> None:
        """``sums`` are net and VAT by percentage; where these are not known, all of ``total`` is under none."""
        for rate, (net, vat) in sums.items():
            self._put(side, (day.isoformat(), country, plain_text(rate)), to_cents(net), to_cents(vat))
        if not sums:
            self._put(side, (day.isoformat(), country, ""), to_cents(total), 0)

    def _put(self, side: Side, key: tuple[str, str, str], net: int, vat: int) -> None:
        sums = self._sums[key][side]
        sums[0] += net
        sums[1] += vat

    def rows(self) -> list[Json]:
        return [
            {"day": day, "country": country, "rate": rate, **sums}
            for (day, country, rate), sums in sorted(self._sums.items())
            if any(any(pair) for pair in sums.values())
        ]


def merged(shares: Iterable[Iterable[Json]]) -> list[Json]:
    """The rows of several shares of a period as one: a day may be in two of them."""
    sums: dict[tuple[str, str, str], Json] = {}
    for row in (row for share in shares for row in share):
        key = row["day"], row["country"], row["rate"]
        before = sums.get(key)
        sums[key] = _added(before, row) if before else row
    return [sums[key] for key in sorted(sums)]


def _added(one: Json, other: Json) -> Json:
    return {**one, **{side: list(_pairwise(one[side], other[side])) for side in SIDES}}


def _pairwise(one: Iterable[int], other: Iterable[int]) -> Iterator[int]:
    return (first + second for first, second in zip(one, other, strict=True))
