"""What is wrong with the VAT of a document, or with the settings that it is posted with."""

from django.utils.translation import gettext_lazy as _

from .text import CHANGED_BOOKS, ProblemText

VAT_TABLE = _("The VAT table says which VAT code and accounts belong to a country and a percentage.")
ICP = _("An intra-Community supply is invoiced without VAT, so the customer's VAT number must be valid.")

VAT: dict[str, ProblemText] = {
    "vat_setting_missing": ProblemText(
        _("There is no VAT setting for %(country)s with %(rate)s%%."),
        _("Add it to the VAT table on the Configuration tab."),
        VAT_TABLE,
        "owner",
        "vat",
        ("country", "rate"),
    ),
    "vat_code_gone": ProblemText(
        _("The VAT code for %(country)s with %(rate)s%% no longer exists in the books."),
        _("Choose another VAT code in the VAT table on the Configuration tab."),
        CHANGED_BOOKS,
        "owner",
        "vat",
        ("country", "rate"),
    ),
    "ledger_account_missing": ProblemText(
        _("There is no revenue account for %(country)s with %(rate)s%%."),
        _("Choose one in the VAT table on the Configuration tab."),
        VAT_TABLE,
        "owner",
        "vat",
        ("country", "rate"),
    ),
    "international_with_vat": ProblemText(
        _("The document goes to %(country)s, outside the EU, but %(vat)s VAT was charged."),
        _("Deliveries outside the EU carry no VAT: correct the document in the shop."),
        _("Goods that leave the EU are invoiced with 0% VAT."),
        "shop",
        by=("country",),
        title=_("VAT was charged on what goes to %(country)s, outside the EU."),
    ),
    "zero_vat_without_icp": ProblemText(
        _("A line to %(country)s has 0%% VAT, but the document is not an intra-Community supply."),
        _("Correct it in the shop, or add %(country)s with 0%% to the VAT table."),
        _("Inside the EU 0% needs a reason: a business customer with a VAT number, or exempt goods."),
        "owner",
        "vat",
        ("country",),
    ),
    "vat_number_missing": ProblemText(
        _("This is an intra-Community supply, but the customer has no VAT number."),
        _("Add the VAT number in the shop."),
        ICP,
        "shop",
    ),
    "vat_number_invalid": ProblemText(
        _("VAT number %(vat_number)s is not valid."),
        _("Correct it in the shop."),
        ICP,
        "shop",
        by=("vat_number",),
    ),
    "icp_not_abroad": ProblemText(
        _("VAT number %(vat_number)s belongs to the shop's own country (%(country)s)."),
        _("Correct the document in the shop: a supply at home carries VAT."),
        ICP,
        "shop",
        by=("vat_number", "country"),
    ),
    "vat_kind_unknown": ProblemText(
        _("The books have no VAT kind for %(rate)s%%."),
        _("Choose one for this percentage on the Configuration tab."),
        _("Products in the books carry High, Low or Reverse charge instead of a percentage."),
        "owner",
        "accounting",
        ("rate",),
    ),
}
