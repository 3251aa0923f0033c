"""Payment methods: the key under which a shop's method is configured, and what is configured for it."""

from collections.abc import Iterable

from integrations.sales import SalesDocument
from integrations.settings_file import Settings, method_key

DEFAULT = "default"

# Tried in this order; each entry is a list of alternatives, an alternative a set of words that must all be there.
WORDS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("banktransfer", (("transfer",), ("bank",), ("invoice",), ("rekening",))),
    ("ideal", (("ideal",),)),
    ("paypal", (("paypal",),)),
    ("afterpay", (("afterpay",),)),
    ("mistercash", (("mister", "cash"),)),
    ("creditcard", (("credit", "card"), ("maestro",), ("visa",), ("mastercard",))),
)


def payment_method(name: str, configured: Iterable[str]) -> str:
    """The key of a shop's payment method: itself when it is configured, else the kind that its words tell."""
    key = method_key(name)
    if key and key in configured:
        return key
    for kind, alternatives in WORDS:
        if any(all(word in key for word in words) for words in alternatives):
            return kind
    return DEFAULT


def fixed_debtor(document: SalesDocument, settings: Settings) -> str:
    """The debtor that takes every document of this payment method, or "".

    Never for an intra-Community supply, which needs the customer's own debtor, and not while payments are posted:
    a clearing account takes the place of a fixed debtor.
    """
    if document.is_icp or settings.posts_payments:
        return ""
    setting = settings.payment_method(document.payment_method)
    return setting.debtor if setting else ""


def clearing_account(method: str, settings: Settings) -> str:
    """The account that payments of a method are booked on, or ""."""
    setting = settings.payment_method(method)
    return setting.clearing_account if setting else ""
