"""The three lists: as a whole page, and as the fragment that keeps an open page up to date.

An open page asks every few seconds with the stamp of what it shows. While nothing changed the answer is empty, so the
reader keeps their place; else the sentence, the counts and, on the first page, the rows are sent.
"""

import hashlib

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from integrations.models import Document, Integration

from ..frame import frame
from .paging import Page, page


@vary_on_headers("HX-Request")
def render_list(
    request: HttpRequest,
    integration: Integration,
    tab: str,
    documents: QuerySet[Document],
    *,
    newest_first: bool,
    kept: str = "",
    **more: object,
) -> HttpResponse:
    """A page of ``documents`` under ``tab``. The chosen rows stay chosen when the page refreshes itself.

    ``kept`` are the filters by which the documents were narrowed down, as the address has them; ``more`` is what the
    tab's templates need besides.
    """
    shown = page(documents, request.GET, newest_first=newest_first, kept=kept)
    for document in shown.rows:
        document.integration = integration
    context = frame(request.user, integration, tab)
    seen = stamp(context, shown)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    context |= {"page": shown, "stamp": seen, "list": f"dashboard/{tab}_list.html", "chosen": chosen(request.GET)}
    context |= more
    answer = render(request, "dashboard/live.html" if request.htmx else f"dashboard/{tab}.html", context)
    if request.htmx:
        answer["HX-Trigger"] = "listed"  # what loads apart and goes by the list loads again
    return answer


def stamp(context: dict[str, object], shown: Page) -> str:
    """A short text that changes when anything on the page would."""
    rows = [(row.pk, row.changed_at, row.reason, row.next_attempt_at, row.attempts) for row in shown.rows]
    facts = repr((context["counts"], context["dots"], context["glance"], rows))
    return hashlib.blake2s(facts.encode(), digest_size=8).hexdigest()


def chosen(sent: QueryDict) -> set[int]:
    """The rows whose boxes are ticked."""
    return {int(pk) for pk in sent.getlist("document") if pk.isascii() and pk.isdecimal() and len(pk) < 19}
