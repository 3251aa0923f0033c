"""Webhooks a second: the real endpoint against a bare view under the same web server."""

import json
import os
import pickle
import secrets
import statistics
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from integrations.models import Administration, Delivery, Integration, Webhook
from webshop import gate
from webshop.ccvshop import signature

from . import floor_view, services

CONNECTIONS = 16
INTEGRATIONS = 8


@dataclass
class Run:
    """What one load came to."""

    per_second: float
    p50: float
    p99: float


def measure(count: int, rounds: int) -> dict[str, list[Run]]:
    """Alternate ``rounds`` loads of ``count`` messages on both; the first of each is not counted."""
    with connection.cursor() as cursor:
        cursor.execute(floor_view.TABLE)
    webhooks = [_webhook(number) for number in range(INTEGRATIONS)]
    runs: dict[str, list[Run]] = {"webhooks": [], "floor": []}
    with services.gunicorn("config.wsgi") as ours, services.gunicorn("tests.bench.floor_view") as floor:
        for _ in range(rounds + 1):
            runs["webhooks"].append(_load(ours, [_signed(webhooks[each % INTEGRATIONS]) for each in range(count)]))
            runs["floor"].append(_load(floor, [_plain() for _ in range(count)]))
    kept = Delivery.objects.count()
    assert kept == count * (rounds + 1), f"{kept} deliveries were kept"
    Delivery.objects.all().delete()
    return {name: found[1:] for name, found in runs.items()}


def middle(runs: list[Run]) -> Run:
    """The medians of some runs."""
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("per_second", "p50", "p99")))


def _webhook(number: int) -> Webhook:
    """A paid-order webhook of an integration of its own, from a shop that is known to sign."""
    books = Administration.objects.create(system="rompslomp", remote_id=f"bench-{number}")
    integration = Integration.objects.create(
        shop_id=f"bench-{number}", administration=books, status=Integration.Status.ACTIVE
    )
    return integration.webhooks.create(event="orders.updated.ispaid", key=secrets.token_hex(32), is_signed=True)


def _body() -> bytes:
    number = 100_000_000 + secrets.randbelow(900_000_000)
    return json.dumps({"id": number, "event": "orders.updated.ispaid", "nonce": secrets.token_hex(8)}).encode()


def _signed(webhook: Webhook) -> bytes:
    body = _body()
    address = gate.address(webhook.integration_id, webhook.event, webhook.token)
    return _request(address.removeprefix(settings.PUBLIC_URL), signature.sign(str(webhook.key), address, body), body)


def _plain() -> bytes:
    body = _body()
    return _request("/floor", floor_view.sign(body), body)


def _request(path: str, digest: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nx-hash: {digest}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _load(port: int, requests: list[bytes]) -> Run:
    command = [sys.executable, "-m", "tests.bench.load", str(port), str(CONNECTIONS)]
    done = subprocess.run(
        command, input=pickle.dumps(requests), stdout=subprocess.PIPE, check=True, cwd=services.ROOT, env=os.environ
    )
    found = json.loads(done.stdout)
    assert found["statuses"] == {"200": len(requests)}, found["statuses"]
    took = sorted(found["took"])
    milliseconds = [1000 * took[int(len(took) * part)] for part in (0.5, 0.99)]
    return Run(len(requests) / found["seconds"], *milliseconds)
