"""Profile: our invoices, people and e-mails of an integration, the reader's log-in and display, and the end of an
integration: stopped, and archived."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from integrations.models import Integration, Invitation, Role
from integrations.trial import trial_ahead
from webshop import stopping

from .. import access
from ..frame import frame
from ..payments import payments
from ..people import licences, mail_addresses, members, recipients


def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/profile.html", {"archived": licences.archived(request.user)})


def profile_of(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The same under the tabs of an integration, with its people, its e-mails, and what ends it."""
    integration = access.integration_for(request.user, licence_key)
    listed, archived = licences.both(request.user, "profile")
    found = members.members_of(integration)
    context = frame(request.user, integration, "profile")
    context |= {
        "licences": listed,
        "archived": [one for one in archived if one.pk != integration.pk],
        "trial_ends": trial_ahead(integration.created_at),
        "members": [(member, members.ROLES[Role(member.role)][0]) for member in found],
        "me": next(member for member in found if member.user_id == request.user.pk),
        "roles": [(role, title, words) for role, (title, words) in members.ROLES.items()],
        "invitations": invitations(integration),
        "addresses": integration.mail_addresses.order_by("email"),
        "most_addresses": mail_addresses.MOST,
        "choices": recipients.CHOICES.items(),
        "short_choices": recipients.SHORT.items(),
        "languages": settings.LANGUAGES,
    }
    return render(request, "dashboard/profile.html", context)


def invitations(integration: Integration) -> list[tuple[Invitation, str, bool]]:
    """The open ones, with the role in words and whether the link has expired."""
    if not access.may(integration, Role.OWNER):
        return []
    now = timezone.now()
    return [
        (one, str(members.ROLES[Role(one.role)][0]), one.expires_at < now)
        for one in members.open_invitations(integration)
    ]


def stop(request: HttpRequest, licence_key: str) -> HttpResponse:
    """GET says what happens; POST stops the integration."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    if integration.status == Integration.Status.STOPPED:
        return redirect("profile-of", licence_key)
    if request.method != "POST":
        context = frame(request.user, integration, "profile") | {"payments_stuck": payments.stuck(integration)}
        return render(request, "dashboard/stop.html", context)
    is_told = stopping.stop(integration, request.user)
    messages.success(request, gettext("Stopped. Nothing is posted any more, and the keys to shop and books are gone."))
    if not is_told:
        text = gettext("The shop could not be told. What it still sends is refused, so you need not do anything.")
        messages.warning(request, text)
    return redirect("profile-of", licence_key)


@require_POST
def archive(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Take the key of a stopped integration out of the lists, or with ``show`` put it back."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    if integration.status != Integration.Status.STOPPED:
        messages.error(request, gettext("Only a stopped integration can be archived. Stop it first."))
        return redirect("profile-of", licence_key)
    is_shown = "show" in request.POST
    integration.archived_at = None if is_shown else timezone.now()
    integration.save(update_fields=["archived_at"])
    text = gettext("The licence key is listed again.") if is_shown else gettext("The licence key is archived.")
    messages.success(request, text)
    return redirect("profile-of", licence_key)
