"""The floor of the tabs: a bare view that reads one page of the same rows by index and renders a plain table. It stands
behind the same middleware and the same log-in."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from integrations.models import Document

SIZE = 25
TABLE = engines["django"].from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr><td>{{ row.number }}</td>"
    "<td>{{ row.date }}</td><td>{{ row.customer_name }}</td><td>{{ row.country }}</td><td>{{ row.total_cents }}</td>"
    "<td>{{ row.changed_at }}</td><td>{{ row.ledger_number }} {{ row.ledger_id }} {{ row.ledger_url }}</td></tr>"
    "{% endfor %}</table>"
)
ORDERS = {"down": ("-changed_at", "-id"), "up": ("changed_at", "id")}


def floor(request: HttpRequest, integration_id: int, states: str, order: str) -> HttpResponse:
    documents = Document.objects.filter(integration=integration_id, state__in=states.split(","))
    rows = list(documents.defer("source", "mapped").order_by(*ORDERS[order])[:SIZE])
    return HttpResponse(TABLE.render({"rows": rows}, request))


urlpatterns = [
    path("floor/<int:integration_id>/<str:states>/<str:order>/", floor, name="floor"),
    path("", include("config.urls")),
]
