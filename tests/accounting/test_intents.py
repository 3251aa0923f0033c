"""Exactly once, enumerated: what becomes of a create at each moment and with each way to fail."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounting.intents import Settling
from integrations.failures import Refused, Unknown
from integrations.models import Administration, Intent
from integrations.problems import Problem
from tests.accounting.intents_remote import (
    CERTAIN,
    EMAIL,
    EVERY,
    SETTLE,
    UNCERTAIN,
    Remote,
    attempt,
    kept,
    left_behind,
)

pytestmark = pytest.mark.django_db(transaction=True)


# Nothing happened before


def test_it_creates_and_keeps_and_leaves_no_intent(lease, document):
    remote = Remote()
    assert attempt(lease, document, remote) == "thing 1"
    assert (remote.asked, kept(), Intent.objects.count()) == (["create"], ["thing 1"], 0)


def test_the_intent_is_committed_before_the_create(lease, document):
    seen = []
    attempt(lease, document, Remote(on_create=lambda: seen.extend(Intent.objects.values_list("reference", "document"))))
    assert seen == [(EMAIL, document.pk)]


def test_no_transaction_is_open_while_it_creates(lease, document):
    open_ones = []
    attempt(lease, document, Remote(on_create=lambda: open_ones.append(connection.in_atomic_block)))
    assert open_ones == [False]


@pytest.mark.parametrize("things", [[], ["theirs"]])
def test_it_looks_first_when_told_to(lease, document, things):
    remote = Remote(things=things)
    attempt(lease, document, remote, looks_first=True)
    assert remote.asked == (["look"] if things == ["theirs"] else ["look", "create"])
    assert len(remote.things) == 1
    assert not Intent.objects.exists()


@pytest.mark.parametrize("name", EVERY)
def test_a_look_beforehand_that_fails_creates_nothing(lease, document, name):
    remote = Remote(look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote, looks_first=True)
    assert (remote.asked, Intent.objects.count()) == (["look"], 0)


# The create fails


@pytest.mark.parametrize("name", CERTAIN)
def test_a_create_that_certainly_failed_leaves_no_intent(lease, document, name):
    remote = Remote(fails=CERTAIN[name], makes=False)
    with pytest.raises(type(CERTAIN[name])) as caught:
        attempt(lease, document, remote)
    assert caught.value is CERTAIN[name]
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 0, [])


@pytest.mark.parametrize("name", UNCERTAIN)
@pytest.mark.parametrize("makes", [True, False])
def test_a_create_that_ended_midway_leaves_its_intent(lease, document, name, makes):
    remote = Remote(fails=UNCERTAIN[name], makes=makes)
    with pytest.raises(type(UNCERTAIN[name])):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 1, [])


@pytest.mark.parametrize("makes", [True, False])
def test_a_create_without_an_answer_settles_first(lease, document, makes):
    remote = Remote(fails=Unknown("no answer"), makes=makes)
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote)
    assert (caught.value.wait, caught.value.reason) == (SETTLE, "settling")
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 1, [])


def test_a_refused_create_that_is_not_there_is_refused(lease, document):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False)
    with pytest.raises(Refused):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 0, [])


def test_a_refused_create_is_adopted_when_its_reference_is_there_already(lease, document):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False, things=["of an earlier life"])
    assert attempt(lease, document, remote) == "of an earlier life"
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 0, ["of an earlier life"])


@pytest.mark.parametrize("name", EVERY)
def test_a_refused_create_keeps_its_intent_when_the_look_fails(lease, document, name):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False, look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 1, [])


# Somebody left an intent behind

AGES = {
    "at once": (timedelta(), None, SETTLE),
    "just before it has settled": (SETTLE - timedelta(seconds=5), None, timedelta(seconds=5)),
    "just after the first look": (timedelta(hours=1), timedelta(), SETTLE),
    "just before the second look": (timedelta(hours=1), SETTLE - timedelta(seconds=5), timedelta(seconds=5)),
}


@pytest.mark.parametrize("name", AGES)
@pytest.mark.parametrize("looks_first", [True, False])
def test_before_its_time_nobody_is_asked(lease, document, name, looks_first):
    age, looked, left = AGES[name]
    left_behind(document, age=age, looked=looked)
    remote = Remote(things=["made"])
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote, looks_first=looks_first)
    assert left - timedelta(seconds=2) < caught.value.wait <= left
    assert remote.asked == []
    assert Intent.objects.count() == 1


@pytest.mark.parametrize("looked", [None, SETTLE])
def test_what_is_found_is_adopted(lease, document, looked):
    left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(things=["made by one who died"])
    assert attempt(lease, document, remote) == "made by one who died"
    assert (remote.asked, Intent.objects.count(), kept()) == (["look"], 0, ["made by one who died"])


def test_what_is_not_found_is_looked_for_once_more(lease, document):
    intent = left_behind(document, age=SETTLE)
    remote = Remote()
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote)
    intent.refresh_from_db()
    assert caught.value.wait == SETTLE
    assert timezone.now() - intent.looked_at < timedelta(seconds=2)
    assert remote.asked == ["look"]


def test_what_is_not_found_twice_is_made_under_a_new_intent(lease, document):
    left_behind(document, age=SETTLE * 2, looked=SETTLE)
    seen = []
    remote = Remote(on_create=lambda: seen.append(Intent.objects.get()))
    assert attempt(lease, document, remote) == "thing 1"
    assert remote.asked == ["look", "create"]
    assert seen[0].looked_at is None
    assert timezone.now() - seen[0].started_at < timedelta(seconds=2)
    assert (Intent.objects.count(), kept()) == (0, ["thing 1"])


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("looked", [None, SETTLE])
def test_a_look_that_fails_changes_nothing(lease, document, name, looked):
    before = left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote)
    after = Intent.objects.get()
    assert (after.started_at, after.looked_at) == (before.started_at, before.looked_at)
    assert (remote.asked, kept()) == (["look"], [])


def test_an_intent_of_another_reference_step_or_administration_is_nobodys_business(lease, document):
    other = Administration.objects.create(system="rompslomp", remote_id="2")
    mine = document.integration.administration
    for administration, step, reference in (
        (other, "customer", EMAIL),
        (mine, "product", EMAIL),
        (mine, "customer", "x"),
    ):
        Intent.objects.create(administration=administration, step=step, reference=reference, started_at=timezone.now())
    assert attempt(lease, document, Remote()) == "thing 1"
    assert Intent.objects.count() == 3


def test_an_intent_outlives_the_document_it_was_made_for(lease, document):
    left_behind(document, age=SETTLE)
    Intent.objects.update(document=None)
    assert attempt(lease, document, Remote(things=["made"])) == "made"
