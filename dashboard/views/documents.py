"""More info: one document with its problems, its amounts beside those of the books, its lines and its timeline."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from integrations import sales
from integrations.models import Document, Role, State
from integrations.money import ZERO, amount_text

from .. import access, timeline
from ..frame import frame
from ..processing import process as process_documents
from ..redirects import back

TABS = {State.PROCESSED: "report", State.ERROR: "errors", State.OPEN: "open", State.QUEUED: "open"}


@vary_on_headers("HX-Request")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    shown = access.document_for(request.user, document_id)
    entries = timeline.entries(shown)
    stamp = f"{shown.state} {shown.reason} {len(entries)} {shown.changed_at:%s%f}"
    if request.htmx and request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    context = frame(request.user, shown.integration, TABS.get(shown.state, "search"))
    context |= {"document": shown, "entries": entries, "stamp": stamp, "sold": sold(shown)}
    context["is_live"] = shown.state in (State.OPEN, State.QUEUED)
    context["difference"] = None if shown.ledger_total_cents is None else shown.total_cents - shown.ledger_total_cents
    return render(request, "dashboard/document.html", context)


def sold(document: Document) -> dict[str, object] | None:
    """What has to be posted, in the words of the preview; None while nothing could be worked out."""
    if not document.mapped:
        return None
    found = sales.load(document.mapped)
    lines_total = amount_text(sum((line.total_incl for line in found.lines), ZERO))
    return sales.as_json(found) | {"lines_total": lines_total}


@require_POST
def process(request: HttpRequest, document_id: int) -> HttpResponse:
    process_documents(request, [access.document_for(request.user, document_id, Role.BOOKKEEPER)])
    return back(request, "document", document_id)
