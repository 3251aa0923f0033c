"""A stand-in shop linked to a stand-in administration of King / iMUIS, as entries or as orders."""

from decimal import Decimal
from typing import Any

from accounting import settings_store
from accounting.imuis import session
from integrations.models import Integration
from tests.linked import Linked, control, with_shop


class King(Linked):
    """One shop, one administration, one integration between them."""

    @property
    def company(self) -> int:
        return int(self.books["administration"]["id"])

    def ledger(self, kind: str = "entries") -> list[Any]:
        """What the administration holds: entries, orders, debtors, items or repeats."""
        return self.control("GET", f"imuis/administrations/{self.company}/{kind}")[kind]

    def change(self, **switches: Any) -> None:
        """Turn the switches of the administration."""
        self.control("PATCH", f"imuis/administrations/{self.company}", switches)

    def ledger_total(self) -> Decimal:
        """What the debtors owe by the entries."""
        return sum((amount(entry[0]["BEDRBOEK"]) for entry in self.ledger()), Decimal(0))


def amount(text: str) -> Decimal:
    """An amount as King writes it."""
    return Decimal(text.replace(",", "."))


def link_king(
    url: str,
    target: str = "entry",
    *,
    shop: dict[str, Any] | None = None,
    books: dict[str, Any] | None = None,
    **options: Any,
) -> King:
    """Make a shop and an administration (or take the given one) and an active integration between them, connected by
    environment code. ``options`` are accounting settings."""
    if books is None or "administration" not in books:
        books = control(url, "POST", "imuis/administrations", {"name": "Boeken", **(books or {})})
    made_shop, integration = with_shop(url, shop or {}, "imuis")
    session.connect(integration, books["administration"]["code"])
    settings_store.save(integration, king_settings(books, target=target, **options))
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE
    return King(url, made_shop, books, integration)


def king_settings(books: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Settings in which every kind of sale of the stand-in shop can be booked."""
    is_excl = options.get("amounts") == "excl"
    codes = {**books["vat"], **(books["vat_excl"] if is_excl else {})}
    revenue = books["revenue"]
    rows = [
        {"country": key.split()[0], "rate": key.split()[1], "vat_code": code, "revenue": revenue["webshop"]}
        for key, code in codes.items()
        if " " in key
    ]
    for country, code in (("ICP", "reverse"), ("INTERNATIONAL", "export"), ("MARKETPLACE", "none")):
        rows.append({"country": country, "rate": "0", "vat_code": books["vat"][code], "revenue": revenue["eu"]})
    return {
        "shop": {"system": "ccvshop", "home_country": "NL", "process": "orders", "start_date": "2020-01-01"},
        "accounting": {
            "system": "imuis",
            "journal": books["journal"],
            "debtors_account": books["debtors_account"],
            "order_type": books["order_type"],
            "item_group": books["item_group"],
            "vat_kinds": {rate: "H" if Decimal(rate) > 10 else "L" for rate in sorted(rates(books))},
            **options,
        },
        "vat": rows,
    }


def rates(books: dict[str, Any]) -> set[str]:
    """The percentages that are neither Dutch nor none."""
    found = {key.split()[1] for key in books["vat"] if " " in key}
    return found - {"0", "6", "9", "21"}
