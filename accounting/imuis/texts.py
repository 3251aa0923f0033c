"""The words of what the connector remarks in a document's timeline, by code."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REMARKS: dict[str, str | Promise] = {
    "entry_warning": _("King / iMUIS booked the entry and warns: %(words)s"),
    "item_without_vat": _(
        "Mind: item %(item)s is new in King / iMUIS and gets 0%% VAT, since it was first sold without VAT. Set its VAT "
        "kind there before it is sold at home."
    ),
    "order_vat_differs": _(
        "Mind: the shop charged %(rate)s%% VAT, but King / iMUIS will compute %(other_rate)s%%, the percentage of the "
        "item's VAT kind. Correct that there when the order is invoiced."
    ),
    "order_differs": _(
        "The order comes to %(order)s excl. VAT, the shop's total is %(shop)s: a difference of %(by)s, because "
        "King / iMUIS keeps prices in whole cents."
    ),
}

AMOUNTS = frozenset({"order", "shop", "by"})
"""The values in these words that are amounts in euro."""
