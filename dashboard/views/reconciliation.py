"""Compare: shop, our documents and the books side by side over a period, what does not agree, and both as files."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from integrations.models import Integration, Reconciliation, Role
from webshop.reconciliation import reconciling

from .. import access
from ..frame import books_name, frame
from ..overviews import reconciliation as words
from ..overviews import reconciliation_files


def listed(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The form that asks for a period, and what was compared before. POST has a period compared."""
    at_least = Role.BOOKKEEPER if request.method == "POST" else Role.READER
    integration = access.integration_for(request.user, licence_key, at_least)
    form = words.PeriodForm(request.POST or None)
    if form.is_valid() and can_be_asked(request, integration):
        made = reconciling.start(integration, request.user, **form.cleaned_data)
        if made:
            return redirect("reconciliation", licence_key, made.pk)
        messages.error(request, gettext("Another period is being compared. Wait until that is done."))
    context = {"form": form, "earlier": words.earlier(integration), "states": words.STATES}
    return shown(request, integration, "reconciliations", context)


def can_be_asked(request: HttpRequest, integration: Integration) -> bool:
    """Whether there is a shop to ask and there are books to read; else the reader is told."""
    if integration.status == Integration.Status.ACTIVE:
        return True
    messages.error(request, gettext("Nothing can be compared while this integration does not run."))
    return False


@require_safe
def one(request: HttpRequest, licence_key: str, reconciliation_id: int) -> HttpResponse:
    """How far it is, and once it is done what came of it."""
    integration, row = of_person(request, licence_key, reconciliation_id)
    context: dict[str, Any] = {"row": row, "is_under_way": row.state in words.UNDER_WAY}
    if row.state == Reconciliation.State.DONE:
        context |= result(row, books_name(integration))
    else:
        context["done"], context["days"] = words.progress(row)
        context["why"] = words.why_not_finished(row)
    return shown(request, integration, "reconciliation", context)


def result(row: Reconciliation, books: str) -> dict[str, Any]:
    counts = words.counts_of(row)
    rates, whole = words.totals(row.figures)
    text, look = words.summary(row, counts, whole.difference)
    others = row.cursor.get("counts", {})
    context = {"groups": words.groups(row, counts, books), "summary": text, "look": look, "others": others}
    return context | {"rates": rates, "whole": whole, "by_day": words.by_day(row.figures)}


@require_safe
def figures(request: HttpRequest, licence_key: str, reconciliation_id: int) -> HttpResponseBase:
    return file(request, licence_key, reconciliation_id, reconciliation_files.figures)


@require_safe
def findings(request: HttpRequest, licence_key: str, reconciliation_id: int) -> HttpResponseBase:
    return file(
        request,
        licence_key,
        reconciliation_id,
        lambda *of: reconciliation_files.findings(*of, site=settings.PUBLIC_URL),
    )


def file(
    request: HttpRequest, licence_key: str, reconciliation_id: int, made: Callable[..., HttpResponseBase]
) -> HttpResponseBase:
    """A file of what is not done would be taken for all of it."""
    integration, row = of_person(request, licence_key, reconciliation_id)
    if row.state != Reconciliation.State.DONE:
        return redirect("reconciliation", licence_key, reconciliation_id)
    return made(row, integration, books_name(integration))


def of_person(request: HttpRequest, licence_key: str, reconciliation_id: int) -> tuple[Integration, Reconciliation]:
    integration = access.integration_for(request.user, licence_key)
    return integration, get_object_or_404(integration.reconciliations.select_related("user"), pk=reconciliation_id)


def shown(request: HttpRequest, integration: Integration, page: str, context: dict[str, Any]) -> HttpResponse:
    context |= frame(request.user, integration, "report")
    return render(request, f"dashboard/{page}.html", context)
