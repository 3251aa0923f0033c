"""What each problem says, and the sentences that problems of several kinds share."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class ProblemText(NamedTuple):
    """``message`` says what happened, ``remedy`` what to do about it (the two are shown together), ``help`` some
    background. ``who`` can do it: owner (a setting of ours), shop, books, staff or nobody; ``setting`` names the
    section of the Configuration tab. Documents have the same cause when the parameters ``by`` are the same; ``title``
    names the cause where ``message`` has other parameters than these."""

    message: Text
    remedy: Text
    help: Text
    who: str
    setting: str = ""
    by: tuple[str, ...] = ()
    title: Text = ""


ASK = _("Send us the number of the document, so that we can look at it.")
CHANGED_BOOKS = _("Codes, accounts and debtors belong to the books. They may have been removed or closed there.")
CHARGED = _("What the customer was charged is leading: nothing is posted that does not add up to it.")
ONCE = _("Everything is posted once. When it is not certain what the books hold, we ask rather than guess.")
