"""The past and the books: what others book meanwhile is found, and books that want to be left alone are."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from integrations.models import Administration, History
from tests.linked import Linked
from tests.past import SINCE, UNTIL, ByHand, counted, outcomes, place_past, take_up_a_share, work
from webshop import tasks
from webshop.past import history, history_running

pytestmark = pytest.mark.django_db(transaction=True)

INVOICES = "/api/v1/companies/{}/sales_invoices"


def invoices(linked: Linked) -> str:
    return INVOICES.format(linked.company)


def work_through(linked: Linked) -> None:
    """Until there is nothing to do, without the waits in between."""
    for _ in range(100):
        History.objects.update(next_attempt_at=timezone.now())
        Administration.objects.update(paused_until=None)
        if linked.integration.administration_id not in tasks.with_work():
            return
        linked.work()
    raise AssertionError("there is no end to it")


@pytest.mark.rule("R418")
def test_what_somebody_books_on_another_day_while_it_runs_is_found_after_a_quarter_of_an_hour(linked, person):
    orders = place_past(linked, 30)
    made = counted(linked, person)
    assert history.start(made, person)
    take_up_a_share(linked)
    last = orders[-1]
    later = date.fromisoformat(last["create_date"][:10]) + timedelta(days=10)
    ByHand(linked).book(last, f"Order {last['ordernumber_full']}", date=str(later))
    History.objects.update(books_listed_at=timezone.now() - timedelta(minutes=16))
    work(linked)
    named = [one for one in linked.ledger() if last["ordernumber_full"] in one["description"]]
    assert len(named) == 1
    assert outcomes(made) == {"asked": 29, "in_books": 1}


def test_books_that_asked_for_silence_are_not_asked(linked, person, sandbox):
    place_past(linked, 3)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    Administration.objects.update(paused_until=timezone.now() + timedelta(minutes=5))
    assert linked.integration.administration_id not in tasks.with_work()
    linked.work()
    assert not made.items.exists()
    assert not any("/api/v1/" in call for call in sandbox.counters())


def test_a_refusal_of_every_call_holds_for_all_work_at_these_books(linked, person, sandbox):
    place_past(linked, 3)
    sandbox.fault(kind="429", path=invoices(linked), times=1)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    work(linked)
    made.refresh_from_db()
    assert (made.state, made.reason, made.attempts) == ("counting", "books_busy", 1)
    assert Administration.objects.get().paused_until > timezone.now()


def test_what_was_read_of_the_books_is_not_read_again_after_a_refusal(linked, person, sandbox):
    """From a month before the first order to a month after the last: December to May."""
    place_past(linked, 90)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    while not made.data.get("books"):
        linked.work()
        made.refresh_from_db()
    assert made.data["books"] == {"until": "2025-12-31"}
    sandbox.fault(kind="429", path=invoices(linked), times=1)
    linked.work()
    made.refresh_from_db()
    assert made.data["books"] == {"until": "2025-12-31", "days": 15}
    work_through(linked)
    made.refresh_from_db()
    assert (made.state, made.data["books"], outcomes(made)) == ("counted", {}, {"ready": 90})


def test_books_that_go_on_refusing_are_left_to_a_person(linked, person, sandbox):
    place_past(linked, 2)
    sandbox.fault(kind="429", path=invoices(linked), times=history_running.MOST_ATTEMPTS + 1)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    work_through(linked)
    made.refresh_from_db()
    assert (made.state, made.reason) == ("paused", "books_busy")
    assert history.resume(made, person)
    work_through(linked)
    assert outcomes(made) == {"ready": 2}
