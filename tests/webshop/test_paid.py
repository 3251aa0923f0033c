"""Invoices that were not paid yet when they were posted: the shop is asked every four hours whether they are now."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounting import payments
from integrations.models import Document, Integration, Payment, SettingsVersion, State
from tests.paying import BOOKED, MUG, open_amounts, paid, payment_of, post_payments, sell, state
from webshop import tasks

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = timedelta(hours=1)


@pytest.fixture
def linked(linked):
    post_payments(linked)
    linked.configure(payments_only_when_paid=True)
    linked.process("invoices")
    return linked


@pytest.fixture
def document(linked):
    """An invoice of 30.00 that is posted and not paid."""
    order = linked.place(**MUG)["order"]
    return linked.post_invoice(order["id"], status="unpaid")


def pay(linked, document, status="paid"):
    path = f"shops/{linked.shop['id']}/invoices/{document.remote_id}"
    linked.control("PATCH", path, {"invoice": {"status": status}})


def four_hours_later(linked):
    Payment.objects.filter(state=State.OPEN).update(next_attempt_at=timezone.now())
    linked.work()


@pytest.mark.rule("R141", "R142")
def test_an_invoice_that_was_not_paid_is_asked_for_every_four_hours_and_its_payment_posted_once_it_is(linked, document):
    assert (document.state, state(document)) == (State.PROCESSED, (State.OPEN, "not_paid", []))
    assert payment_of(document).next_attempt_at - timezone.now() > 3.9 * HOURS
    four_hours_later(linked)
    assert state(document) == (State.OPEN, "not_paid", [])
    assert 3.9 * HOURS < payment_of(document).next_attempt_at - timezone.now() <= 4 * HOURS
    pay(linked, document)
    linked.work()
    assert open_amounts(linked) == [30]
    four_hours_later(linked)
    assert state(document) == BOOKED
    assert (paid(linked), open_amounts(linked)) == ([["30.00"]], [0])
    assert document.events.filter(kind="paid_in_shop").count() == 1


def test_as_long_as_it_is_not_paid_each_look_costs_one_call_and_leaves_no_trace(linked, document, sandbox):
    events, before = document.events.count(), sum(sandbox.counters().values())
    four_hours_later(linked)
    assert sum(sandbox.counters().values()) == before + 1
    assert document.events.count() == events


def test_the_sweep_finds_what_is_due(linked, document):
    assert not tasks.with_work()
    Payment.objects.update(next_attempt_at=timezone.now())
    assert tasks.with_work() == {linked.integration.administration_id}


@pytest.mark.parametrize(("days", "expected"), [(60, (State.OPEN, "not_paid")), (61, (State.SKIPPED, "expired"))])
def test_after_the_days_that_orders_stay_open_it_is_not_asked_for_any_more(linked, document, days, expected):
    Document.objects.update(date=timezone.localdate() - timedelta(days=days))
    four_hours_later(linked)
    assert state(document)[:2] == expected
    assert not tasks.with_work()


def test_an_invoice_that_the_shop_no_longer_has_is_left_out(linked, document):
    Document.objects.update(remote_id="1")
    four_hours_later(linked)
    assert state(document) == (State.SKIPPED, "not_in_shop", [])
    assert document.events.get(kind="payment_left_out").data == {"reason": "not_in_shop"}


def test_a_shop_that_is_down_is_asked_again_later_and_one_that_is_busy_as_soon_as_it_allows(linked, document, sandbox):
    sandbox.fault(kind="503", path="/api/rest/v1/invoices/", times=1)
    four_hours_later(linked)
    assert payment_of(document).next_attempt_at - timezone.now() > 3.9 * HOURS
    sandbox.fault(kind="429", path="/api/rest/v1/invoices/", times=1)
    four_hours_later(linked)
    assert timedelta(0) < payment_of(document).next_attempt_at - timezone.now() < HOURS
    assert state(document) == (State.OPEN, "not_paid", [])


def test_revoked_keys_turn_the_dot_red(linked, document):
    linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    four_hours_later(linked)
    assert Integration.objects.get().shop_lost_at
    assert payment_of(document).next_attempt_at > timezone.now()


def test_without_payments_nobody_is_asked(linked, document, sandbox):
    linked.configure(payments=False)
    calls = sandbox.counters()
    four_hours_later(linked)
    assert sandbox.counters() == calls
    assert not tasks.with_work()


def test_once_all_invoices_count_as_paid_it_is_posted_at_the_next_look(linked, document):
    linked.configure(payments_only_when_paid=False)
    four_hours_later(linked)
    assert paid(linked) == [["30.00"]]


@pytest.mark.rule("R142")
def test_payments_are_looked_after_six_times_a_day():
    assert timedelta(days=1) / payments.EVERY == 6
    schedule = settings.CELERY_BEAT_SCHEDULE["payments"]["schedule"]
    assert (schedule.hour, schedule.minute) == ({0, 4, 8, 12, 16, 20}, {0})


@pytest.mark.rule("R141")
def test_what_was_posted_while_the_switch_was_turned_gets_its_payment(linked):
    linked.process("orders")
    document = sell(linked)
    Payment.objects.all().delete()
    tasks.catch_up_payments()
    assert state(document) == (State.QUEUED, "", [])
    tasks.catch_up_payments()
    assert Payment.objects.count() == 1


def test_what_was_posted_before_the_switch_was_turned_gets_none(linked):
    linked.process("orders")
    sell(linked)
    Payment.objects.all().delete()
    SettingsVersion.objects.update(saved_at=timezone.now() + timedelta(minutes=1))
    tasks.catch_up_payments()
    assert not Payment.objects.exists()
