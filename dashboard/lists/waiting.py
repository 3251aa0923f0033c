"""Why a document waits or was skipped, as one sentence. A reason that this page does not know is shown as it is."""

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.models import Document, Payment, State
from integrations.wording import moment

NOT_PAID = _("Not paid in the shop yet. It is looked at again every night, and as soon as the shop reports a payment.")
STOPPED = _("This integration was stopped.")

OPEN = {
    "": NOT_PAID,
    "not_paid": NOT_PAID,
    "reading": _("It is read from the shop again."),
    "stopped": STOPPED,
}

QUEUED = {
    "": _("It is about to be posted."),
    "settling": _(
        "The books did not answer in time. We look there first whether it arrived, so it is not posted twice."
    ),
    "payment_settling": _("A payment of it may be on its way to the books. That is brought to its end first."),
    "connection_lost": _("The connection is lost. It goes on by itself once you have connected again."),
    "books_unreachable": _("The books can't be reached at the moment."),
    "books_no_answer": _("The books did not answer in time."),
    "books_busy": _("The books asked us to slow down."),
    "token_renewal": _("The log-in at the books is being renewed."),
    "oauth_client_refused": _("The books do not accept our program at the moment. Our support staff are on it."),
    "shop_unreachable": _("The shop can't be reached at the moment."),
    "shop_no_answer": _("The shop did not answer in time."),
    "shop_busy": _("The shop asked us to slow down."),
    "stopped": STOPPED,
    "shop_throttle": _("The shop allows only so many questions a minute."),
    "shop_signature": _("An answer was not signed by the shop, so it is not believed."),
    "shop_no_sense": _("The shop gave an answer that makes no sense."),
    "internal": _("Something went wrong on our side. It is tried again."),
    "clock_off": _("The clocks of the shop and of our program differ too much. Our support staff are on it."),
    "vies_unavailable": _(
        "The European VAT number check (VIES) is out of reach. Without its answer nothing is posted."
    ),
}

SKIPPED = {
    "": _("Not posted."),
    "before_start_date": _("Dated before the start date of this integration, so it is not posted."),
    "zero_total": _("The total is 0.00: there is nothing to post."),
    "cancelled": _("Cancelled in the shop."),
    "expired": _("Waited too long for the right status in the shop."),
    "not_in_shop": _("Deleted in the shop."),
    "by_hand": _("Skipped by hand: it is not posted until somebody asks for it again."),
    "undone": _("Its posting was taken back, and it is not posted again until somebody asks for it."),
    "posted_as_order": _("Its order is posted, so this first invoice of it is not."),
    "posted_as_invoice": _("Its first invoice is posted, so the order is not."),
    "skipped_as_order": _(
        "Its order was skipped or taken back by hand, so this first invoice of it is not posted either, until "
        "somebody presses Process."
    ),
    "skipped_as_invoice": _(
        "Its first invoice was skipped or taken back by hand, so the order is not posted either, until somebody "
        "presses Process."
    ),
}


def sentence(document: Document) -> str:
    """What it waits for, with the time of the next attempt, or why it will not be posted; empty in other states."""
    if document.state == State.OPEN:
        return f"{reason_text(OPEN, document.reason)} {last_look(document)}".strip()
    if document.state == State.QUEUED:
        return f"{reason_text(QUEUED, document.reason)} {next_attempt(document)}".strip()
    return reason_text(SKIPPED, document.reason) if document.state == State.SKIPPED else ""


def reason_text(texts: dict[str, object], reason: str) -> str:
    return str(texts.get(reason) or gettext("Reason: %(reason)s.") % {"reason": reason})


def last_look(document: Document) -> str:
    """When the shop was last asked about a document that is not paid; nothing while it is being read."""
    if document.looked_at is None or document.reason == "reading":
        return ""
    return gettext("Looked at last: %(moment)s.") % {"moment": moment(document.looked_at)}


def next_attempt(document: Document | Payment) -> str:
    if document.next_attempt_at is None or document.next_attempt_at <= timezone.now():
        return ""
    return gettext("Next attempt: %(moment)s.") % {"moment": moment(document.next_attempt_at)}
