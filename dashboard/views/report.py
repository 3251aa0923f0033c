"""Report: what was posted and when, newest first."""

from django.http import HttpRequest, HttpResponse

from integrations.models import State

from .. import access
from ..listing import render_list


def report(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    posted = access.documents_of(integration).filter(state=State.PROCESSED)
    return render_list(request, integration, "report", posted, newest_first=True)
