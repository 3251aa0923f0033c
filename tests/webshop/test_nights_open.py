"""What waits for its payment, night after night: looked at in the list of the shop, and read where that says news."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Delivery, Document, Integration, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def document(linked):
    return linked.post("unpaid")


def change(linked, order_id, **fields):
    """What happens at the shop without a message."""
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order_id}", {"order": fields})


@pytest.mark.rule("R398")
def test_what_was_paid_unnoticed_is_posted_at_night(linked, document):
    assert document.state == State.OPEN
    change(linked, document.remote_id, paid=True)
    linked.night()
    document.refresh_from_db()
    assert document.state == State.PROCESSED
    assert len(linked.ledger()) == 1


@pytest.mark.rule("R398")
def test_what_was_cancelled_unnoticed_is_skipped_at_night(linked, document):
    change(linked, document.remote_id, status=8)
    linked.night()
    document.refresh_from_db()
    assert (document.state, document.reason) == (State.SKIPPED, "cancelled")


@pytest.mark.rule("R398")
@pytest.mark.parametrize(("days", "state", "reason"), [(7, "open", "not_paid"), (8, "skipped", "expired")])
def test_what_stays_unpaid_for_too_long_is_skipped_and_revived_by_a_payment(linked, document, days, state, reason):
    linked.configure(shop={"open_days": 7, "start_date": "2000-01-01"})
    placed = timezone.now() - timedelta(days=days)
    change(linked, document.remote_id, create_date=placed.strftime("%Y-%m-%dT%H:%M:%SZ"))
    linked.night()
    document.refresh_from_db()
    assert (document.state, document.reason) == (state, reason)
    change(linked, document.remote_id, paid=True)
    linked.deliver(int(document.remote_id))
    linked.work()
    document.refresh_from_db()
    assert document.state == State.PROCESSED


def test_a_night_that_brings_nothing_leaves_nothing_but_the_moment(linked, document):
    events, looked_at = document.events.count(), document.looked_at
    linked.night()
    document.refresh_from_db()
    assert document.state == State.OPEN
    assert document.events.count() == events
    assert document.looked_at > looked_at


def reads(sandbox):
    """How many orders were read one by one."""
    return sum(times for call, times in sandbox.counters().items() if "/orderrows" in call)


@pytest.mark.rule("R398")
def test_open_orders_of_which_the_list_says_nothing_new_are_looked_at_by_that_alone(linked, sandbox):
    documents = [linked.post("unpaid", seed) for seed in range(3)]
    read = reads(sandbox)
    linked.night()
    assert reads(sandbox) == read
    for document in documents:
        looked_at = document.looked_at
        document.refresh_from_db()
        assert (document.state, document.reason) == (State.OPEN, "not_paid")
        assert document.looked_at > looked_at


def test_what_was_changed_while_it_is_open_is_read_and_nothing_else(linked, document, sandbox):
    linked.post("simple")
    linked.post("unpaid", seed=2)
    by_hand = linked.post("unpaid", seed=3)
    Document.objects.filter(pk=by_hand.pk).update(state=State.SKIPPED, reason="by_hand")
    change(linked, document.remote_id, extra_costs=1)
    change(linked, by_hand.remote_id, extra_costs=1)
    read, events = reads(sandbox), document.events.count()
    linked.night()
    assert reads(sandbox) == read + 1
    document.refresh_from_db()
    assert document.source["order"]["extra_costs"] == 1
    assert document.events.count() == events
    linked.night(later=1)
    assert reads(sandbox) == read + 1


def test_what_is_asked_for_already_is_not_asked_for_twice(linked, document):
    change(linked, document.remote_id, paid=True)
    linked.night()
    assert not Delivery.objects.filter(event="night").exists()
    assert Delivery.objects.filter(event="compared").count() == 1


@pytest.mark.rule("R398")
def test_what_is_not_in_the_list_any_more_is_looked_for(linked, document):
    linked.control("DELETE", f"shops/{linked.shop['id']}/orders/{document.remote_id}")
    linked.night()
    document.refresh_from_db()
    assert (document.state, document.reason) == (State.SKIPPED, "not_in_shop")


@pytest.mark.rule("R398")
def test_what_is_in_the_list_but_too_old_is_skipped(linked):
    placed = timezone.now() - timedelta(days=8)
    order = linked.place_kind("unpaid")
    change(linked, order["id"], create_date=placed.strftime("%Y-%m-%dT%H:%M:%SZ"))
    linked.configure(shop={"start_date": "2000-01-01"})
    linked.deliver(order["id"])
    linked.work()
    assert linked.document(order["id"]).state == State.OPEN
    linked.configure(shop={"open_days": 7})
    linked.night()
    document = linked.document(order["id"])
    assert (document.state, document.reason) == (State.SKIPPED, "expired")


def test_nobody_is_asked_where_nothing_runs(linked, document, sandbox):
    calls = sandbox.counters()
    Integration.objects.update(status="stopped")
    linked.night()
    assert sandbox.counters() == calls


def test_what_was_open_before_invoices_were_chosen_is_still_looked_at(linked, document):
    linked.process("invoices")
    change(linked, document.remote_id, paid=True)
    linked.night()
    document.refresh_from_db()
    assert document.state == State.PROCESSED
