"""The worker killed before and after every remote write of taking a posting back, or standing still there until another
has done it: it is taken back, and once."""

import signal
import time
from dataclasses import dataclass

import pytest

from accounting import reversals
from integrations.models import Document, Intent, Reversal, State, User
from tests.accounting.imuis import test_reversing as at_king
from tests.accounting.test_reversing import opposite
from tests.chaos.fixtures import PATIENCE
from tests.chaos.processes import at_once, wait_for
from tests.chaos.scenarios import DELETE, ENTRY, INVOICE, MIXED, PUBLISH
from tests.king import King, link_king
from tests.linked import Linked, link
from webshop import pressing

pytestmark = pytest.mark.chaos

WRITES = {"published": (INVOICE, PUBLISH), "draft": (DELETE,), "entry": (ENTRY,)}
POINTS = {
    f"{posted}: {moment} {write}": (posted, f"write:{moment}:{number}")
    for posted, writes in WRITES.items()
    for number, write in enumerate(writes, 1)
    for moment in ("before", "after")
}
FROZEN = {f"{posted}: frozen": (posted, "write:after:1") for posted in WRITES}


@dataclass
class Undone:
    """A posting of which somebody asked that it be taken back."""

    linked: Linked
    document: Document

    def faults(self) -> list[str]:
        """Every way in which it was not taken back once."""
        self.document.refresh_from_db()
        reversal = self.document.reversals.get()
        found = (self.document.state, self.document.reason, self.document.edition)
        faults = [] if found == (State.ERROR, "undone", 2) else [f"{found} {reversal.reason} {reversal.problems}"]
        return [*faults, *self.faults_of_the_books(reversal), *map(str, Intent.objects.filter(document=self.document))]

    def faults_of_the_books(self, reversal: Reversal) -> list[str]:
        ledger = self.linked.ledger()
        if reversal.outcome == "deleted":
            return [] if ledger == [] else [f"{len(ledger)} left"]
        if len(ledger) != 2:
            return [f"{len(ledger)} in the books"]
        is_opposite = at_king.opposite if isinstance(self.linked, King) else opposite
        return [] if is_opposite(*ledger) else ["not the opposite"]

    def faults_of_the_next(self) -> list[str]:
        """The same of the posting that a person asked for after that."""
        self.document.refresh_from_db()
        found, total = (self.document.state, self.document.edition), self.linked.ledger_total() * 100
        is_good = found == (State.PROCESSED, 2) and total == self.document.total_cents
        return [] if is_good else [f"then {found} {self.document.problems}, {total} cents in the books"]


def posted(program, kind: str) -> Undone:
    linked = link_king(program.sandbox_url) if kind == "entry" else link(program.sandbox_url, books={"rounding": "B"})
    if kind == "draft":
        linked.configure(accounting={"publish": False})
    order = linked.place(**MIXED)["order"]
    linked.deliver(order["id"])
    linked.work()
    document = linked.document(order["id"])
    assert document.state == State.PROCESSED
    assert reversals.ask(document, user(), returns_to="error")
    return Undone(linked, document)


def user() -> User:
    return User.objects.get_or_create(username="boekhouder")[0]


@pytest.fixture(scope="module")
def faults(program):
    """Of every point: a posting that is taken back by a worker that meets its fate there, and then by others; what was
    wrong when that was done, and when Process was pressed afterwards."""
    asked = {point: posted(program, kind) for point, (kind, _at) in (POINTS | FROZEN).items()}
    kills = [lambda at=at, one=asked[point]: program.kill_at(at, one.linked) for point, (_kind, at) in POINTS.items()]
    at_once(*kills, most=8)
    program.lose_everything_but_the_database()
    frozen = [freeze(program, at, asked[point].linked) for point, (_kind, at) in FROZEN.items()]
    time.sleep(PATIENCE["LEASE_SECONDS"])
    program.a_minute_passes()
    with program.workers(2):
        program.finish(*(one.linked for one in asked.values()))
        for worker in frozen:
            go_on(worker)
        found = {point: one.faults() for point, one in asked.items()}
        for one in asked.values():
            assert pressing.process(one.document, user())
        program.a_minute_passes()  # it was rung where nobody listens
        program.finish(*(one.linked for one in asked.values()))
    return {point: [*found[point], *one.faults_of_the_next()] for point, one in asked.items()}


def freeze(program, at, linked):
    worker = program.start_doomed(f"{at}:SIGSTOP", linked.integration.administration_id)
    wait_for(worker.is_frozen, 60, f"the worker freezes, {at}")
    return worker


def go_on(worker):
    worker.signal(signal.SIGCONT)
    wait_for(lambda: worker.has_said("task_succeeded"), 20, "the worker goes on")
    worker.kill()


@pytest.mark.parametrize("point", [*POINTS, *FROZEN])
def test_it_is_taken_back_once_and_posted_anew_once(faults, point):
    assert faults[point] == []
