"""The webhook's gate: whether a delivery is stored. It runs for every message of every shop, so it must be cheap.

Nothing of a body is believed but the number of the order or invoice that is worth a look. That deliveries are signed,
and how, is inferred from the vendor's other calls: a signature is always checked, and demanded from the first valid
one on (``WEBHOOK_SIGNATURES`` forces either way).
"""

import hashlib
import re
import time
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, connection
from django.utils import timezone

from integrations.models import Administration, Delivery, Integration, Webhook

from .ccvshop import signature
from .doorbell import PENDING
from .incoming import Rejected

log = structlog.get_logger(__name__)

KINDS = {"orders": "order", "invoices": "invoice"}
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
LONGEST_ID = 64
REMEMBERED_SECONDS = 5.0
MOST_REMEMBERED = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """A webhook of ours as the gate needs it; ``administration_id`` only when there is work to be rung for."""

    webhook_id: int
    integration_id: int
    administration_id: int | None
    event: str
    token: str
    key: str
    is_signed: bool


def address(integration_id: int, event: str, token: str) -> str:
    """The address that is registered at the shop, and that its signatures start with."""
    return f"{settings.PUBLIC_URL}/hooks/ccvshop/{integration_id}/{event}/{token}"


_remembered: dict[str, tuple[float, Registered]] = {}


def registered(integration_id: str, event: str, token: str) -> Registered:
    """The webhook that an address belongs to; ``Rejected`` (404) when any part of it is not ours.

    An integration that was stopped has no addresses any more: the shop may as well know that nobody listens.
    """
    found = _recall(token) or _look_up(token)
    if found is None or str(found.integration_id) != integration_id or found.event != event:
        raise Rejected(404, "unknown_address", "No webhook of ours has this address.")
    return found


def _recall(token: str) -> Registered | None:
    """What this process read of a token a moment ago. Only webhooks that demand a signature are remembered: of those
    nothing changes but that they end, and a delivery of one that has ended is refused by its foreign key."""
    until, found = _remembered.get(token, (0.0, None))
    return found if time.monotonic() < until else None


def _look_up(token: str) -> Registered | None:
    if not TOKEN.fullmatch(token):
        return None
    fields = ("pk", "integration_id", "event", "key", "is_signed", "integration__status")
    rows = Webhook.objects.filter(token=token).values_list(*fields, "integration__administration_id")
    for pk, integration_id, event, key, is_signed, status, administration_id in rows:
        if status == Integration.Status.STOPPED:
            return None
        found = Registered(
            webhook_id=pk,
            integration_id=integration_id,
            administration_id=administration_id if status == Integration.Status.ACTIVE else None,
            event=event,
            token=token,
            key=key or "",
            is_signed=is_signed,
        )
        if is_signed:
            _remember(found)
        return found
    return None


def _remember(found: Registered) -> None:
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[found.token] = (time.monotonic() + REMEMBERED_SECONDS, found)


def document_id(body: dict[str, Any]) -> str:
    """The number of the order or invoice that a body names. Raises ``Rejected`` (400)."""
    found = body.get("id")
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if isinstance(text, str) and len(text) <= LONGEST_ID and text.isascii() and text.isdigit() and int(text) > 0:
        return str(int(text))
    raise Rejected(400, "no_id", "The body names no order or invoice: id must be a positive number.")


def check_signature(webhook: Registered, body: bytes, given: str) -> bool:
    """Whether a delivery is signed by the shop; ``Rejected`` (403) when it is not and has to be."""
    own = address(webhook.integration_id, webhook.event, webhook.token)
    if signature.is_valid(webhook.key, given, own, body):
        if not webhook.is_signed:
            _demand_signatures(webhook.integration_id)
        return True
    mode = settings.WEBHOOK_SIGNATURES
    is_demanded = mode == "enforce" or (mode == "auto" and webhook.is_signed)
    if given or is_demanded:
        log.warning("wrong webhook signature", webhook=webhook.webhook_id, given=bool(given), refused=is_demanded)
    if is_demanded:
        raise Rejected(403, "wrong_signature", "The x-hash is not ours: HMAC-SHA512 of address, pipe and body.")
    return False


def _demand_signatures(integration_id: int) -> None:
    """One valid signature shows how this shop signs; from now on all its webhooks with a key must."""
    Webhook.objects.filter(integration=integration_id, key__isnull=False).update(is_signed=True)


COLUMNS = (
    "integration_id",
    "webhook_id",
    "event",
    "kind",
    "remote_id",
    "digest",
    "body",
    "is_signed",
    "received_at",
    "attempts",
    "reason",
)
# One statement, put together once, since this is what a storm of messages costs. It also tells whether a worker was
# rung for that has not come yet. One that comes just now looks again before it goes.
STORE = f"""
    INSERT INTO {Delivery._meta.db_table} ({", ".join(COLUMNS)}) VALUES ({", ".join("%s" for _ in COLUMNS)})
    ON CONFLICT (integration_id, digest) DO NOTHING
    RETURNING (SELECT COUNT(*) FROM {Administration._meta.db_table} WHERE id = %s AND rung_at >= %s)
"""  # noqa: S608 our own names


def store(webhook: Registered, body: bytes, remote_id: str, *, is_signed: bool) -> bool:
    """Keep a delivery; whether a worker has to be rung for. It has not for one that was kept before, or whose webhook
    has just ended."""
    now, as_stored = timezone.now(), connection.ops.adapt_datetimefield_value
    values = (
        webhook.integration_id,
        webhook.webhook_id,
        webhook.event,
        KINDS[webhook.event.partition(".")[0]],
        remote_id,
        hashlib.sha256(webhook.event.encode() + b"\n" + body).hexdigest(),
        body.decode(),
        is_signed,
        as_stored(now),
        0,
        "",
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(STORE, (*values, webhook.administration_id, as_stored(now - PENDING)))
            stored = cursor.fetchone()
    except IntegrityError:
        return False
    return stored is not None and not stored[0]
