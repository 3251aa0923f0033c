"""How fast the program is, as ratios to floors that were measured in the same run: ``python -m tests.bench``."""

import argparse
import logging
import os
import signal
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

from . import services


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer and smaller runs, for a quick look")
    parser.add_argument("--only", choices=("webhooks", "documents"))
    parser.add_argument("--workers", type=int, default=2, help="worker processes (2)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each worker (4)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is cleared away
    try:
        with ExitStack() as stack:
            sandbox_url = _start(stack)
            return _report(asked, sandbox_url)
    except services.Missing as missing:
        sys.stderr.write(f"make bench: {missing}\n")
        return 2


def _start(stack: ExitStack) -> str:
    """Services of our own, named in the environment for this process and those it starts, and Django set up."""
    database, broker = stack.enter_context(services.own_database()), stack.enter_context(services.own_redis())
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DATABASE_URL": database,
        "CELERY_BROKER_URL": broker,
        "CACHE_URL": broker.replace("redis://", "rediscache://"),
        "CCVSHOP_GETS_PER_MINUTE": "1000000",
        "PYTHONWARNINGS": "ignore",
    }
    url = stack.enter_context(services.sandbox())
    os.environ |= {"SANDBOX_HOSTS": urlsplit(url).netloc, "ROMPSLOMP_URL": url, "VIES_URL": f"{url}/vies/rest-api"}
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    stack.callback(connections.close_all)
    return url


def _report(asked: argparse.Namespace, sandbox_url: str) -> int:
    from . import report  # needs Django

    if asked.only != "documents":
        report.webhooks(asked.short)
    if asked.only != "webhooks":
        report.documents(sandbox_url, asked.workers, asked.threads, asked.short)
    return 0


if __name__ == "__main__":
    sys.exit(main())
