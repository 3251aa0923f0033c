"""Errors: what is stuck, by root cause and one by one, and Process for one, the chosen ones, or all of a cause."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from accounting import settings_store
from integrations.models import Document, Integration, Role, State
from integrations.problems import Problem
from integrations.settings_file import SettingsError
from webshop import runs

from .. import access
from ..errors.groups import Group
from ..errors.missing_setting import Desk, setting_form
from ..errors.processing import process, process_group
from ..errors.under_way import Run, newest_run, under_way
from ..frame import frame
from ..lists.filters import Period
from ..lists.listing import chosen, render_list
from ..redirects import back
from ..settings import settings_change
from .payment_methods import keep_names

MOST = 100
SHOWN = (
    *("number", "remote_id", "date", "customer_name", "customer_email", "country", "total_cents", "currency"),
    *("state", "problems", "changed_at"),
    *("reason", "next_attempt_at", "attempts"),  # by which a list sees that something changed
)


def errors(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, newest_run=newest_run())
    period = Period(request.GET, everything=_("All open"))
    kept = [period.kept, "all=1" if "all" in request.GET else ""]
    documents = period.narrow(stuck(integration))
    return render_list(
        request,
        integration,
        "errors",
        documents,
        newest_first=False,
        kept="&".join(filter(None, kept)),
        filter=period,
        **offered(integration),
    )


def group(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The documents of one cause alone."""
    integration = access.integration_for(request.user, licence_key, newest_run=newest_run())
    cause = sent_cause(request)
    return of_group(request, integration, cause) if is_cause(cause) else redirect("errors", licence_key)


def of_group(request: HttpRequest, integration: Integration, cause: str, **more: object) -> HttpResponse:
    kept = urlencode({"cause": cause})
    return render_list(
        request,
        integration,
        "errors",
        stuck(integration).filter(cause=cause),
        newest_first=False,
        kept=kept,
        cause=cause,
        here=f"{reverse('group', args=[integration.licence_key])}?{kept}",  # of a form that was sent there is no page
        **offered(integration),
        **more,
    )


def stuck(integration: Integration) -> QuerySet[Document]:
    return access.documents_of(integration).filter(state=State.ERROR).only(*SHOWN)


def sent_cause(request: HttpRequest) -> str:
    """The cause that was sent. Answers 404 to what the database could not even be asked for."""
    sent = request.POST if request.method == "POST" else request.GET
    cause = sent.get("cause", "")
    if "\x00" in cause:
        raise Http404
    return cause


def is_cause(text: str) -> bool:
    """Whether it is a cause that a document can have."""
    return Problem.of_cause(text).cause == text


def offered(integration: Integration) -> dict[str, object]:
    """What stands around the documents."""
    run = under_way(integration, integration.newest_run)  # type: ignore[attr-defined]
    return {"version": settings_change.number_in_use(integration), "under_way": run}


@require_POST
def process_many(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    asked = access.documents_of(integration).filter(pk__in=chosen(request.POST))
    documents = list(asked.order_by("changed_at", "id")[:MOST])
    for document in documents:
        document.integration = integration
    process(request, documents)
    return back(request, "errors", licence_key)


@require_POST
def process_all_of(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Process every document of a cause."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    run = process_group(request, integration, sent_cause(request))
    return redirect("run", licence_key, run.pk) if run else redirect("errors", licence_key)


@require_POST
def setting(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Save the setting that a group lacks as a new version, then process the group. What is wrong with it is said
    beside the fields, on the page of the group; so is that somebody else has saved meanwhile."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER, newest_run=newest_run())
    cause = sent_cause(request)
    form = setting_form(Desk(integration), Problem.of_cause(cause), prefix=Group(cause=cause).key, data=request.POST)
    if form is None:
        return redirect("errors", licence_key)
    is_overtaken = request.POST.get("version") != settings_change.number_in_use(integration)
    if form.is_valid() and not is_overtaken:
        try:
            version = settings_change.save(request, integration, form.changed(settings_store.current_file(integration)))
        except SettingsError as error:
            form.add_error(None, error.faults)
        except settings_change.Overtaken:
            integration.refresh_from_db()
            is_overtaken = True
        else:
            keep_names(integration, [form])
            messages.success(request, gettext("Saved as version %(number)d.") % {"number": version.number})
            run = process_group(request, integration, cause)
            return redirect("run", licence_key, run.pk) if run else redirect("errors", licence_key)
    return of_group(request, integration, cause, filled=form, is_overtaken=is_overtaken)


@vary_on_headers("HX-Request")
def run(request: HttpRequest, licence_key: str, run_id: int) -> HttpResponse:
    """How far the processing of a group is; an open page asks every two seconds, until it is done."""
    integration = access.integration_for(request.user, licence_key)
    shown = get_object_or_404(integration.runs.select_related("user"), pk=run_id)
    progress = runs.progress_of(integration, shown.pk)
    bar = {"integration": integration, "bar": progress and Run(shown.pk, progress)}
    if request.htmx:
        return render(request, "dashboard/run_bar.html", bar)
    problem = Problem.of_cause(shown.cause) if shown.cause else None
    context = frame(request.user, integration, "errors") | bar | {"run": shown, "problem": problem}
    return render(request, "dashboard/run.html", context)
