"""Turnover and VAT of what was posted before they were kept."""

from collections import defaultdict
from decimal import Decimal
from functools import cache

from django.db import migrations

from integrations.vat import vat_number
from integrations.whose_vat import whose_vat

AT_ONCE = 500


def keep(apps, schema_editor):
    Document, VatAmount = (apps.get_model("integrations", name) for name in ("Document", "VatAmount"))
    posted = Document.objects.filter(state="processed", mapped__isnull=False, date__isnull=False)
    asked = posted.select_related("integration").defer("source", "problems").order_by("id")
    lists, rows = lists_of(apps), []
    for document in asked.iterator(chunk_size=AT_ONCE):
        rows += amounts(document, VatAmount, lists)
        if len(rows) >= AT_ONCE:
            VatAmount.objects.bulk_create(rows)
            rows = []
    VatAmount.objects.bulk_create(rows)


def amounts(document, VatAmount, lists):
    sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in document.mapped["lines"]:
        sums[Decimal(line["vat_rate"]).normalize()][0] += Decimal(line["total_excl"])
        sums[Decimal(line["vat_rate"]).normalize()][1] += Decimal(line["total_vat"])
    kinds = [
        kind for kind, name in (("market", "is_marketplace"), ("margin", "is_margin")) if document.mapped.get(name)
    ]
    treatment = kinds[0] if kinds else document.treatment or "home"
    for rate, (net, vat) in sums.items():
        yield VatAmount(
            integration_id=document.integration_id,
            document=document,
            date=document.date,
            country=document.country,
            treatment=treatment,
            whose=whose(document, rate, lists) if treatment == "eu" else "",
            rate=f"{rate:f}",
            net_cents=int(net * 100),
            vat_cents=int(vat * 100),
            vat_number=number(document.mapped) if treatment == "icp" else "",
        )


def lists_of(apps):
    """What settings and books say of VAT codes, each read once."""
    models = (apps.get_model("integrations", name) for name in ("SettingsVersion", "VatSetting", "ReferenceList"))
    SettingsVersion, VatSetting, ReferenceList = models

    @cache
    def chosen(version):
        rows = VatSetting.objects.filter(version=version).values_list("country", "rate", "vat_code")
        codes = {(country, Decimal(rate)): code for country, rate, code in rows}
        return SettingsVersion.objects.get(pk=version).general["shop"]["home_country"], codes

    @cache
    def names(administration):
        found = ReferenceList.objects.filter(administration=administration, kind="vat_codes")
        return {str(row["id"]): str(row["name"]) for one in found for row in one.rows}

    return chosen, names


def whose(document, rate, lists):
    """By the settings that it was posted with, and by today's names and percentages: those of then are not known."""
    chosen, names = lists
    if document.settings_version_id is None:
        return ""
    home, codes = chosen(document.settings_version_id)
    named = names(document.integration.administration_id)
    return whose_vat(document.country, rate, home=home, codes=codes, names=named)


def number(mapped):
    """The customer's VAT number as the tax office writes it."""
    customer = mapped["customer"]
    found = vat_number(customer["vat_number"], customer["billing"]["country"])
    return found.number[:20] if found else ""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0007_payments_nights_history")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop, elidable=True)]
