"""The worker killed or frozen at every call of a payment, answers that do not come, many workers at once: each payment
is in the books once, and nothing is left open."""

import signal
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import Intent, Payment
from tests.chaos.fixtures import PATIENCE
from tests.chaos.processes import at_once, wait_for
from tests.chaos.shops import has_delivered, open_for_business
from tests.linked import Linked, control, link
from tests.paying import MUG, faults_of_payments, hold, post_payments

pytestmark = pytest.mark.chaos

READ, PAID = "call:{}:1", "write:{}:1"  # the two calls of a payment that is due
KINDS = ("invoice", "draft", "credit")
# A call may take 1 s, an unknown outcome settles 2 s.
SILENCES = {
    "done": {"kind": "timeout_after_write", "seconds": 1.6},
    "done late": {"kind": "slow", "seconds": 1.6},
    "done after the first look": {"kind": "slow", "seconds": 3.6},
    "never done": {"kind": "timeout", "seconds": 1.6},
}


@dataclass(frozen=True, kw_only=True)
class Point:
    """Where a payment of a ``kind`` of invoice meets its fate: ``at`` as ``worker.py`` has it, ``silence`` a fault of
    its write. It begins as a message of the shop, as a payment that is ``due``, or as one that was ``sent`` and not
    answered."""

    kind: str = "invoice"
    begins: str = "due"
    at: str = ""
    silence: dict[str, Any] | None = None


KILLED = {
    **{
        f"{kind}: {moment} {name}": Point(kind=kind, at=at.format(moment))
        for kind in ("invoice", "credit")
        for name, at in (("what is owed", READ), ("the payment", PAID))
        for moment in ("before", "after")
    },
    # Of the whole road the fourth write publishes the invoice, and the fifth is the payment.
    **{
        f"whole road: {moment} {name}": Point(begins="message", at=f"write:{moment}:{number}")
        for name, number in (("publish", 4), ("the payment", 5))
        for moment in ("before", "after")
    },
    **{
        f"waiting, {name}": Point(at="write:during:1", silence=SILENCES[name])
        for name in ("done", "done after the first look", "never done")
    },
    **{
        f"{name}, {moment} the look": Point(begins="sent", at=READ.format(moment), silence=SILENCES[name])
        for name in ("done", "never done")
        for moment in ("before", "after")
    },
}
FROZEN = {
    f"{kind}: {name}": Point(kind=kind, at=at)
    for kind in ("invoice", "credit")
    for name, at in (
        ("what is owed in hand", READ.format("after")),
        ("the payment on its lips", PAID.format("before")),
        ("the payment made", PAID.format("after")),
    )
}
SILENT = {
    f"{kind}: {name}": Point(kind=kind, silence=silence)
    for kind in KINDS
    for name, silence in SILENCES.items()
    if kind == "invoice" or name in ("done", "never done")
}


def prepare(program, point: Point) -> Linked:
    """A shop and books for this point alone."""
    linked = post_payments(link(program.sandbox_url))
    linked.configure(accounting={"publish": point.kind != "draft"})
    order = linked.place(**MUG)["order"]
    if point.kind == "credit":
        linked.process("invoices")
        linked.deliver(linked.place_invoice(order["id"], type="credit")["id"], kind="invoice")
    else:
        linked.deliver(order["id"])
    if point.begins != "message":
        hold(linked)
        linked.work()
    if point.silence:
        fault = {"method": "PATCH", "path": f"/companies/{linked.company}/sales_invoices/", **point.silence}
        control(linked.url, "POST", "faults", fault)
    make_due(linked)
    if point.begins == "sent":
        linked.work()
        Intent.objects.filter(administration=linked.integration.administration_id).update(
            started_at=timezone.now() - timedelta(hours=1)
        )
        make_due(linked)
    return linked


def make_due(linked):
    linked.integration.payments.update(next_attempt_at=timezone.now())


def freeze(program, point, linked):
    worker = program.start_doomed(f"{point.at}:SIGSTOP", linked.integration.administration_id)
    wait_for(worker.is_frozen, 60, f"the worker freezes, {point}")
    return worker


def go_on(worker):
    worker.signal(signal.SIGCONT)
    wait_for(lambda: worker.has_said("task_succeeded"), 20, "the worker goes on")
    worker.kill()


@pytest.fixture(scope="module")
def faults(program):
    """Of every point: what was wrong with the payment in the end."""
    points = {"killed": KILLED, "frozen": FROZEN, "silent": SILENT}
    shops = {(way, name): prepare(program, point) for way, named in points.items() for name, point in named.items()}
    kills = [
        lambda at=point.at, name=name: program.kill_at(at, shops["killed", name]) for name, point in KILLED.items()
    ]
    at_once(*kills, most=8)
    program.lose_everything_but_the_database()
    frozen = [freeze(program, point, shops["frozen", name]) for name, point in FROZEN.items()]
    time.sleep(PATIENCE["LEASE_SECONDS"])
    program.a_minute_passes()
    with program.workers(2, concurrency=4):
        program.finish(*shops.values(), seconds=90)
        at_once(*(lambda worker=worker: go_on(worker) for worker in frozen))
        program.finish(*shops.values())
    return {name: [*faults_of_payments(linked), *missing(linked)] for name, linked in shops.items()}


def missing(linked):
    """Nothing is wrong with a payment that is not there."""
    count = sum(len(invoice["payments"]) for invoice in linked.ledger())
    return [] if (count, linked.integration.payments.count()) == (1, 1) else [f"{count} payments"]


@pytest.mark.rule("R69")
@pytest.mark.parametrize("point", KILLED)
def test_it_is_paid_once_though_the_worker_was_killed(faults, point):
    assert faults["killed", point] == []


@pytest.mark.rule("R69")
@pytest.mark.parametrize("point", FROZEN)
def test_it_is_paid_once_though_the_worker_woke_up_too_late(faults, point):
    assert faults["frozen", point] == []


@pytest.mark.rule("R69")
@pytest.mark.parametrize("point", SILENT)
def test_it_is_paid_once_though_the_answer_did_not_come(faults, point):
    assert faults["silent", point] == []


def placed(program, count, seed):
    """A shop with paid orders of all kinds, of which everything is still to be done."""
    linked = post_payments(open_for_business(program.sandbox_url))
    linked.place_random(count, seed=seed, paid=1, unbookable=0)
    assert has_delivered(linked)
    return linked


def test_many_workers_rung_at_once_pay_each_order_once(program):
    linked = placed(program, 20, seed=7)
    administration = linked.integration.administration_id
    with program.workers(3, concurrency=4):
        at_once(*(lambda: program.send_work(administration) for _ in range(30)))
        program.finish(linked)
    assert Payment.objects.filter(integration=linked.integration).count() == 20
    assert faults_of_payments(linked) == []


def test_workers_killed_at_random_pay_each_order_once(program):
    linked = placed(program, 20, seed=8)
    program.kill_at_random(6, seed=1)
    with program.workers(2):
        program.a_minute_passes()
        program.finish(linked)
    assert Payment.objects.filter(integration=linked.integration).count() == 20
    assert faults_of_payments(linked) == []
