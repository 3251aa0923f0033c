"""More info: one document with its problems, its amounts beside those of the books, its lines and why they are booked
as they are, and its timeline. What is large has a page of its own: what the shop sent, and what would be posted now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from integrations import sales
from integrations.models import Document, Role, State
from integrations.money import ZERO, amount_text
from integrations.sales import SalesDocument

from .. import access
from ..documents import connected, json_shown, timeline
from ..documents.document_preview import preview_of
from ..documents.shop_and_books import compared, explanations
from ..documents.why_account import Labels, labels, whys
from ..errors.processing import process as process_documents
from ..frame import frame
from ..redirects import back

TABS = {State.PROCESSED: "report", State.ERROR: "errors", State.OPEN: "open", State.QUEUED: "open"}
MOST_DELIVERIES = 20


@vary_on_headers("HX-Request")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    shown = access.document_for(request.user, document_id)
    entries, of_it = timeline.entries(shown), connected.connected(shown)
    stamp = connected.stamp(shown, of_it, len(entries))
    if request.htmx and request.GET.get("seen") == stamp:
        return HttpResponse(status=204)
    found = sold(shown)
    context = framed(request, shown)
    context |= {"entries": entries, "connected": of_it, "stamp": stamp, "sold": None}
    if found:
        context["sold"] = in_lines(shown, found, labels(shown.integration, of_it.lists))
    context |= {"is_live": connected.is_live(shown, of_it)}
    context |= {"compared": compared(shown, found), "explanations": list(explanations(shown, found))}
    return render(request, "dashboard/document.html", context)


def framed(request: HttpRequest, shown: Document) -> dict[str, object]:
    """What the pages of a document share."""
    tab = TABS.get(State(shown.state), "search")
    return frame(request.user, shown.integration, tab) | {"document": shown}


def sold(document: Document) -> SalesDocument | None:
    """What has to be posted; None while nothing could be worked out."""
    return sales.load(document.mapped) if document.mapped else None


def in_lines(document: Document, found: SalesDocument, labels: Labels) -> dict[str, object]:
    """What has to be posted in the words of the preview, each line with why it is booked as it is."""
    told, reasons = sales.as_json(found), list(whys(document, found, labels))
    lines = [line | {"why": reasons[index] if reasons else None} for index, line in enumerate(told["lines"])]
    lines_total = amount_text(sum((line.total_incl for line in found.lines), ZERO))
    return told | {"lines": lines, "lines_total": lines_total}


def source(request: HttpRequest, document_id: int) -> HttpResponse:
    """What the shop sent, and what was made of it."""
    shown = access.document_for(request.user, document_id)
    mine = shown.integration.deliveries.filter(kind=shown.kind, remote_id=shown.remote_id)
    context = framed(request, shown)
    context |= {
        "deliveries": [(one, json_shown.shown_text(one.body)) for one in mine.order_by("-id")[:MOST_DELIVERIES]],
        "source": json_shown.shown(shown.source) if shown.source else "",
        "mapped": json_shown.shown(shown.mapped) if shown.mapped else "",
    }
    return render(request, "dashboard/document_source.html", context)


def preview(request: HttpRequest, document_id: int) -> HttpResponse:
    """What would be posted now. No outside system is asked."""
    shown = access.document_for(request.user, document_id)
    return render(request, "dashboard/document_preview.html", framed(request, shown) | {"preview": preview_of(shown)})


@require_POST
def process(request: HttpRequest, document_id: int) -> HttpResponse:
    process_documents(request, [access.document_for(request.user, document_id, Role.BOOKKEEPER)])
    return back(request, "document", document_id)
