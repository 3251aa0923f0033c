"""Ask us and Report problem: the tickets of an integration, what is written in them, and what goes along.

Every member asks and reports, readers too.
"""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from integrations.models import Document, Integration, Ticket, TicketDocument, TicketFile
from integrations.problems import Problem

from .. import access
from ..documents import json_shown
from ..errors.stored_problems import problems_of
from ..frame import frame
from ..install.installation import steps_of
from ..lists.paging import page
from ..tickets import ticket_files
from ..tickets import tickets as desk
from ..tickets.evidence import evidence
from ..tickets.ticket_forms import AnswerForm, AskForm, ReportForm
from ..tickets.tickets import Said


@require_GET
def tickets(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The newest change first."""
    integration = access.integration_for(request.user, licence_key)
    shown = page(desk.tickets_of(integration), request.GET, newest_first=True)  # type: ignore[arg-type]
    return render(request, "dashboard/tickets.html", frame(request.user, integration, "tickets") | {"page": shown})


def ask(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The green button: a question, with the page or the document that the reader came from."""
    integration = access.integration_for(request.user, licence_key)
    document = document_of(integration, request.GET.get("document", ""))
    form = AskForm(*given(request), initial=initial(request, integration, document))
    if request.method == "POST" and form.is_valid():
        text, files = form.said()
        said = Said(user=request.user, text=text, files=files)
        try:
            made = desk.ask(integration, form.cleaned_data["subject"], said, [document] if document else [])
        except desk.TooMuch as error:
            form.add_error(None, error.words)
        else:
            messages.success(request, gettext("Sent. You find our answer here, and get an e-mail when it is there."))
            return redirect("ticket", licence_key, made.pk)
    context = frame(request.user, integration, "tickets") | {"form": form, "document": document}
    context |= {"tickets": desk.tickets_of(integration)[:5], "sent": shown_of(document)}
    return render(request, "dashboard/ticket_ask.html", context)


def given(request: HttpRequest) -> tuple[Any, Any]:
    """What a form was sent with; a report may be empty."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def initial(request: HttpRequest, integration: Integration, document: Document | None) -> dict[str, Any]:
    """What the form begins with, from where the reader came."""
    came_from = request.GET.get("from", "")
    is_installing = integration.status == Integration.Status.INSTALLING
    return {
        "about": "installing" if is_installing else "question",
        "subject": desk.subject_of("", document),
        "page": came_from if came_from.startswith("/") else "",
        "place": step_of(integration) if is_installing else "",
        "number": request.GET.get("number", ""),
        "error": request.GET.get("error", ""),
    }


def step_of(integration: Integration) -> str:
    """The step at which an installation is."""
    return next((step.title for step in steps_of(integration) if step.state == "current"), "")


def ticket(request: HttpRequest, licence_key: str, ticket_id: int) -> HttpResponse:
    """The conversation; POST answers, closes or opens again."""
    integration = access.integration_for(request.user, licence_key)
    shown = ticket_of(integration, ticket_id)
    form = AnswerForm()
    if request.method == "POST":
        form = AnswerForm(request.POST, request.FILES)
        if act(request, shown, form):
            return redirect("ticket", licence_key, ticket_id)
    files = Prefetch("files", TicketFile.objects.defer("content").order_by("id"))
    said = shown.messages.select_related("user").prefetch_related(files).order_by("id")
    about = shown.documents.select_related("document").defer("evidence", "document__source", "document__mapped")
    context = frame(request.user, integration, "tickets") | {"ticket": shown, "form": form, "said": said}
    context |= {"about": list(about.order_by("id"))}
    context |= {"is_healed": desk.is_healed(shown), "sent": sent_with(shown, request.GET.get("sent", ""))}
    return render(request, "dashboard/ticket.html", context)


def act(request: HttpRequest, shown: Ticket, form: AnswerForm) -> bool:
    """Do what was pressed; false when something was not right, which the form or a message then says."""
    try:
        if "close" in request.POST:
            desk.close(shown)
            messages.success(request, gettext("Closed. Write in it to open it again."))
        elif "reopen" in request.POST:
            desk.reopen(shown)
        elif form.is_valid():
            text, files = form.said()
            desk.answer(shown, Said(user=request.user, text=text, files=files))
            messages.success(request, gettext("Sent."))
        else:
            return False
    except desk.TooMuch as error:
        form.add_error(None, error.words)
        return False
    except desk.Taken as taken:
        text = gettext("This ticket stays closed: ticket #%(number)s is about the same. Write in that one.")
        messages.error(request, text % {"number": taken.ticket.pk})
    return True


@require_GET
def ticket_file(request: HttpRequest, licence_key: str, file_id: int) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    return ticket_files.sent(get_object_or_404(TicketFile, pk=file_id, message__ticket__integration=integration))


def report_problem(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The red button: GET shows what would be sent, POST sends it; of one cause in one ticket."""
    integration = access.integration_for(request.user, licence_key)
    cause, documents, count = reported(request, integration)
    if not documents:
        messages.success(request, gettext("Nothing is stuck on this any more, so there is nothing to report."))
        return redirect("errors", licence_key)
    form = ReportForm(*given(request))
    if request.method == "POST" and form.is_valid():
        text, files = form.said()
        try:
            made, is_joined = desk.report(
                integration, cause, documents, Said(user=request.user, text=text, files=files)
            )
        except desk.TooMuch as error:
            form.add_error(None, error.words)
        else:
            messages.success(request, reported_words(made, is_joined=is_joined))
            return redirect("ticket", licence_key, made.pk)
    looked_at = next((one for one in documents if str(one.pk) == request.GET.get("sent")), documents[0])
    context = frame(request.user, integration, "errors") | {"form": form, "documents": documents, "count": count}
    context |= {"problem": problem_of(cause, documents[0]), "sent": shown_of(looked_at), "looked_at": looked_at}
    context |= {"there": desk.open_about(integration, cause, documents), "cause": cause}
    context |= {"address": address_of(cause, documents[0])}
    return render(request, "dashboard/ticket_report.html", context)


def reported(request: HttpRequest, integration: Integration) -> tuple[str, list[Document], int]:
    """The cause, the documents whose evidence goes along, and how many are stuck on it."""
    asked = request.GET.get("document", "")
    if asked:
        document = document_of(integration, asked)
        if document is None:
            raise Http404
        return desk.cause_of(document), [document], 1
    cause = request.GET.get("cause", "").replace("\0", "")[:200]
    stuck = desk.stuck_on(integration, cause).select_related("integration__settings", "settings_version")
    return cause, list(stuck[: desk.MOST_DOCUMENTS]), stuck.count()


def reported_words(made: Ticket, *, is_joined: bool) -> str:
    number = {"number": made.pk}
    if is_joined:
        return gettext("Added to ticket #%(number)s, which is about the same. One ticket is enough.") % number
    return gettext("Reported as ticket #%(number)s. You get an e-mail when we answer.") % number


def problem_of(cause: str, document: Document) -> Problem | None:
    found = problems_of(document.problems) or problems_of(problems_of_payment(document))
    return found[0] if found else Problem.of_cause(cause) if cause else None


def problems_of_payment(document: Document) -> list[dict[str, Any]]:
    payment = getattr(document, "payment", None)
    return payment.problems if payment else []


def address_of(cause: str, document: Document) -> dict[str, str]:
    return {"cause": cause} if cause else {"document": str(document.pk)}


def document_of(integration: Integration, asked: str) -> Document | None:
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return None
    related = ("integration__settings", "settings_version", "payment")
    return Document.objects.filter(integration=integration, pk=int(asked)).select_related(*related).first()


def ticket_of(integration: Integration, ticket_id: int) -> Ticket:
    found = get_object_or_404(Ticket, pk=ticket_id, integration=integration)
    found.integration = integration
    return found


def sent_with(shown: Ticket, asked: str) -> str:
    """The evidence of one document of the ticket, as it was sent."""
    about = TicketDocument.objects.filter(ticket=shown).order_by("id")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        about = about.filter(document=int(asked))
    found = about.first()
    return json_shown.shown(found.evidence) if found else ""


def shown_of(document: Document | None) -> str:
    return json_shown.shown(evidence(document)) if document else ""
