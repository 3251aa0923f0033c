"""The blue Process button and its neighbours: when they can be pressed, and what they do."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from integrations.models import Document, Integration, ProcessRun, Role, State
from webshop import pressing, runs
from webshop.skipping import BY_HAND

from .. import access

GONE = "not_in_shop"


def why_not(document: Document) -> str:
    """Why the document can't be processed now, or an empty text when it can."""
    if document.state == State.PROCESSED:
        return _posted(document)
    if why_not_in_general(document.integration):
        return why_not_in_general(document.integration)
    if document.reason == GONE or any(problem.get("code") == GONE for problem in document.problems):
        return gettext("It was deleted in the shop.")
    return ""


def why_not_in_general(integration: Integration) -> str:
    """Why nothing of an integration can be processed by this person, now."""
    if not access.may(integration, Role.BOOKKEEPER):
        return gettext("With your role you can only look: ask the owner or a bookkeeper.")
    if integration.status == Integration.Status.STOPPED:
        return gettext("This licence is stopped.")
    if integration.status == Integration.Status.INSTALLING:
        return gettext("The installation is not finished.")
    return ""


def _posted(document: Document) -> str:
    is_undone = known(document, "is_being_undone")
    return gettext("Its posting is being undone.") if is_undone else gettext("It is already posted.")


def known(document: Document, fact: str) -> bool:
    """What is known of it in the books: as it was when the page's document was loaded, else asked now."""
    if hasattr(document, fact):
        return bool(getattr(document, fact))
    return bool(Document.objects.filter(pk=document.pk).values_list(access.OF_DOCUMENT[fact], flat=True).first())


def why_not_skip(document: Document) -> str:
    """Why the document can't be skipped now, or an empty text when it can."""
    if not access.may(document.integration, Role.BOOKKEEPER):
        return gettext("With your role you can only look: ask the owner or a bookkeeper.")
    if document.state == State.PROCESSED:
        return gettext("It is already posted.")
    if document.state == State.SKIPPED:
        return gettext("It is skipped already.")
    if document.state == State.QUEUED or document.reason == "reading":
        return gettext("It is on its way to the books.")
    return ""


def may_be_in_the_books(document: Document) -> bool:
    """Whether an attempt to post it was broken off, so that only who has looked there can say that it is to be left."""
    return bool(document.ledger_id) or known(document, "may_be_posted")


def may_unskip(document: Document) -> bool:
    """Whether this person can take a skip back: only one that was made by hand."""
    is_by_hand = (document.state, document.reason) == (State.SKIPPED, BY_HAND)
    return is_by_hand and not why_not_in_general(document.integration)


def process(request: HttpRequest, documents: Sequence[Document]) -> ProcessRun | None:
    """Have each document read from the shop again and posted, and tell the reader how many were taken. Several of them
    make a run, whose progress can be followed."""
    able = [document for document in documents if not why_not(document)]
    refused = [reason for document in documents if (reason := why_not(document))]
    run = runs.start_chosen(able, request.user) if len(able) > 1 else None
    if run is None:
        refused += [
            gettext("It is already posted.") for document in able if not pressing.process(document, request.user)
        ]
    taken = run.total if run else len(documents) - len(refused)
    if taken:
        text = ngettext("%(count)d document is processed now.", "%(count)d documents are processed now.", taken)
        messages.success(request, text % {"count": taken})
    elif not refused:
        messages.error(request, gettext("Choose at least one document first."))
    for reason in dict.fromkeys(refused):
        messages.error(request, gettext("Not processed: %(reason)s") % {"reason": reason})
    return run


def process_group(request: HttpRequest, integration: Integration, cause: str) -> ProcessRun | None:
    """Have all documents that are stuck on a cause processed; None, with the reason told, when nothing is."""
    reason = why_not_in_general(integration)
    run = None if reason else runs.start(integration, request.user, cause)
    if run is None:
        words = gettext("Not processed: %(reason)s") % {"reason": reason}
        messages.error(request, words if reason else gettext("Nothing is stuck on this any more."))
    return run
