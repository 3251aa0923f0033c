"""Keeps the real program from starting with secrets that everybody can read.

Tests, the demo and one-off commands run on a fresh clone with the values below. Web server, worker and beat are the
doors of the running program: unless ``DEMO`` is on, none of them opens with these.
"""

import sys

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

DEMO_SECRETS = {
    "SECRET_KEY": "demo-only-everybody-can-read-this-key-so-set-your-own",
    "ENCRYPTION_KEYS": "ZGVtby1vbmx5LXNldC15b3VyLW93bi1mZXJuZXRrZXk=",
    "CCVSHOP_APP_SECRET": "demo-only-app-secret",
}
HINT = "See .env.example."
IMUIS_PUBLIC_TEST_KEY = "abcdefghijklmnopqrstuvwxyz"


def faults() -> list[str]:
    """What stands in the way of running for real, one sentence each; empty when nothing does."""
    found = [f"{name} is not set, or is the demo's own." for name in DEMO_SECRETS if _is_demo(getattr(settings, name))]
    if settings.IMUIS_PARTNER_KEY == IMUIS_PUBLIC_TEST_KEY:
        found.append("IMUIS_PARTNER_KEY is the test key from iMUIS's public documentation.")
    if not all(_is_fernet(key) for key in settings.ENCRYPTION_KEYS):
        found.append("ENCRYPTION_KEYS holds something that is no Fernet key.")
    if not settings.SETTLE_SECONDS > settings.CALL_DEADLINE_SECONDS < settings.LEASE_SECONDS / 2:
        found.append("SETTLE_SECONDS must exceed CALL_DEADLINE_SECONDS, and LEASE_SECONDS twice that.")
    return found


def _is_demo(value: str | list[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return not values or any(not each or each in DEMO_SECRETS.values() for each in values)


def _is_fernet(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def refuse_demo_secrets() -> None:
    """Raise ``ImproperlyConfigured`` unless every secret is the operator's own, or this is the demo."""
    if not settings.DEMO and (found := faults()):
        raise ImproperlyConfigured(" ".join([*found, "See .env.example; DEMO=1 runs the demo."]))


def exit_with_demo_secrets() -> None:
    """The same for the worker and beat: Celery logs and forgets any exception but this one while it starts."""
    try:
        refuse_demo_secrets()
    except ImproperlyConfigured as error:
        sys.exit(str(error))


@register(deploy=True)
def check_secrets(**_kwargs: object) -> list[CheckMessage]:
    """The same refusal for ``manage.py check --deploy``; the demo's secrets are no excuse there."""
    return [Error(fault, hint=HINT, id="config.E001") for fault in faults()]


@register(deploy=True)
def check_mail(**_kwargs: object) -> list[CheckMessage]:
    if settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend":
        return []
    return [Warning("EMAIL_URL is not set: codes to sign in are printed, not sent.", hint=HINT, id="config.W001")]
