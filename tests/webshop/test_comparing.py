"""The shop's own lists beside what is here: what was never announced is missed for no longer than a night, and what the
shop changes after it was posted is shown and not booked."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import Delivery, Document, Integration, SettingsVersion, State
from webshop.sources import open_shop
from webshop.watching import comparing

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def days_ago(days):
    return (timezone.now() - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def change(linked, order_id, **fields):
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order_id}", {"order": fields})


def missed(linked):
    return sorted(int(one.remote_id) for one in Delivery.objects.filter(event="compared"))


def test_with_three_in_ten_messages_lost_every_order_is_in_the_books_once_after_the_next_night(linked):
    orders = linked.place_random(60, paid=0.8)
    lost = random.Random(7)
    linked.deliver(*(order["id"] for order in orders if lost.random() > 0.3))
    for _ in range(4):
        linked.work()
    paid = [order for order in orders if order["paid"] and order["problem"] is None]
    assert len(linked.ledger()) < len(paid)
    linked.night(turns=5)
    assert len(linked.ledger()) == len({invoice["api_reference"] for invoice in linked.ledger()}) == len(paid)
    states = {int(one.remote_id): one.state for one in Document.objects.all()}
    assert {states[order["id"]] for order in paid} == {State.PROCESSED}
    assert {states[order["id"]] for order in orders if not order["paid"]} == {State.OPEN}
    linked.night(later=1, turns=5)
    assert len(linked.ledger()) == len(paid)


def test_an_order_that_was_paid_weeks_later_without_a_message_is_found(linked):
    document = linked.post("unpaid")
    Document.objects.update(state=State.SKIPPED, reason="expired")
    change(linked, document.remote_id, paid=True, create_date=days_ago(40))
    linked.night(turns=5)
    document.refresh_from_db()
    assert document.state == State.PROCESSED


@pytest.mark.parametrize(
    "held",
    [
        {"state": State.SKIPPED, "reason": "by_hand"},
        {"state": State.SKIPPED, "reason": "undone"},
        {"state": State.SKIPPED, "reason": "posted_as_invoice"},
        {"state": State.ERROR, "reason": "vat_setting_missing"},
        {"state": State.QUEUED, "reason": "settling", "next_attempt_at": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_a_person_or_the_pipeline_has_in_hand_is_left_alone(linked, held):
    linked.post("simple")
    Document.objects.update(ledger_id="", **held)
    linked.night(turns=5)
    assert missed(linked) == []


def test_what_is_dated_before_the_start_date_or_was_cancelled_unpaid_is_not_asked_for(linked):
    linked.configure(shop={"start_date": (timezone.localdate() - timedelta(days=10)).isoformat()})
    old, cancelled, wanted = (linked.place_kind(kind)["id"] for kind in ("simple", "unpaid", "simple"))
    change(linked, old, create_date=days_ago(11))
    change(linked, cancelled, status=8)
    change(linked, wanted, create_date=days_ago(9))
    linked.night(turns=5)
    assert missed(linked) == [wanted]


@pytest.mark.rule("R138")
def test_invoices_are_found_paid_or_not_and_orders_are_not_asked_for(linked):
    linked.process("invoices")
    order = linked.place_kind("simple", seed=1)
    invoices = [linked.place_invoice(order["id"], status=status)["id"] for status in ("paid", "unpaid")]
    linked.night(turns=5)
    assert missed(linked) == sorted(invoices)
    assert Document.objects.filter(kind="invoice", state=State.PROCESSED).count() == 2
    assert not Document.objects.filter(kind="order").exists()


def test_an_order_from_before_orders_were_chosen_that_was_paid_since_is_found(linked):
    linked.process("invoices")
    order = linked.place_kind("unpaid")["id"]
    change(linked, order, create_date=days_ago(5))
    linked.process("orders")
    chosen = linked.integration.settings_id
    for versions, days in (
        (SettingsVersion.objects.exclude(pk=chosen), 30),
        (SettingsVersion.objects.filter(pk=chosen), 3),
    ):
        versions.update(saved_at=timezone.now() - timedelta(days=days))
    change(linked, order, paid=True)
    linked.night(turns=5)
    assert linked.document(order).state == State.PROCESSED


def test_an_order_of_which_the_invoice_was_posted_before_orders_were_chosen_is_not_posted_again(linked):
    linked.process("invoices")
    order = linked.place_kind("simple")["id"]
    assert linked.post_invoice(order).state == State.PROCESSED
    linked.process("orders")
    linked.night(turns=5)
    assert (linked.document(order).state, linked.document(order).reason) == (State.SKIPPED, "posted_as_invoice")
    assert len(linked.ledger()) == 1


def test_what_can_not_be_told_from_the_list_is_read_and_what_has_no_number_is_left(linked):
    broken, nameless = (linked.place_kind("simple")["id"] for _ in range(2))
    change(linked, broken, create_date="gisteren")
    change(linked, nameless, id="geen nummer")
    assert comparing.compare(linked.integration, open_shop(linked.integration), date(2026, 1, 1), "test") == 1
    assert missed(linked) == [broken]


def test_a_page_costs_one_question_and_what_is_stored_besides_nothing(linked):
    for seed in range(6):
        linked.post("simple", seed)
    shop = open_shop(linked.integration)
    with CaptureQueriesContext(connection) as captured:
        comparing.compare(linked.integration, shop, date(2026, 1, 1), "test")
    of_documents = [query for query in captured if "integrations_document" in query["sql"]]
    assert len(of_documents) == 1
    assert "source" not in of_documents[0]["sql"]


def test_many_pages_are_read_and_a_list_that_breaks_off_goes_on_where_it_was(linked, sandbox, monkeypatch):
    monkeypatch.setattr(comparing, "PAGE", 2)
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"max_page_size": 2})
    orders = [linked.place_kind("simple", seed)["id"] for seed in range(6)]
    for days, order_id in zip(range(50, 20, -5), orders, strict=True):
        change(linked, order_id, create_date=days_ago(days))
    sandbox.fault(kind="503", path="/api/rest/v1/orders/", skip=2, times=1)
    linked.night(turns=5)
    assert missed(linked) == orders[:4]
    assert Integration.objects.get().night is None
    asked = len(Delivery.objects.all())
    linked.night(turns=5)
    assert missed(linked) == orders
    assert len(Delivery.objects.all()) == asked + 2
    assert Integration.objects.get().night == timezone.localdate()


def test_open_orders_of_the_part_that_was_read_before_a_list_broke_off_are_not_read(linked, sandbox, monkeypatch):
    monkeypatch.setattr(comparing, "PAGE", 2)
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"max_page_size": 2})
    linked.configure(shop={"open_days": 60, "start_date": "2000-01-01"})
    for days in (50, 40, 30, 20):
        order = linked.place_kind("unpaid", days)["id"]
        change(linked, order, create_date=days_ago(days))
        linked.deliver(order)
    linked.work()
    sandbox.fault(kind="503", path="/api/rest/v1/orders/", skip=1, times=1)
    linked.night(turns=5)
    assert Integration.objects.get().night is None
    linked.night(turns=5)
    assert Integration.objects.get().night == timezone.localdate()
    assert not Delivery.objects.filter(event="night").exists()


def test_windows_are_wide_enough_for_days_that_the_shop_counts_in_utc(linked):
    """What was made at 23:30 UTC on 31 December is of 1 January here: it is in the lists that begin with that day."""
    linked.configure(shop={"start_date": "2027-01-01"})
    SettingsVersion.objects.update(saved_at=datetime(2026, 1, 1, tzinfo=UTC))
    order = linked.place_kind("simple")["id"]
    before = linked.place_kind("simple")["id"]
    change(linked, order, create_date="2026-12-31T23:30:00Z")
    change(linked, before, create_date="2026-12-31T22:30:00Z")
    first = comparing.window(linked.integration, date(2027, 1, 1) + timedelta(days=60))
    comparing.compare(linked.integration, open_shop(linked.integration), first, "test")
    assert missed(linked) == [order]
    linked.work()
    assert linked.document(order).date == date(2027, 1, 1)


def test_the_window_is_that_of_open_orders_or_two_weeks_of_invoices_and_longer_after_an_outage(linked):
    today = date(2026, 3, 1)
    assert comparing.window(linked.integration, today) == date(2025, 12, 30)
    linked.process("invoices")
    assert comparing.window(linked.integration, today) == date(2026, 2, 14)
    linked.integration.night = date(2026, 1, 20)
    assert comparing.window(linked.integration, today) == date(2026, 1, 19)


@pytest.mark.rule("R140")
def test_what_the_shop_changes_after_posting_is_shown_and_not_booked(linked):
    document = linked.post("simple")
    booked = linked.ledger()
    change(linked, document.remote_id, total_price=1, paid=False, track_and_trace_code="3SABC")
    linked.night(turns=5)
    document.refresh_from_db()
    assert [change["field"] for change in document.shop_changes] == ["total_price", "paid"]
    assert document.shop_changes[0]["now"] == "1"
    assert document.shop_changes[1] == {"field": "paid", "was": "yes", "now": "no"}
    assert document.shop_changed_at
    assert document.events.get(kind="changed_in_shop").data == {"fields": ["total_price", "paid"]}
    assert document.state == State.PROCESSED
    assert linked.ledger() == booked


@pytest.mark.rule("R140")
def test_it_is_told_once_until_it_changes_again_and_cleared_when_it_is_as_before(linked):
    document = linked.post("simple")
    was = linked.control("GET", f"shops/{linked.shop['id']}/orders/{document.remote_id}")["order"]["total_price"]
    change(linked, document.remote_id, total_price=1)
    for later in range(3):
        linked.night(later, turns=5)
    assert document.events.filter(kind="changed_in_shop").count() == 1
    change(linked, document.remote_id, total_price=2)
    linked.night(3, turns=5)
    assert document.events.filter(kind="changed_in_shop").count() == 2
    change(linked, document.remote_id, total_price=was)
    linked.night(4, turns=5)
    document.refresh_from_db()
    assert (document.shop_changes, document.shop_changed_at) == ([], None)
    assert document.events.filter(kind="changed_back_in_shop").count() == 1


def test_how_far_a_parcel_is_does_not_count_as_a_change(linked):
    document = linked.post("simple")
    change(linked, document.remote_id, status=6, track_and_trace_code="3SABC")
    linked.night(turns=5)
    document.refresh_from_db()
    assert document.shop_changes == []
    assert not document.events.filter(kind="changed_in_shop").exists()


def test_a_document_from_before_lists_were_compared_is_compared_with_its_source(linked):
    same, other = linked.post("simple", 1), linked.post("simple", 2)
    Document.objects.update(shop_digest="")
    change(linked, other.remote_id, total_price=1)
    linked.night(turns=5)
    same.refresh_from_db()
    other.refresh_from_db()
    assert same.shop_digest
    assert not same.events.filter(kind__contains="in_shop").exists()
    assert [change["field"] for change in other.shop_changes] == ["total_price"]


def test_an_invoice_that_is_paid_later_has_not_changed_but_one_that_is_paid_back_has(linked):
    linked.process("invoices")
    document = linked.post_invoice(linked.place_kind("simple")["id"], status="unpaid")
    path = f"shops/{linked.shop['id']}/invoices/{document.remote_id}"
    linked.control("PATCH", path, {"invoice": {"status": "paid"}})
    linked.night(turns=5)
    document.refresh_from_db()
    assert document.shop_changes == []
    linked.control("PATCH", path, {"invoice": {"status": "reimbursed"}})
    linked.night(1, turns=5)
    document.refresh_from_db()
    assert document.shop_changes == [{"field": "refunded", "was": "no", "now": "yes"}]


def test_what_is_read_anew_has_not_changed_any_more(linked):
    document = linked.post("simple")
    change(linked, document.remote_id, total_price=1)
    linked.night(turns=5)
    Document.objects.update(state=State.ERROR, reason="undone", ledger_id="")
    Delivery.look_again(document)
    Document.objects.update(state=State.OPEN, reason="reading")
    linked.work()
    document.refresh_from_db()
    assert (document.shop_changes, document.shop_changed_at) == ([], None)
