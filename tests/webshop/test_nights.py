"""Every night, once for each integration: when it begins, who does it, and what was missed is made good."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from accounting import leases
from integrations.models import Delivery, Event, Integration, State
from tests.linked import link
from webshop import tasks
from webshop.watching import nightly, nights

pytestmark = pytest.mark.django_db(transaction=True)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def document(linked):
    return linked.post("unpaid")


def test_a_night_that_is_done_is_not_gone_round_again(linked, document, sandbox):
    linked.night()
    document.refresh_from_db()
    calls, looked_at = sandbox.counters(), document.looked_at
    cache.clear()
    linked.night()
    document.refresh_from_db()
    assert sandbox.counters() == calls
    assert document.looked_at == looked_at


def test_a_night_is_left_to_the_next_minute_while_another_worker_is_at_the_books(linked, document, sandbox):
    yesterday_done()
    other, calls = leases.take(linked.integration.administration_id), sandbox.counters()
    tasks.sweep()
    assert sandbox.counters() == calls
    assert Integration.objects.get().night == timezone.localdate() - timedelta(days=2)
    other.release()
    tasks.sweep()
    assert Integration.objects.get().night >= timezone.localdate() - timedelta(days=1)


def test_who_loses_the_lease_in_a_night_does_not_end_it(linked, document, settings):
    settings.LEASE_SECONDS = 0
    linked.night()
    assert Integration.objects.get().night is None


@pytest.mark.parametrize(
    ("day", "began"),
    [
        (date(2026, 3, 29), "2026-03-29T01:10"),  # an hour is missing: it is summer time since 01:00 UTC
        (date(2026, 10, 25), "2026-10-25T02:10"),  # an hour comes twice, and has gone twice by then
        (date(2027, 3, 28), "2027-03-28T01:10"),
        (date(2027, 10, 31), "2027-10-31T02:10"),
        (date(2026, 7, 1), "2026-07-01T01:10"),
        (date(2026, 12, 31), "2026-12-31T02:10"),
    ],
)
def test_it_begins_at_ten_past_three_spread_over_an_hour(day, began):
    first = datetime.fromisoformat(began).replace(tzinfo=UTC)
    begins = [nights.begins_at(integration_id, day) for integration_id in range(4000)]
    assert min(begins) == first
    assert max(begins) < first + timedelta(hours=1)
    assert len(set(begins)) > 3000
    assert all(begin.astimezone(AMSTERDAM).hour in (3, 4) for begin in begins)


@pytest.mark.parametrize("changed", [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)])
def test_each_night_is_due_once_also_when_the_clocks_change(linked, changed):
    """Asked every quarter of an hour of three days, and done at once."""
    Integration.objects.update(night=changed - timedelta(days=2), created_at=datetime(2026, 1, 1, tzinfo=UTC))
    began = []
    for quarter in range(3 * 24 * 4):
        moment = datetime.combine(changed, datetime.min.time(), AMSTERDAM).astimezone(UTC) - timedelta(days=1)
        with time_machine.travel(moment + quarter * timedelta(minutes=15), tick=False):
            for _integration_id, day in nights.to_do():
                began.append(day)
                nights.done(linked.integration, day)
    assert began == [changed + timedelta(days=days) for days in (-1, 0, 1)]


def test_a_night_that_was_missed_is_made_good_as_soon_as_somebody_is_there(linked):
    Integration.objects.update(night=date(2026, 11, 10), created_at=datetime(2026, 1, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 11, 14, 15, 0, tzinfo=UTC), tick=False):
        assert list(nights.to_do()) == [(linked.integration.pk, date(2026, 11, 14))]
    with time_machine.travel(datetime(2026, 11, 14, 0, 30, tzinfo=UTC), tick=False):
        assert list(nights.to_do()) == [(linked.integration.pk, date(2026, 11, 13))]


def test_the_day_of_the_installation_has_no_night(linked):
    installed = datetime(2026, 11, 13, 23, 30, tzinfo=UTC)  # half past midnight on the 14th in Amsterdam
    Integration.objects.update(created_at=installed)
    with time_machine.travel(datetime(2026, 11, 14, 12, 0, tzinfo=UTC), tick=False):
        assert not list(nights.to_do())
    with time_machine.travel(datetime(2026, 11, 15, 12, 0, tzinfo=UTC), tick=False):
        assert list(nights.to_do()) == [(linked.integration.pk, date(2026, 11, 15))]


def yesterday_done():
    """Whatever the hour, a night has begun since."""
    Integration.objects.update(night=timezone.localdate() - timedelta(days=2))


def test_the_sweep_begins_a_night_once_and_the_row_says_that_it_is_done(linked, document, sandbox):
    yesterday_done()
    tasks.sweep()
    done = Integration.objects.get().night
    assert done >= timezone.localdate() - timedelta(days=1)
    calls = sandbox.counters()
    tasks.sweep()
    assert sandbox.counters() == calls


def test_not_all_begin_in_the_same_minute(linked, monkeypatch):
    monkeypatch.setattr(nightly, "AT_ONCE", 2)
    for _ in range(4):
        Integration.objects.create(
            status="active", administration=linked.integration.administration, settings=linked.integration.settings
        )
    yesterday_done()
    begun = [[integration_id for integration_id, _day in nightly.claimed()] for _minute in range(4)]
    assert [len(one) for one in begun] == [2, 2, 1, 0]
    assert len({integration_id for one in begun for integration_id in one}) == 5


def test_a_shop_in_trouble_is_tried_again_the_same_night_and_keeps_no_other_waiting(linked, document, sandbox):
    other = link(sandbox.url, shop={"name": "Tweede"})
    yesterday_done()
    sandbox.fault(kind="503", path="/api/rest/v1/webhooks", times=1)
    tasks.sweep()
    left = Integration.objects.get(night=timezone.localdate() - timedelta(days=2))
    assert {left.pk} < {linked.integration.pk, other.integration.pk}
    tasks.sweep()
    left.refresh_from_db()
    assert left.night == timezone.localdate() - timedelta(days=2)  # not every minute
    waits(left)
    tasks.sweep()
    left.refresh_from_db()
    assert left.night >= timezone.localdate() - timedelta(days=1)


def waits(integration):
    """The time until the next try goes by."""
    for day in range(2):
        cache.delete(f"night:{integration.pk}:{timezone.localdate() - timedelta(days=day)}")


def test_a_night_that_was_killed_before_it_was_written_down_is_done_again_without_effect(linked, document):
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{document.remote_id}", {"order": {"paid": True}})
    missed = linked.place_kind("simple")
    linked.night()
    events, deliveries = Event.objects.count(), Delivery.objects.count()
    Integration.objects.update(night=None)
    linked.night()
    assert Integration.objects.get().night == timezone.localdate()
    assert (Event.objects.count(), Delivery.objects.count()) == (events, deliveries)
    assert linked.document(missed["id"]).state == State.PROCESSED
    assert len(linked.ledger()) == 2


def test_an_older_night_that_ends_late_takes_no_newer_one_back(linked):
    nights.done(linked.integration, date(2026, 11, 14))
    nights.done(linked.integration, date(2026, 11, 13))
    assert Integration.objects.get().night == date(2026, 11, 14)


def test_webhooks_that_the_shop_has_lost_or_paused_are_repaired_and_that_is_said(linked):
    linked.night()
    hooks = linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]
    assert {hook["event"] for hook in hooks} == set(Event.objects.get(kind="webhooks_repaired").data["events"])
    linked.night(later=1)
    assert Event.objects.filter(kind="webhooks_repaired").count() == 1
    linked.integration.webhooks.filter(event="orders.created").delete()
    linked.night(later=2)
    assert Event.objects.filter(kind="webhooks_repaired").last().data["events"] == ["orders.created"]


def test_revoked_keys_turn_the_dot_red_and_the_night_is_not_done(linked):
    linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    linked.night()
    integration = Integration.objects.get()
    assert integration.shop_lost_at
    assert integration.night is None
