"""The one door: every call is a form posted to ``/ws1_api.aspx``, told apart by its field ACTIE."""

from collections.abc import Callable
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Row

from . import adminfo, entries, masters, orders, selection
from .envelope import Refused, add_row, answer, new_dataset, read_dataset, refusal
from .memory import books
from .sessions import Fields, enter, log_in, log_out

PATH = "/ws1_api.aspx"

# The field that carries the dataset, and what is done with it.
ACTIONS: dict[str, tuple[str, Callable[[Row, Element], Element]]] = {
    "GETSTAMTABELRECORDS": ("SELECTIE", selection.select),
    "GETADMINFO": ("SELECTIE", adminfo.show),
    "CREATESTAMTABELRECORD": ("STAMTABEL", masters.create),
    "CREATEJOURNAALPOST": ("JOURNAALPOST", entries.create),
    "CREATEVERKOOPORDER": ("VERKOOPORDER", orders.create),
}


@csrf_exempt
def api(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        fields = fields_of(request)
        with books.lock:
            return answer(carried_out(fields))
    except Refused as refused:
        return refusal(str(refused))


def fields_of(request: HttpRequest) -> Fields:
    """The form's fields by their names in capitals: percent-encoded UTF-8."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused("De aanroep is geen formulier.")
    try:
        pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise Refused("Het formulier is geen UTF-8.") from error
    return {name.upper(): value for name, value in pairs}


def action_of(request: HttpRequest) -> str:
    """The action that a call asks for; empty where it can't be read."""
    try:
        return fields_of(request).get("ACTIE", "").upper()
    except Refused:
        return ""


def carried_out(fields: Fields) -> Element:
    action = fields.get("ACTIE", "").upper()
    if action == "LOGIN":
        root = new_dataset()
        add_row(root, "SESSION", {"SESSIONID": log_in(fields)})
        return root
    if action not in (*ACTIONS, "KEEPSESSION", "LOGOUT"):
        raise Refused(f"Onbekende actie: {fields.get('ACTIE', '')}")
    administration = enter(fields)
    if action == "LOGOUT":
        log_out(fields)
    if action not in ACTIONS:
        return new_dataset()
    field, carry_out = ACTIONS[action]
    if not fields.get(field):
        raise Refused(f"Het veld {field} ontbreekt.")
    return carry_out(administration, read_dataset(fields[field]))
