"""The connection to iMUIS: an environment code of one administration, and the session that it opens."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounting import administrations, connection
from accounting.books import Watch
from accounting.renewal import Kept, Secret
from integrations.failures import ConnectionLost, Refused, Temporary
from integrations.models import Administration, Credential, CustomerLink, Integration
from integrations.problems import Problem

from .client import Imuis
from .door import Door

IDLE = timedelta(minutes=20)
LONGEST_CODE = 64
LONGEST_NAME = 200
LOOKED_FOR = 5  # remembered debtors, since a bookkeeper may have changed the address of one


class Session(Kept):
    """Gives code and session of an integration. iMUIS ends a session after half an hour of silence, or what the
    accountant made of it; it is taken for ended sooner, and its use is written down only in the second half."""

    def __init__(self, integration_id: int, log_in: Callable[[str], str]) -> None:
        super().__init__(integration_id, "session", lambda secret: _opened(secret["code"], log_in))

    def __call__(self, stale: str | None = None) -> Secret:
        secret = super().__call__(stale)
        if self.expires_at and self.expires_at < timezone.now() + IDLE / 2:
            self._extend()
        return secret

    def _extend(self) -> None:
        mine = Credential.objects.filter(integration=self.integration_id, side=Credential.Side.BOOKS)
        ending, self.expires_at = self.expires_at, timezone.now() + IDLE
        mine.filter(expires_at=ending).update(expires_at=self.expires_at)


def client_of(integration: Integration, watch: Watch | None = None) -> Imuis:
    door = _door(watch or Watch())
    return Imuis(door, Session(integration.pk, door.log_in))


def connect(integration: Integration, code: str) -> None:
    """Try an environment code and keep it. Raises ``ConnectionLost`` when iMUIS refuses it, ``Refused`` when it opens
    another administration than the one that holds what was posted, ``Temporary``."""
    code = "".join(code.split())
    if not 0 < len(code) <= LONGEST_CODE:
        raise ConnectionLost("books", _("An environment code has 1 to 64 characters."))
    door = _door(Watch())
    secret, expires_at = _opened(code, door.log_in)
    client = Imuis(door, lambda _stale: secret)
    name = _name(client, integration.administration)
    if administrations.holds_documents(integration):
        _refuse_other_books(integration.administration, client, name)
    with transaction.atomic():
        integration.administration = _administration(integration, code, name)
        integration.save(update_fields=["administration"])
        Credential.objects.update_or_create(
            integration=integration,
            side=Credential.Side.BOOKS,
            defaults={"secret": secret, "expires_at": expires_at, "renewing_until": None},
        )
    connection.regain(integration, "books")


def administration_name(client: Imuis) -> str:
    """The name that an administration gives itself; "" when it is not told. Raises as every call, but ``Refused``."""
    try:
        rows = client.admin_info("BASALG", ["*"])
    except Refused:
        return ""
    return next((row["NAAM"] for row in rows if row.get("NAAM")), "")[:LONGEST_NAME]


def masked(code: str) -> str:
    """What may be shown of a code: a third of it, and no more than its last three characters."""
    return "…" + code[len(code) - min(3, len(code) // 3) :]


def _door(watch: Watch) -> Door:
    return Door(settings.IMUIS_URL, settings.IMUIS_PARTNER_KEY, record=watch.record, before_call=watch.before_call)


def _opened(code: str, log_in: Callable[[str], str]) -> tuple[Secret, datetime]:
    return {"code": code, "session": log_in(code)}, timezone.now() + IDLE


def _name(client: Imuis, held: Administration | None) -> str:
    """The name, as far as it is told; where it was told before it is waited for, since it is compared."""
    try:
        name = administration_name(client)
    except Temporary:
        name = ""
    if held and held.name and not name:
        raise Temporary("books_no_answer")
    return name


def _refuse_other_books(held: Administration | None, client: Imuis, name: str) -> None:
    """Raise ``Refused`` when the code opens other books than those that hold what was posted: by their name, and by
    whether one of the debtors that we remember is there."""
    assert held is not None
    is_named_otherwise = bool(name and held.name and name != held.name)
    remembered = list(held.customers.order_by("-id")[:LOOKED_FOR])
    if is_named_otherwise or (remembered and not any(_is_there(link, client) for link in remembered)):
        raise Refused(Problem("other_administration", given=name or "?", held=held.name or held.remote_id))


def _is_there(link: CustomerLink, client: Imuis) -> bool:
    found = client.table("DEB", ["NR", "EMAIL"], where=[("NR", "=", link.ledger_id)])
    return any(row["EMAIL"].strip().lower() == link.email for row in found)


def _administration(integration: Integration, code: str, name: str) -> Administration:
    """The books behind a code. Nothing in iMUIS tells administrations apart but the code that is in use, so books that
    hold something are known by a new one from now on."""
    digest = hashlib.sha256(f"{settings.IMUIS_PARTNER_KEY}\n{code}".encode()).hexdigest()[:16]
    held = integration.administration
    if held is None or not administrations.holds_documents(integration):
        return administrations.administration("imuis", digest, name)
    if not Administration.objects.filter(system="imuis", remote_id=digest).exists():
        Administration.objects.filter(pk=held.pk).update(remote_id=digest)
        held.remote_id = digest
    return administrations.administration("imuis", held.remote_id, name)
