"""Why nothing is posted, without anything being wrong."""

from django.utils.translation import gettext_lazy as _

from .text import ProblemText

SKIPPED: dict[str, ProblemText] = {
    "zero_total": ProblemText(
        _("The total is 0.00."),
        _("Nothing needs to be done."),
        _("A document without an amount is not posted."),
        "nobody",
    ),
    "before_start_date": ProblemText(
        _("The document is dated %(date)s, before the start date %(start)s."),
        _("Request a migration if it must be in the books."),
        _("So nothing is booked twice that was in the books before we started."),
        "owner",
        "shop",
        title=_("The document is dated before the start date."),
    ),
}
