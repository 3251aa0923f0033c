"""Which VAT code is meant for a row of the VAT table, where the books leave no doubt.

Abroad a percentage can be the home country's, below the yearly amount for distance sales, or that of the destination
(OSS), and these are posted with different codes. So a percentage of the home country gets the code for sales at home,
one of the destination only a code that names that country or OSS, and one that both have (21% in Belgium, for a Dutch
shop) none: there a person chooses. Codes for purchases are never meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from accounting.book_choices import Json, rate_of
from integrations.country_names import countries_named, without_accents
from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE, is_in_eu
from integrations.vat_rates import rates_in_force, standard_rate
from integrations.whose_vat import OSS

# Words in the names of codes. Those of the second line only count where none has one of the first.
WORDS = {
    ICP: (("icp", "intracommunautair", "intra-communautair", "binnen eu", "binnen de eu"), ("verlegd",)),
    INTERNATIONAL: (("export", "buiten eu", "buiten de eu"),),
    MARKETPLACE: (("marketplace", "marktplaats"),),
}
SPECIAL = tuple(word for lines in WORDS.values() for words in lines for word in words)
PURCHASE = ("verwerving", "inkoop", "aankoop", "voorbelasting", "te vorderen", "import", "invoer", "purchase")


class Code(NamedTuple):
    """A VAT code of the books; ``name`` is for comparing, ``countries`` are those that it names."""

    id: str
    name: str
    rate: Decimal | None
    countries: set[str]

    def has(self, *words: str) -> bool:
        return any(word in self.name for word in words)

    @property
    def is_oss(self) -> bool:
        return bool(OSS.search(self.name))


@dataclass(frozen=True)
class Suggestions:
    """``codes`` are the VAT codes of the books, ``home`` is the country of the shop."""

    codes: Sequence[Json]
    home: str

    def code(self, country: str, rate: Decimal) -> str:
        """The id of the one code that can be meant; "" when there is none, or more than one."""
        codes = [code for code in self._read if code.rate == rate and not code.has(*PURCHASE)]
        if country in WORDS:
            fitting = self._special(codes, country) if rate == 0 else []
        elif country == self.home:
            fitting = self._domestic(codes)
        else:
            fitting = self._abroad(codes, country, rate) if is_in_eu(country) and rate else []
        return fitting[0].id if len(fitting) == 1 else ""

    def rate(self, code: str) -> Decimal | None:
        """The percentage of a code; None when it is not known."""
        return next((one.rate for one in self._read if one.id == code), None)

    def _special(self, codes: list[Code], country: str) -> list[Code]:
        mine = [code for code in codes if code.countries <= {self.home} and not code.has("binnenland")]
        return next(filter(None, ([code for code in mine if code.has(*words)] for words in WORDS[country])), [])

    def _domestic(self, codes: list[Code]) -> list[Code]:
        return [code for code in codes if code.countries <= {self.home} and not (code.is_oss or code.has(*SPECIAL))]

    def _abroad(self, codes: list[Code], country: str, rate: Decimal) -> list[Code]:
        in_force = rate in rates_in_force(country)
        if rate in rates_in_force(self.home):
            return self._domestic(codes) if rate == standard_rate(self.home) and not in_force else []
        destined = [code for code in codes if code.countries <= {country, self.home} and not code.has("verlegd")]
        return [code for code in destined if country in code.countries or (in_force and code.is_oss)]

    @cached_property
    def _read(self) -> list[Code]:
        return [
            Code(str(row["id"]), without_accents(row["name"]), rate_of(row), countries_named(row["name"]))
            for row in self.codes
        ]
