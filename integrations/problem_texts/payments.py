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
        _("We look for it again on two nights. After that, press Process."),
        _("A payment is added to its invoice, so the invoice has to be there first."),
        "books",
    ),
    "already_paid": ProblemText(
        _("%(amount)s was paid, but %(open)s is still open on invoice %(number)s in the books."),
        _("A part was booked there already. Book what is left there by hand, and skip this payment."),
        ONCE,
        "books",
        title=_("More was paid than is still open in the books."),
    ),
    "payment_uncertain": ProblemText(
        _(
            "It is not certain whether this payment is in the books: on invoice %(number)s %(before)s was open, "
            "now %(open)s is."
        ),
        _("Look at its invoice there. If the payment is booked on it, skip it here; else use Process."),
        ONCE,
        "books",
        title=_("It is not certain whether these payments are in the books."),
    ),
    "payments_off": ProblemText(
        _("Payments are not posted for this integration any more."),
        _("Ask us to switch payments on, or skip this payment."),
        _("Payments are posted only where that was asked for."),
        "staff",
    ),
}
