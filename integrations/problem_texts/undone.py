"""What was taken back from the books, and why something can't be."""

from django.utils.translation import gettext_lazy as _

from .text import ONCE, ProblemText

COUNTERED = _("The counter-entry has the same date and the same lines as the original, with all signs turned.")

UNDONE: dict[str, ProblemText] = {
    "undone": ProblemText(
        _("This posting was taken back, so the document is not in the books any more."),
        _("Process reads it from the shop again and posts it anew; or skip it."),
        _("Nothing that was taken back is posted again by itself, whatever the shop reports."),
        "owner",
    ),
    "order_still_there": ProblemText(
        _("Order %(number)s is still in King / iMUIS, where we can't delete orders."),
        _("Delete it there, and press Undo again: then we see that it is gone."),
        _("If the order has been invoiced there, credit that invoice there as well."),
        "books",
        title=_("The order is still in King / iMUIS, where we can't delete orders."),
    ),
    "undo_uncertain": ProblemText(
        _(
            "It is not certain what has to be taken back: number %(number)s is in the books for %(debtor)s, dated "
            "%(date)s, with %(ledger)s."
        ),
        _("Compare that with the document. Correct it in the books, or take it back there by hand."),
        ONCE,
        "books",
        title=_("It is not certain what has to be taken back: the books hold something else than was posted."),
    ),
    "undo_published": ProblemText(
        _("The draft was published meanwhile as %(number)s, so it can't be deleted any more."),
        _("Press Undo again: then you see the counter-entry that it gets instead."),
        ONCE,
        "owner",
        title=_("The draft was published meanwhile, so it can't be deleted any more."),
    ),
    "undo_changed": ProblemText(
        _("Posting %(number)s was changed in the books after Undo was pressed, so what was shown is no longer right."),
        _("Press Undo again: then you see what would happen now."),
        ONCE,
        "owner",
        title=_("The posting was changed in the books after Undo was pressed."),
    ),
    "counter_differs": ProblemText(
        _("The books made %(ledger)s of counter-entry %(number)s, which is not the exact opposite of the posting."),
        _("If it is still a draft it was removed. Take the posting back in the books by hand."),
        COUNTERED,
        "books",
        title=_("The books made something else of the counter-entry than the exact opposite of the posting."),
    ),
    "counter_alone": ProblemText(
        _("Posting %(number)s is gone from the books, but its counter-entry is there."),
        _("Remove the counter-entry in the books, and press Undo again."),
        COUNTERED,
        "books",
        title=_("The posting is gone from the books, but its counter-entry is there."),
    ),
    "undo_stopped": ProblemText(
        _("The integration was stopped before the posting could be taken back."),
        _("Take it back in the books by hand, or connect again and press Undo once more."),
        _("A stopped integration does nothing in the books any more."),
        "owner",
    ),
}
