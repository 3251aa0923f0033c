"""Words for how the shop's data was read: why it could not be, and which reading was taken of several."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

UNREADABLE: dict[str, Text] = {
    "missing": _("is missing"),
    "not_an_object": _("is not an object"),
    "not_a_list": _("is not a list"),
    "not_a_number": _("is not a number"),
    "out_of_range": _("is out of range"),
    "not_yes_or_no": _("is not true or false"),
    "not_a_date": _("is not a date and time"),
    "not_an_id": _("is not an id"),
    "not_a_percentage": _("is not a percentage"),
    "incomplete": _("has more pages than were given"),
    "of_another_document": _("belongs to another document"),
    "not_json": _("is not JSON"),
    "not_a_file": _("can't be opened"),
    "unforeseen": _("has a form that we do not know"),
}

# How the shop's data was read where it can be read in more than one way; shown in the timeline.
NOTES: dict[str, Text] = {
    "totals_other_way": _("The totals only fit when the shop's switch for totals including VAT is read the other way."),
    "credit_points_flipped": _("The totals only fit when the sign of the credit points is turned."),
    "discount_flipped": _("The totals only fit when the sign of the discount is turned."),
    "prices_not_divided": _("Prices were taken as they are: the totals do not fit when VAT is taken off."),
    "all_prices_divided": _("VAT was taken off the costs as well: only then do the totals fit."),
    "country_assumed": _("The customer has no country; the shop's own country was taken."),
    "vat_number_unlikely": _("The customer's VAT number is not well-formed. It is not needed for this document."),
    "totals_pair_differs": _("The shop's own totals with and without VAT do not agree with each other."),
}
