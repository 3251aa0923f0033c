"""A reconciliation in turns: killed, throttled, paused, stopped or without a connection, it comes to its end."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounting import connection
from integrations.models import Administration, Integration, Reconciliation, User
from tests.reconciled import AT_TEN, OCTOBER, asked, by_hand, place, place_mixed, sums, told
from webshop import tasks
from webshop.reconciliation import reconciling

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def test_a_killed_worker_is_taken_over_where_it_was(linked):
    first, second = place(linked, AT_TEN.format(31)), place(linked, "2026-11-01T10:00:00Z")
    by_hand(linked, "DELETE", first.ledger_id)
    row = asked(linked, "2026-10-01", "2026-11-20")
    assert reconciling.work(row.pk)
    killed = reconciling.Claim(row.pk)
    assert killed.take()  # and nothing is heard of it any more
    assert not reconciling.work(row.pk)
    Reconciliation.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, told(row)) == ("done", [("deleted", first.number)])
    assert sums(row)[2] == second.total_cents
    with pytest.raises(reconciling.ClaimLost):
        killed.write(state="running")


def test_books_that_are_busy_are_left_alone_and_asked_for_fewer_days_later(linked, sandbox):
    place_mixed(linked)
    sandbox.fault(kind="429", path="/sales_invoices")
    row = asked(linked)
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts) == ("running", "books_busy", 1)
    assert row.next_attempt_at > timezone.now()
    assert row.cursor["days"] == 15
    assert Administration.objects.get().paused_until > timezone.now()
    Reconciliation.objects.update(next_attempt_at=timezone.now())
    Administration.objects.update(paused_until=None)
    for _ in range(3):
        tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, told(row)) == ("done", [])


def test_without_a_connection_it_waits_and_goes_on_at_once_when_it_is_back(linked):
    place(linked)
    linked.control("POST", "ledger/tokens/revoke", {})
    row = asked(linked)
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    linked.integration.refresh_from_db()
    assert (row.reason, linked.integration.books_lost_at is not None) == ("connection_lost", True)
    connection.regain(linked.integration, "books")
    assert reconciling.due().filter(pk=row.pk).exists()


def test_one_at_a_time(linked):
    asked(linked)
    assert reconciling.start(linked.integration, User.objects.get(), *OCTOBER) is None


def test_the_sweep_finds_it(linked):
    row = asked(linked)
    tasks.sweep()
    row.refresh_from_db()
    assert row.state == "done"


def test_one_whose_integration_was_stopped_ends(linked):
    row = asked(linked)
    Integration.objects.update(status=Integration.Status.STOPPED)
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reason, row.claimed_until) == ("failed", "stopped", None)


def test_nothing_is_asked_while_the_books_want_silence(linked):
    row = asked(linked)
    Administration.objects.update(paused_until=timezone.now() + timedelta(minutes=5))
    tasks.sweep()
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, row.claimed_until) == ("queued", None)
    Administration.objects.update(paused_until=timezone.now())
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert row.state == "done"


def test_a_day_with_more_questions_than_the_shop_allows_in_a_minute_comes_to_its_end(linked, settings):
    documents = [place(linked) for _ in range(5)]
    for document in documents:
        linked.control("DELETE", f"shops/{linked.shop['id']}/orders/{document.remote_id}")
    settings.CCVSHOP_GETS_PER_MINUTE = 3  # a page of the list and two orders
    row = asked(linked)
    for _ in range(4):
        cache.clear()  # the next minute
        Reconciliation.objects.update(next_attempt_at=None)
        tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, row.cursor["answers"], "days" in row.cursor) == ("done", {}, False)
    assert told(row) == [("not_in_shop", document.number) for document in documents]


def test_what_was_learned_of_an_entry_is_not_asked_again(linked, sandbox):
    first, second = place(linked), place(linked)
    by_hand(linked, "PATCH", first.ledger_id, {"date": "2026-11-02"})
    by_hand(linked, "DELETE", second.ledger_id)
    sandbox.fault(kind="429", path=f"/sales_invoices/{second.ledger_id}")
    row = asked(linked)
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.reason, row.attempts, len(row.cursor["answers"])) == ("books_busy", 0, 1)
    sandbox.fault(kind="500", path=f"/sales_invoices/{first.ledger_id}")
    Reconciliation.objects.update(next_attempt_at=None)
    Administration.objects.update(paused_until=None)
    tasks.reconcile(row.pk)
    row.refresh_from_db()
    assert (row.state, told(row)) == ("done", sorted([("moved", first.number), ("deleted", second.number)]))


def test_what_a_killed_worker_had_learned_is_kept(linked, settings):
    settings.LEASE_SECONDS = 2 * settings.CALL_DEADLINE_SECONDS
    row = asked(linked)
    killed = reconciling.Claim(row.pk)
    assert killed.take()
    killed.answers.to("order 1 is there", lambda: True)
    killed.cover()
    row.refresh_from_db()
    assert row.cursor["answers"] == {"order 1 is there": True}
