"""A list of the books as people choose from it: each row has a label, and what they type is found again by it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext

from integrations.money import plain_text
from integrations.wording import percentage

from .books import Json


class Choices:
    """``rows`` of a list, of which ``has_numbers`` tells that their ids are numbers that people know. ``chosen`` are
    ids that stay valid though the list may not have them (any more). Without rows any id is taken for what it is."""

    def __init__(self, rows: Sequence[Json], *, has_numbers: bool, chosen: Iterable[str] = ()) -> None:
        self.is_known = bool(rows)
        self.labels = dict(_labels(rows, has_numbers))
        for one in sorted(set(chosen) - set(self.labels) - {""}):
            self.labels[one] = gettext("%(id)s (not in the list any more)") % {"id": one} if rows else one
        self._ids = _unique((row["name"], row["id"]) for row in rows)
        self._ids |= _unique((label, one) for one, label in self.labels.items())

    def label(self, chosen: str) -> str:
        return self.labels.get(chosen, chosen)

    def find(self, text: str) -> str | None:
        """The id that was meant by an id, a label, or a name that only one row has; None when there is none."""
        if text in self.labels or not text or not self.is_known:
            return text
        return self._ids.get(text.casefold())


def label_of(row: Json, *, has_numbers: bool) -> str:
    """The number that people know, the name, and the percentage where the name does not tell it."""
    number = row.get("number") or (row["id"] if has_numbers else "")
    rate = rate_of(row)
    shown = f"{percentage(rate)}%" if rate is not None else ""
    named = f"{number} {row['name']}".strip() or row["id"]
    return named if not shown or shown in named else f"{named} ({shown})"


def rate_of(row: Json) -> Decimal | None:
    """The percentage of a VAT code; None of a row that has none."""
    try:
        return Decimal(plain_text(Decimal(str(row.get("percentage") or "").replace(",", "."))))
    except InvalidOperation:
        return None


def _labels(rows: Sequence[Json], has_numbers: bool) -> Iterable[tuple[str, str]]:
    """Ids with their labels; with the id in it only where two would read the same."""
    labels = [(row["id"], label_of(row, has_numbers=has_numbers)) for row in rows]
    count = Counter(label for _, label in labels)
    for one, label in labels:
        yield one, label if count[label] == 1 else f"{label} ({one})"


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids by text, whatever its capitals, without texts that several have."""
    folded = [(text.casefold(), one) for text, one in pairs]
    count = Counter(text for text, _ in folded)
    return {text: one for text, one in folded if count[text] == 1}
