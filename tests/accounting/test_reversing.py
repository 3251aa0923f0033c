"""Postings that a person takes back at Rompslomp, through the stand-ins: once, to the cent, and never by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
import requests
from django.utils import timezone

from accounting import leases, reversals
from integrations.models import (
    Administration,
    CustomerLink,
    Document,
    Integration,
    Intent,
    ProductLink,
    Reversal,
    State,
    UsedNumber,
    User,
)
from tests.linked import control, link
from webshop import pressing, registration, tasks

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def ask(document, user, returns_to="error", seen=None):
    """Press Undo, and let the worker come."""
    reversal = reversals.ask(document, user, returns_to=returns_to, words="Verkeerde klant", seen=seen)
    work(document)
    return reversal


def work(document):
    """The worker comes; what waited is due."""
    Reversal.objects.filter(outcome="pending").update(next_attempt_at=timezone.now())
    Document.objects.filter(state=State.QUEUED).update(next_attempt_at=timezone.now())
    Administration.objects.update(paused_until=None)
    tasks.work(document.integration.administration_id)
    document.refresh_from_db()


def press_process(document, user):
    assert pressing.process(document, user)
    work(document)


def outcome(reversal):
    reversal.refresh_from_db()
    return reversal.outcome, [problem["code"] for problem in reversal.problems]


def state(document):
    document.refresh_from_db()
    return document.state, document.reason, document.edition


def amounts(invoice):
    names = ("price_with_vat", "price_without_vat", "vat_amount")
    return [Decimal(invoice[name]) for name in names]


def opposite(first, second):
    """Whether two invoices are each other's exact opposite, line by line."""
    lines = zip(first["invoice_lines"], second["invoice_lines"], strict=True)
    same = ("description", "quantity", "vat_type_id", "vat_rate", "account_id", "product_id")
    return (
        amounts(first) == [-amount for amount in amounts(second)]
        and first["date"] == second["date"]
        and first["contact_id"] == second["contact_id"]
        and all(
            amounts(mine) == [-amount for amount in amounts(theirs)]
            and Decimal(mine["price_per_unit"]) == -Decimal(theirs["price_per_unit"])
            and all(mine[name] == theirs[name] for name in same)
            for mine, theirs in lines
        )
    )


# What happens in the books


def test_a_draft_is_deleted(linked, user):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    reversal = ask(document, user)
    assert (outcome(reversal), linked.ledger()) == (("deleted", []), [])
    assert state(document) == (State.ERROR, "undone", 2)


def test_a_published_invoice_gets_its_exact_counter_entry(linked, user):
    document = linked.post()
    number, ledger_id = document.ledger_number, document.ledger_id
    reversal = ask(document, user)
    original, counter = linked.ledger()
    assert opposite(original, counter)
    assert (counter["status"], counter["mailed_to"]) == ("published", None)
    assert counter["description"] == f"Credit {number} ({document.number})"
    assert counter["api_reference"] == f"ccv-{linked.shop['id']}-order-{document.remote_id}-undo"
    assert outcome(reversal) == ("countered", [])
    assert (reversal.ledger_id, reversal.ledger_number) == (ledger_id, number)
    assert (reversal.counter_id, reversal.counter_number) == (str(counter["id"]), counter["invoice_number"])
    assert not Intent.objects.exists()


def test_the_document_can_be_posted_anew_and_says_so(linked, user):
    document = linked.post()
    ask(document, user)
    assert state(document) == (State.ERROR, "undone", 2)
    assert [problem["code"] for problem in document.problems] == ["undone"]
    assert (document.ledger_id, document.ledger_number, document.ledger_url, document.target) == ("", "", "", "")
    assert (document.ledger_total_cents, document.rounding_cents) == (None, 0)
    kinds = [event.kind for event in document.events.order_by("id") if event.kind.startswith("und")]
    assert kinds == ["undo_asked", "undone"]
    assert document.events.get(kind="undo_asked").user == user


def test_it_is_skipped_when_that_was_chosen(linked, user):
    document = linked.post()
    ask(document, user, "skipped")
    assert (state(document), document.problems) == ((State.SKIPPED, "undone", 2), [])


@pytest.mark.parametrize("way", "ABCD")
def test_mixed_orders_are_countered_to_the_cent_whichever_way_the_ledger_rounds(sandbox, user, way):
    sandbox.reset()
    linked = link(sandbox.url, books={"rounding": way})
    placed = linked.place_random(12, seed=3, paid=1, unbookable=0)
    linked.deliver(*(order["id"] for order in placed))
    linked.work()
    posted = list(Document.objects.filter(state=State.PROCESSED))
    assert len(posted) == 12
    for document in posted:
        reversals.ask(document, user, returns_to="error")
    work(posted[0])
    assert set(Reversal.objects.values_list("outcome", flat=True)) == {"countered"}
    invoices = linked.ledger()
    assert linked.ledger_total() == 0
    by_reference = {invoice["api_reference"]: invoice for invoice in invoices}
    assert all(
        opposite(invoice, by_reference[f"{reference}-undo"])
        for reference, invoice in by_reference.items()
        if not reference.endswith("-undo")
    )


def test_a_rounding_line_and_a_discount_are_countered_too(sandbox, user):
    sandbox.reset()
    linked = link(sandbox.url, books={"rounding": "C"})
    rows = [{"product_name": code, "product_number": code, "price": "1.19", "tax": 21} for code in ("AAA1", "BBB2")]
    order = linked.place(order={"paid": True, "total_discounts": 0.4}, orderrows=rows, paid=True)["order"]
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert document.state == State.PROCESSED, document.problems
    assert ask(document, user)
    original, counter = linked.ledger()
    assert opposite(original, counter)
    assert "Discount" in {line["description"] for line in counter["invoice_lines"]}


def test_a_credit_invoice_is_countered_by_a_debit(linked, user):
    linked.process("invoices")
    order = linked.place_kind("simple")
    credit = linked.post_invoice(order["id"], type="credit")
    assert credit.state == State.PROCESSED, credit.problems
    assert Decimal(linked.ledger()[0]["price_with_vat"]) < 0
    ask(credit, user)
    original, counter = linked.ledger()
    assert opposite(original, counter)
    assert counter["description"].startswith("Debit ")


def test_what_was_removed_from_the_books_by_hand_counts_as_deleted(linked, user):
    document = linked.post()
    linked.control("DELETE", f"ledger/companies/{linked.company}/sales_invoices/{document.ledger_id}")
    assert outcome(ask(document, user)) == ("deleted", [])
    assert linked.ledger() == []


def test_the_lines_are_those_of_the_books_though_the_settings_changed_since(linked, user):
    document = linked.post()
    other = str(linked.books["revenue"]["eu"])
    linked.configure(vat=[{"country": "NL", "rate": "21", "vat_code": "1", "revenue": other}])
    ask(document, user)
    assert opposite(*linked.ledger())


# Once


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("kind", ["timeout_after_write", "500"])
def test_a_counter_entry_of_which_the_answer_did_not_come_is_not_made_twice(
    linked, sandbox, settings, user, method, kind
):
    document = linked.post()
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind=kind, method=method, path="/sales_invoices", seconds=1.2)
    reversal = ask(document, user)
    assert (outcome(reversal)[0], reversal.reason) == ("pending", "settling")
    assert state(document)[0] == State.PROCESSED
    for _ in range(3):
        work(document)
    assert outcome(reversal)[0] == "countered"
    assert opposite(*linked.ledger())
    assert not linked.ledger("repeats")
    assert not Intent.objects.exists()


def test_a_deletion_of_which_the_answer_did_not_come_is_seen_to_be_done(linked, sandbox, settings, user):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind="timeout_after_write", method="DELETE", path="/sales_invoices", seconds=1.2)
    reversal = ask(document, user)
    assert outcome(reversal)[0] == "pending"
    work(document)
    assert (outcome(reversal)[0], linked.ledger(), state(document)[2]) == ("deleted", [], 2)


def test_two_people_who_press_at_once_take_it_back_once(linked, user):
    document = linked.post()
    first = reversals.ask(document, user, returns_to="error")
    second = reversals.ask(document, User.objects.create(username="eigenaar"), returns_to="skipped")
    assert first == second
    work(document)
    assert document.events.filter(kind="undo_asked").count() == 1
    assert len(linked.ledger()) == 2
    assert reversals.ask(document, user, returns_to="error") is None


def test_a_worker_that_lost_its_lease_writes_nothing(linked, user):
    document = linked.post()
    reversals.ask(document, user, returns_to="error")
    late = leases.take(document.integration.administration_id)
    Administration.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    work(document)
    assert state(document) == (State.ERROR, "undone", 2)
    with pytest.raises(leases.LeaseLost), late.writing():
        pass
    assert len(linked.ledger()) == 2


# The next posting


def test_process_posts_it_anew_once(linked, user):
    document = linked.post()
    ask(document, user)
    press_process(document, user)
    assert state(document) == (State.PROCESSED, "", 2)
    original, _counter, again = linked.ledger()
    assert again["api_reference"] == f"ccv-{linked.shop['id']}-order-{document.remote_id}-2"
    assert amounts(again) == amounts(original)
    assert document.ledger_id == str(again["id"])
    assert linked.ledger_total() == Decimal(document.total_cents) / 100
    linked.deliver(int(document.remote_id))
    linked.work()
    assert len(linked.ledger()) == 3


def test_what_was_posted_anew_can_be_taken_back_again(linked, user):
    document = linked.post()
    for edition in (1, 2):
        assert outcome(ask(document, user)) == ("countered", [])
        assert state(document) == (State.ERROR, "undone", edition + 1)
        press_process(document, user)
        assert state(document) == (State.PROCESSED, "", edition + 1)
    ends = [invoice["api_reference"].split("order-")[1].partition("-")[2] for invoice in linked.ledger()]
    assert ends == ["", "undo", "2", "2-undo", "3"]
    assert linked.ledger_total() == Decimal(document.total_cents) / 100


def test_a_draft_that_was_deleted_and_posted_anew_can_be_taken_back_too(linked, user):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    for _ in range(2):
        ask(document, user)
        press_process(document, user)
    assert state(document) == (State.PROCESSED, "", 3)
    assert len(linked.ledger()) == 1


def test_an_unanswered_second_posting_is_not_taken_for_the_first(linked, sandbox, user):
    document = linked.post()
    ask(document, user)
    sandbox.fault(kind="timeout", method="POST", path="/sales_invoices", seconds=0)
    press_process(document, user)
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    for _ in range(3):
        work(document)
    assert state(document) == (State.PROCESSED, "", 2)
    assert len(linked.ledger()) == 3
    assert document.ledger_id == str(linked.ledger()[2]["id"])


def forget(document):
    """A database that was restored from a backup of before the posting."""
    for kind in (Reversal, CustomerLink, ProductLink, UsedNumber):
        kind.objects.all().delete()
    Document.objects.filter(pk=document.pk).update(
        state=State.QUEUED, reason="", problems=[], ledger_id="", edition=1, next_attempt_at=timezone.now()
    )
    Integration.objects.update(look_first_until=timezone.now() + timedelta(hours=1))


def test_after_a_restored_backup_what_was_taken_back_is_not_posted_by_itself(linked, user):
    document = linked.post()
    ask(document, user)
    forget(document)
    work(document)
    assert state(document) == (State.ERROR, "undone", 2)
    assert len(linked.ledger()) == 2
    press_process(document, user)
    assert state(document) == (State.PROCESSED, "", 2)
    assert len(linked.ledger()) == 3


def test_after_a_restored_backup_a_product_that_is_gone_too_is_no_reason_to_post_it(linked, user):
    document = linked.post()
    ask(document, user)
    links = list(ProductLink.objects.all())
    forget(document)
    ProductLink.objects.bulk_create(links)
    for product in linked.ledger("products"):
        linked.control("DELETE", f"ledger/companies/{linked.company}/products/{product['id']}")
    work(document)
    assert (state(document), len(linked.ledger())) == ((State.ERROR, "undone", 2), 2)


def test_after_a_restored_backup_what_was_posted_anew_is_found(linked, user):
    document = linked.post()
    ask(document, user)
    press_process(document, user)
    forget(document)
    work(document)
    assert state(document) == (State.PROCESSED, "", 2)
    assert document.ledger_id == str(linked.ledger()[2]["id"])
    assert len(linked.ledger()) == 3


def test_after_a_restored_backup_taking_it_back_finds_the_counter_entry(linked, user):
    document = linked.post()
    before = Document.objects.values().get(pk=document.pk)
    ask(document, user)
    Reversal.objects.all().delete()
    Document.objects.filter(pk=document.pk).update(**before)
    assert outcome(ask(document, user)) == ("countered", [])
    assert len(linked.ledger()) == 2


# Never by itself


@pytest.mark.parametrize("returns_to", ["error", "skipped"])
def test_what_the_shop_reports_afterwards_changes_nothing(linked, user, returns_to):
    document = linked.post()
    ask(document, user, returns_to)
    before = state(document)
    for event in ("orders.updated.ispaid", "orders.updated.status"):
        linked.deliver(int(document.remote_id), event=event)
        linked.work()
    assert state(document) == before
    assert len(linked.ledger()) == 2
    assert document.events.filter(kind="held").count() == 2
    press_process(document, user)
    assert (state(document)[0], len(linked.ledger())) == (State.PROCESSED, 3)


def test_a_settings_change_posts_nothing_that_was_taken_back(linked, user):
    document = linked.post()
    ask(document, user)
    linked.configure(line_names="nl")
    linked.work()
    assert (state(document)[0], len(linked.ledger())) == (State.ERROR, 2)


# What keeps it from being done


def publish(linked, document):
    """As a person does it in Rompslomp."""
    path = f"{linked.url}/api/v1/companies/{linked.company}/sales_invoices/{document.ledger_id}"
    headers = {"Authorization": f"Bearer {linked.books['token']['access_token']}"}
    body = {"sales_invoice": {"_publish": True}}
    requests.patch(path, json=body, headers=headers, timeout=10).raise_for_status()


def test_a_draft_that_was_published_after_it_was_seen_is_asked_for_again(linked, user):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    seen = reversals.gist(reversals.shown(document))
    publish(linked, document)
    assert outcome(ask(document, user, seen=seen)) == ("refused", ["undo_published"])
    assert (state(document)[0], len(linked.ledger())) == (State.PROCESSED, 1)
    seen = reversals.gist(reversals.shown(document))
    assert outcome(ask(document, user, seen=seen)) == ("countered", [])


def test_a_draft_that_is_published_before_it_could_be_deleted_is_asked_for_again(linked, user, monkeypatch):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    seen = reversals.gist(reversals.shown(document))
    calls = iter(range(9))

    def before_call(self):
        """Between the look and the delete, the second call."""
        if next(calls) == 1:
            publish(linked, document)

    monkeypatch.setattr(leases.Lease, "cover_a_call", before_call)
    assert outcome(ask(document, user, seen=seen)) == ("refused", ["undo_published"])
    assert [invoice["status"] for invoice in linked.ledger()] == ["published"]


def test_an_answer_that_did_not_come_leaves_what_was_seen_right(linked, sandbox, user):
    linked.configure(accounting={"publish": False})
    document = linked.post()
    seen = reversals.gist(reversals.shown(document))
    sandbox.fault(kind="timeout_after_write", method="DELETE", path="/sales_invoices", seconds=0)
    reversal = ask(document, user, seen=seen)
    work(document)
    assert (outcome(reversal), linked.ledger()) == (("deleted", []), [])


def test_it_waits_for_books_that_are_out_of_reach_and_goes_on(linked, sandbox, user):
    document = linked.post()
    sandbox.fault(kind="503", method="GET", path="/sales_invoices")
    reversal = ask(document, user)
    assert (outcome(reversal)[0], reversal.reason, reversal.attempts) == ("pending", "books_no_answer", 1)
    assert reversal.next_attempt_at > timezone.now()
    assert tasks.with_work() == set()
    Reversal.objects.update(next_attempt_at=timezone.now())
    assert tasks.with_work() == {document.integration.administration_id}
    work(document)
    assert outcome(reversal)[0] == "countered"


def test_it_waits_while_the_books_are_busy(linked, sandbox, user):
    document = linked.post()
    sandbox.fault(kind="429", method="POST", path="/sales_invoices")
    reversal = ask(document, user)
    assert (outcome(reversal)[0], reversal.reason) == ("pending", "books_busy")
    assert Administration.objects.get().paused_until
    work(document)
    assert outcome(reversal)[0] == "countered"


def test_it_waits_for_a_lost_connection_and_goes_on_after_connecting_again(linked, user):
    from accounting.rompslomp import oauth

    document = linked.post()
    control(linked.url, "POST", "ledger/tokens/revoke", {})
    reversal = ask(document, user)
    assert (outcome(reversal)[0], reversal.reason) == ("pending", "connection_lost")
    assert Integration.objects.get().books_lost_at
    oauth.connect(Integration.objects.get(), control(linked.url, "POST", "ledger/tokens", {})["token"])
    linked.work()
    assert outcome(reversal)[0] == "countered"


def test_a_refusal_leaves_it_posted_and_can_be_asked_again(linked, sandbox, user):
    document = linked.post()
    sandbox.fault(kind="422", method="POST", path="/sales_invoices")
    reversal = ask(document, user)
    assert outcome(reversal) == ("refused", ["books_refused"])
    assert state(document) == (State.PROCESSED, "", 1)
    assert document.events.filter(kind="undo_refused").exists()
    assert not Intent.objects.exists()
    again = ask(document, user)
    assert (again.pk != reversal.pk, outcome(again)) == (True, ("countered", []))
    assert len(linked.ledger()) == 2


def test_a_counter_entry_that_is_not_exact_is_not_left_in_the_books(linked, user):
    """The ledger has come to round otherwise, so that the same lines make another VAT."""
    document = linked.post()
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"rounding": "D"})
    assert outcome(ask(document, user)) == ("refused", ["counter_differs"])
    assert (state(document)[0], len(linked.ledger())) == (State.PROCESSED, 1)


def test_a_posting_that_an_account_can_not_see_is_not_taken_for_gone(linked, user):
    document = linked.post()
    account = control(linked.url, "POST", "ledger/users", {"companies": []})["user"]
    token = control(linked.url, "POST", "ledger/tokens", {"user": account["id"]})["token"]
    linked.integration.credentials.filter(side="books").delete()
    linked.integration.credentials.create(side="books", secret={"access_token": token["access_token"]})
    assert outcome(ask(document, user)) == ("refused", ["administration_gone"])
    assert state(document) == (State.PROCESSED, "", 1)


def test_a_stopped_integration_takes_nothing_back(linked, user):
    document = linked.post()
    reversal = reversals.ask(document, user, returns_to="error")
    registration.stop(linked.integration, "stopped", user)
    linked.work()
    assert outcome(reversal) == ("refused", ["undo_stopped"])
    assert reversals.ask(document, user, returns_to="error") is None
    assert len(linked.ledger()) == 1


def test_what_is_not_posted_can_not_be_taken_back(linked, user):
    linked.configure(vat=[])
    document = linked.post()
    assert document.state == State.ERROR
    assert reversals.ask(document, user, returns_to="error") is None
