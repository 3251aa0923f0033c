"""Faults on demand that only this system has, and how it words those that all have."""

from defusedxml.ElementTree import fromstring
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from integrations.sandbox import Answer

from .administrations import of_pair
from .envelope import Refused, answer, refusal
from .gate import fields_of
from .memory import books
from .sessions import SESSION_ENDED, end_all

CONVERSION = "Kan een object van het type System.String niet converteren naar het type System.Byte[]. (CS312)"


def session_killed(request: HttpRequest, get_response: Answer) -> HttpResponseBase:
    """The sessions of the caller end just before its call."""
    try:
        fields = fields_of(request)
    except Refused:
        return get_response(request)
    with books.lock:
        administration = of_pair(fields.get("PARTNERKEY", ""), fields.get("OMGEVINGSCODE", ""))
        if administration:
            end_all(administration["id"])
    return get_response(request)


def cs312(_request: HttpRequest, _get_response: Answer) -> HttpResponseBase:
    """An error of the vendor's own program; nothing is done."""
    return refusal(CONVERSION)


def no_data(request: HttpRequest, get_response: Answer) -> HttpResponseBase:
    """A page that counts records and holds none."""
    response = get_response(request)
    root = fromstring(response.content)  # type: ignore[attr-defined]
    for row in root.findall("DATA"):
        root.remove(row)
    return answer(root)


def api_wording(status: int) -> HttpResponse:
    """An ended session and a refusal are answered as the vendor does; the rest is infrastructure."""
    if status == 401:
        return refusal(SESSION_ENDED)
    return refusal("De gegevens zijn geweigerd.") if status == 422 else HttpResponse(status=status)
