"""The counts that the database keeps are those of a full count, whatever was done to documents."""

import random
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db.models import Count, F, Sum

from integrations import tallies
from integrations.models import Document, DocumentTally, Integration, State
from tests.dashboard.world import a_document, a_person, an_integration
from tests.full_count import counted, kept


@pytest.fixture
def integration(db: None) -> Integration:
    return an_integration(a_person("ada@example.nl"))


def added_up(integration: Integration) -> set[tallies.Tally]:
    """What a page says of them, by looking at every document."""
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for (state, cause, month), (count, cents) in counted(integration).items():
        found.setdefault((state, cause), []).append((month, count, cents))
    return {
        tallies.Tally(
            state=state,
            cause=cause,
            oldest=min((month for month, *_ in months if month), default=None),
            this_month=sum(count for month, count, _ in months if month == "2026-11"),
            documents=sum(count for _, count, _ in months),
            cents=sum(cents for *_, cents in months),
        )
        for (state, cause), months in found.items()
    }


@time_machine.travel("2026-11-30T22:59Z", tick=False)  # in the Netherlands November lasts for one more minute
def test_counts_follow_every_kind_of_change(integration: Integration) -> None:
    dice = random.Random(7)
    fields: list[dict[str, Any]] = [
        *({"state": state} for state in (State.OPEN, State.SKIPPED, State.ERROR)),
        {"cause": '["internal"]'},
        {"date": None},
        {"date": "2026-12-01"},
        {"total_cents": F("total_cents") * -3},
        {"currency": "USD"},
        {"reason": "nothing that counts"},
    ]
    for number in range(40):
        a_document(integration, str(number), dice.choice([State.OPEN, State.ERROR, State.PROCESSED]))
    for turn in range(60):
        some = dice.sample(list(Document.objects.values_list("pk", flat=True)), 5)
        change = {"deleted": True} if turn % 15 == 14 else dice.choice(fields)
        chosen = Document.objects.filter(pk__in=some).exclude(state=State.PROCESSED)
        chosen.delete() if "deleted" in change else chosen.update(**change)
        if turn % 20 == 19:
            tallies.fold_one(integration.pk)
        assert kept(integration) == counted(integration)
        assert set(tallies.tallies_of(integration)) == added_up(integration)


def test_folding_leaves_one_row_for_each_count(integration: Integration) -> None:
    for number in range(30):
        a_document(integration, str(number), State.OPEN)
    Document.objects.update(state=State.SKIPPED)
    before = kept(integration)
    tallies.fold_one(integration.pk)
    assert kept(integration) == before == {("skipped", "", "2026-11"): (30, 30 * 121_00)}
    assert DocumentTally.objects.count() == 1


def test_many_rows_are_folded_and_few_are_left(integration: Integration, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_ROWS", 5)
    other = an_integration(a_person("bob@example.nl"), "Other shop")
    for number in range(6):
        a_document(integration, str(number), State.OPEN)
        if number < 3:
            a_document(other, str(number), State.OPEN)
    tallies.fold()
    rows = (
        DocumentTally.objects.values_list("integration").annotate(Count("id"), Sum("documents")).order_by("id__count")
    )
    assert list(rows) == [(integration.pk, 1, 6), (other.pk, 3, 3)]


def test_rows_that_would_nearly_all_stay_are_not_written_again(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST_ROWS", 3)
    for month in range(1, 7):
        a_document(integration, str(month), State.OPEN, date=date(2026, month, 1))
    a_document(integration, "again", State.OPEN, date=date(2026, 1, 2))
    before = set(DocumentTally.objects.values_list("pk", flat=True))
    tallies.fold()
    assert set(DocumentTally.objects.values_list("pk", flat=True)) == before
