"""The pages of the manual. Everybody may read them: they hold nothing of anybody.

Who comes from an integration, which ``key`` then names, finds links into it and the way back.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integrations.models import Integration

from .. import access, manual

LONGEST_QUERY = 100


@login_not_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """All chapters, folded; with ``q`` those that have its words, unfolded."""
    query = text_of(request, "q").strip()[:LONGEST_QUERY]
    words = manual.words_of(query)
    shown = around(request) | {
        "chapters": manual.found_in(words) if words else manual.chapters(),
        "codes": None if words else manual.codes(),
        "codes_found": manual.codes_found(words) if words else [],
        "query": query if words else "",
        "unfold": bool(words) or request.GET.get("open") == "all",
    }
    return render(request, "manual/contents.html", shown)


@login_not_required
@require_safe
def chapter(request: HttpRequest, chapter: str) -> HttpResponse:
    try:
        shown = manual.chapter(chapter)
    except KeyError as error:
        raise Http404 from error
    before, after = manual.neighbours(chapter)
    return render(
        request, "manual/chapter.html", around(request) | {"chapter": shown, "before": before, "after": after}
    )


@login_not_required
@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """What a code means and how to solve it."""
    try:
        shown = manual.explanation(code)
    except KeyError as error:
        raise Http404 from error
    named = {"one": shown, "about": manual.chapter(shown.chapter)}
    return render(request, "manual/problem.html", around(request) | named)


def around(request: HttpRequest) -> dict[str, Any]:
    """What every page of the manual has: the chapters, the reader's integration, and the key that links pass on."""
    own = integration_of_reader(request)
    key = f"?key={own.licence_key}" if own and text_of(request, "key") else ""
    return {"all": manual.chapters(), "own": own, "key": key}


def integration_of_reader(request: HttpRequest) -> Integration | None:
    """The one that ``key`` names, or else the only one that the reader has."""
    if not request.user.is_authenticated:
        return None
    mine = access.integrations_of(request.user)
    if key := text_of(request, "key"):
        return mine.filter(licence_key=key).first()
    some = list(mine.filter(archived_at=None)[:2])
    return some[0] if len(some) == 1 else None


def text_of(request: HttpRequest, name: str) -> str:
    """Without what the database takes for the end of a text."""
    return request.GET.get(name, "").replace("\0", "")
