"""What a shop says of itself and its merchant when somebody comes with its keys."""

from typing import Any

from integrations.failures import Temporary
from integrations.models import Handshake

from .ccvshop.client import Shop

Facts = dict[str, str]


def facts_of(handshake: Handshake) -> Facts:
    """What the shop says of itself and its merchant, as short plain text. Raises the failures of the shop's client."""
    shop = Shop(handshake.api_root, handshake.api_public, handshake.api_secret)
    webshop = shop.webshop()
    shop_id = _plain(webshop.get("id"), 64)
    if not (shop_id.isascii() and shop_id.isdigit()):
        raise Temporary("shop_no_sense")
    merchant = shop.merchant(shop_id)
    return {
        "shop_id": shop_id,
        "name": _plain(webshop.get("name"), 200),
        "home_country": _plain(merchant.get("country_code"), 2),
        "vat_number": _vat_number(merchant.get("tax_number")),
    }


def _plain(found: Any, longest: int) -> str:
    text = "" if found is None else str(found)
    return "".join(letter for letter in text if letter.isprintable())[:longest].strip()


def _vat_number(found: Any) -> str:
    """The merchant's own VAT number as VIES wants it, without spaces and dots."""
    return "".join(letter for letter in _plain(found, 50).upper() if letter.isalnum())[:20]
