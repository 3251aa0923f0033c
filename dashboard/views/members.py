"""Members and roles, on Profile: who is let in, as what, and the way in for who was invited."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from integrations.models import Integration, Invitation, Member, Role

from .. import access, tasks
from ..frame import frame
from ..install.installation_links import masked
from ..people import members as people
from ..people.unasked import Refusal


class InviteForm(forms.Form):
    """Whom, and as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=[(role, title) for role, (title, _words) in people.ROLES.items()])

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def to_people(licence_key: str) -> HttpResponse:
    return redirect(reverse("profile-of", args=[licence_key]) + "#people")


@require_POST
def invite(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    form = InviteForm(request.POST)
    if form.is_valid():
        send_invitation(request, integration, form.cleaned_data["email"], Role(form.cleaned_data["role"]))
    else:
        messages.error(request, gettext("Nobody was invited: that is not an e-mail address with a role."))
    return to_people(licence_key)


@require_POST
def members(request: HttpRequest, licence_key: str) -> HttpResponse:
    """An open invitation is withdrawn, or with ``renew`` sent again."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    form = forms.IntegerField()
    try:
        number = form.clean(request.POST.get("invitation"))
    except forms.ValidationError:
        number = None
    invitation = get_object_or_404(people.open_invitations(integration), pk=number)
    if "renew" in request.POST:
        send_invitation(request, integration, invitation.email, Role(invitation.role))
    else:
        people.withdraw(invitation, request.user)
        text = gettext("The invitation of %(email)s was withdrawn. Its link does nothing any more.")
        messages.success(request, text % {"email": invitation.email})
    return to_people(licence_key)


def send_invitation(request: HttpRequest, integration: Integration, email: str, role: Role) -> None:
    try:
        invited = people.invite(integration, email, role, request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return
    if tasks.ask(tasks.mail_invitation, invited.pk):
        text = gettext("%(email)s gets an e-mail with a link that works for %(days)s days.")
        messages.success(request, text % {"email": email, "days": people.DAYS})
    else:
        messages.warning(request, gettext("The e-mail could not be sent just now. Send it again in a minute."))


@require_POST
def member(request: HttpRequest, licence_key: str, member_id: int) -> HttpResponse:
    """Another role, or with ``remove`` no access any more, which is asked first. Everybody may leave."""
    integration = access.integration_for(request.user, licence_key)
    found = get_object_or_404(integration.members.select_related("user", "integration"), pk=member_id)
    is_self = found.user_id == request.user.pk
    if "remove" not in request.POST or not is_self:
        access.demand(integration, Role.OWNER)
    if "remove" in request.POST and "sure" not in request.POST:
        context = frame(request.user, integration, "profile") | {"member": found, "is_self": is_self}
        context["here"] = reverse("profile-of", args=[licence_key])
        return render(request, "dashboard/member_remove.html", context)
    try:
        change(request, found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if is_self and not integration.members.filter(pk=found.pk).exists():
        return redirect("home")
    return to_people(licence_key)


def change(request: HttpRequest, member: Member) -> None:
    """Raises ``Refusal``."""
    names = {"email": member.user.email, "name": member.integration}
    if "remove" in request.POST:
        people.remove(member, request.user)
        messages.success(request, gettext("%(email)s has no access to %(name)s any more.") % names)
        return
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Refusal(gettext("Nothing was changed: choose a role."))
    people.change_role(member, Role(role), request.user)
    names["role"] = people.ROLES[Role(role)][0]
    messages.success(request, gettext("%(email)s is now: %(role)s.") % names)


@login_not_required
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An account with the invited address first; then GET says what the invitation is, and POST accepts it."""
    try:
        invited = people.read(token)
        if not request.user.is_authenticated:
            context = {"email": invited.email, "next": request.path}
            return render(request, "dashboard/invitation_account.html", context)
        if not people.is_for(invited, request.user):
            context = {"made_for": masked(invited.email)}
            return render(request, "dashboard/invitation_other.html", context, status=403)
        return answered(request, invited)
    except people.NotValid as refusal:
        context = {"is_expired": refusal.is_expired}
        return render(request, "dashboard/invitation_refused.html", context, status=403)


def answered(request: HttpRequest, invited: Invitation) -> HttpResponse:
    """Raises ``NotValid``."""
    integration = invited.integration
    present = integration.members.filter(user=request.user).first()
    if present is None and request.method != "POST":
        if invited.accepted_at:
            raise people.NotValid(is_expired=False)
        context = {"invited": invited, "role": people.ROLES[Role(invited.role)]}
        return render(request, "dashboard/invitation.html", context)
    if present is None:
        people.accept(invited, request.user)
        messages.success(request, gettext("Welcome. You have access to %(name)s now.") % {"name": integration})
    else:
        text = gettext("You are a member of %(name)s already: %(role)s.")
        names = {"name": integration, "role": people.ROLES[Role(present.role)][0]}
        messages.info(request, text % names)
    return redirect("report", integration.licence_key)
