"""The OAuth connection to Rompslomp: consent, the first pair of tokens, and one renewal at a time.

A renewal gives a new pair and ends the old one, so it is stored before it is used, and of all workers one renews
while the others wait for what it stores. A personal API token is kept without a refresh token and never renewed.
"""

import os
import time
from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from oauthlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidGrantError,
    OAuth2Error,
)
from requests_oauthlib import OAuth2Session

from accounting import connection
from accounting.leases import from_now
from integrations.failures import ConnectionLost, Temporary
from integrations.http import is_sandbox_host
from integrations.models import Credential, Integration

SCOPES = [
    "public",
    "manage:contacts",
    "manage:products",
    "manage:sales_invoices",
    "manage:payments",
    "read:accounts",
    "read:me",
]
MARGIN = timedelta(minutes=1)
RENEWAL = timedelta(seconds=60)
TIMEOUT = 15


def redirect_uri() -> str:
    """The address that is registered with Rompslomp: a constant of the operator, not of the request."""
    return f"{settings.PUBLIC_URL}/rompslomp/callback"


def session(**options: Any) -> OAuth2Session:
    if is_sandbox_host(settings.ROMPSLOMP_URL):
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the one thing by which oauthlib accepts a stand-in
    os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"  # noqa: S105 less may be granted than was asked for
    made = OAuth2Session(settings.ROMPSLOMP_CLIENT_ID, redirect_uri=redirect_uri(), **options)
    made.trust_env = False
    return made


def authorization_url() -> tuple[str, str]:
    """(address of the consent page, state to be compared with the one that comes back)."""
    url, state = session(scope=SCOPES).authorization_url(f"{settings.ROMPSLOMP_URL}/oauth/authorize")
    return url, state


def fetch_tokens(code: str) -> dict[str, Any]:
    """Trade the code of the consent for the first pair. Raises ``ConnectionLost`` when it is refused, ``Temporary``
    when Rompslomp can't be reached."""
    return _tokens(session(scope=SCOPES), code=code)


def connect(integration: Integration, tokens: dict[str, Any]) -> None:
    Credential.objects.update_or_create(
        integration=integration,
        side=Credential.Side.BOOKS,
        defaults={
            "secret": _kept(tokens),
            "expires_at": _expiry(tokens),
            "renewing_until": None,
        },
    )
    connection.regain(integration, "books")


class AccessToken:
    """Gives the access token of an integration, from memory while it is valid for another minute."""

    def __init__(self, integration_id: int) -> None:
        self.integration_id = integration_id
        self.token = ""
        self.expires_at: datetime | None = None

    def __call__(self, stale: str | None = None) -> str:
        """A token that is not ``stale``. Raises ``ConnectionLost``, ``Temporary``."""
        if not self.token or self.token == stale or self._expires_soon():
            self._read()
        if self.token == stale or self._expires_soon():
            renewed(self.integration_id, self.token)
            self._read()
        return self.token

    def _read(self) -> None:
        credential = _credential(self.integration_id)
        self.token = str(credential.secret["access_token"])
        self.expires_at = credential.expires_at

    def _expires_soon(self) -> bool:
        return self.expires_at is not None and self.expires_at < timezone.now() + MARGIN


def renewed(integration_id: int, old: str) -> None:
    """Renew the pair that ``old`` belongs to, or wait for the one who does."""
    patience = time.monotonic() + RENEWAL.total_seconds()
    while time.monotonic() < patience:
        if _claim(integration_id):
            return _renew(integration_id, old)
        time.sleep(0.2)
        if _credential(integration_id).secret["access_token"] != old:
            return None
    raise Temporary("token_renewal")


def _claim(integration_id: int) -> bool:
    mine = Credential.objects.filter(integration=integration_id, side=Credential.Side.BOOKS)
    free = Q(renewing_until=None) | Q(renewing_until__lte=Now())
    return bool(mine.filter(free).update(renewing_until=from_now(RENEWAL)))


def _renew(integration_id: int, old: str) -> None:
    credential = _credential(integration_id)
    mine = Credential.objects.filter(pk=credential.pk, renewing_until=credential.renewing_until)
    try:
        if credential.secret["access_token"] != old:
            return
        refresh_token = credential.secret.get("refresh_token")
        if not refresh_token:
            raise ConnectionLost("books")
        tokens = _tokens(session(), refresh_token=refresh_token)
        # Only while the claim is still ours: a newer pair must not be overwritten by a worker that was frozen.
        mine.update(secret=_kept(tokens), expires_at=_expiry(tokens))
    finally:
        mine.update(renewing_until=None)


def _tokens(client: OAuth2Session, *, code: str = "", refresh_token: str = "") -> dict[str, Any]:
    """Ask the token endpoint; once more when no answer came, since an old refresh token lives until the new access
    token is used."""
    url = f"{settings.ROMPSLOMP_URL}/oauth/token"
    secret = {"client_secret": settings.ROMPSLOMP_CLIENT_SECRET, "timeout": TIMEOUT}
    for attempt in (1, 2):
        try:
            if code:
                return dict(client.fetch_token(url, code=code, include_client_id=True, **secret))
            return dict(client.refresh_token(url, refresh_token, client_id=settings.ROMPSLOMP_CLIENT_ID, **secret))
        except InvalidClientError as error:
            raise Temporary("oauth_client_refused") from error
        except InvalidGrantError as error:
            raise ConnectionLost("books", error.description or "") from error
        except (OAuth2Error, requests.RequestException, ValueError) as error:
            if attempt == 2 or code:
                raise Temporary("books_unreachable") from error
    raise AssertionError("unreachable")


def _credential(integration_id: int) -> Credential:
    try:
        return Credential.objects.get(integration=integration_id, side=Credential.Side.BOOKS)
    except Credential.DoesNotExist as error:
        raise ConnectionLost("books") from error


def _kept(tokens: dict[str, Any]) -> dict[str, Any]:
    return {name: tokens[name] for name in ("access_token", "refresh_token", "scope") if tokens.get(name)}


def _expiry(tokens: dict[str, Any]) -> datetime | None:
    seconds = tokens.get("expires_in")
    return timezone.now() + timedelta(seconds=int(seconds)) if seconds else None
