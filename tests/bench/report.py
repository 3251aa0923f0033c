"""The tables that ``make bench`` prints."""

from subprocess import Popen

from tests.linked import Linked

from . import documents as document_bench
from . import services
from . import webhooks as webhook_bench
from .orders import KNOWN, NEW, open_shops
from .services import say

ROUNDS, SHORT_ROUNDS = 5, 2
INTEGRATIONS = 8
# Kind of order, seconds that an answer takes, orders of each shop, the ratio to aim for.
SCENES = ((KNOWN, 0.0, 30, 0.7), (KNOWN, 0.1, 10, 0.9), (NEW, 0.0, 20, 0.7), (NEW, 0.1, 6, 0.9))


def webhooks(is_short: bool) -> None:
    count, rounds = (1500, SHORT_ROUNDS) if is_short else (4000, ROUNDS)
    runs = webhook_bench.measure(count, rounds)
    ours, floor = (webhook_bench.middle(runs[name]) for name in ("webhooks", "floor"))
    say(f"Webhooks: gunicorn, 2 processes of 8 threads, 16 connections, medians of {rounds} runs of {count}")
    say(f"{'':26}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of floor':>10}")
    say(f"{'one HMAC, one row':26}{floor.per_second:12.0f}{floor.p50:9.1f}{floor.p99:9.1f}")
    ratio = ours.per_second / floor.per_second
    say(f"{'our endpoint':26}{ours.per_second:12.0f}{ours.p50:9.1f}{ours.p99:9.1f}{ratio:10.2f}  (aim 0.70)")
    say()


def documents(sandbox_url: str, processes: int, threads: int, is_short: bool) -> None:
    document_bench.prepare_floor()
    shops = open_shops(sandbox_url, INTEGRATIONS)
    rounds = 1 if is_short else 3
    with services.workers(processes, threads) as workers:
        _warm_up(shops)
        say(f"Documents: {INTEGRATIONS} integrations, {processes} x {threads} workers, medians of {rounds} runs")
        head = ("documents/s", "calls each", "bare floor", "of it", "with commits", "of it")
        say(f"{'':42}" + "".join(f"{name:>13}" for name in head))
        for kind, delay, count, aim in SCENES:
            speeds = document_bench.measure(
                shops, kind, count=count, rounds=rounds, delay=delay, threads=processes * threads
            )
            _say_speeds(f"{kind.name}, {1000 * delay:.0f} ms", speeds, aim)
        _say_memory(workers)
    say()


def _warm_up(shops: list[Linked]) -> None:
    """What happens once in the life of a worker is not measured."""
    document_bench.run_ours(shops, KNOWN, 2)


def _say_speeds(name: str, speeds: document_bench.Speeds, aim: float) -> None:
    ours, bare, committing = (speeds.middle(name) for name in ("ours", "bare", "committing"))
    calls = f"{speeds.our_calls:.2f}"
    say(
        f"{name:42}{ours:13.1f}{calls:>13}{bare:13.1f}{ours / bare:13.2f}"
        f"{committing:13.1f}{ours / committing:13.2f}  (aim {aim:.2f})"
    )
    if speeds.our_calls != speeds.floor_calls:
        say(f"  the floor made {speeds.floor_calls:.2f} calls each")
    cost = speeds.cost
    say(f"  {cost.statements:.1f} statements and {cost.commits} commits each in our database")


def _say_memory(workers: "list[Popen[str]]") -> None:
    peaks = ", ".join(f"{services.peak_memory(worker.pid) / 1e6:.0f} MB" for worker in workers)
    say(f"Most memory of a worker: {peaks}  (aim below 200 MB)")
