"""Report: what was posted and when, newest first; its totals and chart, and the whole of it as a file."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from integrations.models import Document, Integration, State

from .. import access
from ..lists.export import exported
from ..lists.listing import render_list
from ..lists.report_figures import figures_of
from ..lists.report_filter import filter_of

FORMS = ("csv", "xlsx")
SHOWN = (
    *("number", "remote_id", "date", "customer_name", "customer_email", "country", "total_cents", "currency"),
    *("changed_at", "ledger_number", "ledger_id", "ledger_url", "shop_changed_at"),
    *("reason", "next_attempt_at", "attempts"),  # by which a list sees that something changed
)


def report(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    asked = filter_of(request.GET, integration)
    shown = asked.narrow(posted(integration))
    more = {"filter": asked, "figures": figures_of(shown, asked) if "figures" in request.GET else None}
    return render_list(request, integration, "report", shown, newest_first=True, kept=asked.kept, **more)


@vary_on_headers("HX-Request")
def figures(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The totals and the chart of what the page shows; for who has no script it is a page with both."""
    integration = access.integration_for(request.user, licence_key)
    asked = filter_of(request.GET, integration)
    if not request.htmx:
        return redirect(f"{reverse('report', args=[licence_key])}?{asked.kept}&figures=1#figures")
    context = {"figures": figures_of(asked.narrow(posted(integration)), asked), "filter": asked}
    return render(request, "dashboard/report_figures.html", context)


@require_safe
def export(request: HttpRequest, licence_key: str, form: str) -> HttpResponseBase:
    """Everything that the filters let through. With wrong input there is no file, but the page that says what is wrong:
    somebody who files a file takes it for what they asked for."""
    integration = access.integration_for(request.user, licence_key)
    if form not in FORMS:
        raise Http404
    asked = filter_of(request.GET, integration)
    if not asked.is_valid():
        return redirect(f"{reverse('report', args=[licence_key])}?{request.GET.urlencode()}")
    return exported(asked.narrow(posted(integration)), integration, form, settings.PUBLIC_URL)


def posted(integration: Integration) -> QuerySet[Document]:
    return access.documents_of(integration).filter(state=State.PROCESSED).only(*SHOWN)
