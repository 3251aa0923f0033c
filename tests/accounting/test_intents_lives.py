"""Exactly once over several lives: leases that are lost, processes that die, servers that are slow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounting import intents, leases
from accounting.intents import Settling
from config import settings as ours
from integrations.failures import LeaseLost, Refused, Temporary, Unknown
from integrations.models import Administration, CustomerLink, Intent
from tests.accounting.intents_remote import (
    EMAIL,
    EVERY,
    SETTLE,
    Killed,
    Remote,
    attempt,
    kept,
    left_behind,
    lose,
)

pytestmark = pytest.mark.django_db(transaction=True)


# The lease goes while it works


def test_without_the_lease_nothing_is_sent(lease, document):
    lose(lease)
    remote = Remote()
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count()) == ([], 0)


def test_a_lease_that_goes_during_the_create_leaves_the_intent_for_the_next(lease, document):
    remote = Remote(on_create=lambda: lose(lease))
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.things, Intent.objects.count(), kept()) == (["thing 1"], 1, [])


@pytest.mark.parametrize("name", ["busy", "gone", "refused"])
def test_a_lease_that_goes_during_a_failing_create_leaves_the_intent(lease, document, name):
    remote = Remote(fails=EVERY[name], makes=False, on_create=lambda: lose(lease))
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert Intent.objects.count() == 1


@pytest.mark.parametrize(("looked", "things"), [(None, []), (None, ["made"]), (SETTLE, []), (SETTLE, ["made"])])
def test_a_lease_that_goes_during_a_look_changes_nothing(lease, document, looked, things):
    before = left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(things=list(things))
    real_look = remote.look

    def look():
        lose(lease)
        return real_look()

    remote.look = look
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    after = Intent.objects.get()
    assert (after.started_at, after.looked_at) == (before.started_at, before.looked_at)
    assert (remote.things, kept()) == (list(things), [])


def test_two_who_both_think_they_hold_the_lease_make_one_thing(lease, document):
    """The first is frozen in its create; the second waits, looks, and adopts; the first finds out before it writes."""
    remote = Remote()

    def meanwhile():
        remote.on_create = lambda: None
        remote.things.append("thing 1")
        remote.makes = False
        Administration.objects.update(leased_until=None)
        second = leases.take(lease.administration_id)
        with pytest.raises(Settling):
            attempt(second, document, remote)
        Intent.objects.update(started_at=timezone.now() - SETTLE)
        assert attempt(second, document, remote) == "thing 1"

    remote.on_create = meanwhile
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.things, kept(), Intent.objects.count()) == (["thing 1"], ["thing 1"], 0)


# Keeping


def test_a_keep_that_fails_leaves_the_intent_and_the_thing_is_found_again(lease, document):
    remote = Remote()

    def killed(found):
        CustomerLink.objects.create(administration_id=lease.administration_id, email=EMAIL, ledger_id=found)
        raise Killed

    with pytest.raises(Killed):
        attempt(lease, document, remote, keep=killed)
    assert (Intent.objects.count(), kept()) == (1, [])
    Intent.objects.update(started_at=timezone.now() - SETTLE)
    assert attempt(lease, document, remote) == "thing 1"
    assert (remote.things, kept(), Intent.objects.count()) == (["thing 1"], ["thing 1"], 0)


# Whole lives


def live(lease, document, remote, most=12):
    """Try until it is there, the settle time passing in between; how many attempts that took."""
    for number in range(1, most + 1):
        try:
            attempt(lease, document, remote)
        except (Settling, Temporary, Refused, Killed, Unknown):
            for intent in Intent.objects.all():
                passed = intents.settle_time(intent.attempts) + timedelta(seconds=1)
                intent.started_at -= passed
                intent.looked_at = intent.looked_at and intent.looked_at - passed
                intent.save()
        else:
            return number
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("deaths", [1, 2, 3])
@pytest.mark.parametrize("makes", [True, False])
@pytest.mark.parametrize("end", [Unknown("no answer"), Killed()], ids=["no answer", "killed"])
def test_however_often_it_dies_one_thing_is_made(lease, document, deaths, makes, end):
    remote = Remote(makes=makes, fails=end)
    left = iter(range(deaths))

    def once_less():
        if next(left, None) is None:
            remote.makes, remote.fails = True, None

    remote.on_create = once_less
    live(lease, document, remote)
    assert (len(remote.things), kept(), Intent.objects.count()) == (1, ["thing 1"], 0)


def test_a_server_that_is_still_writing_at_the_first_look_is_believed_at_the_second(lease, document):
    remote = Remote(makes=False, fails=Killed())
    with pytest.raises(Killed):
        attempt(lease, document, remote)
    Intent.objects.update(started_at=timezone.now() - SETTLE)
    with pytest.raises(Settling):
        attempt(lease, document, remote)
    remote.things.append("late")
    Intent.objects.update(looked_at=timezone.now() - SETTLE)
    assert attempt(lease, document, remote) == "late"
    assert remote.asked == ["create", "look", "look"]


def test_what_was_sent_in_vain_settles_longer_each_time(lease, document):
    remote = Remote(makes=False, fails=Unknown("no answer"))
    waits = []
    for _ in range(3):
        with pytest.raises(Settling) as caught:
            attempt(lease, document, remote)
        waits.append(caught.value.wait)
        long_ago = timezone.now() - intents.LONGEST_WAIT
        Intent.objects.update(started_at=long_ago, looked_at=long_ago)
    assert waits == [SETTLE, SETTLE * 2, SETTLE * 4]
    assert remote.asked == ["create", "look", "create", "look", "create"]


def test_it_never_settles_for_more_than_an_hour():
    assert [intents.settle_time(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7, 100)] == [
        *(90, 180, 360, 2880, 3600, 3600)
    ]


def test_it_settles_for_longer_than_a_call_may_take(settings):
    assert ours.SETTLE_SECONDS > ours.CALL_DEADLINE_SECONDS
    assert ours.LEASE_SECONDS > 2 * ours.CALL_DEADLINE_SECONDS
    settings.SETTLE_SECONDS = 7
    assert intents.settle_time() == timedelta(seconds=7)


def test_it_waits_longer_each_time_that_a_create_was_sent_in_vain_up_to_an_hour(settings):
    settings.SETTLE_SECONDS = 90
    waits = [intents.settle_time(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7, 50)]
    assert waits == [90, 180, 360, 2880, 3600, 3600]
