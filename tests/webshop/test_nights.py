"""What is open is looked at again every night, until it is posted, cancelled in the shop or too old."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from integrations.models import Delivery, Document, Integration, State
from tests.linked import link
from webshop import tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox):
    sandbox.reset()
    return link(sandbox.url)


def night(linked):
    """A night, with the morning after it."""
    tasks.night()
    Delivery.objects.filter(event="night", handled_at=None).update(next_attempt_at=timezone.now())
    linked.work()


@pytest.fixture
def document(linked):
    return linked.post("unpaid")


def change(linked, document, **changes):
    """What happens at the shop without a message."""
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{document.remote_id}", changes)


@pytest.mark.rule("R398")
def test_what_was_paid_unnoticed_is_posted_at_night(linked, document):
    assert document.state == State.OPEN
    change(linked, document, order={"paid": True})
    night(linked)
    document.refresh_from_db()
    assert document.state == State.PROCESSED
    assert len(linked.ledger()) == 1


@pytest.mark.rule("R398")
def test_what_was_cancelled_unnoticed_is_skipped_at_night(linked, document):
    change(linked, document, order={"status": 8})
    night(linked)
    document.refresh_from_db()
    assert (document.state, document.reason) == (State.SKIPPED, "cancelled")


@pytest.mark.rule("R398")
@pytest.mark.parametrize(("days", "state", "reason"), [(7, "open", "not_paid"), (8, "skipped", "expired")])
def test_what_stays_unpaid_for_too_long_is_skipped_and_revived_by_a_payment(linked, document, days, state, reason):
    linked.configure(shop={"open_days": 7, "start_date": "2000-01-01"})
    placed = timezone.now() - timedelta(days=days)
    change(linked, document, order={"create_date": placed.strftime("%Y-%m-%dT%H:%M:%SZ")})
    night(linked)
    document.refresh_from_db()
    assert (document.state, document.reason) == (state, reason)
    change(linked, document, order={"paid": True})
    linked.deliver(int(document.remote_id))
    linked.work()
    document.refresh_from_db()
    assert document.state == State.PROCESSED


def test_a_night_that_brings_nothing_leaves_nothing_but_the_moment(linked, document):
    events, looked_at = document.events.count(), document.looked_at
    night(linked)
    document.refresh_from_db()
    assert document.state == State.OPEN
    assert document.events.count() == events
    assert document.looked_at > looked_at


def test_a_night_that_is_run_twice_asks_once(linked, document):
    tasks.night()
    tasks.night()
    assert Delivery.objects.filter(event="night").count() == 1


def test_only_what_is_open_is_asked_for_and_only_where_something_runs(linked, document):
    linked.post("simple")
    other = linked.post("unpaid", seed=2)
    Document.objects.filter(pk=other.pk).update(state=State.SKIPPED, reason="by_hand")
    tasks.night()
    assert [one.remote_id for one in Delivery.objects.filter(event="night")] == [document.remote_id]
    Delivery.objects.filter(event="night").delete()
    Integration.objects.update(status="stopped")
    tasks.night()
    assert not Delivery.objects.filter(event="night").exists()


def test_what_was_open_before_invoices_were_chosen_is_still_looked_at(linked, document):
    linked.process("invoices")
    change(linked, document, order={"paid": True})
    night(linked)
    document.refresh_from_db()
    assert document.state == State.PROCESSED


def test_nights_are_at_an_hour_that_every_day_has_once():
    schedule = settings.CELERY_BEAT_SCHEDULE["night"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({3}, {10})
