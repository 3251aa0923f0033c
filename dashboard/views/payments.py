"""Payments: what was posted of them, what is stuck and what waits, each list under its tab; what a person does about
them; and asking for them. A tab that links to its list asks for the number apart."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from integrations.models import Integration, Payment, Role

from .. import access
from ..forms import ReasonForm
from ..frame import frame
from ..lists.paging import page
from ..payments import payment_acts, payments, payments_switch
from ..payments.payments_export import exported
from ..payments.payments_filter import PaymentFilter
from ..redirects import back
from ..tickets.tickets import TooMuch


class LookedForm(forms.Form):
    has_looked = forms.BooleanField(
        error_messages={"required": _("It may be in the books already: look there first, and tick the box.")},
    )

    def __init__(self, given: Any, count: int) -> None:
        super().__init__(given)
        self.fields["has_looked"].label = ngettext(
            "I looked in the books: this payment is not there.",
            "I looked in the books: these payments are not there.",
            count,
        )


def integration_for(request: HttpRequest, licence_key: str, at_least: Role = Role.READER) -> Integration:
    """Where the books take no payments, nobody hears of them."""
    integration = access.integration_for(request.user, licence_key, at_least)
    if not payments.may_have_payments(integration):
        raise Http404
    return integration


def name_of(request: HttpRequest) -> str:
    asked = request.GET.get("list", "")
    return asked if asked in payments.LISTS else "report"


@vary_on_headers("HX-Request")
def listed(request: HttpRequest, licence_key: str) -> HttpResponse:
    integration = integration_for(request, licence_key)
    name, counts = name_of(request), payments.counts(integration)
    if request.htmx:
        return render(request, "dashboard/payments_count.html", {"count": counts.get(name, 0)})
    asked = PaymentFilter(request.GET, name)
    rows = cast(Any, asked.narrow(payments.listed(integration, name)))  # paging goes by columns that payments have too
    shown = page(rows, request.GET, newest_first=name != "errors", kept=asked.kept)
    for payment in cast(list[Any], shown.rows):
        payment.integration = integration
    context = frame(request.user, integration, "report" if name == "skipped" else name)
    context |= {"page": shown, "filter": asked, "list_name": name, "payment_counts": counts}
    return render(request, "dashboard/payments.html", context)


@require_safe
def export(request: HttpRequest, licence_key: str) -> HttpResponseBase:
    """Everything that the filters let through; with wrong input the page that says what is wrong."""
    integration, name = integration_for(request, licence_key), name_of(request)
    asked = PaymentFilter(request.GET, name)
    if not asked.is_valid():
        return redirect(f"{reverse('payments', args=[licence_key])}?{request.GET.urlencode()}")
    return exported(asked.narrow(payments.listed(integration, name)), integration, settings.PUBLIC_URL)


def sent(request: HttpRequest, integration: Integration) -> list[Payment]:
    """The one payment whose button was pressed, else those that are ticked."""
    return payment_acts.chosen(integration, request.POST.getlist("one") or request.POST.getlist("payment"))


@require_POST
def process(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Those that may be in the books already are processed only when the person has looked there."""
    integration = integration_for(request, licence_key, Role.BOOKKEEPER)
    asked = sent(request, integration)
    uncertain = payment_acts.uncertain(asked)
    form = LookedForm(request.POST if "looked" in request.POST else None, len(uncertain))
    if uncertain and not form.is_valid():
        context = {"form": form, "uncertain": uncertain}
        return asking(request, integration, "dashboard/payments_process.html", asked, context)
    payment_acts.process(request, integration, asked)
    return back(request, "payments", licence_key)


@require_POST
def skip(request: HttpRequest, licence_key: str) -> HttpResponse:
    """Ask for the reason, then skip."""
    integration = integration_for(request, licence_key, Role.BOOKKEEPER)
    asked = [payment for payment in sent(request, integration) if not payment_acts.why_not_skip(payment)]
    if not asked:
        messages.error(request, gettext("Choose at least one payment that is not posted."))
        return back(request, "payments", licence_key)
    form = ReasonForm(request.POST if "words" in request.POST else None)
    if not form.is_valid():
        return asking(request, integration, "dashboard/payments_skip.html", asked, {"form": form})
    payment_acts.skip(request, asked, form.cleaned_data["words"])
    return back(request, "payments", licence_key)


def asking(
    request: HttpRequest, integration: Integration, template: str, asked: list[Payment], more: dict[str, object]
) -> HttpResponse:
    """A page that asks for something before it is done."""
    context = frame(request.user, integration, "errors") | {"payments": asked, "next": request.POST.get("next", "")}
    context["here"] = reverse("payments", args=[integration.licence_key]) + "?list=errors"  # this address takes forms
    return render(request, template, context | more)


@require_POST
def ask(request: HttpRequest, licence_key: str) -> HttpResponse:
    """A ticket that asks our support staff to switch payments on; of several presses one comes."""
    integration = integration_for(request, licence_key, Role.OWNER)
    if payments.are_posted(integration):
        messages.success(request, gettext("Payments are switched on already."))
        return back(request, "payments", licence_key)
    try:
        ticket, is_there = payments_switch.ask(integration, request.user)
    except TooMuch as error:
        messages.error(request, error.words)
        return back(request, "payments", licence_key)
    if is_there:
        messages.success(request, gettext("You asked for this already. This is the ticket."))
    else:
        messages.success(request, gettext("Sent. You find our answer here, and get an e-mail when it is there."))
    return redirect("ticket", licence_key, ticket.pk)
