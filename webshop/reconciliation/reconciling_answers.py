"""What the shop and the books answered to questions about one document. They are kept with the row, so that a turn that
is broken off has learned something: on some days there are more questions than are allowed in a minute."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from accounting.books import Booked
from integrations.money import plain_text


class Answers:
    """``kept`` is plain JSON by question, and grows."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.kept = kept
        self._known = len(kept)

    @property
    def is_further(self) -> bool:
        """Whether anything was learned in this turn."""
        return len(self.kept) > self._known

    def to(self, question: str, ask: Callable[[], Any]) -> Any:
        if question not in self.kept:
            self.kept[question] = ask()
        return self.kept[question]


def dump(one: Booked | None) -> dict[str, Any] | None:
    """An entry as plain JSON; ``load`` gives it back."""
    if one is None:
        return None
    vat = {plain_text(rate): [str(net), str(vat)] for rate, (net, vat) in one.vat.items()}
    return {**vars(one), "day": one.day.isoformat(), "total": str(one.total), "vat": vat}


def load(kept: dict[str, Any] | None) -> Booked | None:
    if kept is None:
        return None
    vat = {Decimal(rate): (Decimal(net), Decimal(vat)) for rate, (net, vat) in kept["vat"].items()}
    return Booked(**{**kept, "day": date.fromisoformat(kept["day"]), "total": Decimal(kept["total"]), "vat": vat})
