"""The answer to a remote write that does not come, at every write: the ledger has done it, does it late, does it after
we have looked for the first time, or never does it. The worker lives on, or is killed while it waits.
"""

import pytest

from integrations.models import State
from tests.chaos.outcomes import outcome_of
from tests.chaos.processes import at_once
from tests.chaos.scenarios import DELETED, ENTERED, ORDERED, PUBLISH, ROUNDED, ROUNDING, SCENARIOS, fault_at, place
from tests.chaos.shops import has_delivered

pytestmark = pytest.mark.chaos

# A call may take 1 s, an unknown outcome settles 2 s.
SILENCES = {
    "done": {"kind": "timeout_after_write", "seconds": 1.6},
    "done late": {"kind": "slow", "seconds": 1.6},
    "done after the first look": {"kind": "slow", "seconds": 3.6},
    "never done": {"kind": "timeout", "seconds": 1.6},
}
WHILE_KILLED = {
    "done": {"kind": "timeout_after_write", "seconds": 2},
    "done after the death": {"kind": "slow", "seconds": 2},
}
WRITES = [
    *[(ROUNDED, number) for number in range(1, len(ROUNDED.writes) + 1)],
    (DELETED, len(DELETED.writes)),
    *[(ENTERED, number) for number in (1, 2)],
    *[(ORDERED, number) for number in (2, 4)],
]
# A change of what exists is not looked for twice: the ledger must have done it when the settle time is over.
POINTS = {
    f"{'killed' if is_killed else 'waiting'} at {scenario.writes[number - 1]} ({number}), {name}": (
        scenario,
        number,
        silence,
        is_killed,
    )
    for is_killed, silences in ((False, SILENCES), (True, WHILE_KILLED))
    for name, silence in silences.items()
    for scenario, number in WRITES
    if not (name == "done after the first look" and scenario.writes[number - 1] in (ROUNDING, PUBLISH))
}


@pytest.fixture(scope="module")
def outcomes(program):
    placed = {}
    for point, (scenario, number, silence, _is_killed) in POINTS.items():
        placed[point] = place(program, scenario)
        fault_at(placed[point][0], scenario, number, **silence)
    assert all(has_delivered(linked) for linked, _order in placed.values())
    killed = [point for point in POINTS if POINTS[point][3]]
    at_once(*(lambda point=point: kill_at(program, point, placed[point][0]) for point in killed), most=8)
    program.lose_everything_but_the_database()
    with program.workers(2, concurrency=4):
        program.finish(*(linked for linked, _order in placed.values()))
    return {point: outcome_of(linked, order) for point, (linked, order) in placed.items()}


def kill_at(program, point, linked):
    program.kill_at(f"write:during:{POINTS[point][1]}", linked)


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0].ends_in == State.PROCESSED])
def test_it_is_posted_once(outcomes, point):
    assert outcomes[point].faults() == []


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0] is ROUNDED])
def test_one_rounding_line_is_added(outcomes, point):
    assert outcomes[point].rounding_lines() == ["0.01"]


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0].ends_in == State.ERROR])
def test_a_concept_that_is_off_is_not_left_in_the_books(outcomes, point):
    assert outcomes[point].faults_of_a_refusal("ledger_total_differs") == []


def test_a_renewal_whose_answer_did_not_come_is_done_again(program, sandbox):
    linked, order = place(program, SCENARIOS["token renewed in between"])
    sandbox.fault(kind="timeout_after_write", method="POST", path="/oauth/token", seconds=1)
    assert has_delivered(linked)
    with program.workers(2):
        program.finish(linked)
    assert outcome_of(linked, order).faults() == []
