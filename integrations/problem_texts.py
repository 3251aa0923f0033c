"""The words of every problem: what happened, what to do about it, some background, and who can do it.

``who`` is owner (a setting of ours), shop, books, staff or nobody; ``setting`` names the section of the
Configuration tab. Message and remedy are shown together.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INTERNAL = "internal"

Text = str | Promise


class ProblemText(NamedTuple):
    message: Text
    remedy: Text
    help: Text
    who: str
    setting: str = ""


T = ProblemText

_ASK = _("Send us the number of the document, so that we can look at it.")
_VAT_TABLE = _("The VAT table says which VAT code and accounts belong to a country and a percentage.")
_ICP = _("An intra-Community supply is invoiced without VAT, so the customer's VAT number must be valid.")
_CHARGED = _("What the customer was charged is leading: nothing is posted that does not add up to it.")
_ONCE = _("Everything is posted once. When it is not certain what the books hold, we ask rather than guess.")
_CHANGED_BOOKS = _("Codes, accounts and debtors belong to the books. They may have been removed or closed there.")
_NO_TABLE = _("Each document is posted with what was set on the Configuration tab at that moment.")

PROBLEMS: dict[str, ProblemText] = {
    # The shop's data
    "unreadable": T(
        _("The shop's data can't be read: %(reason)s."),
        _("Check the document in the shop and process it again. If it looks right there, send us its number."),
        _("We read only complete data, so that no amount is ever guessed."),
        "shop",
    ),
    "totals_differ": T(
        _("The lines add up to %(lines_total)s, but the shop's total is %(shop_total)s."),
        _("Compare the lines with the document in the shop. If the shop is right, send us its number."),
        _CHARGED,
        "shop",
    ),
    "vat_totals_differ": T(
        _("The VAT of the lines adds up to %(lines_vat)s, but the shop's VAT is %(shop_vat)s."),
        _("Compare the VAT percentages of the lines with the document in the shop, and correct them there."),
        _CHARGED,
        "shop",
    ),
    "currency_unsupported": T(
        _("The document is in %(currency)s; only EUR can be posted."),
        _("Enter this document in the books by hand."),
        _("Amounts in the books are in euros, and the shop gives no exchange rate."),
        "nobody",
    ),
    "customer_email_missing": T(
        _("The customer has no e-mail address, so the debtor can't be found."),
        _("Add the address in the shop, or set a fixed debtor for payment method %(method)s."),
        _("Debtors are matched by e-mail address, exactly."),
        "owner",
        "payment_methods",
    ),
    "product_code_missing": T(
        _('Product "%(name)s" has no product number with a letter or digit in it.'),
        _("Give the product a number in the shop, and process the document again."),
        _("The books know products by their number, in letters and digits."),
        "shop",
    ),
    "text_not_expressible": T(
        _('"%(text)s" can\'t be written in the books.'),
        _("Change this text in the shop, and process the document again."),
        _("The accounting system does not know some of these characters."),
        "shop",
    ),
    "not_in_shop": T(
        _("The shop no longer has this document."),
        _("Nothing needs to be done if it was deleted on purpose."),
        _("We read the document again before it is posted."),
        "shop",
    ),
    "shop_refused": T(
        _('The shop refused our question: "%(words)s"'),
        _("Check in the App Store of the shop that the app is still installed. If it is, send us the number."),
        _("The shop decides which data the app may read."),
        "shop",
    ),
    # VAT
    "vat_setting_missing": T(
        _("There is no VAT setting for %(country)s with %(rate)s%%."),
        _("Add it to the VAT table on the Configuration tab, and process the document again."),
        _VAT_TABLE,
        "owner",
        "vat",
    ),
    "vat_code_gone": T(
        _("The VAT code for %(country)s with %(rate)s%% no longer exists in the books."),
        _("Choose another VAT code in the VAT table on the Configuration tab."),
        _CHANGED_BOOKS,
        "owner",
        "vat",
    ),
    "ledger_account_missing": T(
        _("There is no revenue account for %(country)s with %(rate)s%%."),
        _("Choose one in the VAT table on the Configuration tab."),
        _VAT_TABLE,
        "owner",
        "vat",
    ),
    "international_with_vat": T(
        _("The document goes to %(country)s, outside the EU, but %(vat)s VAT was charged."),
        _("Deliveries outside the EU carry no VAT: correct the document in the shop."),
        _("Goods that leave the EU are invoiced with 0% VAT."),
        "shop",
    ),
    "zero_vat_without_icp": T(
        _("A line to %(country)s has 0%% VAT, but the document is not an intra-Community supply."),
        _("Correct it in the shop, or add %(country)s with 0%% to the VAT table."),
        _("Inside the EU 0% needs a reason: a business customer with a VAT number, or exempt goods."),
        "owner",
        "vat",
    ),
    "vat_number_missing": T(
        _("This is an intra-Community supply, but the customer has no VAT number."),
        _("Add the VAT number in the shop, and process the document again."),
        _ICP,
        "shop",
    ),
    "vat_number_invalid": T(
        _("VAT number %(vat_number)s is not valid."),
        _("Correct it in the shop, and process the document again."),
        _ICP,
        "shop",
    ),
    "icp_not_abroad": T(
        _("VAT number %(vat_number)s is of %(country)s, the shop's own country."),
        _("Correct the document in the shop: a supply at home carries VAT."),
        _ICP,
        "shop",
    ),
    "vat_kind_unknown": T(
        _("The books have no VAT kind for %(rate)s%%."),
        _("Choose one for this percentage on the Configuration tab."),
        _("Products in the books carry High, Low or Reverse charge instead of a percentage."),
        "owner",
        "accounting",
    ),
    # The books
    "administration_missing": T(
        _("No administration has been chosen."),
        _("Choose one on the Configuration tab."),
        _NO_TABLE,
        "owner",
        "accounting",
    ),
    "administration_gone": T(
        _("The administration does not exist (any more) for the account that is connected."),
        _("Connect again with an account that may see it, or choose another administration on the Configuration tab."),
        _NO_TABLE,
        "owner",
        "accounting",
    ),
    "other_administration": T(
        _('This environment code is of administration "%(given)s", but documents were posted to "%(held)s".'),
        _('Connect with a code of "%(held)s". If that is the same administration under a new name, tell us.'),
        _("What was posted, and what follows on it, must be in one set of books."),
        "owner",
        "accounting",
    ),
    "journal_missing": T(
        _("No journal has been chosen, or it no longer exists."),
        _("Choose one on the Configuration tab."),
        _NO_TABLE,
        "owner",
        "accounting",
    ),
    "debtors_account_missing": T(
        _("No debtors account has been chosen, or it no longer exists."),
        _("Choose one on the Configuration tab."),
        _NO_TABLE,
        "owner",
        "accounting",
    ),
    "order_type_missing": T(
        _('Order type "%(order_type)s" does not exist in the books.'),
        _("Add it there, or choose another one on the Configuration tab."),
        _("An order in the books takes its settings from its order type."),
        "owner",
        "accounting",
    ),
    "item_group_missing": T(
        _('Item group "%(item_group)s" does not exist in the books.'),
        _("Add it there with a revenue account, or choose another one on the Configuration tab."),
        _("New products are put in this group."),
        "owner",
        "accounting",
    ),
    "article_key_collision": T(
        _('"%(number)s" and "%(other)s" become the same product number in the books.'),
        _("Give one of the two products a shorter, different number in the shop."),
        _("The books keep only the first part of a product number."),
        "shop",
    ),
    "number_collision": T(
        _('Number %(number)s has the same digits as "%(other)s", which has been posted.'),
        _("Enter this document in the books by hand, under a number of its own."),
        _ONCE,
        "books",
    ),
    "posting_uncertain": T(
        _(
            "It is not certain whether this document is in the books: number %(number)s is there, but for debtor "
            "%(debtor)s, dated %(date)s, with %(ledger)s."
        ),
        _("Compare the two. Correct or remove what is in the books, and process the document again."),
        _("The books did not tell what became of what was sent, so it is looked for before it is sent again."),
        "books",
    ),
    "ledger_account_gone": T(
        _("Ledger account %(account)s is blocked in the books, or no longer exists."),
        _("Release it there, or choose another account in the VAT table on the Configuration tab."),
        _CHANGED_BOOKS,
        "owner",
        "vat",
    ),
    "period_unknown": T(
        _("The books don't say in which period %(date)s falls."),
        _("Add the dates of the periods of that year in the books, and process the document again."),
        _("Not every administration has twelve periods, so the period comes from the books themselves."),
        "books",
    ),
    "period_closed": T(
        _("The period of %(date)s is closed in the books."),
        _("Open the period there, or ask your accountant to."),
        _("We don't post in a closed period, even where the accounting system would let us."),
        "books",
    ),
    "debtor_blocked": T(
        _("Debtor %(debtor)s is blocked in the books."),
        _("Release it there, or choose another fixed debtor on the Configuration tab."),
        _CHANGED_BOOKS,
        "books",
        "payment_methods",
    ),
    "ledger_total_differs": T(
        _("The books make the total %(ledger)s, but the shop's total is %(shop)s. The draft was removed."),
        _ASK,
        _CHARGED,
        "staff",
    ),
    "books_refused": T(
        _('The accounting system refused it: "%(words)s"'),
        _("Solve what it says, and process the document again. If that does not help, send us its number."),
        _("These are the accounting system's own words."),
        "books",
    ),
    "books_plan": T(
        _('The accounting system does not allow this: "%(words)s"'),
        _("Check that your subscription there includes the API, and connect again with all permissions."),
        _("A free or trial subscription may not let other programs in."),
        "books",
    ),
    "posted_with_other_total": T(
        _("The books hold this document as %(number)s with a total of %(ledger)s, but the shop's total is %(shop)s."),
        _("Correct it in the books, and press Process: it is then compared again and nothing is posted twice."),
        _("It was found there, finished already, after an attempt that was broken off."),
        "books",
    ),
    "shop_of_others": T(
        _("This webshop is linked to an integration of somebody else."),
        _("Ask its owner to give you access, or log in as the owner."),
        _("The keys of a webshop are no reason to show another person's bookkeeping."),
        "owner",
    ),
    # Payments
    "clearing_account_missing": T(
        _("There is no clearing account for payment method %(method)s."),
        _("Choose one for it on the Configuration tab."),
        _("A payment is booked on the clearing account of its payment method."),
        "owner",
        "payment_methods",
    ),
    "invoice_not_found": T(
        _("The invoice of this payment is not among the unpaid invoices in the books."),
        _("We look again on the next two nights. After that, use Process."),
        _("A payment is added to its invoice, so the invoice has to be there first."),
        "books",
    ),
    "already_paid": T(
        _("The invoice of this payment has been paid in the books already."),
        _("Nothing needs to be done if it was entered there by hand."),
        _ONCE,
        "books",
    ),
    # Why nothing is posted, without anything being wrong
    "zero_total": T(
        _("The total is 0.00."),
        _("Nothing needs to be done."),
        _("A document without an amount is not posted."),
        "nobody",
    ),
    "before_start_date": T(
        _("The document is dated %(date)s, before the start date %(start)s."),
        _("Request a migration if it must be in the books."),
        _("So nothing is booked twice that was in the books before we started."),
        "owner",
        "shop",
    ),
    INTERNAL: T(
        _("Something went wrong that we did not foresee."),
        _ASK,
        _("Our staff can see what happened; the rest of your documents goes on."),
        "staff",
    ),
}
