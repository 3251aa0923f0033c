"""What is wrong with the shop's data, or between the shop and us."""

from django.utils.translation import gettext_lazy as _

from .text import CHARGED, ProblemText

SHOP: dict[str, ProblemText] = {
    "unreadable": ProblemText(
        _("The shop's data can't be read: %(reason)s."),
        _("Check the document in the shop, and correct it there. If it looks right, send us its number."),
        _("We read only complete data, so that no amount is ever guessed."),
        "shop",
        by=("field", "why"),
    ),
    "totals_differ": ProblemText(
        _("The lines add up to %(lines_total)s, but the shop's total is %(shop_total)s."),
        _("Compare the lines with the document in the shop. If the shop is right, send us its number."),
        CHARGED,
        "shop",
        title=_("The lines don't add up to the shop's total."),
    ),
    "vat_totals_differ": ProblemText(
        _("The VAT of the lines adds up to %(lines_vat)s, but the shop's VAT is %(shop_vat)s."),
        _("Compare the VAT percentages of the lines with the document in the shop, and correct them there."),
        CHARGED,
        "shop",
        title=_("The VAT of the lines does not add up to the shop's VAT."),
    ),
    "currency_unsupported": ProblemText(
        _("The document is in %(currency)s; only EUR can be posted."),
        _("Enter this document in the books by hand, and skip it here."),
        _("Amounts in the books are in euros, and the shop gives no exchange rate."),
        "nobody",
        by=("currency",),
    ),
    "customer_email_missing": ProblemText(
        _("The customer has no e-mail address, so the debtor can't be found."),
        _("Add the address in the shop, or set a fixed debtor for payment method %(method)s."),
        _("Debtors are matched by e-mail address, exactly."),
        "owner",
        "payment_methods",
        ("method",),
    ),
    "product_code_missing": ProblemText(
        _('Product "%(name)s" has no product number with a letter or digit in it.'),
        _("Give the product a number in the shop."),
        _("The books know products by their number, in letters and digits."),
        "shop",
        by=("name",),
    ),
    "text_not_expressible": ProblemText(
        _('"%(text)s" can\'t be written in the books.'),
        _("Change this text in the shop."),
        _("The accounting system does not know some of these characters."),
        "shop",
        by=("text",),
    ),
    "not_in_shop": ProblemText(
        _("The shop no longer has this document."),
        _("Nothing needs to be done if it was deleted on purpose."),
        _("We read the document again before it is posted."),
        "shop",
    ),
    "shop_refused": ProblemText(
        _('The shop refused our question: "%(words)s"'),
        _("Check in the App Store of the shop that the app is still installed. If it is, send us the number."),
        _("The shop decides which data the app may read."),
        "shop",
        by=("words",),
    ),
    "shop_of_others": ProblemText(
        _("This webshop is linked already, by somebody with another account."),
        _("Log in with the account that linked it. Does nobody know which? Ask us."),
        _("The keys of a webshop are no reason to show another person's bookkeeping."),
        "owner",
    ),
}
