"""Documents a second: real workers against a bare loop that makes the same remote calls."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from integrations.models import Administration, Delivery, Document, State
from tests.linked import Linked, control
from webshop.doorbell import ring

from . import floor_calls
from .counting import Cost, counted
from .orders import Kind, place, source_of
from .services import wait_for


@dataclass
class Speeds:
    """Documents a second of each run, by what ran, and the remote calls of a document."""

    cost: Cost
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    committing: list[float] = field(default_factory=list)
    our_calls: float = 0
    floor_calls: float = 0

    def middle(self, name: str) -> float:
        return statistics.median(getattr(self, name))


def measure(shops: list[Linked], kind: Kind, *, count: int, rounds: int, delay: float, threads: int) -> Speeds:
    """Alternate our workers and both floors, ``rounds`` times, each with ``count`` fresh orders of every shop."""
    speeds = Speeds(cost_of(shops[0], kind))
    control(shops[0].url, "POST", "delay", {"seconds": 0})
    for _ in range(rounds):
        ours = {shop.integration.pk: [row["id"] for row in place(shop, kind, count)] for shop in shops}
        floors = [[_jobs(shop, kind, count) for shop in shops] for _ in range(2)]
        control(shops[0].url, "POST", "delay", {"seconds": delay})
        speeds.our_calls, took = _calls(shops, lambda ours=ours: _ours(shops, ours))
        speeds.ours.append(len(shops) * count / took)
        for name, jobs, commits in (("bare", floors[0], 0), ("committing", floors[1], speeds.cost.commits)):
            speeds.floor_calls, took = _calls(shops, lambda jobs=jobs, commits=commits: _floor(jobs, threads, commits))
            getattr(speeds, name).append(len(shops) * count / took)
        control(shops[0].url, "POST", "delay", {"seconds": 0})
    speeds.our_calls /= len(shops) * count
    speeds.floor_calls /= len(shops) * count
    return speeds


def cost_of(shop: Linked, kind: Kind, count: int = 20) -> Cost:
    """What a document costs our database, counted here while no worker has anything to do."""
    shop.deliver(*(row["id"] for row in place(shop, kind, count)))
    with counted(count) as cost:
        shop.work()
    return cost


def _jobs(shop: Linked, kind: Kind, count: int) -> list[floor_calls.Job]:
    return [floor_calls.prepare(shop, source_of(shop, row["id"])) for row in place(shop, kind, count)]


def _calls(shops: list[Linked], act: Callable[[], float]) -> tuple[float, float]:
    """How many calls the stand-ins counted during an act, and what it says it took."""
    control(shops[0].url, "DELETE", "counters")
    took = act()
    return sum(control(shops[0].url, "GET", "counters")["calls"].values()), took


def _floor(jobs: list[list[floor_calls.Job]], threads: int, commits: int) -> float:
    started = time.perf_counter()
    floor_calls.run(jobs, threads, commits, os.environ["DATABASE_URL"])
    return time.perf_counter() - started


def _ours(shops: list[Linked], orders: dict[int, list[int]]) -> float:
    """Store the deliveries, ring for all administrations, and wait until every document is posted: from the first
    ring to the database's own last word."""
    for shop in shops:
        shop.deliver(*orders[shop.integration.pk])
    Administration.objects.update(rung_at=None)
    wanted = Document.objects.count() + sum(map(len, orders.values()))
    started = time.time()
    for shop in shops:
        assert shop.integration.administration_id
        ring(shop.integration.administration_id)
    try:
        wait_for(lambda: Document.objects.filter(state=State.PROCESSED).count() == wanted, 120, "all is posted")
    except TimeoutError as error:
        raise TimeoutError(f"{error}: {_left()}") from error
    assert not Delivery.objects.filter(handled_at=None).exists()
    last = Document.objects.order_by("-changed_at").values_list("changed_at", flat=True)[0]
    return last.timestamp() - started


def run_ours(shops: list[Linked], kind: Kind, count: int) -> float:
    """Place fresh orders and let the workers post them; gives the seconds."""
    return _ours(shops, {shop.integration.pk: [row["id"] for row in place(shop, kind, count)] for shop in shops})


def _left() -> list[str]:
    """Why what is not posted is not."""
    waiting = Delivery.objects.filter(handled_at=None).values_list("reason", flat=True).distinct()
    documents = Document.objects.exclude(state=State.PROCESSED).values_list("reason", flat=True).distinct()
    return [*waiting, *documents]


def prepare_floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute(floor_calls.TABLE)
