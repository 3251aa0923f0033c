"""Entries as an administration holds them now, those of other programs and of people too."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounting.books import Booked
from integrations.money import ZERO

from . import held
from .client import Imuis, Row
from .held import amount, entry_id
from .literals import read_day, read_number
from .periods import Period

A_DAY = timedelta(days=1)

ByRate = dict[Decimal, tuple[Decimal, Decimal]]


@dataclass(frozen=True, kw_only=True)
class Journal:
    """A journal to read entries from. ``amounts`` says whether the rows of ours are incl. VAT, ``period`` in which
    period of the books a day falls."""

    client: Imuis
    number: str
    amounts: str
    period: Callable[[date], Period | None]

    def entries(self, since: date, until: date) -> Iterator[Booked]:
        """Those that the books count in these days, read period by period, as the vendor asks."""
        rates = _percentages(self.client)
        for place in dict.fromkeys(map(self.period, _days(since, until))):
            for rows in self._rows_of_entries(place) if place else ():
                found = self._booked(rows, rates)
                if since <= found.day <= until:
                    yield found

    def entry(self, ledger_id: str, number: str, undone: Collection[str]) -> Booked | None:
        """By its key, else by its invoice number: in another period an entry has another key."""
        at_key = [row for row in held.at(self.client, ledger_id) if self._is_mine(row, number or row["FACT"])]
        found = at_key or self._numbered(number, undone)
        if len(found) != 1:
            return None
        (total,) = found
        details = held.following(held.under(self.client, total["FACT"], held.WHOLE), total)
        return self._booked([total, *details], _percentages(self.client))

    def _is_mine(self, row: Row, number: str) -> bool:
        return bool(number) and (row["DAGB"], row["FACT"]) == (self.number, number)

    def _numbered(self, number: str, undone: Collection[str]) -> list[Row]:
        rows = held.invoiced(self.client, number, held.WHOLE) if number else []
        return [row for row in rows if self._is_mine(row, number) and entry_id(row) not in undone]

    def _rows_of_entries(self, place: Period) -> Iterator[list[Row]]:
        """The rows of a period entry by entry: a total row is the only one with an invoice number."""
        where = [("DAGB", "=", self.number), ("JR", "=", str(place[0])), ("PN", "=", str(place[1]))]
        entry: list[Row] = []
        for row in self.client.table("BOE", held.WHOLE, where=where, order_by="RG"):
            if row["FACT"]:
                if entry:
                    yield entry
                entry = [row]
            elif entry:
                entry.append(row)
        if entry:
            yield entry

    def _booked(self, rows: list[Row], rates: dict[str, Decimal]) -> Booked:
        total, details = rows[0], rows[1:]
        return Booked(
            ledger_id=entry_id(total),
            number=total["FACT"],
            reference="",
            description=total["OMSCHR"],
            day=self._day(total),
            total=amount(total),
            vat=_by_rate(details, rates, is_net=self._is_net(rows)),
        )

    def _day(self, total: Row) -> date:
        """Its date; where somebody moved it to a period that this is not in, the first day of that."""
        dated, place = read_day(total["DAT"]) or date.min, (int(total["JR"]), int(total["PN"]))
        if self.period(dated) == place:
            return dated
        days = _days(date(place[0], 1, 1), date(place[0], 12, 31)) if place[0] else ()
        return next((day for day in days if self.period(day) == place), dated)

    def _is_net(self, rows: list[Row]) -> bool:
        """Whether the amounts of the rows are excl. VAT: as they bring the account that splits them back to nothing."""
        gross = sum(map(amount, rows), ZERO)
        whole = gross + sum((amount(row, "BEDRBTW") for row in rows), ZERO)
        return bool(gross) and (not whole or self.amounts == "excl")


def _percentages(client: Imuis) -> dict[str, Decimal]:
    """Also of codes that are blocked by now."""
    rows = client.table("BTW", ("NR", "PERC"), where=[("NR", ">", "0")])
    return {row["NR"]: read_number(row["PERC"]) or ZERO for row in rows}


def _by_rate(details: list[Row], rates: dict[str, Decimal], *, is_net: bool) -> ByRate:
    """Nothing where a code has no percentage: a part of it would tell nothing."""
    if any(row["BTW"] not in rates for row in details if amount(row, "BEDRBTW")):
        return {}
    sums: ByRate = defaultdict(lambda: (ZERO, ZERO))
    for row in details:
        vat, booked = -amount(row, "BEDRBTW"), -amount(row)
        net, before = sums[rates.get(row["BTW"], ZERO)]
        sums[rates.get(row["BTW"], ZERO)] = net + (booked if is_net else booked - vat), before + vat
    return dict(sums)


def _days(since: date, until: date) -> Iterator[date]:
    return (since + number * A_DAY for number in range((until - since).days + 1))
