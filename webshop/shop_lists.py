"""Lists of the shop that settings go by: its payment methods, and the VAT percentages that it charges by country.

They are kept for an hour. A page that shows them does without when the shop can't be reached, and says so.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache
from django.utils.translation import gettext

from integrations.failures import ConnectionLost, Failure
from integrations.models import Integration
from integrations.money import plain_text
from integrations.problems import Unreadable
from integrations.settings_file import method_key
from integrations.vat import country_code

from .ccvshop.client import Json, Shop
from .ccvshop.fields import number, text
from .sources import open_shop

LASTS = 60 * 60
TRIED_AGAIN_AFTER = 60
LONGEST_NAME = 64  # of a payment method in the settings

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class ShopMethod:
    """A payment method: ``name`` as orders give it, ``label`` as customers see it."""

    name: str
    label: str

    @property
    def key(self) -> str:
        return method_key(self.name)


def payment_methods(integration: Integration) -> tuple[list[ShopMethod], str]:
    """The methods that are switched on in the shop, and why they are not known, "" when they are."""
    rows, trouble = _kept(integration, "payment_methods", _methods)
    return [ShopMethod(name=name, label=label) for name, label in rows], trouble


def rates_by_country(integration: Integration) -> tuple[dict[str, tuple[Decimal, ...]], str]:
    """The VAT percentages that the shop charges, highest first, by delivery country; and why they are not known."""
    rows, trouble = _kept(integration, "rates", lambda shop: _rates(shop, integration.shop_id))
    return {country: tuple(Decimal(rate) for rate in rates) for country, *rates in rows}, trouble


def _kept(integration: Integration, kind: str, read: Callable[[Shop], Rows]) -> tuple[Rows, str]:
    """What is kept, else what the shop says now. That it could not be reached is kept too, for a minute."""
    if not integration.api_root:
        return [], gettext("The webshop is not connected.")
    key = f"shop-list:{integration.pk}:{kind}"
    found: tuple[Rows, str] | None = cache.get(key)
    if found is None:
        found = _read(integration, read)
        cache.set(key, found, TRIED_AGAIN_AFTER if found[1] else LASTS)
    rows, failure = found
    return rows, _words(failure) if failure else ""


def _read(integration: Integration, read: Callable[[Shop], Rows]) -> tuple[Rows, str]:
    """The rows, and the name of the failure that kept them from being read."""
    try:
        return read(open_shop(integration)), ""
    except ConnectionLost:
        return [], "lost"
    except Failure:
        return [], "unreachable"


def _words(failure: str) -> str:
    if failure == "lost":
        return gettext("The webshop does not let us in any more. Open the app again in its App Store to connect it.")
    return gettext("The webshop did not answer just now. Load this page again in a minute.")


def _methods(shop: Shop) -> Rows:
    names = [(text(row, "combined_name"), text(row, "label")) for row in shop.payment_methods()]
    return [(name, label or name) for name, label in names if method_key(name) and len(name) <= LONGEST_NAME]


def _rates(shop: Shop, webshop_id: str) -> Rows:
    """Rows of a country and its percentages, as text."""
    rows = [(country_code(text(row, "code")), _percentages(row)) for row in shop.zone_countries(webshop_id)]
    return [(country, *map(plain_text, sorted(rates, reverse=True))) for country, rates in rows if country]


def _percentages(row: Json) -> set[Decimal]:
    found = set()
    for tariff in row.get("tariffs") or ():
        with suppress(Unreadable):
            found.add(number(tariff, "percentage"))
    return {rate for rate in found if 0 <= rate <= 100}
