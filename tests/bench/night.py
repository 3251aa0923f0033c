"""What a night costs, and whether that goes by what is stored: ``python -m tests.bench.night``.

50 shops, 5,000 open orders and 1,000 payments whose invoice was not found, against the stand-ins. The open orders are
as the shop's list says, so that none is read by itself. The night is spent, spent again without effect, and spent with
ten times the posted documents. Ends with status 1 when the second time had an effect, or when ten times as much costs
more than 1.3 times as much.
"""

import argparse
import logging
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import services
from .services import say

if TYPE_CHECKING:
    from .many_nights import Shops

MOST_RATIO, MOST_MEMORY = 1.3, 200_000_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-night", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of everything, for a quick look")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is cleared away
    try:
        with ExitStack() as stack:
            url = _start(stack)
            return _measured(url, 10 if asked.short else 1)
    except services.Missing as missing:
        sys.stderr.write(f"make bench-night: {missing}\n")
        return 2


def _start(stack: ExitStack) -> str:
    """Services of our own, and Django set up."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DATABASE_URL": stack.enter_context(services.own_database()),
        "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")),
        "CELERY_BROKER_URL": "file://localhost",
        "CACHE_URL": "locmemcache://",
        "CCVSHOP_GETS_PER_MINUTE": "0",
        "PYTHONWARNINGS": "ignore",
    }
    url = stack.enter_context(services.sandbox())
    os.environ |= {"SANDBOX_HOSTS": urlsplit(url).netloc, "ROMPSLOMP_URL": url, "VIES_URL": f"{url}/vies/rest-api"}
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    stack.callback(connections.close_all)
    return url


def _measured(url: str, part: int) -> int:
    from .many_nights import THREADS, Shops, spend  # needs Django

    shops = Shops.make(url, count=50 // part, opened=100, unmatched=20, listed=40)
    shops.store(1000 // part)
    say(f"{shops.words()}; {THREADS} threads")
    say(f"{'':34}{'seconds':>9}{'calls':>9}{'of them writes':>16}")
    first = spend(shops, 0)
    say(first.line("a night"))
    again = spend(shops, 0)
    say(again.line("the same night again"))
    say(f"{again.changes} rows differ after the second time")
    few = _next(shops, 1, "the next night")
    shops.store(9 * (1000 // part))
    say(shops.words())
    many = _next(shops, 2, "a night with ten times as much")
    ratio, peak = many / few, services.peak_memory("self")
    say(f"ten times as much stored costs {ratio:.2f} times as much  (at most {MOST_RATIO})")
    say(f"most memory: {peak / 1e6:.0f} MB  (aim below {MOST_MEMORY / 1e6:.0f} MB)")
    return 0 if not again.changes and not again.writes and ratio <= MOST_RATIO and peak < MOST_MEMORY else 1


def _next(shops: "Shops", later: int, words: str) -> float:
    """The seconds of a night in which all payments are looked for again."""
    from .many_nights import spend

    shops.forget_nights()
    spent = spend(shops, later)
    say(spent.line(words))
    return spent.seconds


if __name__ == "__main__":
    sys.exit(main())
