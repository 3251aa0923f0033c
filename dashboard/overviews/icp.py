"""Intra-Community supplies by the VAT number of the customer, as the ICP declaration asks for them, with the evidence
of VIES and the documents that they are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Case, Count, F, Max, QuerySet, Sum, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext

from integrations.country_names import country_name
from integrations.models import Integration, Treatment, VatAmount, VatCheck
from integrations.vat import country_code

from ..lists.export import SHARE, Column, Row, of_cents
from .vat_overview import amounts_of
from .vat_period import VatPeriod

MOST_SHOWN = 200  # documents on a page; the file has all
OF_A_DOCUMENT = [f"document__{name}" for name in ("number", "remote_id", "ledger_number", "customer_name")]
OF_A_SUPPLY = ("document_id", "date", "vat_number", "net_cents", "vat_checked_at", "consultation_number")


@dataclass(frozen=True, kw_only=True)
class Supply:
    """One document; ``checked_at`` and ``consultation_number`` are what VIES gave before it was posted."""

    document_id: int
    number: str
    ledger_number: str
    date: date
    cents: int
    checked_at: datetime | None
    consultation_number: str


@dataclass(kw_only=True)
class Customer:
    """``number`` is whole and without separators, "" when there is none; ``consultation_number`` is the newest;
    ``is_refused``: VIES said since that it is not valid."""

    number: str
    name: str = ""
    cents: int = 0
    documents: int = 0
    checked_at: datetime | None = None
    consultation_number: str = ""
    is_refused: bool = False
    supplies: list[Supply] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return self.number[:2]

    @property
    def digits(self) -> str:
        return self.number[2:]

    @property
    def country(self) -> str:
        return country_name(country_code(self.prefix)) if self.number else ""

    @property
    def is_whole(self) -> bool:
        """Whether all its documents are there."""
        return len(self.supplies) == self.documents


def supplies_of(integration: Integration, period: VatPeriod) -> QuerySet[VatAmount]:
    return amounts_of(integration, period).filter(treatment=Treatment.ICP)


def customers_of(integration: Integration, period: VatPeriod) -> list[Customer]:
    """By VAT number, with the amounts of all their documents and without those."""
    supplied = supplies_of(integration, period)
    refused = _refused(integration, supplied)
    return [
        Customer(
            number=row["vat_number"],
            name=row["document__customer_name"],
            cents=int(row["cents"]),
            documents=row["documents"],
            checked_at=row["checked_at"],
            consultation_number=row["consultation_number"],
            is_refused=row["vat_number"] in refused,
        )
        for row in _by_number(supplied)
    ]


def _by_number(supplied: QuerySet[VatAmount]) -> QuerySet[VatAmount, dict[str, Any]]:
    """The newest supply to each VAT number, of those with a consultation number if there are any, with the sums of
    all of them."""
    lacks = Case(When(consultation_number="", then=1), default=0)
    newest_first = (lacks.asc(), F("date").desc(), F("document_id").desc())
    sums = {"cents": Sum("net_cents"), "documents": Count("document_id"), "checked_at": Max("vat_checked_at")}
    one = supplied.annotate(
        place=Window(RowNumber(), partition_by="vat_number", order_by=newest_first),
        **{name: Window(summed, partition_by="vat_number") for name, summed in sums.items()},
    ).filter(place=1)
    return one.order_by("vat_number").values("vat_number", "consultation_number", "document__customer_name", *sums)


def _refused(integration: Integration, supplied: QuerySet[VatAmount]) -> set[str]:
    checks = VatCheck.objects.filter(integration=integration, is_valid=False)
    return set(checks.filter(number__in=supplied.values("vat_number")).values_list("number", flat=True))


def show_documents(
    customers: Iterable[Customer], integration: Integration, period: VatPeriod, number: str | None
) -> None:
    """The first documents of the period, or of the one customer with this number, beside their customers."""
    by_number = {customer.number: customer for customer in customers}
    supplied = supplies_of(integration, period)
    if number is not None:
        supplied = supplied.filter(vat_number=number)
    for row in supplied.order_by("date", "document_id").values(*OF_A_SUPPLY, *OF_A_DOCUMENT)[:MOST_SHOWN]:
        by_number[row["vat_number"]].supplies.append(_supply(row))


def documents_of(integration: Integration, period: VatPeriod) -> Iterator[list[Row]]:
    """All of them in shares, by VAT number and date."""
    ordered = supplies_of(integration, period).order_by("vat_number", "date", "document_id")
    rows = ordered.values(*OF_A_SUPPLY, *OF_A_DOCUMENT).iterator(chunk_size=SHARE)
    while share := list(islice(rows, SHARE)):
        yield [
            {
                "customer": Customer(number=row["vat_number"], name=row["document__customer_name"]),
                "supply": _supply(row),
            }
            for row in share
        ]


def _supply(row: dict[str, Any]) -> Supply:
    return Supply(
        document_id=row["document_id"],
        number=row["document__number"] or row["document__remote_id"],
        ledger_number=row["document__ledger_number"],
        date=row["date"],
        cents=row["net_cents"],
        checked_at=row["vat_checked_at"],
        consultation_number=row["consultation_number"],
    )


def total(customers: Iterable[Customer]) -> int:
    return sum(customer.cents for customer in customers)


def columns() -> list[Column]:
    """The first three are what the declaration asks for."""
    return [
        Column(head=gettext("Country code"), cell=lambda row: row["customer"].prefix),
        Column(head=gettext("VAT number"), cell=lambda row: row["customer"].digits),
        Column(head=gettext("Goods, excl. VAT"), cell=lambda row: of_cents(row["customer"].cents)),
        Column(head=gettext("Customer"), cell=lambda row: row["customer"].name),
        Column(head=gettext("Country"), cell=lambda row: row["customer"].country),
        Column(head=gettext("Documents"), cell=lambda row: str(row["customer"].documents)),
        Column(head=gettext("VIES asked at"), cell=lambda row: local(row["customer"].checked_at)),
        Column(head=gettext("Consultation number"), cell=lambda row: row["customer"].consultation_number),
    ]


def columns_of_documents() -> list[Column]:
    return [
        Column(head=gettext("Country code"), cell=lambda row: row["customer"].prefix),
        Column(head=gettext("VAT number"), cell=lambda row: row["customer"].digits),
        Column(head=gettext("Customer"), cell=lambda row: row["customer"].name),
        Column(head=gettext("Number"), cell=lambda row: row["supply"].number),
        Column(head=gettext("Number in the books"), cell=lambda row: row["supply"].ledger_number),
        Column(head=gettext("Date"), cell=lambda row: row["supply"].date),
        Column(head=gettext("Goods, excl. VAT"), cell=lambda row: of_cents(row["supply"].cents)),
        Column(head=gettext("VIES asked at"), cell=lambda row: local(row["supply"].checked_at)),
        Column(head=gettext("Consultation number"), cell=lambda row: row["supply"].consultation_number),
    ]


def local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
