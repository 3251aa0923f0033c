"""2,000 past orders, of which a tenth was booked by hand and a twentieth can't be booked: each is in the books once,
though the work is stopped and gone on with, and its worker killed."""

import os
import time
from collections import Counter

import pytest

from integrations.models import Document, History, State, User
from tests.chaos import fixtures
from tests.chaos.processes import Process, wait_for
from tests.chaos.program import Program
from tests.chaos.shops import open_for_business
from tests.linked import Linked
from tests.past import SINCE, START, UNBOOKABLE, UNTIL, ByHand, outcomes, place_past
from webshop.past import history

pytestmark = pytest.mark.soak
program = fixtures.program

MANY = int(os.environ.get("SOAK_ORDERS") or (100 if os.environ.get("CI") else 2000))
BLOCKED, BY_HAND = MANY // 20, MANY // 10
LONGEST = 1800  # seconds


@pytest.fixture(scope="module")
def linked(program: Program) -> Linked:
    made = open_for_business(program.sandbox_url)
    made.configure(shop={"start_date": START})
    made.control("PATCH", f"shops/{made.shop['id']}", {"hooks": "hold", "gets_per_minute": 0})
    return made


def test_each_is_in_the_books_once(program: Program, linked: Linked) -> None:
    begun = time.monotonic()
    orders = place_past(linked, MANY - BLOCKED)
    place_past(linked, BLOCKED, tax=UNBOOKABLE)
    by_hand = ByHand(linked)
    for order in orders[::9][:BY_HAND]:
        by_hand.book(order, f"Webwinkel order {order['ordernumber_full']}")
    print(f"{MANY} orders placed in {time.monotonic() - begun:.0f} s, {BY_HAND} of them booked by hand")  # noqa: T201
    person = User.objects.create_user(username="past@example.nl", email="past@example.nl")
    made = history.ask(linked.integration, person, SINCE, UNTIL)
    assert made
    program.a_minute_passes()  # nobody here answers a ring of this process
    with program.workers(1) as workers:
        begun = time.monotonic()
        wait_for(lambda: is_in(program, made, "counted"), LONGEST, "the past is counted", every=0.5)
        print(f"counted in {time.monotonic() - begun:.0f} s: {outcomes(made)}")  # noqa: T201
        assert outcomes(made) == {"ready": MANY - BLOCKED - BY_HAND, "in_books": BY_HAND, "blocked": BLOCKED}
        begun = time.monotonic()
        assert history.start(made, person)
        program.a_minute_passes()
        stop_and_resume(program, made, person)
        kill(program, made, workers[0])
    with program.workers(1):
        wait_for(lambda: is_in(program, made, "done"), LONGEST, "the past is carried over", every=0.5)
    print(f"carried over in {time.monotonic() - begun:.0f} s")  # noqa: T201
    counted = Counter(invoice["description"].split()[-1] for invoice in linked.ledger())
    assert counted == {order["ordernumber_full"]: 1 for order in orders}
    assert linked.ledger("repeats") == []
    assert not Document.objects.filter(history=made).exclude(state=State.PROCESSED).exists()


def is_in(program: Program, made: History, state: str) -> bool:
    program.sweep()
    program.raise_what_failed()
    made.refresh_from_db()
    assert made.state != History.State.PAUSED, made.reason
    return made.state == state


def posted(made: History) -> int:
    return made.documents.filter(state=State.PROCESSED).count()


def stop_and_resume(program: Program, made: History, person: User) -> None:
    """Paused at a quarter: what is on its way is finished, and then nothing more comes."""
    wait_for(lambda: program.sweep() or posted(made) > MANY // 4, LONGEST, "a quarter is posted", every=0.5)
    made.refresh_from_db()
    assert history.pause(made, person)
    wait_for(lambda: program.sweep() or history.going(made) == 0, 120, "what was on its way is posted", every=0.5)
    before = posted(made)
    program.sweep()
    time.sleep(3)
    assert posted(made) == before
    assert history.resume(made, person)
    program.a_minute_passes()


def kill(program: Program, made: History, worker: Process) -> None:
    """With the signal that nobody can catch, in the middle of it."""
    wait_for(lambda: program.sweep() or posted(made) > MANY // 2, LONGEST, "half is posted", every=0.1)
    worker.kill()
    program.a_minute_passes()
