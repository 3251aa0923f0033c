"""What was posted before turnover and VAT were kept gets them as what is posted now does."""

from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from accounting import settings_store, vat_amounts
from integrations import sales
from integrations.models import Document, Integration, ReferenceList, State, VatAmount
from tests.dashboard.world import SETTINGS, a_document, a_person, an_integration, an_order

MIGRATION = import_module("integrations.migrations.0008_vat_amounts")
FIELDS = (
    *("document__number", "date", "country", "treatment", "whose", "rate", "net_cents", "vat_cents", "vat_number"),
)


@pytest.fixture
def integration(db: None) -> Integration:
    return an_integration(a_person("ada@example.nl"))


def posted(integration: Integration, number: str, *lines: tuple[str, str, str], **fields: Any) -> Document:
    """A document with these (net, VAT, percentage); ``of`` are fields of what was sold."""
    sold = sales.dump(an_order(number)) | fields.pop("of", {})
    line = sold["lines"][0]
    sold["lines"] = [
        line | {"total_excl": net, "total_vat": vat, "total_incl": str(Decimal(net) + Decimal(vat)), "vat_rate": rate}
        for net, vat, rate in lines
    ]
    sold |= {"delivery_country": fields.get("country", "NL"), "date": "2026-10-31"}
    return a_document(integration, number, mapped=sold, date=date(2026, 10, 31), **fields)


def choose(integration: Integration, **codes: str) -> None:
    """VAT codes for 21% in these countries, of which 77 is one for OSS."""
    table = [{"country": country, "rate": "21", "vat_code": code} for country, code in codes.items()]
    settings_store.save(integration, {**SETTINGS, "vat": [*SETTINGS["vat"], *table]})  # type: ignore[misc]
    rows = [{"id": "77", "name": "OSS 21%"}, {"id": "78", "name": "Verkopen 21%"}]
    ReferenceList.objects.create(administration=integration.administration, kind="vat_codes", rows=rows)


def rows() -> list[tuple[Any, ...]]:
    return sorted(VatAmount.objects.values_list(*FIELDS))


def test_they_are_made_of_every_posted_document_as_a_posting_makes_them(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MIGRATION, "AT_ONCE", 2)
    choose(integration, BE="77", ES="78")
    customer = {**sales.dump(an_order("1"))["customer"], "vat_number": "BE 0428.759.497"}
    icp = {"is_icp": True, "customer": customer}
    documents = [
        posted(integration, "home", ("100.00", "21.00", "21"), ("0.10", "0.01", "9.00"), ("3.00", "0.63", "21")),
        posted(integration, "credit", ("-100.00", "-21.00", "21"), treatment="home", is_credit=True),
        posted(integration, "france", ("10.00", "0.55", "5.5"), ("10.00", "2.00", "20"), country="FR", treatment="eu"),
        posted(integration, "germany", ("10.00", "2.10", "21"), country="DE", treatment="eu"),
        posted(integration, "oss", ("10.00", "2.10", "21.00"), country="BE", treatment="eu"),
        posted(integration, "unnamed", ("10.00", "2.10", "21"), country="ES", treatment="eu"),
        posted(integration, "icp", ("1234.56", "0.00", "0"), country="BE", treatment="icp", of=icp),
        posted(integration, "world", ("9.99", "0.00", "0"), country="US", treatment="world"),
        posted(integration, "market", ("5.00", "0.00", "0"), treatment="home", of={"is_marketplace": True}),
        posted(integration, "margin", ("5.00", "0.00", "0"), treatment="home", of={"is_margin": True}),
    ]
    for state in set(State.values) - {State.PROCESSED}:
        a_document(integration, state, state)
    a_document(integration, "before documents were read", mapped=None)
    for document in documents:
        vat_amounts.keep(document, sales.load(document.mapped))
    expected = rows()
    assert len(expected) == 12
    assert {number: whose for number, _date, _country, _kind, whose, *_ in expected if whose} == {
        "france": "theirs",
        "germany": "home",
        "oss": "theirs",
    }
    VatAmount.objects.all().delete()
    MIGRATION.keep(apps, None)
    assert rows() == expected
