"""The blue Process button: when it can be pressed, and what it does."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from integrations.models import Document, Integration, State, User
from webshop import intake

GONE = "not_in_shop"


def why_not(document: Document) -> str:
    """Why the document can't be processed now, or an empty text when it can."""
    if document.state == State.PROCESSED:
        return gettext("It is already posted.")
    if document.integration.status == Integration.Status.STOPPED:
        return gettext("This licence is stopped.")
    if document.integration.status == Integration.Status.INSTALLING:
        return gettext("The installation is not finished.")
    if document.reason == GONE or any(problem.get("code") == GONE for problem in document.problems):
        return gettext("It was deleted in the shop.")
    return ""


def process(request: HttpRequest, documents: Sequence[Document]) -> None:
    """Have each document read from the shop again and posted, and tell the reader how many were taken."""
    refused = [reason for document in documents if (reason := why_not(document) or ask_again(document, request.user))]
    taken = len(documents) - len(refused)
    if taken:
        text = ngettext("%(count)d document is processed now.", "%(count)d documents are processed now.", taken)
        messages.success(request, text % {"count": taken})
    elif not refused:
        messages.error(request, gettext("Choose at least one document first."))
    for reason in dict.fromkeys(refused):
        messages.error(request, gettext("Not processed: %(reason)s") % {"reason": reason})


def ask_again(document: Document, user: User) -> str:
    """An empty text, or the reason when somebody else was first."""
    return "" if intake.process(document, user) is not False else gettext("It is already posted.")
