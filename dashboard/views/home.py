"""The first page: on to the reader's first integration, or what to do when there is none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from integrations.models import Integration

from .. import access


def home(request: HttpRequest) -> HttpResponse:
    first = access.integrations_of(request.user).order_by("id").first()
    if first is None:
        return render(request, "dashboard/empty.html")
    is_installing = first.status == Integration.Status.INSTALLING
    return redirect("steps" if is_installing else "report", first.licence_key)
