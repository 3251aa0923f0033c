"""500 paid orders and invoices with everything going wrong now and then, and workers that are killed: each has its
payment in the books once, and nothing is left open."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from integrations.models import Document, Event, Payment, State
from tests.chaos.fixtures import OAUTH, PATIENCE
from tests.chaos.program import running, unfinished
from tests.chaos.shops import has_delivered, open_for_business
from tests.linked import control
from tests.paying import faults_of_payments, open_amounts, post_payments
from tests.soak.report import Bar
from webshop import webhooks
from webshop.sources import open_shop

pytestmark = pytest.mark.soak

COUNT = int(os.environ.get("SOAK_PAYMENTS") or (60 if os.environ.get("CI") else 500))
LONGEST = 600  # seconds
A_LIFE = 8  # seconds, of a worker
PATCH, GET = ({"method": method, "path": "/sales_invoices/[0-9]+$"} for method in ("PATCH", "GET"))
# Every second PATCH is a payment; the others publish an invoice.
FAULTS = (
    {"kind": "timeout_after_write", **PATCH, "seconds": 1.4},
    {"kind": "timeout_after_write", **PATCH, "seconds": 1.4},
    {"kind": "timeout", **PATCH, "seconds": 1.4},
    {"kind": "slow", **PATCH, "seconds": 1.8},
    {"kind": "500", **PATCH},
    {"kind": "html", **PATCH},
    {"kind": "429", **PATCH},
    {"kind": "503", **GET},
    {"kind": "slow", **GET, "seconds": 1.8},
)


def open_shops(url):
    """Half of the shops have their orders processed, half their invoices; some invoices stay drafts."""
    shops = []
    for number, way in enumerate("ABCDAB"):
        linked = post_payments(open_for_business(url, rounding=way))
        linked.control("PATCH", f"shops/{linked.shop['id']}", {"gets_per_minute": 0})
        linked.configure(accounting={"publish": number != 4})
        if number % 2:
            linked.process("invoices")
            webhooks.register(linked.integration, open_shop(linked.integration))
        shops.append(linked)
    return shops


def place(shops):
    """What is sold, the same number in each shop but for the rest of the division."""

    def place_in(number):
        linked, count = shops[number], COUNT // len(shops) + (number < COUNT % len(shops))
        if number % 2:
            return len(linked.place_random_invoices(count, seed=number, paid=0.5, unbookable=0))
        return len(linked.place_random(count, seed=number, paid=1, unbookable=0))

    with ThreadPoolExecutor(len(shops)) as pool:
        return sum(pool.map(place_in, range(len(shops))))


def sprinkle(url, rng):
    control(url, "POST", "ledger/settings", {"retry_after": 1})
    for turn in range(COUNT // 50):
        for fault in FAULTS:
            control(url, "POST", "faults", {**fault, "skip": int(95 * (turn + rng.random()))})


def carry_through(program, shops, rng):
    """Two workers, of which one is killed every few seconds and another started; how many were killed."""
    bar, killed, placed = Bar(COUNT), 0, 0
    workers = [program.start_worker(concurrency=4) for _ in range(2)]
    until = time.monotonic() + A_LIFE
    with ThreadPoolExecutor(1) as pool:
        placing = pool.submit(place, shops)
        while not placing.done() or not all(map(has_delivered, shops)) or unfinished(shops):
            assert time.monotonic() - bar.started < LONGEST, unfinished(shops)[:20]
            program.raise_what_failed()
            program.sweep()
            if time.monotonic() > until:
                workers.pop(rng.randrange(2)).kill()
                workers.append(program.start_worker(concurrency=4))
                program.a_minute_passes()
                killed, until = killed + 1, time.monotonic() + A_LIFE
            bar.show(Payment.objects.filter(state=State.PROCESSED).count(), f"paid, {killed} workers killed")
            time.sleep(0.5)
        placed = placing.result()
    return placed, killed, time.monotonic() - bar.started


@pytest.mark.rule("R69")
def test_500_payments_are_in_the_books_once(sandbox, database, tmp_path_factory):
    sandbox.reset()
    rng = Random(1)
    environment = {**PATIENCE, **OAUTH}
    with running(sandbox.url, tmp_path_factory.mktemp("payments"), **environment) as program:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.PUBLIC_URL", program.url)
            shops = open_shops(sandbox.url)
            sprinkle(sandbox.url, rng)
            placed, killed, seconds = carry_through(program, shops, rng)
        ours = [linked.integration.pk for linked in shops]
        payments = Payment.objects.filter(integration__in=ours)
        assert placed == Document.objects.filter(integration__in=ours, state=State.PROCESSED).count()
        assert placed == payments.filter(state=State.PROCESSED).count() == COUNT
        assert [fault for linked in shops for fault in faults_of_payments(linked)] == []
        assert {amount for linked in shops for amount in open_amounts(linked)} == {0}
        assert [repeat for linked in shops for repeat in linked.ledger("repeats")] == []
        assert payments.filter(amount_cents__lt=0).exists()
    played = [fault for fault in control(sandbox.url, "GET", "faults")["faults"] if fault["hits"]]
    unanswered = Event.objects.filter(kind="payment_waiting", data__reason="settling").count()
    print(  # noqa: T201
        f"\n{placed} payments booked once in {seconds:.0f} s, {len(played)} faults played, "
        f"{killed} workers killed, {unanswered} waits for a payment that was not answered"
    )
