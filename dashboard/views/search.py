"""Find my order: over all states of an integration, the skipped ones included, and in the shop itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from integrations.failures import Failure
from integrations.models import Integration, Role
from webshop import finding

from .. import access
from ..frame import frame
from ..lists import find


def search(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    context = searched(request, integration, request.GET.get("q", ""))
    if not context["found"]:
        context["taking"] = taking(integration, request.GET.get("taking", ""))
    return render(request, "dashboard/search.html", context)


def searched(request: HttpRequest, integration: Integration, typed: str) -> dict[str, object]:
    """What is here of what was typed, as a template's context."""
    wanted = find.cleaned(typed)
    found, is_cut = find.find(integration, wanted) if wanted else ([], False)
    context = frame(request.user, integration, "search")
    return context | {"number": wanted, "found": found, "is_cut": is_cut, "most": find.MOST, "newest": find.NEWEST}


def taking(integration: Integration, asked: str) -> str:
    """What became of something that is being taken in and is not here: ``reading`` or ``nothing``."""
    kind, _, remote_id = asked.replace("\x00", "").partition("-")
    last = (
        integration.deliveries.filter(kind=kind, remote_id=remote_id[:64]).order_by("id").last() if remote_id else None
    )
    if last is None:
        return ""
    return "nothing" if last.handled_at else "reading"


@require_POST
def search_shop(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Ask the shop; with ``take`` have one of what it has taken in."""
    integration = access.integration_for(request.user, licence_key)
    if "take" in request.POST:
        return take_in(request, licence_key)
    context = searched(request, integration, request.POST.get("q", ""))
    try:
        found = finding.search(integration, str(context["number"]))
    except Failure as failure:
        context["failure"] = find.in_words(failure)
    else:
        context["in_shop"] = find.in_shop(found, finding.start_date(integration))
    return render(request, "dashboard/search.html", context | {"is_asked": True})


def take_in(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    kind, _, remote_id = request.POST["take"].partition("-")
    if finding.take_in(integration, kind, remote_id, request.user):
        messages.success(request, gettext("It is read from the shop now. It appears here in a moment."))
    else:
        messages.error(request, gettext("It was not fetched: it is here already, or this integration does not run."))
    asked = urlencode({"q": find.cleaned(request.POST.get("q", "")), "taking": f"{kind}-{remote_id}"})
    return HttpResponseRedirect(f"{reverse('search', args=[licence_key])}?{asked}")
