"""The worker killed before and after every remote write, with ``kill -9``; then the broker emptied, the web server
killed and started again. Whatever the moment: nothing is lost, and nothing is there twice.
"""

import pytest

from integrations.models import State
from tests.chaos.outcomes import outcome_of
from tests.chaos.processes import at_once
from tests.chaos.scenarios import (
    DEBTOR,
    DELETE,
    ENDED,
    ENTRY,
    INVOICE,
    ITEM,
    LOGIN,
    ORDER,
    PUBLISH,
    ROUNDING,
    SCENARIOS,
    TOKEN,
    place,
)
from tests.chaos.shops import has_delivered

pytestmark = pytest.mark.chaos

POINTS = {
    f"{name}: {moment} {scenario.writes[number - 1]} ({number})": (scenario, moment, number)
    for name, scenario in SCENARIOS.items()
    for number in range(scenario.new, len(scenario.writes) + 1)
    for moment in ("before", "after")
}

LEAVE_NO_ROW = (INVOICE, ROUNDING, PUBLISH, DELETE, TOKEN, LOGIN, ENDED)


def points(**wanted):
    return [
        point
        for point, (scenario, _moment, _number) in POINTS.items()
        if all(getattr(scenario, name) == value for name, value in wanted.items())
    ]


@pytest.fixture(scope="module")
def outcomes(program):
    """Of every point: an order whose worker was killed there, and what became of it in the end."""
    placed = {point: place(program, scenario) for point, (scenario, _moment, _number) in POINTS.items()}
    assert all(has_delivered(linked) for linked, _order in placed.values())
    at_once(*(lambda point=point: kill_at(program, point, placed[point][0]) for point in POINTS), most=8)
    program.lose_everything_but_the_database()
    with program.workers(2):
        program.finish(*(linked for linked, _order in placed.values()))
    return {point: outcome_of(linked, order) for point, (linked, order) in placed.items()}


def kill_at(program, point, linked):
    _scenario, moment, number = POINTS[point]
    program.kill_at(f"write:{moment}:{number}", linked)


def test_there_are_points_of_every_kind():
    assert len(POINTS) >= 12
    written = {scenario.writes[number - 1] for scenario, _moment, number in POINTS.values()}
    assert written >= {"contact", "product", INVOICE, ROUNDING, PUBLISH, DELETE, TOKEN}
    assert written >= {DEBTOR, ITEM, ENTRY, ORDER, LOGIN, ENDED}


@pytest.mark.parametrize("point", points(ends_in=State.PROCESSED))
def test_it_is_posted_once(outcomes, point):
    assert outcomes[point].faults() == []


@pytest.mark.parametrize("point", points(ends_in=State.ERROR))
def test_a_concept_that_is_off_is_not_left_in_the_books(outcomes, point):
    assert outcomes[point].faults_of_a_refusal("ledger_total_differs") == []


@pytest.mark.parametrize("point", points(rounding="C"))
def test_one_rounding_line_is_added(outcomes, point):
    assert outcomes[point].rounding_lines() == ["0.01"]
    assert outcomes[point].document.rounding_cents == 1


@pytest.mark.parametrize("point", points())
def test_the_scenario_names_all_writes(outcomes, point):
    """What is in the books at the end took as many writes, so that no point was left out."""
    scenario = POINTS[point][0]
    others = [write for write in scenario.writes if write in LEAVE_NO_ROW]
    assert outcomes[point].made() + len(others) == len(scenario.writes)
