"""The switch for payments of one integration, which only support staff turn."""

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from integrations.models import Integration

from ..payments import payments, payments_switch


def switch(request: HttpRequest, integration_id: int) -> HttpResponse:
    """How it is now and which payment methods lack a clearing account; POST turns it."""
    related = Integration.objects.select_related("settings", "administration")
    integration = get_object_or_404(related, pk=integration_id, settings__isnull=False)
    if not payments.may_have_payments(integration):
        raise Http404
    if request.method == "POST":
        version = payments_switch.switch(integration, request.user, is_on="on" in request.POST)
        if version:
            text = gettext("Saved as version %(number)d.") % {"number": version.number}
            messages.success(request, text)
        return redirect("admin:integration-payments", integration_id)
    context = admin.site.each_context(request) | {"integration": integration, "opts": Integration._meta}
    context |= {"is_on": payments.are_posted(integration), "lacking": payments_switch.without_account(integration)}
    return render(request, "admin/integrations/integration/payments.html", context)
