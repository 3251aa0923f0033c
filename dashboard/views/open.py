"""Open: what waits for the shop, what is on its way, and what messages of the shop nobody could look at yet."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from integrations.models import Document, Integration, State
from integrations.tallies import by_state

from .. import access
from ..frame import frame
from ..lists.listing import stamp
from ..lists.open_filter import OpenFilter
from ..lists.paging import page
from ..lists.waiting_messages import beside, in_words

FIRST = 5  # of those on their way, above the others
SHOWN = (
    *("number", "remote_id", "state", "date", "customer_name", "customer_email", "total_cents", "currency"),
    *("changed_at", "looked_at", "reason", "next_attempt_at", "attempts"),
)


@vary_on_headers("HX-Request")
def waiting(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    asked = OpenFilter(request.GET)
    context = frame(request.user, integration, "open") | {"filter": asked, "in_state": asked.shown or State.OPEN}
    mine = asked.narrow(access.documents_of(integration).only(*SHOWN))
    listed = page(mine.filter(state=context["in_state"]), request.GET, newest_first=True, kept=asked.kept)
    is_narrowed = asked.without("show") != ""
    numbers = {} if is_narrowed else by_state(context["tallies"])
    is_first = listed.is_first and not asked.shown
    going = list(mine.filter(state=State.QUEUED).order_by("-changed_at", "-id")[:FIRST]) if is_first else []
    context |= {"page": listed, "going": of(integration, going), "numbers": numbers}
    context |= {"has_more_going": len(going) == FIRST}
    of(integration, listed.rows)
    found = beside(integration)
    context |= {"messages_waiting": [in_words(integration, one) for one in found.messages if is_first]}
    context |= {"payment_counts": found.payments, "list": "dashboard/open_list.html"}
    seen = whole_stamp(context)
    if request.htmx and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    template = "dashboard/live.html" if request.htmx else "dashboard/open.html"
    return render(request, template, context | {"stamp": seen})


def of(integration: Integration, documents: list[Document]) -> list[Document]:
    for document in documents:
        document.integration = integration
    return documents


def whole_stamp(context: dict[str, object]) -> str:
    """That of the list, with what stands above it."""
    going = [(row.pk, row.reason, row.next_attempt_at) for row in context["going"]]
    facts = repr((stamp(context, context["page"]), going, context["messages_waiting"], context["payment_counts"]))
    return hashlib.blake2s(facts.encode(), digest_size=8).hexdigest()
