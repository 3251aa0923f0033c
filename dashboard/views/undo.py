"""Undo of a posting: what would happen in the books, then the press that has it done, of what was shown and nothing
else. Nothing is written there from here: that is for the worker, as all posting is."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting import payments, reversals
from accounting.books import Undoing
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Document, Integration, Payment, Reversal, Role, State
from integrations.problems import Problem
from webshop.doorbell import ring

from .. import access
from ..documents.why_account import labels_of
from ..errors.stored_problems import problems_of
from ..frame import frame

SALT = "undo"
CHOICES = [
    (State.ERROR, _("Put it on Errors, to be processed again once it is right")),
    (State.SKIPPED, _("Skip it: it is not to be in the books")),
]


class UndoForm(forms.Form):
    returns_to = forms.ChoiceField(
        label=_("What becomes of the document afterwards?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        initial=State.ERROR,
        error_messages={"required": _("Choose what becomes of the document.")},
    )
    words = forms.CharField(
        label=_("Why is it taken back?"),
        help_text=_("It is kept in the timeline, for whoever wonders later."),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why, in a few words.")},
    )
    is_deleted = forms.BooleanField(
        label=_("I deleted this order in King / iMUIS; it was not invoiced"),
        help_text=_("An order that was invoiced is gone as well: then credit the invoice there first."),
        error_messages={"required": _("Say that you deleted it: we can't see that an order was not invoiced.")},
    )

    def __init__(self, given: QueryDict | None, *, is_order: bool) -> None:
        super().__init__(given)
        if not is_order:
            del self.fields["is_deleted"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the books said just now: how the posting would be taken back, what is in the way, why nothing is known."""

    undoing: Undoing | None = None
    problems: tuple[Problem, ...] = ()
    trouble: str = ""

    @property
    def can_be_asked(self) -> bool:
        return self.undoing is not None and not self.problems


def undo(request: HttpRequest, document_id: int) -> HttpResponse:
    document = access.document_for(request.user, document_id, Role.BOOKKEEPER)
    if reason := why_not(document):
        messages.error(request, gettext("Not taken back: %(reason)s") % {"reason": reason})
        return redirect("document", document_id)
    look = look_at(document)
    form = UndoForm(request.POST or None, is_order=is_order_that_is_gone(document, look))
    notice = ""
    if request.method == "POST":
        notice = why_not_yet(request.POST.get("shown", ""), document, look)
        if look.undoing and not notice and form.is_valid():
            return asked(request, document, look.undoing, form.cleaned_data)
    context = frame(request.user, document.integration, "report")
    context |= {"document": document, "form": form, "look": look, "undoing": look.undoing, "refused": refused(document)}
    context["payment"] = payment = Payment.objects.filter(document=document).first()
    context["is_payment_lost"] = payment and look.undoing and goes_with_invoice(payment, document, look.undoing)
    context["lines"] = lines_of(document, look.undoing) if look.undoing else []
    context |= {"notice": notice, "shown": signed(document, look.undoing) if look.undoing else ""}
    return render(request, "dashboard/undo.html", context)


def why_not(document: Document) -> str:
    """Why the posting can't be taken back now, or an empty text when it can."""
    if document.state != State.PROCESSED:
        return gettext("It is not posted.")
    if document.integration.status != Integration.Status.ACTIVE:
        return gettext("This licence is stopped.")
    if document.reversals.filter(outcome=Reversal.Outcome.PENDING).exists():
        return gettext("That was asked for already, and is being done.")
    return ""


def is_order_that_is_gone(document: Document, look: Look) -> bool:
    """Whether only a person knows what became of it: King / iMUIS has no order any more once it is invoiced."""
    may_be_order = document.integration.accounting_system == "imuis" and document.target != "entry"
    return may_be_order and look.undoing is not None and look.undoing.way == "gone"


def why_not_yet(shown: str, document: Document, look: Look) -> str:
    """Why a press does nothing: it agrees to what the page showed, and the books have to hold that still."""
    if look.undoing is None or not look.can_be_asked:
        return gettext("Nothing was asked for: read below what is in the way.")
    try:
        is_same = signing.loads(shown, salt=SALT) == agreement(document, look.undoing)
    except signing.BadSignature:
        return gettext("Nothing was asked for yet. Look below what would happen in the books, then press once more.")
    if is_same:
        return ""
    return gettext(
        "The books changed since this page was shown. Look below what would happen now, then press once more."
    )


def signed(document: Document, undoing: Undoing) -> str:
    return signing.dumps(agreement(document, undoing), salt=SALT)


def agreement(document: Document, undoing: Undoing) -> list[Any]:
    """What a press agrees to, in short."""
    gist = json.dumps(reversals.gist(undoing), sort_keys=True)
    return [document.pk, document.edition, hashlib.sha256(gist.encode()).hexdigest()]


def asked(request: HttpRequest, document: Document, undoing: Undoing, given: dict[str, Any]) -> HttpResponse:
    reversal = reversals.ask(
        document,
        request.user,
        returns_to=given["returns_to"],
        words=given["words"],
        seen=reversals.gist(undoing),
    )
    if reversal is None:
        messages.error(request, gettext("Not taken back: %(reason)s") % {"reason": gettext("It is not posted.")})
        return redirect("document", document.pk)
    if document.integration.administration_id:
        ring(document.integration.administration_id)
    messages.success(request, gettext("The posting is being taken back. This page shows when it is done."))
    return redirect("document", document.pk)


def look_at(document: Document) -> Look:
    """Ask the books how it would be taken back."""
    try:
        undoing = reversals.shown(document)
    except Refused as failure:
        return Look(problems=failure.problems)
    except ConnectionLost:
        return Look(trouble=gettext("The connection was refused. Connect again."))
    except Failure:
        return Look(trouble=gettext("The books can't be reached just now."))
    return Look(undoing=undoing, problems=undoing.problems)


def goes_with_invoice(payment: Payment, document: Document, undoing: Undoing) -> bool:
    is_deleted = undoing.way in ("delete", "gone")
    return is_deleted and payments.is_booked_on(payment, document.ledger_id, str(undoing.held.get("id")))


def refused(document: Document) -> list[Problem]:
    """Why it was not done when it was asked for last, if so."""
    last = document.reversals.order_by("-id").first()
    is_refused = last is not None and last.outcome == Reversal.Outcome.REFUSED
    return problems_of(last.problems) if last is not None and is_refused else []


def lines_of(document: Document, undoing: Undoing) -> list[dict[str, Any]]:
    """The lines of the counter-entry, with account and VAT code by the names that the books have for them."""
    labels = labels_of(document)
    return [
        {
            "name": line.name,
            "account": labels.accounts.get(line.account, line.account),
            "vat_code": labels.vat_codes.get(line.vat_code, line.vat_code),
            "amount": line.amount,
            "vat": line.vat,
        }
        for line in undoing.lines
    ]
