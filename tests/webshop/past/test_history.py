"""Past orders and invoices: counted first, then carried over, each in the books once, whatever comes in between."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounting.leases import taking
from integrations.models import Administration, Delivery, Document, Event, History, HistoryItem, State, User
from tests.king import link_king
from tests.linked import Linked
from tests.past import (
    SINCE,
    START,
    UNBOOKABLE,
    UNTIL,
    ByHand,
    counted,
    outcomes,
    place_one,
    place_past,
    progress,
    take_up_a_share,
    work,
)
from webshop import pressing, runs, tasks
from webshop.past import history, history_running

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def numbers(linked: Linked) -> Counter[str]:
    """How often each number is in the books."""
    return Counter(invoice["description"].removeprefix("Order ").split()[0] for invoice in linked.ledger())


def run(made: History, person: User) -> None:
    assert history.start(made, person)


def ended(linked: Linked, made: History) -> None:
    work(linked)
    made.refresh_from_db()
    assert made.state == "done"


@pytest.mark.rule("R418")
def test_each_is_in_the_books_once_through_a_stop_and_a_resume(linked, person):
    """30 orders, of which 3 were booked by hand, 2 can't be booked, and 2 are not paid."""
    orders = place_past(linked, 28)
    for order in orders[:3]:
        ByHand(linked).book(order, f"Order {order['ordernumber_full']} van de webwinkel")
    for day in range(2):
        place_one(linked, SINCE + timedelta(days=day), 70, tax=UNBOOKABLE)
        place_one(linked, SINCE + timedelta(days=day), 80, paid=False)
    made = counted(linked, person)
    assert outcomes(made) == {"ready": 25, "in_books": 3, "blocked": 2, "left_out": 2}
    assert len(linked.ledger()) == 3
    run(made, person)
    take_up_a_share(linked)
    assert history.pause(made, person)
    work(linked)
    assert 3 < len(linked.ledger()) < 28
    assert history.resume(made, person)
    ended(linked, made)
    assert numbers(linked) == {order["ordernumber_full"]: 1 for order in orders}
    done = progress(made)
    assert (done.total, done.handled, done.posted, done.stuck) == (25, 25, 25, 0)
    assert linked.ledger("repeats") == []


@pytest.mark.rule("R418")
def test_a_worker_that_is_killed_leaves_the_rest_to_the_next(linked, person, monkeypatch):
    place_past(linked, 12)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    for step in ("list_page", "look_in_books", "_look_at_share", "_end"):
        kill_in(linked, monkeypatch, f"webshop.past.history_counting.{step}")
    work(linked)
    made.refresh_from_db()
    assert outcomes(made) == {"ready": 12}
    run(made, person)
    for step in ("look_in_books", "find_in_books", "_end"):
        kill_in(linked, monkeypatch, f"webshop.past.history_running.{step}")
    ended(linked, made)
    assert len(linked.ledger()) == 12


def kill_in(linked: Linked, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Let a worker die as it begins with a step, and its lease run out."""
    with monkeypatch.context() as patch:
        patch.setattr(step, die)
        with pytest.raises(KeyboardInterrupt):
            work(linked)
    Administration.objects.update(leased_until=None)


def die(*_given):
    raise KeyboardInterrupt


@pytest.mark.rule("R419")
@pytest.mark.parametrize(
    ("count", "cents"), [(0, 0), (1, 67_50), (999, 67_50), (1000, 67_50), (1001, 135_00), (2000, 135_00)]
)
def test_every_thousand_that_has_begun_costs_the_same(count, cents):
    assert history.price_cents(count) == cents


@pytest.mark.rule("R419")
def test_the_price_is_kept_as_it_was_at_the_start(linked, person, settings):
    place_past(linked, 2)
    made = counted(linked, person)
    run(made, person)
    settings.HISTORY_PRICE = Decimal("99.00")
    ended(linked, made)
    assert made.price_cents == 67_50
    started = Event.objects.get(kind="history_started")
    assert (started.user, started.data["price"]) == (person, "67.50")


def test_what_was_skipped_for_its_date_is_posted_by_its_history_and_stays_of_it(linked, person):
    (order,) = place_past(linked, 1)
    linked.deliver(order["id"])
    work(linked)
    document = linked.document(order["id"])
    assert document.reason == "before_start_date"
    made = counted(linked, person)
    run(made, person)
    linked.configure(vat=[])
    linked.work()
    work(linked)
    document.refresh_from_db()
    assert (document.state, document.reason, document.history) == (State.ERROR, "vat_setting_missing", made)
    linked.configure(vat=[row_of(linked)])
    pressing.process(document, person)
    work(linked)
    document.refresh_from_db()
    assert document.state == State.PROCESSED


def row_of(linked: Linked) -> dict:
    codes = {"country": "NL", "rate": "21", "vat_code": str(linked.books["vat"]["NL 21"])}
    return {**codes, "revenue": str(linked.books["revenue"]["webshop"])}


def test_a_group_of_the_past_that_was_stuck_is_posted_by_process(linked, person):
    place_past(linked, 2)
    made = counted(linked, person)
    linked.configure(vat=[])
    run(made, person)
    ended(linked, made)
    assert progress(made).stuck == 2
    linked.configure(vat=[row_of(linked)])
    runs.start(linked.integration, person, Document.objects.first().cause)
    work(linked)
    assert progress(made).posted == 2


@pytest.mark.rule("R418")
def test_invoices_are_carried_over_too_debit_and_credit(linked, person):
    orders = place_past(linked, 3)
    for order in orders:
        linked.place_invoice(order["id"])
    linked.place_invoice(orders[0]["id"], type="credit")
    linked.process("invoices")
    today = timezone.localdate()
    ByHand(linked).book(orders[1], f"Bestelling {orders[1]['ordernumber_full']}", date=str(today))
    linked.configure(shop={"start_date": str(today + timedelta(days=1))})
    made = counted(linked, person, today, today)
    assert (made.kind, outcomes(made)) == ("invoice", {"ready": 3, "in_books": 1})
    run(made, person)
    ended(linked, made)
    assert sum(Decimal(invoice["price_with_vat"]) for invoice in linked.ledger()) == Decimal(11 + 12)
    assert len(linked.ledger()) == 4


def test_what_somebody_books_after_the_count_is_not_booked_again(linked, person):
    orders = place_past(linked, 3)
    made = counted(linked, person)
    ByHand(linked).book(orders[1], orders[1]["ordernumber_full"])
    run(made, person)
    ended(linked, made)
    assert numbers(linked) == {order["ordernumber_full"]: 1 for order in orders}
    assert outcomes(made) == {"asked": 2, "in_books": 1}


def test_an_order_of_today_overtakes(linked, person):
    place_past(linked, 40)
    made = counted(linked, person)
    run(made, person)
    take_up_a_share(linked)
    today = place_one(linked, timezone.localdate(), 500)
    linked.deliver(today["id"])
    linked.work()
    assert linked.document(today["id"]).state == State.PROCESSED
    assert progress(made).posted == 10
    ended(linked, made)


def test_stopped_for_good_the_rest_stays_out_and_can_be_asked_for_again(linked, person):
    place_past(linked, 25)
    made = counted(linked, person)
    run(made, person)
    take_up_a_share(linked)
    assert history.stop(made, person)
    work(linked)
    assert len(linked.ledger()) == 10
    assert not history.resume(made, person)
    again = counted(linked, person)
    assert outcomes(again) == {"left_out": 10, "ready": 15}
    run(again, person)
    ended(linked, again)
    assert len(linked.ledger()) == 25
    assert linked.ledger("repeats") == []


def test_without_anything_ready_there_is_nothing_to_start(linked, person):
    made = counted(linked, person)
    assert not history.start(made, person)
    assert made.price_cents is None


def test_what_people_did_stands_in_the_timeline(linked, person):
    place_past(linked, 1)
    made = counted(linked, person)
    run(made, person)
    history.pause(made, person)
    history.resume(made, person)
    ended(linked, made)
    events = Event.objects.filter(kind__startswith="history").order_by("id").values_list("kind", "user")
    acts = ("asked", "counted", "started", "paused", "resumed", "done")
    assert list(events) == [(f"history_{act}", None if act in ("counted", "done") else person.pk) for act in acts]


def test_two_workers_take_each_up_once(linked, person):
    """The second one finds that the lease is taken, or that the share was."""
    place_past(linked, 3)
    made = counted(linked, person)
    run(made, person)
    with taking(linked.integration.administration_id) as lease:
        linked.work()
        for _turn in ("December", "January", "February", "a share", "nothing"):
            history_running.go_on(linked.integration.administration_id, lease)
    assert Delivery.objects.filter(event="history").count() == 3
    History.objects.update(next_attempt_at=timezone.now())
    ended(linked, made)
    assert len(linked.ledger()) == 3


@pytest.mark.rule("R418")
@pytest.mark.parametrize("target", ["entry", "order"])
def test_at_king_what_was_booked_before_is_recognised(sandbox, person, target):
    """Here by an earlier life of this very integration, of which only the books know."""
    sandbox.reset()
    king = link_king(sandbox.url, target)
    king.configure(shop={"start_date": str(SINCE)})
    orders = place_past(king, 4)
    king.deliver(*(order["id"] for order in orders[:2]))
    work(king)
    kind = "entries" if target == "entry" else "orders"
    assert len(king.ledger(kind)) == 2
    Document.objects.all().delete()
    king.configure(shop={"start_date": START})
    made = counted(king, person)
    assert outcomes(made) == {"in_books": 2, "ready": 2}
    run(made, person)
    ended(king, made)
    assert len(king.ledger(kind)) == 4


def test_a_history_is_found_by_the_sweep(linked, person):
    place_past(linked, 1)
    made = history.ask(linked.integration, person, date(2026, 1, 1), date(2026, 1, 1))
    assert linked.integration.administration_id in tasks.with_work()
    history.pause(made, person)
    assert linked.integration.administration_id not in tasks.with_work()
    assert not HistoryItem.objects.exists()
