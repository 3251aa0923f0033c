"""How fast the tabs are with a million documents, as ratios to a bare view: ``python -m tests.bench.dashboard``.

Ends with status 1 when a page takes more than three times as long as the bare view, or asks the database too often.
"""

import argparse
import json
import logging
import os
import secrets
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from . import services
from .services import say

if TYPE_CHECKING:
    from .many_documents import Large

MOST_RATIO, MOST_QUERIES, MOST_MEMORY = 3.0, 8, 200_000_000
WARM = 5
STATES = {"report": ("processed", "down"), "errors": ("error", "up"), "open": ("open,queued", "down")}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-dashboard", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the documents, for a quick look")
    parser.add_argument("--keep", action="store_true", help="wait for Enter before the database is dropped")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is cleared away
    try:
        with ExitStack() as stack:
            return _measured(asked, stack)
    except services.Missing as missing:
        sys.stderr.write(f"make bench-dashboard: {missing}\n")
        return 2


def _measured(asked: argparse.Namespace, stack: ExitStack) -> int:
    _start(stack)
    from .many_documents import fill

    started, whole = time.monotonic(), 100_000 if asked.short else 1_000_000
    large = fill(whole)
    held = large.integration.documents.count()
    say(f"{whole} documents of 200 shops, {held} of one, made in {time.monotonic() - started:.0f} s")
    is_good = _pages(large, 40 if asked.short else 100)
    for form in ("csv", "xlsx"):
        is_good &= _export(form, large)
    if asked.keep:
        input(f"{os.environ['DATABASE_URL']} is there until you press Enter ")
    return 0 if is_good else 1


def _start(stack: ExitStack) -> None:
    """Settings as in production, with a database and static files of our own."""
    from cryptography.fernet import Fernet

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": stack.enter_context(services.own_database()),
        "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")),
        "CACHE_URL": "locmemcache://",
        "SECRET_KEY": secrets.token_hex(32),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "CCVSHOP_APP_SECRET": secrets.token_hex(16),
        "ALLOWED_HOSTS": "testserver",
        "DEMO": "0",
        "DEBUG": "0",
        "PYTHONWARNINGS": "ignore",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    logging.disable(logging.CRITICAL)
    settings.ROOT_URLCONF = "tests.bench.floor_page"
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    stack.callback(connections.close_all)


def _pages(large: "Large", rounds: int) -> bool:
    """Each page beside its floor in turn, so that what else the machine does falls on both."""
    from django.test import Client

    client = Client(headers={"accept-language": "nl"})
    client.force_login(large.owner)
    say(f"{rounds} requests of each, in turn with the bare view")
    say(f"{'':26}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}{'floor p95':>11}{'of it':>8}")
    is_good = True
    for name, address, floor, is_page in _addresses(large):
        queries = _queries(lambda address=address: client.get(address))
        ours, bare = _times(client, address, floor, rounds if is_page else rounds // 4)
        ratio = p95(ours) / p95(bare)
        fits = ratio <= MOST_RATIO and queries <= MOST_QUERIES
        is_good &= fits or not is_page
        words = "" if fits else "  too slow" if ratio > MOST_RATIO else "  too many"
        say(
            f"{name:26}{queries:8}{statistics.median(ours):9.1f}{p95(ours):9.1f}{p95(bare):11.1f}{ratio:8.2f}"
            f"{words if is_page else '  (loaded apart)'}"
        )
    return is_good


def _addresses(large: "Large") -> list[tuple[str, str, str, bool]]:
    """Name, address, the address of its floor, and whether it is a page: what is no page loads apart."""
    from django.urls import reverse

    key, report = large.integration.licence_key, reverse("report", args=[large.integration.licence_key])
    floors = {tab: reverse("floor", args=[large.integration.pk, *states]) for tab, states in STATES.items()}
    number, vat = large.document.number, reverse("vat-overview", args=[key])
    return [
        *((tab, reverse(tab, args=[key]), floors[tab], True) for tab in STATES),
        ("configuration", reverse("configuration", args=[key]), floors["report"], True),
        ("profile", reverse("profile-of", args=[key]), floors["report"], True),
        ("search", f"{reverse('search', args=[key])}?q={number}", floors["report"], True),
        ("document", reverse("document", args=[large.document.pk]), floors["report"], True),
        ("report, 1000 pages on", _far(large, report), floors["report"], True),
        ("report, this month", f"{report}?period=month", floors["report"], True),
        ("report, country and kind", f"{report}?country=FR&kind=invoice", floors["report"], True),
        ("VAT overview, quarter", vat, floors["report"], True),
        ("distance sales", reverse("distance-sales", args=[key]), floors["report"], True),
        ("report, text, found never", f"{report}?text=niemand", floors["report"], False),
        ("totals and chart", f"{report}figures", floors["report"], False),
    ]


def _far(large: "Large", report: str) -> str:
    from dashboard.lists.paging import cursor
    from integrations.models import State

    posted = large.integration.documents.filter(state=State.PROCESSED).order_by("-changed_at", "-id")
    row = posted[min(25_000, posted.count() // 2)]
    return f"{report}?after={cursor(row)}"


def _times(client: Any, address: str, floor: str, rounds: int) -> tuple[list[float], list[float]]:
    headers = {"hx-request": "true"} if address.endswith("figures") else {}
    ours, bare = [], []
    for number in range(WARM + rounds):
        took = [_took(lambda: client.get(address, headers=headers)), _took(lambda: client.get(floor))]
        if number >= WARM:
            ours.append(took[0])
            bare.append(took[1])
    return ours, bare


def _took(ask: Callable[[], Any]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    answer = ask()
    took = time.perf_counter() - started
    assert answer.status_code == 200, answer.status_code
    return took * 1000


def _queries(ask: Callable[[], Any]) -> int:
    """All that the database is asked for one page, the session and the log-in included."""
    from django.db import connection

    asked = []

    def watch(execute: Any, sql: str, *how: Any) -> Any:
        asked.append(sql)
        return execute(sql, *how)

    ask()
    with connection.execute_wrapper(watch):
        ask()
    if os.environ.get("BENCH_SQL"):
        say("\n".join(sql[:300] for sql in asked))
    return len(asked)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _export(form: str, large: "Large") -> bool:
    from subprocess import PIPE

    command = ("-m", "tests.bench.exporting", form, large.integration.licence_key, large.owner.email)
    with services.process(*command, stdout=PIPE) as started:
        found = json.loads(started.communicate()[0])
    seconds, size, grown, peak = (found[name] for name in ("seconds", "bytes", "grown", "peak"))
    say(
        f"export as {form:5} {seconds:6.1f} s, {size / 1e6:.1f} MB; memory grew by {grown / 1e6:.0f} MB to "
        f"{peak / 1e6:.0f} MB in all (aim below 200 MB)"
    )
    return peak < MOST_MEMORY


if __name__ == "__main__":
    sys.exit(main())
