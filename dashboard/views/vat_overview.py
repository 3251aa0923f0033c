"""The VAT overview: turnover and VAT by country and rate, the ICP list, the yearly amount of distance sales, and the
first two as files."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounting.connectors import SYSTEMS
from integrations.models import Integration

from .. import access
from ..frame import frame
from ..lists.export import Column, Row, csv_file, file_name
from ..overviews import icp
from ..overviews.distance_sales import meter_of
from ..overviews.vat_overview import columns, overview_of
from ..overviews.vat_period import VatPeriod, asked_of


def vat_overview(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    period, form = asked_of(request.GET)
    system = SYSTEMS.get(integration.accounting_system)
    context = {"overview": overview_of(integration, period), "computes_itself": bool(system and system.targets)}
    return shown(request, integration, "vat_overview", {"period": period, "form": form, **context})


def icp_list(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    period, form = asked_of(request.GET)
    customers, chosen = icp.customers_of(integration, period), request.GET.get("number")
    icp.show_documents(customers, integration, period, chosen)
    context = {"customers": customers, "cents": icp.total(customers), "chosen": chosen}
    return shown(request, integration, "icp", {"period": period, "form": form, **context})


def distance_sales(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    period, _form = asked_of(request.GET)
    context = {"meter": meter_of(integration, period.last.year), "period": period}
    return shown(request, integration, "distance_sales", context)


def shown(request: HttpRequest, integration: Integration, page: str, context: dict[str, Any]) -> HttpResponse:
    context |= frame(request.user, integration, "report")
    return render(request, f"dashboard/{page}.html", context)


@require_safe
def vat_overview_file(request: HttpRequest, licence_key: str) -> HttpResponseBase:
    integration = access.integration_for(request.user, licence_key)
    period, form = asked_of(request.GET)
    if form.errors:
        return to_page(request, "vat-overview", licence_key)
    overview = overview_of(integration, period)
    rows = iter([[{"row": row} for row in overview.rows]])
    return file(gettext("VAT overview"), integration, period, columns(overview), rows)


@require_safe
def icp_file(request: HttpRequest, licence_key: str) -> HttpResponseBase:
    """By customer; with ``documents`` a line for each document."""
    integration = access.integration_for(request.user, licence_key)
    period, form = asked_of(request.GET)
    if form.errors:
        return to_page(request, "icp", licence_key)
    if "documents" in request.GET:
        rows = icp.documents_of(integration, period)
        return file(gettext("ICP documents"), integration, period, icp.columns_of_documents(), rows)
    rows = iter([[{"customer": one} for one in icp.customers_of(integration, period)]])
    return file(gettext("ICP list"), integration, period, icp.columns(), rows)


def to_page(request: HttpRequest, name: str, licence_key: str) -> HttpResponse:
    """Where it is said what is wrong: a file of another period would be filed for what was asked for."""
    return redirect(f"{reverse(name, args=[licence_key])}?{request.GET.urlencode()}")


def file(
    title: str, integration: Integration, period: VatPeriod, of: list[Column], rows: Iterator[list[Row]]
) -> HttpResponseBase:
    return csv_file(file_name(title, integration, period.name), of, rows)
