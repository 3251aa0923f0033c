"""Turnover and VAT by country and rate, kept for as long as a posting stands."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from integrations.models import Document, ReferenceList, Treatment, VatAmount, VatCheck
from integrations.money import ZERO, plain_text, to_cents
from integrations.sales import SalesDocument
from integrations.vat import vat_number
from integrations.whose_vat import whose_vat

from . import settings_store

MARKETPLACE, MARGIN = "market", "margin"


def keep(document: Document, sold: SalesDocument) -> None:
    """Write down what a document comes to, in the transaction that records its posting."""
    document.vat_amounts.all().delete()
    evidence = _evidence(document, sold) if sold.is_icp else {}
    kind, sums = treatment(document, sold), by_rate(sold)
    whose = _whose(document, sold, sums) if kind == Treatment.EU else {}
    VatAmount.objects.bulk_create(
        VatAmount(
            integration_id=document.integration_id,
            document=document,
            date=sold.date,
            country=sold.delivery_country[:2],
            treatment=kind,
            whose=whose.get(rate, ""),
            rate=plain_text(rate),
            net_cents=to_cents(net),
            vat_cents=to_cents(vat),
            **evidence,
        )
        for rate, (net, vat) in sums.items()
    )


def by_rate(sold: SalesDocument) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Net and VAT in euro by percentage, negative for a credit."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for line in sold.lines:
        net, vat = sums[line.vat_rate]
        sums[line.vat_rate] = net + line.total_excl, vat + line.total_vat
    return dict(sums)


def treatment(document: Document, sold: SalesDocument) -> str:
    """Whose VAT it is, with the two kinds of sale whose VAT is not in their lines."""
    if sold.is_marketplace:
        return MARKETPLACE
    return MARGIN if sold.is_margin else document.treatment or Treatment.HOME


def _whose(document: Document, sold: SalesDocument, rates: Iterable[Decimal]) -> dict[Decimal, str]:
    """By the settings that it was posted with: those of another day may say otherwise."""
    assert document.settings_version is not None
    settings = settings_store.load(document.settings_version)
    codes = {(row.country, row.rate): row.vat_code for row in settings.vat}
    listed = ReferenceList.objects.filter(administration=document.integration.administration_id, kind="vat_codes")
    names = {str(row["id"]): str(row["name"]) for one in listed for row in one.rows}
    home, country = settings.shop.home_country, sold.delivery_country
    return {rate: whose_vat(country, rate, home=home, codes=codes, names=names) for rate in rates}


def _evidence(document: Document, sold: SalesDocument) -> dict[str, object]:
    """The customer's VAT number as the tax office writes it, and what VIES said of it."""
    number = vat_number(sold.customer.vat_number, sold.customer.billing.country)
    if number is None:
        return {}
    check = VatCheck.objects.filter(integration=document.integration_id, number=number.number).first()
    asked = {"consultation_number": check.consultation_number, "vat_checked_at": check.checked_at} if check else {}
    return {"vat_number": number.number[:20], **asked}
