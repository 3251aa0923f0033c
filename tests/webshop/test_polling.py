"""New invoices of a shop that does not announce them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from integrations.models import Administration, Delivery, Document, Event, Integration, SettingsVersion, State
from tests.linked import link
from webshop import tasks
from webshop.watching import polling

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(linked):
    """A shop of which invoices are processed; no webhook is registered for them."""
    linked.process("invoices")
    return linked


def make_invoices(linked, count=1, **asked):
    order = linked.place_kind("simple")
    return [linked.place_invoice(order["id"], **asked)["id"] for _ in range(count)]


def polled():
    return [int(delivery.remote_id) for delivery in Delivery.objects.filter(event="polled").order_by("id")]


@pytest.mark.rule("R137")
def test_what_was_made_is_found_and_posted(linked):
    numbers = make_invoices(linked, 3)
    tasks.poll_invoices()
    assert polled() == numbers
    assert Administration.objects.get().rung_at
    linked.work()
    assert {document.state for document in Document.objects.all()} == {State.PROCESSED}
    assert Document.objects.count() == 3


def test_looking_twice_finds_nothing_twice(linked):
    first = make_invoices(linked)
    tasks.poll_invoices()
    tasks.poll_invoices()
    linked.work()
    second = make_invoices(linked)
    tasks.poll_invoices()
    tasks.poll_invoices()
    assert polled() == first + second


def test_what_is_known_from_a_message_is_left_alone(linked):
    (number,) = make_invoices(linked)
    linked.deliver(number, kind="invoice")
    linked.work()
    Administration.objects.update(rung_at=None)
    tasks.poll_invoices()
    assert polled() == []
    assert Administration.objects.get().rung_at is None


def test_many_pages_are_read(linked):
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"max_page_size": 2})
    numbers = make_invoices(linked, 5)
    tasks.poll_invoices()
    assert polled() == numbers


def test_a_list_that_breaks_off_is_read_again_as_a_whole(linked, sandbox):
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"max_page_size": 2})
    numbers = make_invoices(linked, 3)
    sandbox.fault(kind="500", path="/api/rest/v1/invoices/", skip=1)
    tasks.poll_invoices()
    assert polled() == []
    tasks.poll_invoices()
    assert polled() == numbers


def test_it_looks_a_day_further_back_than_the_last_time_that_it_found_something(linked):
    SettingsVersion.objects.update(saved_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_invoices(linked)
    tasks.poll_invoices()
    Delivery.objects.update(received_at=datetime(2026, 3, 10, 0, 30, tzinfo=UTC))
    assert polling.since(linked.integration).isoformat() == "2026-03-09"


def test_the_first_time_it_looks_from_the_start_date_on(linked):
    SettingsVersion.objects.filter(number=1).delete()
    assert polling.since(linked.integration).isoformat() == "2019-12-31"
    linked.configure(shop={"start_date": None})
    Integration.objects.update(created_at=datetime(2026, 2, 1, 12, tzinfo=UTC))
    linked.integration.refresh_from_db()
    assert polling.since(linked.integration).isoformat() == "2026-01-31"


def test_what_was_made_while_orders_were_processed_is_not_asked_for(linked):
    SettingsVersion.objects.update(saved_at=datetime(2026, 3, 1, tzinfo=UTC))
    old = timezone.now() - timedelta(days=400)
    make_invoices(linked, create_date=old.strftime("%Y-%m-%dT%H:%M:%SZ"))
    new = make_invoices(linked)
    tasks.poll_invoices()
    assert polled() == new


@pytest.mark.parametrize("change", ["orders", "stopped", "announced", "installing"])
def test_nobody_is_asked_who_need_not_be(linked, sandbox, change):
    make_invoices(linked)
    if change == "orders":
        linked.process("orders")
    elif change == "announced":
        linked.integration.webhooks.create(event="invoices.created")
    else:
        Integration.objects.update(status=change)
    tasks.poll_invoices()
    assert not [call for call in sandbox.counters() if "/api/rest/" in call]
    assert not Delivery.objects.exists()


def test_the_throttle_holds_for_it_too_and_the_next_look_finds_all(linked, settings):
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"max_page_size": 1})
    numbers = make_invoices(linked, 3)
    settings.CCVSHOP_GETS_PER_MINUTE = 2
    tasks.poll_invoices()
    assert polled() == []
    settings.CCVSHOP_GETS_PER_MINUTE = 0
    tasks.poll_invoices()
    assert polled() == numbers


def test_revoked_keys_turn_the_dot_red_and_keys_that_work_turn_it_green(linked):
    (number,) = make_invoices(linked)
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"auth_status": 403})
    keys = {name: linked.shop[name] for name in ("public", "secret")}
    linked.control("POST", f"shops/{linked.shop['id']}/keys", {"public": "other", "secret": "other"})
    tasks.poll_invoices()
    assert Integration.objects.get().shop_lost_at
    linked.control("POST", f"shops/{linked.shop['id']}/keys", keys)
    tasks.poll_invoices()
    assert Integration.objects.get().shop_lost_at is None
    assert polled() == [number]
    assert Event.objects.filter(kind="connection_lost").count() == 1


def test_one_shop_in_trouble_does_not_keep_the_others_waiting(linked, sandbox):
    other = link(sandbox.url, shop={"name": "Tweede"})
    other.process("invoices")
    make_invoices(linked)
    numbers = make_invoices(other)
    path = f"shops/{linked.shop['id']}/keys"
    linked.control("DELETE", path)
    tasks.poll_invoices()
    assert polled() == numbers


def test_what_nobody_foresaw_at_one_shop_is_written_down_and_left(linked):
    (number,) = make_invoices(linked)
    linked.control("PATCH", f"shops/{linked.shop['id']}/invoices/{number}", {"invoice": {"id": "geen nummer"}})
    tasks.poll_invoices()
    assert polled() == []
