"""The OAuth connection to Rompslomp: consent, the first pair of tokens, and one renewal at a time.

A renewal gives a new pair and ends the old one, so it is stored before it is used, and of all workers one renews
while the others wait for what it stores. A personal API token is kept without a refresh token and never renewed.
"""

import os
from datetime import datetime, timedelta
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone
from oauthlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidGrantError,
    OAuth2Error,
)
from requests_oauthlib import OAuth2Session

from accounting import connection
from accounting.renewal import Kept, Secret
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


def connect(integration: Integration, tokens: dict[str, Any], account: str = "") -> None:
    """Keep the tokens, and in words whose ``account`` they are of."""
    Credential.objects.update_or_create(
        integration=integration,
        side=Credential.Side.BOOKS,
        defaults={
            "secret": {**_kept(tokens), "account": account},
            "expires_at": _expiry(tokens),
            "renewing_until": None,
        },
    )
    connection.regain(integration, "books")


class AccessToken:
    """Gives the access token of an integration, from memory while it is valid for another minute."""

    def __init__(self, integration_id: int) -> None:
        self.kept = Kept(integration_id, "access_token", _renewed)

    def __call__(self, stale: str | None = None) -> str:
        """A token that is not ``stale``. Raises ``ConnectionLost``, ``Temporary``."""
        return str(self.kept(stale)["access_token"])


def _renewed(secret: Secret) -> tuple[Secret, datetime | None]:
    if not secret.get("refresh_token"):
        raise ConnectionLost("books")
    tokens = _tokens(session(), refresh_token=secret["refresh_token"])
    return {**_kept(tokens), "account": secret.get("account", "")}, _expiry(tokens)


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


def _kept(tokens: dict[str, Any]) -> dict[str, Any]:
    return {name: tokens[name] for name in ("access_token", "refresh_token", "scope") if tokens.get(name)}


def _expiry(tokens: dict[str, Any]) -> datetime | None:
    seconds = tokens.get("expires_in")
    return timezone.now() + timedelta(seconds=int(seconds)) if seconds else None
