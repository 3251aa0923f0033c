"""Orders as an administration holds them now, those of other programs and of people too."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

from accounting.books import Booked
from integrations.money import HUNDRED, ZERO, cents

from .client import Imuis, Row
from .held import amount
from .item import KIND_RATES
from .literals import day as day_text
from .literals import read_day

ORDKOP = ("NR", "DAT", "KENM", "BTWPL", "BEDRORDKST", "BEDRVRACHTKST")
ORDRG = ("ORDNR", "RG", "AANT", "PRS", "PERCKORT", "BTWSRT")
WITHOUT_VAT = ("I", "U", "N", "V")  # what a debtor may be, beside liable and liable to the low rate


def booked_orders(client: Imuis, since: date, until: date) -> Iterator[Booked]:
    """Orders of these days; the dates are compared here as well."""
    where = [("DAT", ">=", day_text(since)), ("DAT", "<=", day_text(until))]
    heads = {row["NR"]: row for row in client.table("ORDKOP", ORDKOP, where=where)}
    numbers = sorted(map(int, heads))
    lines = _lines(client, [("ORDNR", ">=", str(numbers[0])), ("ORDNR", "<=", str(numbers[-1]))]) if numbers else {}
    found = (_order(head, lines.get(number, [])) for number, head in heads.items())
    return (one for one in found if since <= one.day <= until)


def booked_order(client: Imuis, number: str) -> Booked | None:
    where = [("NR", "=", number)]
    head = next((row for row in client.table("ORDKOP", ORDKOP, where=where) if row["NR"] == number), None)
    return _order(head, _lines(client, [("ORDNR", "=", number)]).get(number, [])) if head else None


def _lines(client: Imuis, where: list[tuple[str, str, str]]) -> dict[str, list[Row]]:
    rows = client.table("ORDRG", ORDRG, where=where, order_by="ORDNR")
    return {number: list(mine) for number, mine in groupby(rows, key=lambda row: row["ORDNR"])}


def _order(head: Row, lines: Iterable[Row]) -> Booked:
    """Its net amounts are certain; of the VAT it is told what the rates of its items make of it."""
    nets = _nets(head, lines)
    vat = {rate: (net, cents(net * rate / HUNDRED)) for rate, net in nets.items()}
    return Booked(
        ledger_id=head["NR"],
        number=head["NR"],
        reference="",
        description=head["KENM"],
        day=read_day(head["DAT"]) or date.min,
        total=sum((net + of_rate for net, of_rate in vat.values()), ZERO),
        vat=vat,
    )


def _nets(head: Row, lines: Iterable[Row]) -> dict[Decimal, Decimal]:
    """By percentage; costs go with the highest one."""
    nets: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        price = amount(line, "AANT") * amount(line, "PRS") * (HUNDRED - amount(line, "PERCKORT")) / HUNDRED
        nets[_rate(head, line)] += cents(price)
    nets[max(nets, default=ZERO)] += amount(head, "BEDRORDKST") + amount(head, "BEDRVRACHTKST")
    return nets


def _rate(head: Row, line: Row) -> Decimal:
    return (
        ZERO
        if head["BTWPL"] in WITHOUT_VAT
        else next((rate for kind, rate in KIND_RATES.items() if kind == line["BTWSRT"]), ZERO)
    )
