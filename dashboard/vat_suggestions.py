"""Which VAT code is meant for a row of the VAT table, where the books leave no doubt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from accounting.book_choices import Json, rate_of
from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE
from integrations.vat_rates import MEMBER_STATES

# Words in the names of codes. Those of the second line only count where none has one of the first.
WORDS = {
    ICP: (("icp", "intracommunautair", "intra-communautair", "binnen eu", "binnen de eu"), ("verlegd",)),
    INTERNATIONAL: (("export", "buiten eu", "buiten de eu"),),
    MARKETPLACE: (("marketplace", "marktplaats"),),
}


@dataclass(frozen=True)
class Suggestions:
    """``codes`` are the VAT codes of the books, ``home`` is the country of the shop."""

    codes: Sequence[Json]
    home: str

    def code(self, country: str, rate: Decimal) -> str:
        """The id of the one code that can be meant; "" when there is none, or more than one."""
        fitting = [row for row, found, countries in self._read if found == rate and countries <= {country, self.home}]
        if country in WORDS:
            fitting = _with_words(fitting, country) if rate == 0 else []
        return str(fitting[0]["id"]) if len(fitting) == 1 else ""

    def rate(self, code: str) -> Decimal | None:
        """The percentage of a code; None when it is not known."""
        return next((rate for row, rate, _ in self._read if row["id"] == code), None)

    @cached_property
    def _read(self) -> list[tuple[Json, Decimal | None, set[str]]]:
        """The codes, with their percentages and the countries that they name."""
        named = [set(re.findall(r"\b[A-Z]{2}\b", row["name"])) & set(MEMBER_STATES) for row in self.codes]
        return [(row, rate_of(row), countries) for row, countries in zip(self.codes, named, strict=True)]


def _with_words(rows: Sequence[Json], country: str) -> list[Json]:
    for words in WORDS[country]:
        found = [row for row in rows if any(word in row["name"].casefold() for word in words)]
        if found:
            return found
    return []
