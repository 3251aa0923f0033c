"""The yearly amount of distance sales beyond which the VAT of the customer's country is due.

EUR 10,000 excl. VAT for all other EU countries together, in this calendar year or the one before (article 59c of
directive 2006/112/EC). Goods to consumers count; intra-Community supplies and what a marketplace declares don't.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Window
from django.utils import timezone

from integrations.country_names import country_name
from integrations.models import Integration, Treatment, VatAmount
from integrations.vat import is_in_eu
from integrations.whose_vat import HOME, THEIRS

from .vat_overview import home_of

LIMIT = 10_000_00
NEAR = LIMIT * 80 // 100


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The document that took the amount over the limit."""

    document_id: int
    number: str
    date: date


@dataclass(kw_only=True)
class Country:
    """Cents excl. VAT in a year, with the VAT of the shop's country, of its own, and what can't be told."""

    name: str
    home: int = 0
    theirs: int = 0
    unknown: int = 0

    @property
    def cents(self) -> int:
        return self.home + self.theirs + self.unknown

    def add(self, whose: str, cents: int) -> None:
        if whose == HOME:
            self.home += cents
        elif whose == THEIRS:
            self.theirs += cents
        else:
            self.unknown += cents


@dataclass(frozen=True, kw_only=True)
class Meter:
    """Cents excl. VAT, with credit documents taken off."""

    year: int
    cents: int = 0
    last_year: int = 0
    crossing: Crossing | None = None
    countries: list[Country] = field(default_factory=list)
    limit: int = LIMIT

    @property
    def before(self) -> int:
        return self.year - 1

    @property
    def after(self) -> int | None:
        """The year after it, as far as it has come."""
        return self.year + 1 if self.year < timezone.localdate().year else None

    @property
    def filled(self) -> int:
        """What a bar shows of it."""
        return min(max(self.cents, 0), LIMIT)

    @property
    def remains(self) -> int:
        return LIMIT - self.filled

    @property
    def level(self) -> str:
        """Too much in the year "before", "over" the limit or "near" it; empty while it is far off."""
        if self.last_year > LIMIT:
            return "before"
        if self.crossing:
            return "over"
        return "near" if self.cents >= NEAR else ""

    @property
    def is_all_theirs(self) -> bool:
        """Whether the VAT of the customer's country was charged on all of it."""
        return bool(self.countries) and all(one.cents == one.theirs for one in self.countries)


def meter_of(integration: Integration, year: int) -> Meter | None:
    """None for a shop outside the EU, for which the limit does not hold."""
    if not is_in_eu(home_of(integration)):
        return None
    mine = VatAmount.objects.filter(integration=integration, treatment=Treatment.EU)
    countries: dict[str, Country] = {}
    last_year = debit = 0
    for row in _added_up(mine, year):
        if row["date__year"] != year:
            last_year += int(row["cents"])
            continue
        country = countries.setdefault(row["country"], Country(name=country_name(row["country"])))
        country.add(row["whose"], int(row["cents"]))
        debit += int(row["debit"])
    return Meter(
        year=year,
        cents=sum(one.cents for one in countries.values()),
        last_year=last_year,
        crossing=crossing(mine.filter(date__year=year)) if debit > LIMIT else None,
        countries=sorted(countries.values(), key=lambda one: -one.cents),
    )


def _added_up(sold: QuerySet[VatAmount], year: int) -> QuerySet[VatAmount, dict[str, Any]]:
    """By year, country and whose VAT it is, of this year and the one before; ``debit`` without what was credited."""
    both = sold.filter(date__range=(date(year - 1, 1, 1), date(year, 12, 31))).order_by()
    debit = Sum("net_cents", filter=Q(net_cents__gt=0), default=0)
    return both.values("date__year", "country", "whose").annotate(cents=Sum("net_cents"), debit=debit)


def crossing(sold: QuerySet[VatAmount]) -> Crossing | None:
    """The first document, by date, with which the year so far came to more than the limit."""
    running = Window(Sum("net_cents"), order_by=(F("date").asc(), F("document_id").asc(), F("id").asc()))
    over = sold.annotate(running=running).filter(running__gt=LIMIT).order_by("date", "document_id", "id")
    found = over.values("document_id", "document__number", "document__remote_id", "date").first()
    if found is None:
        return None
    number = found["document__number"] or found["document__remote_id"]
    return Crossing(document_id=found["document_id"], number=number, date=found["date"])
