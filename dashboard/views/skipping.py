"""Skip with a reason: one document, the chosen ones, or all that are stuck on one cause; and taking a skip back."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from integrations.models import Document, Integration, Role, State
from integrations.problems import Problem
from webshop import pressing, skipping

from .. import access
from ..errors.processing import may_be_in_the_books, may_unskip, why_not_skip
from ..forms import ReasonForm
from ..frame import frame
from ..lists.listing import chosen
from ..redirects import back
from .errors import sent_cause

MOST = 1000


class SkipForm(ReasonForm):
    has_looked = forms.BooleanField(
        label=_("I looked in the books myself: it is there, or it must not be there."),
        error_messages={"required": _("It may be in the books already: look there first, and tick the box.")},
    )

    def __init__(self, documents: list[Document], data: QueryDict | None = None) -> None:
        super().__init__(data)
        if not any(may_be_in_the_books(document) for document in documents):
            del self.fields["has_looked"]


def skip(request: HttpRequest, document_id: int) -> HttpResponse:
    """Ask for the reason, then skip."""
    document = access.document_for(request.user, document_id, Role.BOOKKEEPER)
    if why_not_skip(document):
        messages.error(request, gettext("Not skipped: %(reason)s") % {"reason": why_not_skip(document)})
        return redirect("document", document_id)
    return asked_why(request, document.integration, [document])


@require_POST
def skip_many(request: HttpRequest, licence_key: str) -> HttpResponse:
    """The chosen documents, or all of a ``cause``."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    cause, shown = sent_cause(request), numbers(request.POST.get("shown", ""))
    asked = access.documents_of(integration).filter(state=State.ERROR)
    asked = asked.filter(cause=cause) if cause else asked.filter(pk__in=chosen(request.POST))
    asked = asked.filter(pk__in=shown) if shown else asked  # what got stuck on it since, nobody has seen
    may_be_posted = access.OF_DOCUMENT["may_be_posted"]
    documents = list(asked.annotate(may_be_posted=may_be_posted).order_by("changed_at", "id")[:MOST])
    if not documents:
        messages.error(request, gettext("Choose at least one document first."))
        return back(request, "errors", licence_key)
    return asked_why(request, integration, documents, cause=cause, is_shown=bool(shown) or not cause)


def numbers(text: str) -> set[int]:
    """The documents that the form names, in one field: a form of a thousand fields is refused."""
    return {int(pk) for pk in text.split(",") if pk.isascii() and pk.isdecimal() and len(pk) < 19}


def asked_why(
    request: HttpRequest,
    integration: Integration,
    documents: list[Document],
    *,
    cause: str = "",
    is_shown: bool = True,
) -> HttpResponse:
    """Skip the documents when the reason is given, and the person has seen which they are; else ask for it."""
    form = SkipForm(documents, request.POST if "words" in request.POST else None)
    if is_shown and form.is_valid():
        given = form.cleaned_data
        has_looked = given.get("has_looked", False)
        skipped = skipping.skip(documents, request.user, given["words"], has_looked=has_looked)
        told(request, len(documents), skipped)
        return back(request, "errors", integration.licence_key)
    context = frame(request.user, integration, "errors") | {"form": form, "documents": documents, "cause": cause}
    context |= {"next": request.POST.get("next") or request.GET.get("next", ""), "is_more": len(documents) == MOST}
    context["problem"] = Problem.of_cause(cause) if cause else None
    return render(request, "dashboard/skip.html", context)


def told(request: HttpRequest, asked: int, skipped: int) -> None:
    if skipped:
        text = ngettext("%(count)d document is skipped.", "%(count)d documents are skipped.", skipped)
        messages.success(request, text % {"count": skipped})
    if skipped < asked:
        text = ngettext(
            "%(count)d document was left alone: it is being processed, or may be in the books already.",
            "%(count)d documents were left alone: they are being processed, or may be in the books already.",
            asked - skipped,
        )
        messages.error(request, text % {"count": asked - skipped})


@require_POST
def unskip(request: HttpRequest, document_id: int) -> HttpResponse:
    document = access.document_for(request.user, document_id, Role.BOOKKEEPER)
    if may_unskip(document) and pressing.unskip(document, request.user):
        messages.success(request, gettext("It is no longer skipped: it is read from the shop again."))
    else:
        messages.error(request, gettext("This document is not skipped by hand, or can't be processed now."))
    return back(request, "document", document_id)
