"""The demo's one click: an order in the stand-in shop. Routed only where DEMO is set."""

import secrets

import requests
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from .. import access
from ..redirects import back


@require_POST
def place_order(request: HttpRequest) -> HttpResponse:
    integration = access.integration_for(request.user, request.POST.get("licence_key", ""))
    url = f"{settings.SANDBOX_URL}/_sandbox/shops/{integration.shop_id}/orders/random"
    try:
        order = {"count": 1, "seed": secrets.randbelow(10**9)}  # the same seed would place the same order again
        requests.post(url, json=order, timeout=10).raise_for_status()
    except requests.RequestException:
        messages.error(request, gettext("The stand-in shop does not answer. Is it running? Start it with: make demo"))
    else:
        messages.success(request, gettext("An order was placed in the stand-in shop. It appears here within seconds."))
    return back(request, "report", integration.licence_key)
