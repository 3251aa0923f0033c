"""A worker that stands still for longer than its lease while another takes over, and then goes on where it was."""

import signal
import time

import pytest

from integrations.models import State
from tests.chaos.fixtures import PATIENCE
from tests.chaos.program import at_once, wait_for
from tests.chaos.scenarios import DELETED, ROUNDED, place
from tests.chaos.shops import has_delivered, outcome_of

pytestmark = pytest.mark.chaos

# Frozen with the answer in hand: of each write, and of what was read in between (VAT codes, contact, products).
# Frozen with the call on its lips: only where the ledger itself refuses or ignores what was done already. A contact or
# a product that is sent a whole lease late is made twice; no ledger without idempotency keys can prevent that, so the
# lease is looked at as late as possible.
POINTS = {
    **{f"after write {number}": (ROUNDED, f"write:after:{number}") for number in range(1, 7)},
    **{f"after call {number}": (ROUNDED, f"call:after:{number}") for number in (1, 2, 4)},
    **{f"before write {number}": (ROUNDED, f"write:before:{number}") for number in (4, 5, 6)},
    **{f"{moment} the deletion": (DELETED, f"write:{moment}:4") for moment in ("before", "after")},
}


@pytest.fixture(scope="module")
def outcomes(program):
    placed = {point: place(program, scenario) for point, (scenario, _at) in POINTS.items()}
    assert all(has_delivered(linked) for linked, _order in placed.values())
    frozen = {}

    def freeze(point):
        administration = placed[point][0].integration.administration_id
        frozen[point] = program.start_doomed(f"{POINTS[point][1]}:SIGSTOP", administration)
        wait_for(frozen[point].is_frozen, 60, f"the worker freezes, {point}")

    at_once(*(lambda point=point: freeze(point) for point in POINTS))
    time.sleep(PATIENCE["LEASE_SECONDS"])
    program.a_minute_passes()
    with program.workers(2):
        program.finish(*(linked for linked, _order in placed.values()))
        for worker in frozen.values():
            assert not worker.has_said("task_succeeded")
            worker.signal(signal.SIGCONT)
        for point, worker in frozen.items():
            wait_for(lambda worker=worker: worker.has_said("task_succeeded"), 20, f"the worker goes on, {point}")
            worker.kill()
        program.finish(*(linked for linked, _order in placed.values()))
    return {point: outcome_of(linked, order) for point, (linked, order) in placed.items()}


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0].ends_in == State.PROCESSED])
def test_it_is_posted_once(outcomes, point):
    # An invoice sent late is refused by its reference: tried twice, made once.
    faults = [fault for fault in outcomes[point].faults() if "'created': 1, 'refused': 1" not in fault]
    assert faults == []
    assert outcomes[point].rounding_lines() == ["0.01"]


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0].ends_in == State.ERROR])
def test_a_concept_that_is_off_is_not_left_in_the_books(outcomes, point):
    assert outcomes[point].faults_of_a_refusal("ledger_total_differs") == []


@pytest.mark.parametrize("point", list(POINTS))
def test_the_one_who_was_frozen_adds_nothing_to_the_timeline(outcomes, point):
    kinds = list(outcomes[point].document.events.values_list("kind", flat=True))
    assert kinds.count("posted") + kinds.count("problem") == 1
