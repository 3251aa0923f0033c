"""What an invoice adds up to. How the real ledger rounds is unknown, so a company of the stand-in rounds in one of
four ways:

A  per line: cents(quantity x price x (1 + rate)) and cents(quantity x price)
B  net first: n = cents(quantity x price), VAT = cents(n x rate)
C  per rate: the same nets, VAT over their sum per rate
D  per document: cents of the exact sums
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

WAYS = ("A", "B", "C", "D")
CENT = Decimal("0.01")
ZERO = Decimal(0)
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


class Amount(NamedTuple):
    without_vat: Decimal
    with_vat: Decimal

    @property
    def vat(self) -> Decimal:
        return self.with_vat - self.without_vat


class Priced(NamedTuple):
    quantity: Decimal
    price: Decimal
    rate: Decimal

    @property
    def net(self) -> Decimal:
        return self.quantity * self.price


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def totals(lines: Sequence[Priced], way: str) -> tuple[Amount, list[Amount]]:
    """The document's amount and that of each line, in euros and cents."""
    with localcontext(EXACT):
        each = [line_amount(line, way) for line in lines]
        net = sum((amount.without_vat for amount in each), ZERO)
        if way == "D":
            gross = sum((line.net * (1 + line.rate) for line in lines), ZERO)
            return Amount(cents(sum((line.net for line in lines), ZERO)), cents(gross)), each
        if way == "C":
            return Amount(net, net + sum(vat_per_rate(lines), ZERO)), each
        return Amount(net, sum((amount.with_vat for amount in each), ZERO)), each


def line_amount(line: Priced, way: str) -> Amount:
    net = cents(line.net)
    if way in "AD":
        return Amount(net, cents(line.net * (1 + line.rate)))
    return Amount(net, net + cents(net * line.rate))


def vat_per_rate(lines: Sequence[Priced]) -> Iterator[Decimal]:
    nets: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for line in lines:
        nets[line.rate] += cents(line.net)
    return (cents(net * rate) for rate, net in nets.items())


def as_text(number: Decimal | str) -> str:
    """The ledger's spelling: no trailing zeros, always one decimal ("363.0", "20.61983")."""
    plain = format(Decimal(number), "f")
    whole, _, fraction = plain.partition(".")
    short = f"{whole}.{fraction.rstrip('0') or '0'}"
    return "0.0" if short == "-0.0" else short
