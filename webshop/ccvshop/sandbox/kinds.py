"""The orders that one click on the shop's page places."""

from random import Random

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.drafts import FEATURES
from webshop.ccvshop.sandbox.generator import random_draft
from webshop.ccvshop.sandbox.orders import place_order
from webshop.ccvshop.sandbox.shops import next_id

PLAIN = dict.fromkeys(FEATURES, 0.0) | {"shipping": 1.0}
MIXED = PLAIN | {"coupon": 1.0, "payment_costs": 1.0, "row_discount": 0.5, "attributes": 0.5}

# name -> (label in Dutch, label in English, mix)
KINDS: dict[str, tuple[str, str, Row]] = {
    "simple": ("Gewone bestelling", "Simple order", {"kinds": {"home": 1}, "features": PLAIN}),
    "mixed": (
        "Twee btw-tarieven en een kortingsbon",
        "Two VAT rates and a coupon",
        {"kinds": {"home": 1}, "features": MIXED},
    ),
    "excl": (
        "Zakelijk, prijzen excl. btw",
        "Business, prices excl. VAT",
        {"kinds": {"home_excl": 1}, "features": PLAIN},
    ),
    "icp": ("Levering binnen de EU (ICP)", "Intra-EU supply (ICP)", {"kinds": {"icp": 1}, "features": PLAIN}),
    "export": ("Buiten de EU", "Outside the EU", {"kinds": {"export": 1}, "features": PLAIN}),
    "abroad": ("Consument in de EU", "Consumer in the EU", {"kinds": {"abroad": 1}, "features": PLAIN}),
    "surprise": ("Verrassing", "Surprise", {}),
    "broken": ("Klopt niet", "Something is wrong with it", {"unbookable": 1}),
    "unpaid": ("Nog niet betaald", "Not paid yet", {"kinds": {"home": 1}, "features": PLAIN, "paid": 0}),
}


def place_kind(shop: Row, name: str, seed: int | None = None) -> tuple[Row, Row]:
    """Place one such order, paid unless its kind says otherwise. Gives the draft and the order."""
    if name not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    rng = Random(next_id("order") if seed is None else seed)  # noqa: S311 - test data, not a secret
    mix = {"paid": 1, **KINDS[name][2]}
    draft = random_draft(rng, mix)
    while name == "mixed" and len({row["tax"] for row in draft["orderrows"]}) < 2:
        draft = random_draft(rng, mix)
    return draft, place_order(shop, draft)
