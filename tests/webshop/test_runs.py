"""Process for a group: its documents are taken up in shares, each once, whoever is killed or quicker meanwhile."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError
from django.utils import timezone

from accounting import settings_store
from accounting.leases import taking
from integrations.models import Delivery, Document, Event, Integration, ProcessRun, State
from integrations.problems import Problem
from tests.linked import Linked
from webshop import one_posting, pressing, registration, runs, tasks

pytestmark = pytest.mark.django_db(transaction=True)

CAUSE = Problem("vat_setting_missing", country="NL", rate="21").cause


@pytest.fixture
def rows(linked):
    """The VAT table as it was, of which 21% in the Netherlands is taken away."""
    whole = settings_store.as_file(linked.integration.settings)["vat"]
    linked.configure(vat=[row for row in whole if (row["country"], row["rate"]) != ("NL", "21")])
    return whole


def stick(linked: Linked, count: int) -> list[Document]:
    """Orders of 10.00, 11.00, 12.00 … that are stuck on the same VAT setting."""
    ids = []
    for number in range(count):
        row = [{"price": 10 + number, "tax": 21, "count": 1}]
        ids.append(linked.place(order={}, orderrows=row, paid=True)["order"]["id"])
    linked.deliver(*ids)
    work(linked)
    documents = [linked.document(one) for one in ids]
    assert {(document.state, document.cause) for document in documents} == {(State.ERROR, CAUSE)}
    return documents


def work(linked: Linked) -> None:
    """Until there is nothing to do."""
    while linked.integration.administration_id in tasks.with_work():
        linked.work()


def states(documents: list[Document]) -> list[str]:
    found = dict(Document.objects.filter(pk__in=[one.pk for one in documents]).values_list("pk", "state"))
    return [found[one.pk] for one in documents]


def take_up(linked: Linked) -> None:
    with taking(linked.integration.administration_id) as lease:
        runs.take_up(linked.integration, lease)


def how_far(run: ProcessRun) -> tuple[int, int, int]:
    found = runs.progress_of(run.integration, run.pk)
    return found.done, found.stuck, found.to_go


@pytest.mark.rule("R68", "R395", "R406")
def test_a_group_is_posted_once_its_setting_is_there(linked, rows, person):
    documents = stick(linked, 3)
    linked.configure(vat=rows)
    run = runs.start(linked.integration, person, CAUSE)
    assert how_far(run) == (0, 0, 3)
    work(linked)
    assert how_far(run) == (3, 0, 0)
    assert set(states(documents)) == {State.PROCESSED}
    assert sorted(Decimal(invoice["price_with_vat"]) for invoice in linked.ledger()) == [10, 11, 12]
    pressed = Event.objects.filter(kind="processed_by", user=person)
    assert sorted(pressed.values_list("document", flat=True)) == [document.pk for document in documents]


def test_what_was_looked_at_just_now_is_not_asked_from_the_shop_again(linked, rows, person):
    documents = stick(linked, 3)
    Document.objects.filter(pk=documents[0].pk).update(looked_at=timezone.now() - timedelta(minutes=16))
    seen = {document.pk: document.looked_at for document in Document.objects.all()}
    Delivery.objects.all().delete()
    linked.configure(vat=rows)
    runs.start(linked.integration, person, CAUSE)
    work(linked)
    assert [delivery.remote_id for delivery in Delivery.objects.all()] == [documents[0].remote_id]
    assert set(states(documents)) == {State.PROCESSED}
    untouched = [document for document in Document.objects.all() if document.looked_at == seen[document.pk]]
    assert {document.pk for document in untouched} == {documents[1].pk, documents[2].pk}


def test_the_shop_is_asked_when_no_setting_has_changed(linked, rows, person):
    """Then the person must have put it right elsewhere."""
    (document,) = stick(linked, 1)
    Delivery.objects.all().delete()
    runs.start(linked.integration, person, CAUSE)
    take_up(linked)
    assert Delivery.objects.get().remote_id == document.remote_id
    assert Document.objects.get(pk=document.pk).reason == "reading"


def test_what_the_books_may_hold_is_read_from_the_shop(linked, rows, person):
    (document,) = stick(linked, 1)
    Delivery.objects.all().delete()
    document.intents.create(
        administration=linked.integration.administration, step="document", reference="x", started_at=timezone.now()
    )
    linked.configure(vat=rows)
    runs.start(linked.integration, person, CAUSE)
    take_up(linked)
    assert Delivery.objects.get().remote_id == document.remote_id
    work(linked)
    kinds = list(document.events.values_list("kind", flat=True))
    # It was read under other settings than the books were told by, and they turned out to hold nothing.
    assert kinds.index("under_way") < kinds.index("taken_back") < kinds.index("posted")
    assert states([document]) == [State.PROCESSED]
    assert len(linked.ledger()) == 1


def test_a_worker_that_is_killed_leaves_the_rest_to_the_next(linked, rows, person, monkeypatch):
    documents = stick(linked, 5)
    linked.configure(vat=rows)
    run = runs.start(linked.integration, person, CAUSE)
    monkeypatch.setattr(runs, "TOGETHER", 2)
    monkeypatch.setattr(runs, "SHARE", 2)
    take_up(linked)
    assert states(documents) == ["queued"] * 2 + ["error"] * 3
    assert how_far(run) == (0, 0, 5)
    assert linked.integration.administration_id in tasks.with_work()
    monkeypatch.undo()
    work(linked)
    assert how_far(run) == (5, 0, 0)
    assert len(linked.ledger()) == 5


def test_pressed_twice_each_is_posted_once(linked, rows, person):
    stick(linked, 3)
    linked.configure(vat=rows)
    first, second = (runs.start(linked.integration, person, CAUSE) for _ in range(2))
    work(linked)
    assert (how_far(first), how_far(second)) == ((3, 0, 0), (0, 0, 0))
    assert len(linked.ledger()) == 3
    assert Event.objects.filter(kind="processed_by").count() == 3


def test_what_somebody_else_solved_meanwhile_is_left_alone(linked, rows, person):
    mine, solved, skipped = stick(linked, 3)
    linked.configure(vat=rows)
    run = runs.start(linked.integration, person, CAUSE)
    Document.objects.filter(pk=solved.pk).update(state=State.PROCESSED, ledger_id="9")
    Document.objects.filter(pk=skipped.pk).update(state=State.SKIPPED, reason="by_hand")
    work(linked)
    assert states([mine, solved, skipped]) == [State.PROCESSED, State.PROCESSED, State.SKIPPED]
    assert how_far(run) == (1, 0, 0)
    assert len(linked.ledger()) == 1


def test_what_is_stuck_again_is_told(linked, rows, person):
    stick(linked, 2)
    linked.configure(vat=[{**row, "vat_code": "77"} if row["country"] == "NL" else row for row in rows])
    run = runs.start(linked.integration, person, CAUSE)
    work(linked)
    assert how_far(run) == (0, 2, 0)
    assert set(Document.objects.values_list("reason", flat=True)) == {"vat_code_gone"}


def test_what_got_stuck_after_the_press_waits_for_another_one(linked, rows, person):
    (early,) = stick(linked, 1)
    run = runs.start(linked.integration, person, CAUSE)
    (late,) = Document.objects.filter(pk=early.pk)
    late.pk, late.remote_id, late.sale = None, "99", "99"
    late.save()
    take_up(linked)
    assert states([early, late]) == [State.OPEN, State.ERROR]
    assert ProcessRun.objects.get(pk=run.pk).taken_at


def test_one_that_cannot_be_read_keeps_no_other_from_its_turn(linked, rows, person):
    odd, fine = stick(linked, 2)
    Document.objects.filter(pk=odd.pk).update(source={"order": {"id": []}})
    linked.configure(vat=rows)
    run = runs.start(linked.integration, person, CAUSE)
    work(linked)
    assert states([odd, fine]) == [State.ERROR, State.PROCESSED]
    assert how_far(run) == (1, 1, 0)


def test_a_stopped_integration_processes_nothing(linked, rows, person):
    (document,) = stick(linked, 1)
    runs.start(linked.integration, person, CAUSE)
    Integration.objects.update(status=Integration.Status.STOPPED)
    assert linked.integration.administration_id not in tasks.with_work()
    linked.work()
    assert states([document]) == [State.ERROR]


def test_an_order_that_was_changed_in_the_shop_is_posted_as_it_is_there_now(linked, rows, person):
    """The shop sends no message about that."""
    (document,) = stick(linked, 1)
    source = {**document.source, "order": {**document.source["order"], "total_price": "1.00"}}
    Document.objects.filter(pk=document.pk).update(source=source, looked_at=timezone.now() - timedelta(hours=1))
    linked.configure(vat=rows)
    runs.start(linked.integration, person, CAUSE)
    work(linked)
    assert linked.ledger_total() == 10


def test_a_deadlock_is_tried_again(linked, rows, person, monkeypatch):
    documents = stick(linked, 2)
    linked.configure(vat=rows)
    run = runs.start(linked.integration, person, CAUSE)
    real = one_posting.decided

    def deadlock(*args, **more):
        monkeypatch.setattr(one_posting, "decided", real)
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(one_posting, "decided", deadlock)
    take_up(linked)
    assert (states(documents), how_far(run)) == ([State.ERROR] * 2, (0, 0, 2))
    work(linked)
    assert how_far(run) == (2, 0, 0)
    assert len(linked.ledger()) == 2


def test_a_run_of_an_integration_that_is_stopped_ends_there(linked, rows, person):
    (document,) = stick(linked, 1)
    run = runs.start(linked.integration, person, CAUSE)
    registration.stop(linked.integration, "stopped", person)
    assert how_far(run) == (0, 0, 0)
    Integration.objects.update(status=Integration.Status.ACTIVE)
    assert not runs.waiting().exists()
    assert states([document]) == [State.ERROR]


def test_nothing_stuck_makes_no_run(linked, person):
    assert runs.start(linked.integration, person, CAUSE) is None


def test_chosen_documents_make_a_run_too(linked, rows, person):
    documents = stick(linked, 3)
    linked.configure(vat=rows)
    run = runs.start_chosen(documents[:2], person)
    assert how_far(run) == (0, 0, 2)
    work(linked)
    assert how_far(run) == (2, 0, 0)
    assert states(documents) == [State.PROCESSED, State.PROCESSED, State.ERROR]
    assert not pressing.process(documents[0], person)
