"""Who may see an integration: its members, and those who were invited to become one.

An invitation is a row and a signed link to it. A link may be passed on, so only who reads the invited e-mail address
can accept it; whether that address has an account already is told to nobody.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.models import Event, Integration, Invitation, Member, Role, User

from ..access import RANKS
from ..mails import mail
from .unasked import Refusal, demand_room, note

SALT = "invitation"
DAYS = 14
MOST_OPEN = 20

ROLES = {
    Role.READER: (_("Reader"), _("sees everything, and can ask us")),
    Role.BOOKKEEPER: (
        _("Bookkeeper"),
        _("sees everything, processes, skips and takes back documents, and changes the settings"),
    ),
    Role.OWNER: (_("Owner"), _("does all that, and connects, stops, and decides who gets in")),
}


class NotValid(Exception):
    """The link is not one of ours or its invitation was withdrawn; or ``is_expired``."""

    def __init__(self, *, is_expired: bool) -> None:
        super().__init__("expired" if is_expired else "no invitation of ours")
        self.is_expired = is_expired


def members_of(integration: Integration) -> list[Member]:
    """The highest roles first, each with ``since``: the moment of joining, where that is known. Whoever linked the shop
    was there from the beginning."""
    joined = Event.objects.filter(
        integration=OuterRef("integration"), kind="member_joined", user=OuterRef("user"), document=None, payment=None
    )
    found = integration.members.select_related("user").order_by("pk")
    listed = list(found.annotate(since=Subquery(joined.order_by("-id").values("at")[:1])))
    if listed and listed[0].since is None:
        listed[0].since = integration.created_at
    return sorted(listed, key=lambda member: -RANKS.index(Role(member.role)))


def open_invitations(integration: Integration) -> QuerySet[Invitation]:
    return integration.invitations.filter(accepted_at=None).order_by("pk")


# Inviting


@transaction.atomic
def invite(integration: Integration, email: str, role: Role, by: User) -> Invitation:
    """Invite an address, or invite it once more with this role. Raises ``Refusal``."""
    locked(integration)
    member = integration.members.filter(user__email__iexact=email).first()
    if member:
        said = gettext("%(email)s is a member already: %(role)s.")
        raise Refusal(said % {"email": email, "role": ROLES[Role(member.role)][0]})
    invited = open_invitations(integration)
    demand_room(integration)
    if not invited.filter(email=email).exists() and invited.count() >= MOST_OPEN:
        raise Refusal(gettext("There are many open invitations. Withdraw one first."))
    values = {"role": role, "invited_by": by, "expires_at": timezone.now() + timedelta(days=DAYS)}
    made, _is_new = Invitation.objects.update_or_create(
        integration=integration, email=email, accepted_at=None, defaults=values
    )
    note(integration, "invited", by, invitation=made.pk, role=role)
    return made


def withdraw(invitation: Invitation, by: User) -> None:
    note(invitation.integration, "invitation_withdrawn", by, invitation=invitation.pk)
    invitation.delete()


def link_of(invitation: Invitation) -> str:
    signed = signing.dumps({"invitation": invitation.pk, "email": invitation.email}, salt=SALT)
    return mail.link("invitation", signed)


def write(invitation_id: int) -> None:
    """Send the link, in the language of who invites: that of a stranger is not known. Raises ``OSError``."""
    invitation = Invitation.objects.select_related("integration", "invited_by").filter(pk=invitation_id).first()
    if invitation is None:  # withdrawn meanwhile
        return
    by = invitation.invited_by
    context = {"invitation": invitation, "role": ROLES[Role(invitation.role)], "days": DAYS}
    context["invitation_url"] = link_of(invitation)
    mail.send(invitation.email, "invitation", context, by.language if by else "")


def read(token: str) -> Invitation:
    """The invitation of a link, which may be accepted already. Raises ``NotValid``."""
    try:
        given = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotValid(is_expired=False) from error
    found = Invitation.objects.select_related("integration", "invited_by").filter(pk=given["invitation"]).first()
    if found is None or found.email != given["email"]:
        raise NotValid(is_expired=False)
    if found.accepted_at is None and found.expires_at < timezone.now():
        raise NotValid(is_expired=True)
    return found


def is_for(invitation: Invitation, user: User) -> bool:
    return EmailAddress.objects.filter(user=user, verified=True, email__iexact=invitation.email).exists()


@transaction.atomic
def accept(invitation: Invitation, user: User) -> None:
    """Make a member of who was invited. Raises ``NotValid`` when it was withdrawn or used meanwhile, or when whoever
    invited them is no owner any more. Somebody who is a member already stays what they are."""
    locked(invitation.integration)
    owners = Member.objects.filter(integration=invitation.integration, role=Role.OWNER)
    if not owners.filter(user=invitation.invited_by).exists():
        raise NotValid(is_expired=False)
    opened = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gte=timezone.now())
    if not opened.update(accepted_at=timezone.now()):
        raise NotValid(is_expired=False)
    invitation.refresh_from_db()
    values = {"role": invitation.role, "digest_until": timezone.now()}
    _member, is_new = Member.objects.get_or_create(integration=invitation.integration, user=user, defaults=values)
    if is_new:
        note(invitation.integration, "member_joined", user, invitation=invitation.pk, role=invitation.role)


# Members


@transaction.atomic
def change_role(member: Member, role: Role, by: User) -> None:
    """Raises ``Refusal``: there is always an owner."""
    if Role(member.role) == role:
        return
    demand_other_owner(member)
    Member.objects.filter(pk=member.pk).update(role=role)
    note(member.integration, "member_role", by, person=member.user_id, role=role)


@transaction.atomic
def remove(member: Member, by: User) -> None:
    """Take away a person's access, or one's own. Raises ``Refusal``: there is always an owner."""
    demand_other_owner(member)
    member.delete()
    kind = "member_left" if member.user_id == by.pk else "member_removed"
    note(member.integration, kind, by, person=member.user_id, role=member.role)


def demand_other_owner(member: Member) -> None:
    """Raises ``Refusal`` for the last owner; two who go at the same time are seen one after the other."""
    locked(member.integration)
    owners = Member.objects.filter(integration=member.integration, role=Role.OWNER)
    others = owners.filter(user__is_active=True).exclude(pk=member.pk)
    if owners.filter(pk=member.pk).exists() and not others.exists():
        raise Refusal(gettext("There has to be an owner. Make somebody else an owner first."))


def locked(integration: Integration) -> Integration:
    return Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
