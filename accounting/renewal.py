"""Credentials of the books that run out: of all workers one renews them, while the others wait for what it stores."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from integrations.failures import ConnectionLost, Temporary
from integrations.models import Credential

from .leases import from_now

MARGIN = timedelta(minutes=1)
RENEWAL = timedelta(seconds=60)

Secret = dict[str, Any]
Renew = Callable[[Secret], tuple[Secret, datetime | None]]


class Kept:
    """Gives the secret of an integration, from memory while it is valid for another minute. ``part`` names what runs
    out in it; ``renew`` makes a new secret of the old one, and says when it expires."""

    def __init__(self, integration_id: int, part: str, renew: Renew) -> None:
        self.integration_id = integration_id
        self.part = part
        self.renew = renew
        self.secret: Secret = {}
        self.expires_at: datetime | None = None

    def __call__(self, stale: str | None = None) -> Secret:
        """A secret whose part is not ``stale``. Raises ``ConnectionLost``, ``Temporary``."""
        if self._is_of_no_use(stale):
            self._read()
        if self._is_of_no_use(stale):
            _renewed(self.integration_id, self.secret, self.renew)
            self._read()
        return self.secret

    def _read(self) -> None:
        credential = _credential(self.integration_id)
        self.secret = credential.secret
        self.expires_at = credential.expires_at

    def _is_of_no_use(self, stale: str | None) -> bool:
        part = self.secret.get(self.part)
        is_ending = self.expires_at is not None and self.expires_at < timezone.now() + MARGIN
        return not part or part == stale or is_ending


def _renewed(integration_id: int, old: Secret, renew: Renew) -> None:
    """Renew ``old``, or wait for the one who does."""
    patience = time.monotonic() + RENEWAL.total_seconds()
    while time.monotonic() < patience:
        if _claim(integration_id):
            return _renew(integration_id, old, renew)
        time.sleep(0.2)
        if _credential(integration_id).secret != old:
            return None
    raise Temporary("token_renewal")


def _claim(integration_id: int) -> bool:
    mine = Credential.objects.filter(integration=integration_id, side=Credential.Side.BOOKS)
    free = Q(renewing_until=None) | Q(renewing_until__lte=Now())
    return bool(mine.filter(free).update(renewing_until=from_now(RENEWAL)))


def _renew(integration_id: int, old: Secret, renew: Renew) -> None:
    credential = _credential(integration_id)
    mine = Credential.objects.filter(pk=credential.pk, renewing_until=credential.renewing_until)
    try:
        if credential.secret == old:
            secret, expires_at = renew(old)
            # Only while the claim is still ours: what is newer must not be overwritten by a worker that was frozen.
            mine.update(secret=secret, expires_at=expires_at)
    finally:
        mine.update(renewing_until=None)


def _credential(integration_id: int) -> Credential:
    try:
        return Credential.objects.get(integration=integration_id, side=Credential.Side.BOOKS)
    except Credential.DoesNotExist as error:
        raise ConnectionLost("books") from error
