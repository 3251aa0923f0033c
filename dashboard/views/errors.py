"""Errors: what is stuck, oldest first, and Process for the chosen ones."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from integrations.models import Role, State

from .. import access
from ..listing import chosen, render_list
from ..processing import process
from ..redirects import back

MOST = 100


def errors(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    stuck = access.documents_of(integration).filter(state=State.ERROR)
    return render_list(request, integration, "errors", stuck, newest_first=False)


@require_POST
def process_many(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    asked = access.documents_of(integration).select_related("integration").filter(pk__in=chosen(request.POST))
    process(request, asked.order_by("changed_at", "id")[:MOST])
    return back(request, "errors", licence_key)
