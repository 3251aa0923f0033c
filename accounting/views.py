"""Red Connect: each accounting system lets its owners in by its own way."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from .connectors import SYSTEMS
from .returning import after_connecting, mine


@require_POST
def connect(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = mine(request, licence_key=licence_key)
    system = SYSTEMS.get(integration.accounting_system)
    if system is None:
        raise Http404
    form = system.connect_form(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
        return after_connecting(integration)
    return system.connect(request, integration, form.cleaned_data)
