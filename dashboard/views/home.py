"""The first page: on to the reader's first integration, or what to do when there is none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from integrations.models import Integration, Role

from .. import access
from ..people import licences


def home(request: HttpRequest) -> HttpResponse:
    """One that runs before one that was stopped; archived ones only by their address."""
    listed = access.integrations_of(request.user).filter(archived_at=None).order_by("id")
    first = listed.exclude(status=Integration.Status.STOPPED).first() or listed.first()
    if first is None:
        return render(request, "dashboard/empty.html", {"archived": licences.archived(request.user)})
    goes_on = first.status == Integration.Status.INSTALLING and access.may(first, Role.OWNER)
    return redirect("steps" if goes_on else "report", first.licence_key)
