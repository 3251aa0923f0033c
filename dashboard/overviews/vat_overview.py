"""Turnover and VAT of posted documents, by country and percentage, in the order of a Dutch VAT return."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting import settings_store
from accounting.vat_amounts import MARGIN, MARKETPLACE
from integrations.country_names import country_name
from integrations.models import Integration, Treatment, VatAmount
from integrations.whose_vat import HOME as OF_HOME
from integrations.whose_vat import THEIRS as OF_THEM

from ..lists.export import Column, of_cents
from ..lists.report_filter import TREATMENTS
from .vat_period import VatPeriod

HOME, THEIRS, UNKNOWN = "eu-home", "eu-theirs", "eu-unknown"
OF_EU = {OF_HOME: HOME, OF_THEM: THEIRS}
TITLES: dict[str, str | Promise] = {
    Treatment.HOME: TREATMENTS[Treatment.HOME],
    HOME: _("Other EU countries, with the VAT of your own country"),
    THEIRS: _("Other EU countries, with the VAT of the customer's country"),
    UNKNOWN: _("Other EU countries, VAT that both countries or neither of them have"),
    Treatment.ICP: TREATMENTS[Treatment.ICP],
    Treatment.INTERNATIONAL: TREATMENTS[Treatment.INTERNATIONAL],
    MARKETPLACE: _("Marketplace"),
    MARGIN: _("Margin scheme"),
}
REMARKS: dict[str, str | Promise] = {
    Treatment.HOME: _("What was sold at 0% belongs in box 1e, unless the sale is exempt from VAT."),
    HOME: _("Distance sales at the rates of your own country. Their VAT is declared with the domestic sales."),
    THEIRS: _("Declared with OSS (the Union scheme) or in that country, not in the VAT return of your own country."),
    UNKNOWN: _("The rate does not tell whose VAT it is. Look at the VAT code in the books."),
    Treatment.ICP: _("Also in the ICP declaration, by VAT number."),
    MARKETPLACE: _("The platform pays the VAT of these sales."),
    MARGIN: _("VAT is due on the margin. What was paid for the goods is not known here."),
}
# Boxes of the Dutch return, where there is no doubt.
OF_RATE = {"1a": Decimal(21), "1b": Decimal(9)}
OF_TREATMENT: dict[str, str] = {Treatment.INTERNATIONAL: "3a", Treatment.ICP: "3b"}
BOXES = {
    "1a": _("High rate"),
    "1b": _("Low rate"),
    "3a": _("Supplies to countries outside the EU"),
    "3b": _("Supplies to countries in the EU"),
}


@dataclass(frozen=True, kw_only=True)
class Sums:
    """In cents, with credit documents taken off."""

    net: int = 0
    vat: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True, kw_only=True)
class Row(Sums):
    """One country and percentage; ``box`` is that of the Dutch return, "" where that is not certain."""

    section: str
    country: str
    rate: Decimal
    documents: int
    box: str = ""

    @property
    def country_words(self) -> str:
        return country_name(self.country) if self.country else ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Rows that are declared in the same way."""

    key: str
    title: str
    remark: str
    rows: list[Row]
    sums: Sums


@dataclass(frozen=True, kw_only=True)
class Box(Sums):
    """A box of the Dutch return, as far as these documents are in it."""

    key: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Overview:
    sections: list[Section] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)

    @property
    def rows(self) -> Iterator[Row]:
        for section in self.sections:
            yield from section.rows


def amounts_of(integration: Integration, period: VatPeriod) -> QuerySet[VatAmount]:
    """By the dates of the documents, as the books have them."""
    return VatAmount.objects.filter(integration=integration, date__range=(period.first, period.last))


def home_of(integration: Integration) -> str:
    version = integration.settings
    return settings_store.load(version).shop.home_country if version else integration.country or "NL"


def overview_of(integration: Integration, period: VatPeriod) -> Overview:
    """The amounts are added up by the database, from an index alone."""
    home = home_of(integration)
    added = amounts_of(integration, period).values("treatment", "whose", "country", "rate").order_by()
    summed = added.annotate(documents=Count("document_id"), net=Sum("net_cents"), vat=Sum("vat_cents"))
    rows = [_row(one, home) for one in summed]
    sections = [_section(key, rows, home) for key in TITLES]
    return Overview(
        sections=[section for section in sections if section.rows],
        boxes=[box for key in BOXES if (box := _box(key, rows))],
        sums=total(rows),
    )


def total(rows: Iterable[Sums]) -> Sums:
    found = list(rows)
    return Sums(net=sum(row.net for row in found), vat=sum(row.vat for row in found))


def _row(added: dict[str, Any], home: str) -> Row:
    rate, section = Decimal(added["rate"]), added["treatment"]
    if section == Treatment.EU:
        section = OF_EU.get(added["whose"], UNKNOWN)
    return Row(
        section=section,
        country=added["country"],
        rate=rate,
        documents=added["documents"],
        net=int(added["net"]),
        vat=int(added["vat"]),
        box=box_of(section, rate) if home == "NL" else "",
    )


def box_of(section: str, rate: Decimal) -> str:
    """The box of the Dutch return, "" where it is not certain."""
    if section in (Treatment.HOME, HOME):
        return next((box for box, percentage in OF_RATE.items() if percentage == rate), "")
    return OF_TREATMENT.get(section, "") if rate == 0 else ""


def _section(key: str, rows: list[Row], home: str) -> Section:
    mine = [row for row in rows if row.section == key]
    mine.sort(key=lambda row: (row.country != home, row.country_words, -row.rate))
    says = key != Treatment.HOME or (home == "NL" and any(row.rate == 0 for row in mine))
    return Section(
        key=key,
        title=str(TITLES[key]),
        remark=str(REMARKS.get(key, "")) if says else "",
        rows=mine,
        sums=total(mine),
    )


def _box(key: str, rows: list[Row]) -> Box | None:
    mine = [row for row in rows if row.box == key]
    sums = total(mine)
    return Box(key=key, words=str(BOXES[key]), net=sums.net, vat=sums.vat) if mine else None


def columns(overview: Overview) -> list[Column]:
    """Of the overview as a file."""
    titles = {section.key: section.title for section in overview.sections}
    return [
        Column(head=gettext("Kind of sale"), cell=lambda row: titles[row["row"].section]),
        Column(head=gettext("Box of the VAT return"), cell=lambda row: row["row"].box),
        Column(head=gettext("Country code"), cell=lambda row: row["row"].country),
        Column(head=gettext("Country"), cell=lambda row: row["row"].country_words),
        Column(head=gettext("VAT rate (%)"), cell=lambda row: row["row"].rate),
        Column(head=gettext("Documents"), cell=lambda row: str(row["row"].documents)),
        Column(head=gettext("Turnover excl. VAT"), cell=lambda row: of_cents(row["row"].net)),
        Column(head=gettext("VAT"), cell=lambda row: of_cents(row["row"].vat)),
        Column(head=gettext("Total incl. VAT"), cell=lambda row: of_cents(row["row"].gross)),
    ]
