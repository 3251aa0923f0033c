"""The words of every problem, by its code; a file for each place where a problem arises."""

from django.utils.translation import gettext_lazy as _

from .books import BOOKS
from .payments import PAYMENTS
from .shop import SHOP
from .skipped import SKIPPED
from .text import ASK, ProblemText
from .undone import UNDONE
from .vat import VAT

__all__ = ["INTERNAL", "PROBLEMS", "ProblemText"]

INTERNAL = "internal"

UNFORESEEN = ProblemText(
    _("Something went wrong that we did not foresee."),
    ASK,
    _("Our staff can see what happened; the rest of your documents goes on."),
    "staff",
)

PROBLEMS: dict[str, ProblemText] = SHOP | VAT | BOOKS | PAYMENTS | SKIPPED | UNDONE | {INTERNAL: UNFORESEEN}
