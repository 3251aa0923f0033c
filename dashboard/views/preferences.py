"""Language and light or dark: choices that are kept, in a cookie for the browser and the language with the person."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from ..redirects import back

YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("language", "")
    answer = back(request, "home")
    if chosen in dict(settings.LANGUAGES):
        keep(answer, settings.LANGUAGE_COOKIE_NAME, chosen)
        if request.user.is_authenticated:
            request.user.language = chosen
            request.user.save(update_fields=["language"])
    return answer


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    answer = back(request, "home")
    if chosen in THEMES:
        keep(answer, "theme", chosen)
    else:
        answer.delete_cookie("theme")
    return answer


def keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
