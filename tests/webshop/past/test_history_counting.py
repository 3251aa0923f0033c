"""The preview of the past: what is ready, blocked, in the books or left out; nothing is written anywhere for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Document, History, State
from integrations.problems import Problem
from tests.linked import Linked
from tests.past import SINCE, UNBOOKABLE, UNTIL, counted, outcomes, place_one, place_past, work
from webshop.past import history

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def test_nothing_is_written_in_the_books_before_it_is_started(linked, person, sandbox):
    place_past(linked, 3)
    counted(linked, person)
    assert [call for call in sandbox.counters() if "/api/v1/" in call and not call.startswith("GET")] == []
    assert not Document.objects.exists()


def test_what_is_blocked_is_told_by_cause_and_ready_once_that_is_mended(linked, person):
    place_one(linked, SINCE, 10, tax=UNBOOKABLE)
    place_past(linked, 2)
    made = counted(linked, person)
    cause = Problem("vat_setting_missing", country="NL", rate=str(UNBOOKABLE)).cause
    assert list(made.items.filter(outcome="blocked").values_list("cause", flat=True)) == [cause]
    row = {"country": "NL", "rate": "7", "vat_code": str(linked.books["vat"]["custom"])}
    linked.configure(vat=[{**row, "revenue": str(linked.books["revenue"]["webshop"])}, *rows(linked)])
    assert history.count_again(made, person)
    work(linked)
    assert outcomes(made) == {"ready": 3}


@pytest.mark.rule("R419")
def test_what_came_here_since_is_left_out_when_it_is_counted_again(linked, person):
    """Of three that were ready one is posted, one is skipped by hand; and what was left out stays left out."""
    orders = place_past(linked, 4)
    linked.configure(shop={"start_date": str(SINCE)})
    linked.deliver(orders[3]["id"])
    work(linked)
    made = counted(linked, person)
    assert outcomes(made) == {"left_out": 1, "ready": 3}
    linked.deliver(*(order["id"] for order in orders[1:3]))
    work(linked)
    Document.objects.filter(remote_id=orders[2]["id"]).update(state=State.SKIPPED, reason="by_hand")
    assert history.count_again(made, person)
    work(linked)
    left_out = dict(made.items.filter(outcome="left_out").values_list("remote_id", "reason"))
    reasons = ("posted", "by_hand", "posted")
    assert left_out == {str(order["id"]): reason for order, reason in zip(orders[1:], reasons, strict=True)}
    assert outcomes(made) == {"left_out": 3, "ready": 1}


def rows(linked: Linked) -> list[dict]:
    found = linked.integration.settings.vat_settings.values("country", "rate", "vat_code", "revenue")
    return list(found)


@pytest.mark.parametrize(
    ("when", "is_in"),
    [
        *(("2025-12-31T22:59:00Z", False), ("2025-12-31T23:30:00Z", True)),
        *(("2026-03-31T21:59:00Z", True), ("2026-03-31T22:00:00Z", False)),
    ],
)
def test_days_are_those_of_the_netherlands(linked, person, when, is_in):
    """The shop counts its days in UTC."""
    place_one(linked, SINCE, 10, create_date=when)
    assert counted(linked, person).items.count() == is_in


def test_what_is_here_already_is_left_out_with_the_reason(linked, person):
    linked.configure(shop={"start_date": str(SINCE)})
    orders = place_past(linked, 4)
    linked.deliver(*(order["id"] for order in orders[:3]))
    work(linked)
    Document.objects.filter(remote_id=orders[1]["id"]).update(state=State.SKIPPED, reason="by_hand")
    Document.objects.filter(remote_id=orders[2]["id"]).update(state=State.ERROR, reason="period_closed")
    made = counted(linked, person)
    left_out = dict(made.items.filter(outcome="left_out").values_list("remote_id", "reason"))
    assert left_out == {
        str(order["id"]): reason for order, reason in zip(orders, ("posted", "by_hand", "stuck"), strict=False)
    }
    assert outcomes(made) == {"left_out": 3, "ready": 1}


def test_half_of_the_shops_limit_is_left_to_today(linked, person, settings, sandbox, time_machine):
    time_machine.move_to(timezone.now().replace(second=10, microsecond=0), tick=False)
    place_past(linked, 8)
    settings.CCVSHOP_GETS_PER_MINUTE = 10
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    work(linked)
    looked_at = made.items.exclude(outcome="listed").count()
    assert 0 < looked_at <= 5
    assert sum(times for call, times in sandbox.counters().items() if "/orderrows" in call) == looked_at
    made.refresh_from_db()
    assert timedelta(seconds=50) <= made.next_attempt_at - timezone.now() <= timedelta(seconds=55)


def test_there_is_one_at_a_time(linked, person):
    assert history.ask(linked.integration, person, SINCE, UNTIL)
    assert history.ask(linked.integration, person, SINCE, UNTIL) is None


@pytest.mark.parametrize("side", ["shop", "books"])
def test_it_is_paused_when_a_connection_is_lost(linked, person, sandbox, side):
    place_past(linked, 1)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    if side == "shop":
        linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    else:
        linked.control("POST", "ledger/tokens/revoke", {})
    work(linked)
    made.refresh_from_db()
    linked.integration.refresh_from_db()
    assert (made.state, made.reason) == ("paused", "connection_lost")
    assert getattr(linked.integration, f"{side}_lost_at")


def test_a_shop_that_does_not_answer_is_asked_again_later(linked, person, sandbox):
    place_past(linked, 2)
    sandbox.fault(kind="503", path="/api/rest/v1/orders", times=1)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    work(linked)
    made.refresh_from_db()
    assert (made.state, made.attempts, made.reason) == ("counting", 1, "shop_no_answer")
    History.objects.update(next_attempt_at=timezone.now())
    work(linked)
    assert outcomes(made) == {"ready": 2}


def test_one_order_that_can_not_be_read_does_not_hold_up_the_others(linked, person, sandbox):
    orders = place_past(linked, 3)
    sandbox.fault(kind="503", path=f"/api/rest/v1/orders/{orders[0]['id']}", times=100)
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    work(linked)
    for _ in range(6):
        History.objects.update(next_attempt_at=timezone.now())
        work(linked)
    made.refresh_from_db()
    assert (made.state, outcomes(made)) == ("counted", {"ready": 2, "blocked": 1})
