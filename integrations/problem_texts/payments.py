"""Why a payment is not booked."""

from django.utils.translation import gettext_lazy as _

from .text import ONCE, ProblemText

PAYMENTS: dict[str, ProblemText] = {
    "clearing_account_missing": ProblemText(
        _("There is no clearing account for payment method %(method)s."),
        _("Choose one for it on the Configuration tab."),
        _("A payment is booked on the clearing account of its payment method."),
        "owner",
        "payment_methods",
        ("method",),
    ),
    "invoice_not_found": ProblemText(
        _("The invoice of this payment is not among the unpaid invoices in the books."),
        _("We look again on the next two nights. After that, use Process."),
        _("A payment is added to its invoice, so the invoice has to be there first."),
        "books",
    ),
    "already_paid": ProblemText(
        _("The invoice of this payment has been paid in the books already."),
        _("Nothing needs to be done if it was entered there by hand."),
        ONCE,
        "books",
    ),
}
