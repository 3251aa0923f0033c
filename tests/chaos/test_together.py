"""Two shops in one administration of King: one lease, and each document once, whoever is killed in between."""

import itertools

import pytest

from integrations.models import Administration, State
from tests.chaos.outcomes import outcome_of
from tests.chaos.processes import at_once, wait_for
from tests.chaos.shops import has_delivered, numbered, open_king_for_business

pytestmark = pytest.mark.chaos

# The writes at the books for what the two shops sell to the same customer; as entries, the second of two documents
# with the same digits is refused before it is sent.
WRITES = {
    ("entry", "order"): ("debtor", "entry", "item", "order"),
    ("entry", "entry"): ("debtor", "entry", "other entry", "entry of the other shop"),
}
POINTS = {
    f"{' and '.join(targets)}: {moment} {write}": (targets, f"write:{moment}:{number}")
    for targets, writes in WRITES.items()
    for number, write in enumerate(writes, 1)
    for moment in ("before", "after")
}
A1001, B1001, C2002, D3003 = (numbered(number) for number in ("A1001", "B1001", "C2002", "D3003"))
SOLD = {"entry": ([A1001, C2002], [B1001, D3003]), "order": ([A1001], [D3003])}


def place(program, targets):
    """Two shops on the same environment code, and their orders."""
    first = open_king_for_business(program.sandbox_url, targets[0])
    second = open_king_for_business(program.sandbox_url, targets[1], **first.books)
    assert first.integration.administration_id == second.integration.administration_id
    sold = zip((first, second), SOLD[targets[1]], strict=True)
    return [(shop, shop.place(**draft)["order"]) for shop, drafts in sold for draft in drafts]


def test_the_id_of_an_order_and_the_number_of_an_entry_may_be_the_same(program):
    entries = open_king_for_business(program.sandbox_url)
    orders = open_king_for_business(program.sandbox_url, "order", **entries.books)
    ordered = orders.place(**A1001)["order"]
    entered = entries.place(**numbered(f"N{ordered['id']}"))["order"]
    with program.workers(1):
        assert has_delivered(entries)
        assert has_delivered(orders)
        program.finish(entries, orders)
    assert outcome_of(entries, entered).faults() == []
    assert outcome_of(orders, ordered).faults() == []


@pytest.fixture(scope="module")
def outcomes(program):
    placed = {point: place(program, targets) for point, (targets, _at) in POINTS.items()}
    assert all(has_delivered(shop) for shop, _order in itertools.chain(*placed.values()))
    at_once(*(lambda point=point: program.kill_at(POINTS[point][1], placed[point][0][0]) for point in POINTS), most=8)
    program.lose_everything_but_the_database()
    with program.workers(2):
        program.finish(*(shop for shop, _order in itertools.chain(*placed.values())))
    return {point: [outcome_of(shop, order) for shop, order in placed[point]] for point in POINTS}


@pytest.mark.parametrize("point", POINTS)
def test_each_document_is_posted_once(outcomes, point):
    posted = [outcome for outcome in outcomes[point] if outcome.document.number != "B1001"]
    assert [fault for outcome in posted for fault in outcome.faults()] == []
    assert sum(len(kind) for kind in (posted[0].entries, posted[0].orders)) == len(posted)


@pytest.mark.parametrize("point", [point for point in POINTS if POINTS[point][0] == ("entry", "entry")])
def test_the_second_document_with_the_same_digits_is_refused(outcomes, point):
    (refused,) = (outcome.document for outcome in outcomes[point] if outcome.document.number == "B1001")
    assert refused.state == State.ERROR
    assert [(problem["code"], problem["other"]) for problem in refused.problems] == [("number_collision", "A1001")]


def test_many_workers_at_once_for_two_shops_post_each_order_once(program):
    first = open_king_for_business(program.sandbox_url)
    second = open_king_for_business(program.sandbox_url, "order", **first.books)
    mix = {"paid": 1, "unbookable": 0}
    shops = (first, second)
    placed = [(shop, order) for shop in shops for order in shop.place_random(12, seed=shop.shop["id"], **mix)]
    assert has_delivered(first)
    assert has_delivered(second)
    administration = first.integration.administration_id
    with program.workers(3, concurrency=4):
        at_once(*(lambda: program.send_work(administration) for _ in range(30)))
        program.finish(first, second)
        given_back = Administration.objects.filter(pk=administration, leased_until=None)
        wait_for(given_back.exists, 10, "the lease is given back")
    assert [fault for shop, order in placed for fault in outcome_of(shop, order).faults()] == []
