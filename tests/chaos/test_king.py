"""What only King has: books that refuse nothing twice, that people correct, and sessions that end at any moment."""

import pytest
import requests
from django.utils import timezone

from integrations.models import Delivery, Document, Event, Intent, State, UsedNumber
from tests.chaos.outcomes import outcome_of
from tests.chaos.scenarios import DEBTOR, ENTRY, ITEM, LOGIN, MIXED, ONE, ORDER, TWO, king_call
from tests.chaos.shops import numbered
from tests.king import link_king

pytestmark = pytest.mark.chaos


@pytest.fixture
def king(program, settings):
    """A shop as entries, of which the documents are handled here: nothing has to settle, and a call may take 1 s."""
    settings.SETTLE_SECONDS, settings.CALL_DEADLINE_SECONDS = 0, 1
    return link_king(program.sandbox_url)


@pytest.fixture
def king_orders(program, settings):
    settings.SETTLE_SECONDS, settings.CALL_DEADLINE_SECONDS = 0, 1
    return link_king(program.sandbox_url, "order")


def place(king, draft=ONE):
    order = king.place(**draft)["order"]
    king.deliver(order["id"])
    return order


def fault(king, kind, write, **more):
    king.control("POST", "faults", {"kind": kind, **king_call(king, write), **more})


def unanswered(king, kind="timeout_after_write"):
    """An order of which the entry was sent, and no answer came."""
    order = place(king)
    fault(king, kind, ENTRY, seconds=1.2)
    king.work()
    document = king.document(order["id"])
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    return order


def work_until_done(king, order, most=6):
    for _ in range(most):
        Document.objects.filter(integration=king.integration).update(next_attempt_at=timezone.now())
        king.work()
        if king.document(order["id"]).state != State.QUEUED:
            break
    return king.document(order["id"])


def press_process(king, document):
    Delivery.look_again(document)
    king.work()


def correct(king, row, **columns):
    """As a person does it in King."""
    send(king, "PATCH", row, json=columns)


def remove_entries(king):
    for row in king.ledger("BOE"):
        send(king, "DELETE", row)


def send(king, method, row, **body):
    key = "%09".join(row[column] for column in ("DAGB", "JR", "PN", "RG"))
    url = f"{king.url}/_sandbox/imuis/administrations/{king.company}/BOE/{key}"
    requests.request(method, url, timeout=10, **body).raise_for_status()


def test_an_unanswered_entry_that_was_written_is_taken_for_ours(king):
    order = unanswered(king)
    ((total, *_details),) = king.ledger()
    document = work_until_done(king, order)
    assert outcome_of(king, order).faults() == []
    assert document.ledger_id == "/".join(total[column] for column in ("DAGB", "JR", "PN", "RG"))


def test_an_unanswered_entry_that_was_not_written_is_sent_again(king):
    order = unanswered(king, "timeout")
    assert king.ledger() == []
    work_until_done(king, order)
    assert outcome_of(king, order).faults() == []


@pytest.mark.rule("R342")
def test_an_unanswered_entry_that_is_there_otherwise_is_for_a_person_to_decide(king):
    order = unanswered(king)
    correct(king, king.ledger("BOE")[0], BEDRBOEK="29,99")
    document = work_until_done(king, order)
    assert [problem["code"] for problem in document.problems] == ["posting_uncertain"]
    assert len(king.ledger()) == 1
    assert Intent.objects.filter(document=document).count() == 1

    press_process(king, document)
    document = work_until_done(king, order)
    assert [problem["code"] for problem in document.problems] == ["posting_uncertain"]
    assert len(king.ledger()) == 1

    remove_entries(king)
    press_process(king, document)
    document = work_until_done(king, order)
    assert [bool(rows) for rows in king.ledger()] == [False, True]
    assert outcome_of(king, order).faults_of_the_document() == []
    assert not Intent.objects.filter(document=document).exists()


def test_an_unanswered_entry_that_was_corrected_to_what_we_sent_is_taken_for_ours(king):
    order = unanswered(king)
    total = king.ledger("BOE")[0]
    correct(king, total, BEDRBOEK="29,99")
    document = work_until_done(king, order)
    correct(king, total, BEDRBOEK=total["BEDRBOEK"])
    press_process(king, document)
    work_until_done(king, order)
    assert outcome_of(king, order).faults() == []


ENDS = {
    "debtor": ("entry", DEBTOR, 0),
    "entry": ("entry", ENTRY, 0),
    "item": ("order", ITEM, 0),
    "second item": ("order", ITEM, 1),
    "order": ("order", ORDER, 0),
}


@pytest.mark.parametrize("point", ENDS)
def test_a_session_that_ends_before_a_write_costs_nothing(program, point):
    target, write, skip = ENDS[point]
    king = link_king(program.sandbox_url, target)
    order = place(king, TWO)
    fault(king, "session_killed", write, skip=skip)
    king.work()
    assert outcome_of(king, order).faults() == []


@pytest.mark.parametrize("target", ["entry", "order"])
def test_a_session_that_ends_before_every_other_call_costs_nothing(program, target):
    """Each call but those that come after a new session finds its session ended."""
    king = link_king(program.sandbox_url, target)
    order = place(king, TWO)
    code = king.books["administration"]["code"]
    for skip in range(0, 40, 2):
        body = rf"ACTIE=(GET|CREATE)\w*&OMGEVINGSCODE={code}\b"
        king.control("POST", "faults", {"kind": "session_killed", "path": "ws1_api", "body": body, "skip": skip // 2})
    king.work()
    assert outcome_of(king, order).faults() == []


def test_a_login_that_is_not_answered_is_done_again(king):
    order = place(king)
    fault(king, "session_killed", ENTRY)
    fault(king, "timeout_after_write", LOGIN, seconds=1.2)
    king.work()
    assert king.document(order["id"]).state == State.QUEUED
    work_until_done(king, order)
    assert outcome_of(king, order).faults() == []


@pytest.mark.parametrize("books", ["king", "king_orders"])
def test_what_a_restored_database_does_not_know_of_is_found(request, books):
    king = request.getfixturevalue(books)
    order = place(king, MIXED)
    king.work()
    posted = king.document(order["id"])
    assert posted.state == State.PROCESSED

    forget_everything(king)
    king.deliver(order["id"])
    king.work()
    document = king.document(order["id"])
    assert outcome_of(king, order).faults() == []
    assert (document.ledger_id, document.ledger_number) == (posted.ledger_id, posted.ledger_number)


def test_a_number_that_a_restored_database_found_is_in_use(king):
    order = place(king, numbered("A1001"))
    king.work()
    forget_everything(king)
    king.deliver(order["id"])
    king.work()
    second = place(king, numbered("B1001"))
    king.work()
    document = king.document(second["id"])
    assert [(problem["code"], problem["other"]) for problem in document.problems] == [("number_collision", "A1001")]


def forget_everything(king):
    """What a database knows that was restored from a backup of before."""
    administration = king.integration.administration
    Event.objects.filter(integration=king.integration).delete()
    Document.objects.filter(integration=king.integration).delete()
    UsedNumber.objects.filter(administration=administration).delete()
    administration.customers.all().delete()
    administration.products.all().delete()
    king.integration.look_first_until = timezone.now() + timezone.timedelta(days=1)
    king.integration.save(update_fields=["look_first_until"])
