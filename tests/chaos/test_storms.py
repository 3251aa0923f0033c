"""Many messages, many workers, and a web server that is killed in the middle of it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.models import Administration, Delivery, Document
from tests.chaos.outcomes import outcome_of
from tests.chaos.processes import at_once
from tests.chaos.shops import has_delivered, open_for_business, open_king_for_business

pytestmark = pytest.mark.chaos

BOOKABLE = {"paid": 1, "unbookable": 0}


def place_some(linked, seed, count, pause=0.0):
    placed = []
    for number in range(count):
        placed += linked.place_random(1, seed=seed * 1000 + number, **BOOKABLE)
        time.sleep(pause)
    return placed


def place_until(is_over, linked, seed):
    placed = []
    while not is_over.is_set():
        placed += place_some(linked, seed + len(placed), 1, 0.3)
    return placed


def open_all_kinds(program):
    """A shop at Rompslomp, one at King, and two that share an administration of King."""
    url = program.sandbox_url
    shared = open_king_for_business(url)
    other = open_king_for_business(url, "order", **shared.books)
    return [open_for_business(url), open_king_for_business(url, "order"), shared, other]


def test_a_web_server_killed_in_a_storm_of_webhooks_loses_none(program):
    shops = open_all_kinds(program)
    for linked in shops:
        linked.control("PATCH", f"shops/{linked.shop['id']}", {"hooks_twice": True})

    is_over = threading.Event()
    with program.workers(2), ThreadPoolExecutor() as pool:
        placing = [pool.submit(place_until, is_over, linked, 100 * number) for number, linked in enumerate(shops, 1)]
        try:
            for _ in range(3):
                time.sleep(1)
                program.web.kill()
                program.start_web()
        finally:
            is_over.set()
        placed = [future.result() for future in placing]
        assert all(has_delivered(linked) for linked in shops)
        for linked in shops:
            linked.control("POST", f"shops/{linked.shop['id']}/deliveries/replay", {})
            assert has_delivered(linked)
        program.a_minute_passes()
        program.finish(*shops)
    for linked, orders in zip(shops, placed, strict=True):
        # One row for each different message, however often it was sent: created and paid.
        assert Delivery.objects.filter(integration=linked.integration).count() == 2 * len(orders) > 0
        assert all_faults(linked, orders) == []


def test_workers_killed_at_random_post_each_order_once(program):
    shops = open_all_kinds(program)
    placed = [place_some(linked, seed, 12) for seed, linked in enumerate(shops, 11)]
    assert all(has_delivered(linked) for linked in shops)
    program.kill_at_random(6, seed=1)
    with program.workers(2):
        program.a_minute_passes()
        program.finish(*shops)
    assert [all_faults(linked, orders) for linked, orders in zip(shops, placed, strict=True)] == [[]] * 4


def all_faults(linked, orders):
    return [fault for order in orders for fault in outcome_of(linked, order).faults()]


@pytest.mark.parametrize("open_shop", [open_for_business, open_king_for_business], ids=["rompslomp", "king"])
def test_many_workers_rung_at_once_for_the_same_books_post_each_order_once(program, open_shop):
    linked = open_shop(program.sandbox_url)
    placed = linked.place_random(20, seed=7, **BOOKABLE)
    assert has_delivered(linked)
    administration = linked.integration.administration_id
    with program.workers(3, concurrency=4):
        at_once(*(lambda: program.send_work(administration) for _ in range(30)))
        program.finish(linked)
    assert all_faults(linked, placed) == []
    assert Document.objects.filter(integration=linked.integration).count() == 20


def test_messages_in_any_order_come_to_the_same(program):
    linked = open_for_business(program.sandbox_url)
    path = f"shops/{linked.shop['id']}"
    linked.control("PATCH", path, {"hooks": "hold"})
    placed = linked.place_random(8, seed=9, **BOOKABLE)
    with program.workers(1):
        linked.control("POST", f"{path}/deliveries/release", {"order": "reversed"})
        assert has_delivered(linked)
        program.finish(linked)
    assert all_faults(linked, placed) == []


def test_a_broker_that_is_emptied_under_running_processes_is_used_again(program):
    linked = open_for_business(program.sandbox_url)
    with program.workers(1):
        first = linked.place_random(1, seed=3, **BOOKABLE)
        assert has_delivered(linked)
        program.finish(linked)
        program.broker.empty()
        Administration.objects.update(rung_at=None)
        second = linked.place_random(1, seed=4, **BOOKABLE)
        assert has_delivered(linked)
        program.finish(linked)
    assert all_faults(linked, first + second) == []
