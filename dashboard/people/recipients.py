"""Who gets the e-mails of an integration: its members and the confirmed extra addresses, each in their own language;
and how they get fewer of them."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models import Digest, Integration, MailAddress, Member, Role

from ..mails.mail import link

SALT = "unsubscribe"
KINDS: dict[str, type[Member] | type[MailAddress]] = {"member": Member, "address": MailAddress}

CHOICES = {
    Digest.DAILY: _("Every day: a summary at about 7:00, also when all is well"),
    Digest.WEEKLY: _("Every week: a summary on Monday at about 7:00"),
    Digest.WRONG: _("Only when something is wrong: a summary at about 7:00, as long as something is stuck"),
    Digest.NEVER: _("Never"),
}
SHORT = {
    Digest.DAILY: _("every day"),
    Digest.WEEKLY: _("every week"),
    Digest.WRONG: _("when something is wrong"),
    Digest.NEVER: _("never"),
}


@dataclass(frozen=True, kw_only=True)
class Recipient:
    row: Member | MailAddress
    email: str
    language: str
    is_owner: bool = False

    @property
    def unsubscribe_url(self) -> str:
        return link("unsubscribe", token_of(self.row))


def recipients_of(integration: Integration) -> list[Recipient]:
    """Everybody, whatever they chose; an address of a member counts once."""
    found: dict[str, Recipient] = {}
    for member in integration.members.select_related("user").filter(user__is_active=True).exclude(user__email=""):
        language = member.user.language or settings.LANGUAGE_CODE
        is_owner = member.role == Role.OWNER
        found[member.user.email.lower()] = Recipient(
            row=member, email=member.user.email, language=language, is_owner=is_owner
        )
    for address in integration.mail_addresses.exclude(verified_at=None):
        found.setdefault(address.email, Recipient(row=address, email=address.email, language=address.language))
    return list(found.values())


def choose(row: Member | MailAddress, digest: Digest) -> None:
    """What somebody gets from now on: nothing is told of the time before."""
    if row.digest != digest:
        row.digest, row.digest_until = digest, timezone.now()
        row.save(update_fields=["digest", "digest_until"])


def token_of(row: Member | MailAddress) -> str:
    kind = "member" if isinstance(row, Member) else "address"
    return signing.dumps([kind, row.pk], salt=SALT)


def row_of(token: str) -> Member | MailAddress | None:
    """Whose link it is; None when it is not one of ours, or they get no e-mails any more."""
    try:
        kind, pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    found: Member | MailAddress | None = KINDS[kind].objects.select_related("integration").filter(pk=pk).first()
    return found
