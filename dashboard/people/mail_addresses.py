"""Extra addresses that get the e-mails of an integration. Until somebody there has confirmed it, an address gets
nothing but the question whether it is right."""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from integrations.models import Integration, MailAddress, User

from ..mails import mail
from .members import locked
from .unasked import Refusal, demand_room, note

SALT = "mail-address"
DAYS = 7
MOST = 10


@transaction.atomic
def add(integration: Integration, email: str, language: str, digest: str, by: User) -> MailAddress:
    """Raises ``Refusal``."""
    locked(integration)
    if integration.members.filter(user__email__iexact=email).exists():
        raise Refusal(gettext("%(email)s belongs to a member, who gets the e-mails already.") % {"email": email})
    if integration.mail_addresses.filter(email=email).exists():
        raise Refusal(gettext("%(email)s is in the list already.") % {"email": email})
    if integration.mail_addresses.count() >= MOST:
        raise Refusal(gettext("There can be %(count)s extra addresses. Remove one first.") % {"count": MOST})
    demand_room(integration)
    values = {"email": email, "language": language, "digest": digest, "digest_until": timezone.now()}
    made = MailAddress.objects.create(integration=integration, **values)
    note(integration, "address_added", by, address=made.pk)
    return made


@transaction.atomic
def ask_again(address: MailAddress, by: User) -> None:
    """The question may be sent once more. Raises ``Refusal``."""
    locked(address.integration)
    demand_room(address.integration)
    note(address.integration, "address_asked", by, address=address.pk)


def change(address: MailAddress, language: str, digest: str, by: User) -> None:
    if digest != address.digest:
        address.digest_until = timezone.now()
    address.language, address.digest = language, digest
    address.save(update_fields=["language", "digest", "digest_until"])
    note(address.integration, "address_changed", by, address=address.pk, digest=digest, language=language)


def remove(address: MailAddress, by: User) -> None:
    note(address.integration, "address_removed", by, address=address.pk)
    address.delete()


def link_of(address: MailAddress) -> str:
    return mail.link("address-verify", signing.dumps({"address": address.pk, "email": address.email}, salt=SALT))


def write(address_id: int) -> None:
    """Send the question whether the address is right. Raises ``OSError``."""
    address = MailAddress.objects.select_related("integration").filter(pk=address_id, verified_at=None).first()
    if address is None:  # removed or confirmed meanwhile
        return
    context = {"address": address, "days": DAYS, "address_url": link_of(address)}
    mail.send(address.email, "address", context, address.language)


def read(token: str) -> MailAddress | None:
    """The address of a link; None when the link has expired, is not one of ours, or its address was removed."""
    try:
        given = signing.loads(token, salt=SALT, max_age=timedelta(days=DAYS))
    except signing.BadSignature:
        return None
    found = MailAddress.objects.select_related("integration")
    return found.filter(pk=given["address"], email=given["email"]).first()


def verify(address: MailAddress) -> None:
    """Once is enough; what it gets begins now."""
    now = timezone.now()
    if MailAddress.objects.filter(pk=address.pk, verified_at=None).update(verified_at=now, digest_until=now):
        note(address.integration, "address_verified", None, address=address.pk)
