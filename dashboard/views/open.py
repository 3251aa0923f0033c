"""Open: what is not paid yet, and what is on its way, each with what it waits for."""

from django.http import HttpRequest, HttpResponse

from integrations.models import State

from .. import access
from ..listing import render_list


def waiting(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    on_the_way = access.documents_of(integration).filter(state__in=[State.OPEN, State.QUEUED])
    return render_list(request, integration, "open", on_the_way, newest_first=True)
