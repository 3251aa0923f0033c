"""A random order in the making, and how often each kind of sale and each feature occurs."""

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.assortment import Person

# How often each kind of sale occurs, as weights.
KINDS: dict[str, float] = {
    "home": 50,  # rows incl. VAT
    "home_excl": 14,  # rows excl. VAT, total_price incl.
    "hidden_vat": 5,  # rows excl. VAT, total_price excl.
    "net_total": 2,  # rows incl. VAT, total_price excl.
    "shipping_untaxed": 2,  # shipping_taxes_included is false
    "abroad": 8,  # consumer in DE, FR, BE at that country's rates
    "icp": 9,
    "export": 4,  # outside the EU, rows at 0%
    "export_incl": 3,  # outside the EU, rows show the price with VAT at home
    "platform": 3,
}
# How often each feature occurs in an order that can have it.
FEATURES: dict[str, float] = {
    "guest": 0.25,
    "own_delivery_address": 0.3,
    "row_discount": 0.25,
    "coupon": 0.2,
    "payment_costs": 0.25,
    "payment_option": 0.1,
    "extra_costs": 0.15,
    "credit_points": 0.1,
    "attributes": 0.15,
    "fractional": 0.1,
    "bulk": 0.05,
    "deposit": 0.05,
    "odd_payment_method": 0.4,
    "shipping": 0.8,
    "four_decimals": 0.3,
}
EXCL = ("home_excl", "hidden_vat")


@dataclass
class Draft:
    """An order in the making."""

    rng: Random
    kind: str
    features: dict[str, float]
    person: Person
    order: Row = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def has(self, feature: str) -> bool:
        return self.rng.random() < self.features[feature]

    def amount(self, low: int, high: int) -> Fraction:
        """Between these numbers of cents, quarters of the time a round amount."""
        drawn = self.rng.randint(low, high)
        return Fraction(drawn - drawn % 50 if self.rng.random() < 0.25 and drawn >= 50 else drawn, 100)
