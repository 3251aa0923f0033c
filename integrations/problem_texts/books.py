"""What the books say of a document, and what was chosen of them and is not there."""

from django.utils.translation import gettext_lazy as _

from .text import ASK, CHANGED_BOOKS, CHARGED, ONCE, ProblemText

AT_THAT_MOMENT = _("Each document is posted with what was set on the Configuration tab at that moment.")

BOOKS: dict[str, ProblemText] = {
    "administration_missing": ProblemText(
        _("No administration has been chosen."),
        _("Choose one on the Configuration tab."),
        AT_THAT_MOMENT,
        "owner",
        "accounting",
    ),
    "administration_gone": ProblemText(
        _("The administration does not exist (any more) for the account that is connected."),
        _("Connect again with an account that may see it, or choose another administration on the Configuration tab."),
        AT_THAT_MOMENT,
        "owner",
        "accounting",
    ),
    "other_administration": ProblemText(
        _('This environment code is of administration "%(given)s", but documents were posted to "%(held)s".'),
        _('Connect with a code of "%(held)s". If that is the same administration under a new name, tell us.'),
        _("What was posted, and what follows on it, must be in one set of books."),
        "owner",
        "accounting",
        ("given", "held"),
    ),
    "journal_missing": ProblemText(
        _("No journal has been chosen, or it no longer exists."),
        _("Choose one on the Configuration tab."),
        AT_THAT_MOMENT,
        "owner",
        "accounting",
    ),
    "debtors_account_missing": ProblemText(
        _("No debtors account has been chosen, or it no longer exists."),
        _("Choose one on the Configuration tab."),
        AT_THAT_MOMENT,
        "owner",
        "accounting",
    ),
    "order_type_missing": ProblemText(
        _('Order type "%(order_type)s" does not exist in the books.'),
        _("Add it there, or choose another one on the Configuration tab."),
        _("An order in the books takes its settings from its order type."),
        "owner",
        "accounting",
        ("order_type",),
    ),
    "item_group_missing": ProblemText(
        _('Item group "%(item_group)s" does not exist in the books.'),
        _("Add it there with a revenue account, or choose another one on the Configuration tab."),
        _("New products are put in this group."),
        "owner",
        "accounting",
        ("item_group",),
    ),
    "article_key_collision": ProblemText(
        _('"%(number)s" and "%(other)s" become the same product number in the books.'),
        _("Give one of the two products a shorter, different number in the shop."),
        _("The books keep only the first part of a product number."),
        "shop",
        by=("number", "other"),
    ),
    "number_collision": ProblemText(
        _('Number %(number)s has the same digits as "%(other)s", which has been posted.'),
        _("Enter this document in the books by hand, under a number of its own, and skip it here."),
        ONCE,
        "books",
        title=_("The number has the same digits as that of another document, which has been posted."),
    ),
    "posting_uncertain": ProblemText(
        _(
            "It is not certain whether this document is in the books: number %(number)s is there, but for debtor "
            "%(debtor)s, dated %(date)s, with %(ledger)s."
        ),
        _("Compare the two. Correct or remove what is in the books, and process the document again."),
        _("The books did not tell what became of what was sent, so it is looked for before it is sent again."),
        "books",
        title=_("It is not certain whether a document is in the books: its number is there, with other contents."),
    ),
    "ledger_account_gone": ProblemText(
        _("Ledger account %(account)s is blocked in the books, or no longer exists."),
        _("Release it there, or choose another account in the VAT table on the Configuration tab."),
        CHANGED_BOOKS,
        "owner",
        "vat",
        ("account",),
    ),
    "period_unknown": ProblemText(
        _("The books don't say in which period %(date)s falls."),
        _("Add the dates of the periods of that year in the books."),
        _("Not every administration has twelve periods, so the period comes from the books themselves."),
        "books",
        title=_("The books don't say in which period the date of a document falls."),
    ),
    "period_closed": ProblemText(
        _("The period of %(date)s is closed in the books."),
        _("Open the period there, or ask your accountant to."),
        _("We don't post in a closed period, even where the accounting system would let us."),
        "books",
        title=_("The period of the document's date is closed in the books."),
    ),
    "debtor_blocked": ProblemText(
        _("Debtor %(debtor)s is blocked in the books."),
        _("Release it there, or choose another fixed debtor on the Configuration tab."),
        CHANGED_BOOKS,
        "books",
        "payment_methods",
        ("debtor",),
    ),
    "ledger_total_differs": ProblemText(
        _("The books make the total %(ledger)s, but the shop's total is %(shop)s. The draft was removed."),
        ASK,
        CHARGED,
        "staff",
        title=_("The books make another total of it than the shop. The draft was removed."),
    ),
    "books_refused": ProblemText(
        _('The accounting system refused it: "%(words)s"'),
        _("Solve what it says, and process the document again. If that does not help, send us its number."),
        _("These are the accounting system's own words."),
        "books",
        by=("words",),
    ),
    "books_plan": ProblemText(
        _('The accounting system does not allow this: "%(words)s"'),
        _("Check that your subscription there includes the API, and connect again with all permissions."),
        _("A free or trial subscription may not let other programs in."),
        "books",
        by=("words",),
    ),
    "posted_with_other_total": ProblemText(
        _("The books hold this document as %(number)s with a total of %(ledger)s, but the shop's total is %(shop)s."),
        _("Correct it in the books, and press Process: it is then compared again and nothing is posted twice."),
        _("It was found there, finished already, after an attempt that was broken off."),
        "books",
        title=_("The books hold it already, with another total than the shop."),
    ),
}
