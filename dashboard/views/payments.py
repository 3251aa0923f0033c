"""Payments: what was posted of them, what is stuck and what waits, each list under its tab. A tab that links to its
list asks for the number apart."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.vary import vary_on_headers

from .. import access, payments
from ..frame import frame
from ..paging import page


@vary_on_headers("HX-Request")
def listed(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = access.integration_for(request.user, licence_key)
    tab = request.GET.get("list", "")
    tab = tab if tab in payments.LISTS else "report"
    if request.htmx:
        count = payments.counts(integration).get(tab, 0)
        return render(request, "dashboard/payments_count.html", {"count": count})
    rows = cast(Any, payments.listed(integration, tab))  # paging goes by columns that payments have too
    context = frame(request.user, integration, tab)
    context |= {
        "page": page(rows, request.GET, newest_first=tab != "errors", kept=urlencode({"list": tab})),
        "payment_counts": payments.counts(integration),
        "may_have_payments": payments.may_have_payments(integration),
    }
    return render(request, "dashboard/payments.html", context)
