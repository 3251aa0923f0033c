"""What the shop has and was not posted: missed, waiting, left out for a reason, or booked by others."""

import pytest
from django.utils import timezone

from integrations.models import Document, User
from tests.reconciled import AT_TEN, FIFTH, by_hand, compared, finding, ordered, place, place_mixed, sums, told, undo
from webshop import skipping

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_that_was_never_announced_is_missing(linked):
    place_mixed(linked)
    order = ordered(linked)
    row = compared(linked)
    assert told(row) == [("missing", order["number"])]
    found = finding(row, "missing")
    assert (found.document, found.ours_cents, found.books_cents) == (None, None, None)
    assert found.data == {"kind": "order", "remote_id": str(order["id"])}
    assert sums(row)[0] - sums(row)[1] == found.shop_cents > 0
    assert all(figures["rate"] and figures["country"] for figures in row.figures)


def test_unpaid_orders_and_those_before_the_start_are_not_missing(linked):
    ordered(linked, AT_TEN.format(9), paid=False)
    ordered(linked, AT_TEN.format(2))
    linked.configure(shop={"start_date": "2026-10-05"})
    row = compared(linked)
    assert (told(row), row.figures) == ([], [])


def test_what_somebody_else_booked_for_the_shop_is_not_missing(linked):
    document = place(linked)
    Document.objects.all().delete()
    by_hand(linked, "POST", document.ledger_id, {})
    by_hand(linked, "DELETE", document.ledger_id)
    row = compared(linked)
    assert told(row) == []
    assert sums(row) == [document.total_cents, 0, document.total_cents]


def test_what_is_stuck_here_waits(linked):
    order = linked.place_kind("simple")
    linked.configure(vat=[])
    linked.deliver(order["id"])
    linked.work()
    today = timezone.localdate().isoformat()
    row = compared(linked, today, today)
    assert told(row) == [("waiting", order["number"])]
    assert finding(row, "waiting").data["state"] == "error"


def skipped(linked, reason):
    """An order that was skipped here while it was not paid, and is paid now, which nobody reported; its document."""
    linked.configure(shop={"open_days": 30 if reason == "expired" else 3000})
    order = ordered(linked, "2026-09-05T10:00:00Z", paid=False, status=8 if reason == "cancelled" else 1)
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    if reason == "by_hand":
        skipping.skip([document], User.objects.create(username="b"), "")
    document.refresh_from_db()
    assert (document.state, document.reason) == ("skipped", reason)
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"order": {"paid": True, "status": 1}})
    return document


@pytest.mark.parametrize("reason", ["expired", "cancelled"])
def test_what_was_skipped_here_and_is_paid_by_now_is_missing(linked, reason):
    document = skipped(linked, reason)
    row = compared(linked, "2026-09-01", "2026-09-30")
    assert told(row) == [("missing", document.number)]
    assert (finding(row, "missing").document, finding(row, "missing").data["reason"]) == (document, reason)
    assert sums(row) == [document.total_cents, 0, 0]


def test_what_a_person_skipped_is_left_out_and_sold_all_the_same(linked):
    document = skipped(linked, "by_hand")
    row = compared(linked, "2026-09-01", "2026-09-30")
    assert told(row) == [("left_out", document.number)]
    found = finding(row, "left_out")
    assert (found.document, found.shop_cents, found.books_cents) == (document, document.total_cents, None)
    assert sums(row) == [document.total_cents, 0, 0]


def test_what_was_skipped_as_before_the_start_date_is_left_out(linked):
    linked.configure(shop={"start_date": "2026-10-10"})
    order = ordered(linked, FIFTH)
    linked.deliver(order["id"])
    linked.work()
    assert linked.document(order["id"]).reason == "before_start_date"
    row = compared(linked)
    assert told(row) == [("left_out", order["number"])]
    assert sums(row)[0] == finding(row, "left_out").shop_cents > 0


def test_what_was_taken_back_and_booked_by_hand_is_told_with_its_entry(linked):
    document = place(linked)
    undo(linked, document)
    by_hand(linked, "POST", document.ledger_id, {})
    row = compared(linked)
    assert told(row) == [("left_out", document.number)]
    assert finding(row, "left_out").books_cents == document.total_cents
    assert sums(row) == [document.total_cents, 0, document.total_cents]


def test_a_credit_invoice_of_a_sale_that_was_posted_is_missing_where_it_was_not_announced(linked):
    order = linked.place_kind("simple")["id"]
    linked.process("invoices")
    linked.post_invoice(order)
    credit = linked.place_invoice(order, type="credit")
    today = timezone.localdate().isoformat()
    row = compared(linked, today, today)
    assert [kind for kind, _number in told(row)] == ["missing"]
    assert finding(row, "missing").data["remote_id"] == str(credit["id"])
