"""Past orders: a period is counted, its price is shown, and an owner has it carried over, pauses or stops it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from integrations.models import History, Integration, Role
from webshop.past import history as histories
from webshop.past.history import Outcome

from .. import access
from ..frame import frame
from ..history import PAGE, Part, PeriodForm, Shown, shown, state_words

ACTS = {
    "again": (histories.count_again, _("It is counted again.")),
    "pause": (histories.pause, _("Paused. What is on its way is finished.")),
    "resume": (histories.resume, _("It goes on.")),
    "stop": (histories.stop, _("Stopped. What was not taken up stays out of the books.")),
}
MOST = 100


def listed(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The newest, and a form for another one when that has ended. POST has a period counted."""
    at_least = Role.OWNER if request.method == "POST" else Role.READER
    integration = access.integration_for(request.user, licence_key, at_least)
    form = PeriodForm(request.POST or None)
    if form.is_valid() and can_be_asked(request, integration):
        made = histories.ask(integration, request.user, **form.cleaned_data)
        if made:
            return redirect("history-one", licence_key, made.pk)
        messages.error(request, gettext("Another period has not ended yet. Finish or stop that one first."))
    return _page(request, integration, form)


def can_be_asked(request: HttpRequest, integration: Integration) -> bool:
    """Whether there is a shop to ask and there are books to post to; else the reader is told."""
    if integration.status == Integration.Status.ACTIVE:
        return True
    messages.error(request, gettext("Nothing can be carried over while this integration does not run."))
    return False


@vary_on_headers("HX-Request")
def one(request: HttpRequest, licence_key: str, history_id: int) -> HttpResponse:
    """One of them; while it is at work an open page asks every two seconds."""
    integration = access.integration_for(request.user, licence_key)
    if not request.htmx:
        return _page(request, integration, PeriodForm(), history_id)
    said = shown(history_of(integration, history_id))
    context = {"integration": integration, "shown": said, "may_own": access.may(integration, Role.OWNER)}
    return render(request, "dashboard/history_shown.html", context)


def _page(
    request: HttpRequest, integration: Integration, form: PeriodForm, history_id: int | None = None
) -> HttpResponse:
    """The history that is asked for, or the newest, and links to the others."""
    found = list(integration.histories.order_by("-id")[:MOST])
    history = next((one for one in found if history_id in (None, one.pk)), None)
    if history_id and history is None:
        raise Http404
    more = {
        "shown": shown(history) if history else None,
        "form": None if any(one.state in histories.UNFINISHED for one in found) else form,
        "others": [(one, state_words(one)) for one in found if one != history],
        "price": histories.price_cents(1),
    }
    return render(request, "dashboard/history.html", frame(request.user, integration, "report") | more)


def history_of(integration: Integration, history_id: int) -> History:
    history: History = get_object_or_404(integration.histories, pk=history_id)
    history.integration = integration
    return history


def start(request: HttpRequest, licence_key: str, history_id: int) -> HttpResponse:
    """GET says how many and at what price; POST starts it, if that is still what was said."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    history = history_of(integration, history_id)
    said = shown(history)
    if request.method == "POST" and request.POST.get("items") == str(said.preview.ready.items):
        if histories.start(history, request.user):
            messages.success(request, gettext("Started. You may leave this page: it goes on by itself."))
        return redirect("history-one", licence_key, history.pk)
    if not can_be_started(said):
        return redirect("history-one", licence_key, history.pk)
    context = frame(request.user, integration, "report") | {"shown": said}
    return render(request, "dashboard/history_start.html", context)


def can_be_started(said: Shown) -> bool:
    return said.history.state == History.State.COUNTED and bool(said.preview.ready.items)


@require_safe
def stop(request: HttpRequest, licence_key: str, history_id: int) -> HttpResponse:
    """Says what stopping does to what was started; its button asks for the change."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    history = history_of(integration, history_id)
    if not history.started_at or history.ended_at:
        return redirect("history-one", licence_key, history.pk)
    context = frame(request.user, integration, "report") | {"shown": shown(history)}
    return render(request, "dashboard/history_stop.html", context)


@require_POST
def change(request: HttpRequest, licence_key: str, history_id: int) -> HttpResponse:
    """Count again, pause, resume or stop."""
    integration = access.integration_for(request.user, licence_key, Role.OWNER)
    history = history_of(integration, history_id)
    act, words = ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None:
        raise Http404
    if act(history, request.user):
        messages.success(request, str(words))
    else:
        messages.error(request, gettext("That can't be done any more: look how it is now."))
    return redirect("history-one", licence_key, history.pk)


def items(request: HttpRequest, licence_key: str, history_id: int) -> HttpResponse:
    """Those of one outcome, one cause or one reason, by date."""
    integration = access.integration_for(request.user, licence_key)
    history = history_of(integration, history_id)
    asked = {name: request.GET.get(name, "") for name in ("outcome", "cause", "reason")}
    asked["outcome"] = asked["outcome"] or Outcome.READY.value
    if asked["outcome"] not in Outcome.values or any("\x00" in value for value in asked.values()):
        raise Http404
    found = history.items.filter(**{name: value for name, value in asked.items() if value})
    start_at = request.GET.get("start", "")
    first = int(start_at) if start_at.isascii() and start_at.isdigit() and len(start_at) < 9 else 0
    rows = list(found.order_by("date", "id").select_related("document")[first : first + PAGE + 1])
    more = {
        "history": history,
        "rows": rows[:PAGE],
        "part": Part(items=len(rows), cents=0, cause=asked["cause"], reason=asked["reason"]),
        "asked": asked,
        "next": first + PAGE if len(rows) > PAGE else None,
    }
    return render(request, "dashboard/history_items.html", frame(request.user, integration, "report") | more)
