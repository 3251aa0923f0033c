"""After a POST: back to where the reader was."""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, view: str, *args: object) -> HttpResponseRedirect:
    """To the page of ours that the form names as ``next``, else to ``view``."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if is_ours and wanted.startswith("/") else reverse(view, args=args))
