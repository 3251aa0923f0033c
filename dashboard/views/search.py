"""Search by number over all states of an integration, the skipped ones included."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .. import access
from ..frame import frame

MOST = 50


def search(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    number = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found = []
    if number:
        match = Q(number__istartswith=number) | Q(remote_id=number) | Q(ledger_number__iexact=number)
        found = list(access.documents_of(integration).filter(match).order_by("-changed_at", "-id")[: MOST + 1])
    context = frame(request.user, integration, "search")
    context |= {"number": number, "found": found[:MOST], "is_cut": len(found) > MOST, "most": MOST}
    return render(request, "dashboard/search.html", context)
