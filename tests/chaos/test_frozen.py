"""A worker that stands still for longer than its lease while another takes over, and then goes on where it was."""

import signal
import time

import pytest

from integrations import http
from integrations.models import State
from tests.chaos.fixtures import PATIENCE
from tests.chaos.outcomes import outcome_of
from tests.chaos.processes import at_once, wait_for
from tests.chaos.scenarios import DELETED, ENTERED, ORDERED, ROUNDED, place
from tests.chaos.shops import has_delivered
from tests.scripted import scripted_server

pytestmark = pytest.mark.chaos

# Frozen with the answer in hand: of each write, and of what was read in between. Frozen with the call on its lips:
# whether it may still be made is asked again when the connection is there, just before the first byte.
POINTS = {
    f"{scenario.target or 'invoice'}: {moment} {what} {number}": (scenario, f"{what}:{moment}:{number}")
    for scenario, what, moments, numbers in (
        (ROUNDED, "write", ("before", "after"), range(1, 7)),
        (ROUNDED, "call", ("after",), (1, 2, 4)),
        (DELETED, "write", ("before", "after"), (4,)),
        (ENTERED, "write", ("before", "after"), (1, 2)),
        (ENTERED, "call", ("after",), (1, 4, 6)),
        (ORDERED, "write", ("before", "after"), (1, 2, 4)),
    )
    for moment in moments
    for number in numbers
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

    at_once(*(lambda point=point: freeze(point) for point in POINTS), most=8)
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
    assert outcomes[point].faults() == []


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0] is ROUNDED])
def test_one_rounding_line_is_added(outcomes, point):
    assert outcomes[point].rounding_lines() == ["0.01"]


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0].ends_in == State.ERROR])
def test_a_concept_that_is_off_is_not_left_in_the_books(outcomes, point):
    assert outcomes[point].faults_of_a_refusal("ledger_total_differs") == []


@pytest.mark.parametrize("point", list(POINTS))
def test_the_one_who_was_frozen_adds_nothing_to_the_timeline(outcomes, point):
    kinds = list(outcomes[point].document.events.values_list("kind", flat=True))
    assert kinds.count("posted") + kinds.count("problem") == 1


@pytest.mark.parametrize("reuses_connection", [False, True])
def test_what_comes_too_late_is_not_sent(settings, reuses_connection):
    """Frozen when it had just been said that the call may be made."""
    settings.CALL_DEADLINE_SECONDS = 1
    with scripted_server() as server:
        if reuses_connection:
            http.send("POST", server.url, headers={}, body=b"first")
        with pytest.raises(http.NoAnswer):
            http.send("POST", server.url, headers={}, body=b"late", before_call=lambda: time.sleep(1.1))
        assert [asked.body for asked in server.asked] == [b"first"] * reuses_connection
