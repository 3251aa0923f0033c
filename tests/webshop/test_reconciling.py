"""Shop, documents and the books at Rompslomp laid side by side: what does not agree is found, and nothing else is."""

from decimal import Decimal

import pytest
from django.utils import timezone

from integrations.models import Document
from tests.linked import link
from tests.reconciled import AT_TEN, by_hand, compared, finding, place, place_mixed, sums, told, undo

pytestmark = pytest.mark.django_db(transaction=True)


def invoice_of(linked, document):
    return next(one for one in linked.ledger() if str(one["id"]) == document.ledger_id)


@pytest.mark.parametrize("way", "ABCD")
def test_a_period_that_agrees_has_no_findings(sandbox, way):
    sandbox.reset()
    linked = link(sandbox.url, books={"rounding": way})
    documents = place_mixed(linked, 12)
    row = compared(linked)
    assert told(row) == []
    total = sum(document.total_cents for document in documents)
    assert sums(row) == [total, total, total]
    assert row.cursor["counts"] == {"documents": 12, "other": 0, "other_cents": 0}


def test_the_figures_are_those_of_day_country_and_rate(linked):
    place(linked)
    row = compared(linked)
    assert {(figures["day"], figures["country"], figures["rate"]) for figures in row.figures} == {
        ("2026-10-05", "NL", "9"),
        ("2026-10-05", "NL", "21"),
    }
    for figures in row.figures:
        assert figures["shop"] == figures["ours"]
        pairs = zip(figures["ours"], figures["books"], strict=True)
        assert all(abs(ours - theirs) <= 2 for ours, theirs in pairs)  # rounded there for each rate


def test_nothing_is_changed_anywhere(linked):
    place_mixed(linked)
    before = linked.ledger(), list(Document.objects.order_by("id").values())
    compared(linked)
    assert before == (linked.ledger(), list(Document.objects.order_by("id").values()))


def test_what_was_deleted_in_the_books_is_found(linked):
    documents = place_mixed(linked)
    by_hand(linked, "DELETE", documents[2].ledger_id)
    row = compared(linked)
    assert told(row) == [("deleted", documents[2].number)]
    found = finding(row, "deleted")
    assert (found.document, found.date) == (documents[2], documents[2].date)
    assert (found.shop_cents, found.ours_cents, found.books_cents) == (
        documents[2].total_cents,
        documents[2].total_cents,
        None,
    )
    assert sums(row)[1] - sums(row)[2] == documents[2].total_cents


def test_a_second_invoice_for_one_document_is_double(linked):
    documents = place_mixed(linked)
    by_hand(linked, "POST", documents[1].ledger_id, {})
    row = compared(linked)
    assert told(row) == [("double", documents[1].number)]
    assert finding(row, "double").books_cents == documents[1].total_cents
    assert sums(row)[2] - sums(row)[1] == documents[1].total_cents


def test_a_second_invoice_in_another_month_is_double_too(linked):
    document = place(linked, AT_TEN.format(30))
    by_hand(linked, "POST", document.ledger_id, {"date": "2026-11-03"})
    assert told(compared(linked)) == []
    assert told(compared(linked, "2026-11-01", "2026-11-20")) == [("double", document.number)]
    assert told(compared(linked, "2026-10-01", "2026-11-20")) == [("double", document.number)]


def test_another_amount_in_the_books_is_found(linked):
    documents = place_mixed(linked)
    line = invoice_of(linked, documents[0])["invoice_lines"][0]
    price = str(Decimal(line["price_per_unit"]) + 1)
    by_hand(linked, "PATCH", documents[0].ledger_id, {"invoice_lines": [{"id": line["id"], "price_per_unit": price}]})
    row = compared(linked)
    assert told(row) == [("changed", documents[0].number)]
    assert finding(row, "changed").books_cents != documents[0].total_cents


def test_another_vat_code_under_the_same_total_is_found(linked):
    document = place(linked)
    line = next(line for line in invoice_of(linked, document)["invoice_lines"] if line["vat_rate"] == "0.21")
    net = Decimal(line["price_with_vat"]) / Decimal(line["quantity"]) / Decimal("1.09")
    change = {"vat_type_id": linked.books["vat"]["NL 9"], "price_per_unit": f"{net:.5f}"}
    by_hand(linked, "PATCH", document.ledger_id, {"invoice_lines": [{"id": line["id"], **change}]})
    row = compared(linked)
    assert told(row) == [("changed", document.number)]
    assert finding(row, "changed").books_cents == document.total_cents


def test_what_is_still_a_draft_and_should_be_final_is_found(linked):
    linked.configure(accounting={"publish": False})
    document = place(linked)
    assert told(compared(linked)) == []
    linked.configure(accounting={"publish": True})
    row = compared(linked)
    assert told(row) == [("draft", document.number)]
    assert finding(row, "draft").books_cents == document.total_cents


@pytest.mark.parametrize("day", ["2026-10-20", "2026-11-02"])
def test_what_was_moved_to_another_day_is_found(linked, day):
    documents = place_mixed(linked)
    by_hand(linked, "PATCH", documents[3].ledger_id, {"date": day})
    row = compared(linked)
    assert told(row) == [("moved", documents[3].number)]
    assert finding(row, "moved").data["booked_on"] == day


def test_what_was_moved_is_told_once_and_from_either_side(linked):
    document = place(linked, AT_TEN.format(31))
    by_hand(linked, "PATCH", document.ledger_id, {"date": "2026-11-02"})
    assert told(compared(linked, "2026-10-01", "2026-11-20")) == [("moved", document.number)]
    row = compared(linked, "2026-11-01", "2026-11-20")
    assert told(row) == [("moved", document.number)]
    assert sums(row) == [0, 0, document.total_cents]


def test_entries_of_others_are_counted_apart(linked):
    documents = place_mixed(linked)
    made = by_hand(linked, "POST", documents[0].ledger_id, {"description": "Huur"})["invoice"]
    row = compared(linked)
    assert told(row) == []
    total = int(Decimal(made["price_with_vat"]) * 100)
    assert row.cursor["counts"] == {"documents": 6, "other": 1, "other_cents": total}
    assert sums(row)[2] == sums(row)[1]


def test_what_bears_our_name_and_is_not_known_here_is_told(linked):
    document = place(linked)
    number = document.ledger_number
    Document.objects.all().delete()
    assert told(compared(linked)) == [("missing", document.number), ("unknown", number)]


def test_what_the_shop_changed_since_is_found(linked):
    document = place(linked)
    change = {"total_shipping": 10, "total_price": float(document.total_cents + 1000) / 100}
    path = f"shops/{linked.shop['id']}/orders/{document.remote_id}"
    linked.control("PATCH", path, {"order": change})
    row = compared(linked)
    assert told(row) == [("shop_changed", document.number)]
    assert finding(row, "shop_changed").shop_cents == document.total_cents + 1000


def test_what_is_gone_from_the_shop_is_found(linked):
    document = place(linked)
    linked.control("DELETE", f"shops/{linked.shop['id']}/orders/{document.remote_id}")
    row = compared(linked)
    assert told(row) == [("not_in_shop", document.number)]
    assert sums(row) == [0, document.total_cents, document.total_cents]


def test_credit_invoices_agree_and_are_found_missing(linked):
    order = linked.place_kind("simple")["id"]
    linked.process("invoices")
    linked.post_invoice(order)
    credit = linked.post_invoice(order, type="credit")
    assert credit.total_cents < 0
    today = timezone.localdate().isoformat()
    row = compared(linked, today, today)
    assert (told(row), sums(row)) == ([], [0, 0, 0])
    by_hand(linked, "DELETE", credit.ledger_id)
    row = compared(linked, today, today)
    assert told(row) == [("deleted", credit.number)]
    assert finding(row, "deleted").shop_cents == credit.total_cents


def test_a_posting_that_was_taken_back_cancels_with_its_counter_entry(linked):
    document = place(linked)
    undo(linked, document)
    assert len(linked.ledger()) == 2
    row = compared(linked)
    assert (told(row), row.cursor["counts"]["other"]) == ([("left_out", document.number)], 0)
    assert sums(row) == [document.total_cents, 0, 0]


def test_the_last_half_hour_of_a_year_in_utc_is_of_the_next(linked):
    document = place(linked, "2025-12-31T23:30:00Z")
    assert str(document.date) == "2026-01-01"
    assert sums(compared(linked, "2025-12-01", "2025-12-31")) == [0, 0, 0]
    assert sums(compared(linked, "2026-01-01", "2026-01-31")) == [document.total_cents] * 3
