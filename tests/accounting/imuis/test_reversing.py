"""Postings that a person takes back at King: an entry by its counter-entry, an order once it is deleted there."""

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from accounting import connectors, reversals, settings_store
from accounting.books import Watch
from integrations.models import Document, Integration, Intent, ReferenceList, Reversal, State, UsedNumber
from tests.accounting.test_budget import order_of
from tests.accounting.test_reversing import ask, forget, outcome, press_process, state, work
from tests.king import amount, link_king

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

SAME = ("JR", "PN", "DAGB", "REK", "TEGREK", "BTW", "AANT", "DAT", "FACT")
A1001, B1001 = ({"ordernumber": 1001, "ordernumber_full": f"{letter}1001"} for letter in "AB")


@pytest.fixture
def king(sandbox, settings):
    sandbox.reset()
    settings.SETTLE_SECONDS = 0
    return link_king(sandbox.url)


@pytest.fixture
def orders(sandbox, settings):
    sandbox.reset()
    settings.SETTLE_SECONDS = 0
    return link_king(sandbox.url, "order")


def posted(king, **draft):
    order = king.place(**draft)["order"]
    king.deliver(order["id"])
    king.work()
    document = king.document(order["id"])
    assert document.state == State.PROCESSED, document.problems
    return document


def opposite(first, second):
    """Whether two entries are each other's exact opposite, row by row."""
    return len(first) == len(second) and all(
        [amount(mine.get(name, "0")) for name in ("BEDRBOEK", "BEDRBTW")]
        == [-amount(theirs.get(name, "0")) for name in ("BEDRBOEK", "BEDRBTW")]
        and all(mine.get(name) == theirs.get(name) for name in SAME)
        for mine, theirs in zip(first, second, strict=True)
    )


def key(row):
    return "/".join(row[column] for column in ("DAGB", "JR", "PN", "RG"))


def correct(king, method, row, **body):
    """As a person does it in King."""
    at = "%09".join(row[column] for column in ("DAGB", "JR", "PN", "RG"))
    url = f"{king.url}/_sandbox/imuis/administrations/{king.company}/BOE/{at}"
    requests.request(method, url, timeout=10, **body).raise_for_status()


def enter(king, row, **other):
    """Another entry like it, as a person books it in King."""
    sent = {name: row[name] for name in ("JR", "PN", "DAGB", "REK", "TEGREK", "DAT", "FACT", "BEDRBOEK")}
    integration = Integration.objects.get()
    settings = settings_store.load(integration.documents.get().settings_version)
    connectors.open_books(integration, settings, Watch()).client.create_entry([("BOE", sent | other)])


def fault(king, kind, **more):
    king.control("POST", "faults", {"kind": kind, "path": "ws1_api", "body": "ACTIE=CREATEJOURNAALPOST", **more})


MIXED = {"total_shipping": 6.95, "paymethod_costs": 0.5, "total_discounts": 5}


# An entry


@pytest.mark.parametrize("number", [{}, A1001], ids=["digits", "letters"])
@pytest.mark.parametrize("amounts", ["incl", "excl"])
def test_an_entry_gets_its_exact_counter_entry(sandbox, user, number, amounts):
    sandbox.reset()
    king = link_king(sandbox.url, amounts=amounts)
    document = posted(king, **order_of("MOK", "KAN", **MIXED, **number))
    ledger_id, fact = document.ledger_id, document.ledger_number
    reversal = ask(document, user)
    original, counter = king.ledger()
    assert opposite(original, counter)
    assert len(original) > 4
    assert {row["BOEKSTUK"] for row in counter} == {f"{document.number}-undo"}
    assert outcome(reversal) == ("countered", [])
    assert (reversal.ledger_id, reversal.ledger_number, reversal.counter_id) == (ledger_id, fact, key(counter[0]))
    assert king.ledger_total() == 0
    assert state(document) == (State.ERROR, "undone", 2)
    assert not Intent.objects.exists()


def test_amounts_that_are_read_out_with_a_dot_are_sent_with_a_comma(sandbox, user):
    sandbox.reset()
    king = link_king(sandbox.url, books={"decimals": "."})
    document = posted(king, **order_of("MOK"))
    ask(document, user)
    assert opposite(*king.ledger())


def test_a_credit_invoice_is_countered_too(king, user):
    king.process("invoices")
    order = king.place_kind("simple")
    credit = king.post_invoice(order["id"], type="credit")
    assert credit.state == State.PROCESSED, credit.problems
    ask(credit, user)
    original, counter = king.ledger()
    assert opposite(original, counter)
    assert amount(original[0]["BEDRBOEK"]) < 0


def test_what_a_person_corrected_in_the_books_is_what_is_countered(king, user):
    document = posted(king, **order_of("MOK"))
    other = king.books["revenue"]["eu"]
    correct(king, "PATCH", king.ledger()[0][1], json={"REK": other})
    assert outcome(ask(document, user)) == ("countered", [])
    original, counter = king.ledger()
    assert opposite(original, counter)
    assert counter[1]["REK"] == other


def test_an_entry_of_which_the_rows_can_not_be_read_back_is_countered_as_it_was_sent(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    (_total, detail) = king.ledger()[0]
    correct(king, "PATCH", detail, json={"BOEKSTUK": "anders"})
    ask(document, user)
    original, counter = king.ledger()
    assert opposite(original, counter)


def test_an_entry_that_is_there_otherwise_is_for_a_person_to_decide(king, user):
    document = posted(king, **order_of("MOK"))
    correct(king, "PATCH", king.ledger()[0][0], json={"BEDRBOEK": "29,99"})
    assert outcome(ask(document, user)) == ("refused", ["undo_uncertain"])
    assert (state(document)[0], len(king.ledger())) == (State.PROCESSED, 1)


def test_an_entry_that_was_removed_counts_as_deleted(king, user):
    document = posted(king, **order_of("MOK"))
    for row in king.ledger("BOE"):
        correct(king, "DELETE", row)
    assert outcome(ask(document, user)) == ("deleted", [])
    press_process(document, user)
    assert (state(document), len(king.ledger()[1])) == ((State.PROCESSED, "", 2), 2)


MOVED = [{"DAGB": "40"}, {"PN": "1", "BOEKSTUK": "X"}, {"DAGB": "40", "PN": "1", "BOEKSTUK": "X"}]


@pytest.mark.parametrize("number", [{}, A1001], ids=["digits", "letters"])
@pytest.mark.parametrize("place", MOVED, ids=["journal", "number", "both"])
def test_an_entry_that_a_person_moved_is_not_taken_for_gone(king, user, place, number):
    document = posted(king, **order_of("MOK", **number))
    for row in king.ledger()[0]:
        correct(king, "PATCH", row, json=place)
    assert outcome(ask(document, user)) == ("refused", ["undo_uncertain"])
    assert (state(document)[0], len(king.ledger("BOE"))) == (State.PROCESSED, 2)


def test_an_entry_that_was_moved_after_it_was_posted_anew_is_not_taken_for_gone(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    ask(document, user)
    press_process(document, user)
    for row in king.ledger()[2]:
        correct(king, "PATCH", row, json={"DAGB": "40", "BOEKSTUK": "X"})
    assert outcome(ask(document, user)) == ("refused", ["undo_uncertain"])


def test_an_entry_that_was_removed_after_it_was_posted_anew_counts_as_deleted(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    ask(document, user)
    press_process(document, user)
    for row in king.ledger()[2]:
        correct(king, "DELETE", row)
    assert outcome(ask(document, user)) == ("deleted", [])


def test_an_invoice_of_a_supplier_with_the_same_number_is_another_one(king, user):
    document = posted(king, **order_of("MOK"))
    total = king.ledger()[0][0]
    for row in king.ledger("BOE"):
        correct(king, "DELETE", row)
    enter(king, total, DAGB="90", REK="9000001", BOEKSTUK="INK-1")
    assert outcome(ask(document, user)) == ("deleted", [])


@pytest.mark.parametrize("credited", ["-29,99", "-1,00"])
@pytest.mark.parametrize("journal", ["41", "90"], ids=["same_journal", "memorial"])
def test_what_was_credited_by_hand_is_not_credited_again(king, user, journal, credited):
    document = posted(king, **order_of("MOK"))
    enter(king, king.ledger()[0][0], DAGB=journal, BEDRBOEK=credited, BOEKSTUK="CREDIT")
    assert outcome(ask(document, user)) == ("refused", ["undo_uncertain"])
    assert (state(document)[0], len(king.ledger("BOE"))) == (State.PROCESSED, 3)


def test_after_a_restored_backup_what_was_credited_by_hand_is_found(king, user):
    document = posted(king, **order_of("MOK"))
    enter(king, king.ledger()[0][0], BEDRBOEK="-29,99", BOEKSTUK="CREDIT")
    forget(document)
    work(document)
    assert (state(document), len(king.ledger())) == ((State.PROCESSED, "", 1), 2)


def test_a_payment_that_is_booked_on_an_entry_is_no_credit(king, user):
    document = posted(king, **order_of("MOK"))
    enter(king, king.ledger()[0][0], DAGB="20", BEDRBOEK="-10,00", BOEKSTUK="BANK-1")
    assert reversals.shown(document).is_paid
    assert outcome(ask(document, user)) == ("countered", [])


@pytest.mark.parametrize("switch", ["closed", "closed_for_users"])
def test_nothing_is_countered_in_a_closed_period(king, user, switch):
    document = posted(king, **order_of("MOK"))
    ReferenceList.objects.all().delete()
    king.change(**{switch: [2099, 12]})
    assert outcome(ask(document, user)) == ("refused", ["period_closed"])
    assert (state(document)[0], len(king.ledger())) == (State.PROCESSED, 1)
    king.change(**{switch: None})
    ReferenceList.objects.all().delete()
    assert outcome(ask(document, user)) == ("countered", [])


# Once


@pytest.mark.parametrize("kind", ["timeout_after_write", "timeout", "empty"])
def test_a_counter_entry_of_which_the_answer_did_not_come_is_not_made_twice(king, settings, user, kind):
    document = posted(king, **order_of("MOK"))
    settings.CALL_DEADLINE_SECONDS = 1
    fault(king, kind, seconds=1.2)
    reversal = ask(document, user)
    assert (outcome(reversal)[0], reversal.reason) == ("pending", "settling")
    for _ in range(3):
        work(document)
    assert outcome(reversal)[0] == "countered"
    assert opposite(*king.ledger())
    assert not Intent.objects.exists()


def test_a_counter_entry_that_a_person_changed_is_not_made_again(king, user):
    document = posted(king, **order_of("MOK"))
    fault(king, "timeout_after_write", seconds=0)
    reversal = ask(document, user)
    correct(king, "PATCH", king.ledger()[1][0], json={"BEDRBOEK": "-1,00"})
    for _ in range(3):
        work(document)
    assert outcome(reversal) == ("refused", ["undo_uncertain"])
    assert outcome(ask(document, user)) == ("refused", ["undo_uncertain"])
    assert len(king.ledger()) == 2


def test_a_counter_entry_without_its_original_is_for_a_person_to_decide(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    fault(king, "timeout_after_write", seconds=0)
    reversal = ask(document, user)
    for row in king.ledger()[0]:
        correct(king, "DELETE", row)
    for _ in range(3):
        work(document)
    assert outcome(reversal)[0] == "refused"
    for row in king.ledger()[1]:
        correct(king, "DELETE", row)
    again = ask(document, user)
    for _ in range(2):
        work(document)
    assert outcome(again) == ("deleted", [])
    assert not Intent.objects.exists()


# The next posting


@pytest.mark.parametrize("number", [{}, A1001], ids=["digits", "letters"])
def test_it_is_posted_anew_and_taken_back_again(king, user, number):
    document = posted(king, **order_of("MOK", "KAN", **number))
    for edition in (1, 2):
        assert outcome(ask(document, user)) == ("countered", [])
        assert state(document) == (State.ERROR, "undone", edition + 1)
        press_process(document, user)
        assert state(document) == (State.PROCESSED, "", edition + 1), document.problems
    first, undone, second, undone_again, third = king.ledger()
    assert opposite(first, undone)
    assert opposite(second, undone_again)
    assert undone_again[0]["BOEKSTUK"] == f"{document.number}-undo2"
    assert document.ledger_id == key(third[0])
    assert amount(third[0]["BEDRBOEK"]) == king.ledger_total()
    assert UsedNumber.objects.get().document == document


@pytest.mark.parametrize("number", [{}, A1001], ids=["digits", "letters"])
@pytest.mark.parametrize(("kind", "count"), [("timeout", 3), ("timeout_after_write", 3), ("cs312", 3)])
def test_an_unanswered_second_posting_is_not_taken_for_the_first(king, user, kind, count, number):
    document = posted(king, **order_of("MOK", **number))
    ask(document, user)
    fault(king, kind, seconds=0)
    press_process(document, user)
    if kind == "cs312":
        assert document.reason == "books_refused"
        press_process(document, user)
    for _ in range(3):
        work(document)
    assert state(document) == (State.PROCESSED, "", 2), document.problems
    assert len(king.ledger()) == count
    assert document.ledger_id == key(king.ledger()[2][0])


def test_an_entry_that_was_moved_after_it_was_taken_back_is_not_guessed_about(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    ask(document, user)
    Reversal.objects.update(ledger_id="41/2020/1/5")
    fault(king, "timeout", seconds=0)
    press_process(document, user)
    for _ in range(3):
        work(document)
    assert state(document)[:2] == (State.ERROR, "posting_uncertain")
    assert len(king.ledger()) == 2


def test_its_number_stays_its_own(king, user):
    document = posted(king, **order_of("MOK", **A1001))
    ask(document, user, "skipped")
    order = king.place(**order_of("MOK", **B1001))["order"]
    king.deliver(order["id"])
    king.work()
    assert king.document(order["id"]).reason == "number_collision"


def test_after_a_restored_backup_what_was_taken_back_is_not_posted_by_itself(king, user):
    document = posted(king, **order_of("MOK"))
    ask(document, user)
    forget(document)
    work(document)
    assert (state(document), len(king.ledger())) == ((State.ERROR, "undone", 2), 2)
    press_process(document, user)
    assert (state(document), len(king.ledger())) == ((State.PROCESSED, "", 2), 3)


def test_after_a_restored_backup_what_was_posted_anew_is_found(king, user):
    document = posted(king, **order_of("MOK"))
    ask(document, user)
    press_process(document, user)
    forget(document)
    work(document)
    assert state(document) == (State.PROCESSED, "", 2), document.problems
    assert (document.ledger_id, len(king.ledger())) == (key(king.ledger()[2][0]), 3)


# An order


def test_an_order_that_is_still_there_is_deleted_by_a_person_first(orders, user):
    document = posted(orders, **order_of("MOK"))
    assert outcome(ask(document, user)) == ("refused", ["order_still_there"])
    assert state(document) == (State.PROCESSED, "", 1)
    path = f"imuis/administrations/{orders.company}/ORDKOP/{document.ledger_id}"
    orders.control("DELETE", path)
    assert outcome(ask(document, user)) == ("deleted", [])
    press_process(document, user)
    assert state(document) == (State.PROCESSED, "", 2)
    assert len(orders.ledger("orders")) == 1


def test_an_order_that_is_gone_only_counts_when_that_was_seen(orders, user):
    document = posted(orders, **order_of("MOK"))
    seen = reversals.gist(reversals.shown(document))
    orders.control("DELETE", f"imuis/administrations/{orders.company}/ORDKOP/{document.ledger_id}")
    assert outcome(ask(document, user, seen=seen)) == ("refused", ["undo_changed"])
    seen = reversals.gist(reversals.shown(document))
    assert outcome(ask(document, user, seen=seen)) == ("deleted", [])


def test_an_entry_that_was_changed_after_it_was_seen_is_asked_for_again(king, user):
    document = posted(king, **order_of("MOK"))
    seen = reversals.gist(reversals.shown(document))
    correct(king, "PATCH", king.ledger()[0][1], json={"REK": king.books["revenue"]["eu"]})
    assert outcome(ask(document, user, seen=seen)) == ("refused", ["undo_changed"])
    assert (state(document)[0], len(king.ledger())) == (State.PROCESSED, 1)


def test_after_a_restored_backup_an_order_is_found(orders, user):
    document = posted(orders, **order_of("MOK"))
    Document.objects.filter(pk=document.pk).update(state=State.QUEUED, ledger_id="", next_attempt_at=timezone.now())
    Integration.objects.update(look_first_until=timezone.now() + timedelta(hours=1))
    work(document)
    assert (state(document), len(orders.ledger("orders"))) == ((State.PROCESSED, "", 1), 1)


def test_what_would_be_done_is_what_is_done(king, user):
    document = posted(king, **order_of("MOK", "KAN", **MIXED))
    shown = reversals.shown(document)
    ask(document, user)
    counter = king.ledger()[1]
    assert [(line.account, line.amount, line.vat) for line in shown.lines] == [
        (row["REK"], amount(row["BEDRBOEK"]), amount(row.get("BEDRBTW", "0"))) for row in counter
    ]
