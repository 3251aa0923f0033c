"""From a delivery to a document, through the stand-in shop."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounting import settings_store
from integrations.models import Credential, Delivery, Document, Integration, State, User
from tests.linked import control
from webshop import pressing

pytestmark = pytest.mark.django_db(transaction=True)


def change(linked, document, **changes):
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{document.remote_id}", changes)


def again(linked, document):
    linked.deliver(int(document.remote_id))
    linked.work()
    return linked.document(int(document.remote_id))


@pytest.mark.rule("R37", "R153", "R397")
def test_an_unpaid_order_waits_on_open_and_never_reaches_the_books(linked):
    document = linked.post("unpaid")
    assert (document.state, document.reason) == (State.OPEN, "not_paid")
    assert document.total_cents > 0
    assert not linked.ledger()


@pytest.mark.rule("R135", "R136")
def test_an_order_is_posted_once_the_shop_says_that_it_is_paid(linked):
    document = linked.post("unpaid")
    change(linked, document, paid=True)
    assert again(linked, document).state == State.PROCESSED


@pytest.mark.rule("R136")
def test_nothing_of_a_delivery_is_believed_but_the_number(linked):
    order = linked.place_kind("unpaid")
    linked.deliver(order["id"])
    Delivery.objects.update(body='{"paid": true, "total_price": 1}')
    linked.work()
    assert linked.document(order["id"]).state == State.OPEN


def test_a_cancelled_order_is_skipped_and_a_later_payment_revives_it(linked):
    document = linked.post("unpaid")
    change(linked, document, status=8)
    document = again(linked, document)
    assert (document.state, document.reason) == (State.SKIPPED, "cancelled")
    change(linked, document, paid=True, status=1)
    assert again(linked, document).state == State.PROCESSED


def test_an_order_dated_before_the_start_date_is_skipped(linked):
    linked.configure(shop={"start_date": "2999-01-01"})
    document = linked.post()
    assert (document.state, document.reason) == (State.SKIPPED, "before_start_date")


def test_without_a_start_date_the_day_of_installation_counts(linked):
    linked.configure(shop={"start_date": None})
    assert linked.post().state == State.PROCESSED
    Integration.objects.update(created_at=timezone.now() + timedelta(days=2))
    assert linked.post(seed=2).reason == "before_start_date"


def test_an_order_of_nothing_is_skipped(linked):
    order = linked.place(order={"paid": True}, orderrows=[])["order"]
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert (document.state, document.reason) == (State.SKIPPED, "zero_total")


def test_an_order_that_cannot_be_read_is_kept_and_named(linked):
    order = linked.place_kind("simple")
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"order": {"total_price": "veel"}})
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert document.state == State.ERROR
    assert document.problems[0]["code"] == "unreadable"
    assert document.source["order"]["total_price"] == "veel"


def test_text_that_no_database_can_store_loses_only_what_cannot_be_stored(linked):
    order = linked.place_kind("simple")
    odd = {"extra_costs_description": "a\x00b", "reservationnumber": "half \ud83d"}
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"order": odd})
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert document.state == State.PROCESSED
    assert document.source["order"]["extra_costs_description"] == "ab"


def test_an_abandoned_basket_is_no_document(linked):
    order = linked.place_kind("simple")
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"order": {"is_completed": False}})
    linked.deliver(order["id"])
    linked.work()
    assert not Document.objects.exists()
    assert not Delivery.objects.filter(handled_at=None).exists()


def test_an_order_that_the_shop_does_not_know_is_no_document(linked):
    linked.deliver(123456789)
    linked.work()
    assert not Document.objects.exists()
    assert not Delivery.objects.filter(handled_at=None).exists()


def test_an_order_that_was_deleted_in_the_shop_is_skipped(linked):
    document = linked.post("unpaid")
    linked.control("DELETE", f"shops/{linked.shop['id']}/orders/{document.remote_id}")
    document = again(linked, document)
    assert (document.state, document.reason) == (State.SKIPPED, "not_in_shop")


def test_many_deliveries_of_one_order_are_one_look(linked, sandbox):
    order = linked.place_kind("simple")
    before = shop_calls(sandbox)
    linked.deliver(order["id"], order["id"], order["id"])
    linked.work()
    assert shop_calls(sandbox) - before == 2
    assert Document.objects.count() == 1
    assert not Delivery.objects.filter(handled_at=None).exists()


def shop_calls(sandbox):
    return sum(number for name, number in sandbox.counters().items() if "/api/rest/" in name)


@pytest.mark.parametrize("kind", ["500", "503", "html", "empty", "429"])
def test_a_shop_in_trouble_is_asked_again_later(linked, sandbox, kind):
    order = linked.place_kind("simple")
    sandbox.fault(kind=kind, path="/api/rest/v1/orders/")
    linked.deliver(order["id"])
    linked.work()
    delivery = Delivery.objects.get()
    assert delivery.handled_at is None
    assert delivery.next_attempt_at > timezone.now()
    Delivery.objects.update(next_attempt_at=timezone.now())
    linked.work()
    assert linked.document(order["id"]).state == State.PROCESSED


def test_revoked_keys_turn_the_dot_red_and_the_delivery_waits(linked):
    order = linked.place_kind("simple")
    linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    linked.deliver(order["id"])
    linked.work()
    assert Integration.objects.get().shop_lost_at
    assert Delivery.objects.get().reason == "connection_lost"


def test_an_integration_without_keys_waits_too(linked):
    order = linked.place_kind("simple")
    Credential.objects.filter(side="shop").delete()
    linked.deliver(order["id"])
    linked.work()
    assert Integration.objects.get().shop_lost_at
    assert Delivery.objects.get().next_attempt_at > timezone.now()


def test_the_throttle_of_a_shop_waits_for_the_next_minute_and_loses_nothing(linked, settings):
    settings.CCVSHOP_GETS_PER_MINUTE = 3
    orders = linked.place_random(5, paid=1, unbookable=0)
    linked.deliver(*(order["id"] for order in orders))
    linked.work()
    posted = Document.objects.filter(state=State.PROCESSED).count()
    assert posted < 5
    waiting = Delivery.objects.filter(handled_at=None)
    assert waiting.count() == 5 - posted
    assert {delivery.reason for delivery in waiting} == {"shop_throttle"}
    assert all(delivery.next_attempt_at <= timezone.now() + timedelta(seconds=70) for delivery in waiting)


def unanswered(linked, sandbox, settings):
    """An order of which nobody knows whether it arrived in the books."""
    settings.SETTLE_SECONDS, settings.CALL_DEADLINE_SECONDS = 3600, 1
    sandbox.fault(kind="timeout_after_write", method="POST", path="/sales_invoices", seconds=2)
    return linked.post()


def test_what_was_cancelled_while_nobody_knew_whether_it_arrived_is_taken_back_before_it_is_skipped(
    linked, sandbox, settings
):
    document = unanswered(linked, sandbox, settings)
    change(linked, document, paid=False, status=8)
    document = again(linked, document)
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    assert [invoice["status"] for invoice in linked.ledger()] == ["concept"]
    settings.SETTLE_SECONDS = 0
    Document.objects.update(next_attempt_at=timezone.now())
    linked.work()
    linked.work()
    document = linked.document(int(document.remote_id))
    assert (document.state, document.reason, document.ledger_id) == (State.SKIPPED, "cancelled", "")
    assert linked.ledger() == []


def test_a_concept_whose_settings_were_corrected_is_made_anew_under_the_new_ones(linked):
    wrong = {"rate": "21", "country": "NL", "vat_code": str(linked.books["vat"]["NL 9"])}
    rows = settings_store.as_file(linked.integration.settings)["vat"]
    linked.configure(vat=[{**row, **wrong} if (row["country"], row["rate"]) == ("NL", "21") else row for row in rows])
    document = next(found for seed in range(1, 20) if (found := linked.post(seed=seed)).state == State.ERROR)
    assert document.problems[0]["code"] == "ledger_total_differs"
    linked.configure(vat=rows)
    pressing.process(document, User.objects.create(username="eigenaar"))
    for _ in range(3):
        linked.work()
    document.refresh_from_db()
    assert document.state == State.PROCESSED
    assert document.settings_version.number == 3


def test_a_concept_that_could_not_be_published_is_made_anew_after_a_change_in_the_shop(linked, sandbox):
    sandbox.fault(kind="422", method="PATCH", path="/sales_invoices")
    document = linked.post()
    assert document.problems[0]["code"] == "books_refused"
    change(linked, document, order={"extra_costs_description": "anders"})
    for _ in range(3):
        document = again(linked, document)
    assert document.state == State.PROCESSED
    assert len(linked.ledger()) == 1


def test_a_published_invoice_with_another_total_is_never_taken_for_a_good_posting(linked):
    document = linked.post()
    Document.objects.update(state=State.QUEUED, next_attempt_at=timezone.now(), total_cents=1)
    mapped = document.mapped
    for name in ("total_incl", "total_excl"):
        mapped[name] = str(Decimal(mapped[name]) + 1)
    Document.objects.update(mapped=mapped)
    linked.work()
    document.refresh_from_db()
    assert document.state == State.ERROR
    assert document.problems[0]["code"] == "posted_with_other_total"
    assert len(linked.ledger()) == 1


def test_process_on_an_order_that_may_be_in_the_books_looks_there_first(linked, sandbox, settings):
    document = unanswered(linked, sandbox, settings)
    settings.SETTLE_SECONDS = 0
    assert pressing.process(document, User.objects.create(username="eigenaar"))
    linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED
    assert not linked.ledger("repeats")


def test_settings_that_were_changed_are_not_used_for_what_may_be_in_the_books(linked, sandbox, settings):
    document = unanswered(linked, sandbox, settings)
    linked.configure(line_names="nl")
    linked.work()
    assert linked.document(int(document.remote_id)).settings_version.number == 1


def test_what_nobody_foresaw_is_on_errors_with_its_traceback_for_staff(linked, monkeypatch):
    monkeypatch.setattr("webshop.intake.read", lambda *_: 1 / 0)
    document = linked.post()
    assert document.problems[0]["code"] == "internal"
    assert "ZeroDivisionError" in document.events.get(kind="internal").data["traceback"]
    assert not Delivery.objects.filter(handled_at=None).exists()


def test_a_worker_is_not_rung_for_again_by_what_is_held_back(linked, monkeypatch):
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE"})
    waiting = linked.post("icp", seed=1)
    assert waiting.state == State.QUEUED
    rung = []
    monkeypatch.setattr("webshop.tasks.ring", rung.append)
    held = linked.post("icp", seed=1)
    assert held.state == State.QUEUED
    assert rung == []


def test_settings_that_were_changed_are_used_for_what_waits(linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE", "times": 1})
    document = linked.post("icp")
    linked.configure(line_names="nl")
    Document.objects.update(next_attempt_at=timezone.now())
    linked.work()
    document = linked.document(int(document.remote_id))
    assert document.settings_version.number == 2
    assert "Verzendkosten" in {line["description"] for line in linked.ledger()[0]["invoice_lines"]}


@pytest.mark.rule("R395")
def test_process_reads_the_order_from_the_shop_again(linked):
    document = linked.post("broken", seed=3)
    assert document.state == State.ERROR
    source = document.source["order"]
    user = User.objects.create(username="eigenaar")
    assert pressing.process(document, user)
    document.refresh_from_db()
    assert (document.state, document.reason) == (State.OPEN, "reading")
    linked.work()
    document.refresh_from_db()
    assert document.state == State.ERROR
    assert document.source["order"] == source
    assert document.events.get(kind="processed_by").user == user


@pytest.mark.rule("R139")
def test_process_leaves_a_posted_document_alone(linked):
    document = linked.post()
    assert not pressing.process(document, User.objects.create(username="eigenaar"))
    linked.work()
    assert len(linked.ledger()) == 1


@pytest.mark.rule("R36", "R38")
def test_while_paid_orders_are_processed_a_message_about_an_invoice_leads_to_nothing(linked, sandbox):
    linked.deliver(88000456, event="invoices.created")
    Delivery.objects.update(kind="invoice")
    control(linked.url, "DELETE", "counters")
    linked.work()
    assert Delivery.objects.get().handled_at
    assert shop_calls(sandbox) == 0
    assert not Document.objects.exists()


def test_a_stopped_shop_is_not_asked_anything(linked, sandbox):
    order = linked.place_kind("simple")
    linked.deliver(order["id"])
    Integration.objects.update(status=Integration.Status.STOPPED)
    control(linked.url, "DELETE", "counters")
    linked.work()
    assert shop_calls(sandbox) == 0
