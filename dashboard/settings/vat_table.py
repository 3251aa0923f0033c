"""The VAT table as people edit it: a row for each country and percentage, and ICP, International and Marketplace.

A row is what stands in its fields, as text, since it may not be right yet: ``country``, ``rate``, and a VAT code and
ledger accounts by their labels. Nothing here is saved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounting.book_choices import Choices
from integrations import vat_rates
from integrations.country_names import country_name
from integrations.settings_file import SPECIAL_COUNTRIES
from integrations.vat import EU_COUNTRIES
from integrations.wording import percentage

from .rates import read_rate
from .vat_suggestions import Suggestions

ACCOUNTS = ("revenue", "shipping", "payment_costs")

Row = dict[str, str]
Rates = Mapping[str, Sequence[Decimal]]


@dataclass(frozen=True, kw_only=True)
class VatTable:
    """``stored`` are the rows of the settings file, ``home`` the country of the shop, ``charged`` the percentages that
    the shop charges by country, as far as they are known."""

    home: str
    stored: Sequence[Mapping[str, Any]]
    codes: Choices
    accounts: Choices
    suggestions: Suggestions
    charged: Rates

    def rows(self) -> list[Row]:
        """What is stored, and for what is missing a suggestion; the home country first."""
        rows = [self._labelled(row) for row in self.stored]
        there = {row["country"] for row in rows}
        for country in {self.home, *SPECIAL_COUNTRIES, *EU_COUNTRIES} - there:
            rows += [_row(country, rate) for rate in self._usual(country)]
        return self.in_order(self.with_codes(rows))

    def with_codes(self, rows: Iterable[Row]) -> list[Row]:
        """The rows, with the code that is suggested where there is none."""
        return [row if row["vat_code"] else {**row, "vat_code": self.suggested_code(row)} for row in rows]

    def in_order(self, rows: Iterable[Row]) -> list[Row]:
        """Home country, special rows, other countries by name; within a country as they stand."""
        first = [self.home, *SPECIAL_COUNTRIES]
        return sorted(
            rows,
            key=lambda row: (
                first.index(row["country"]) if row["country"] in first else len(first),
                country_name(row["country"]),
            ),
        )

    def suggested_code(self, row: Row) -> str:
        """The label of the code that is suggested for a row; "" when none is."""
        rate = read_rate(row["rate"])
        return self.codes.label(self.suggestions.code(row["country"], rate)) if rate is not None else ""

    def is_suggested(self, row: Row) -> bool:
        """Whether the code of a row is a suggestion that nobody has saved yet."""
        is_stored = (row["country"], read_rate(row["rate"])) in self._settled
        return bool(row["vat_code"]) and not is_stored and row["vat_code"] == self.suggested_code(row)

    def is_sold_to(self, country: str) -> bool:
        """Whether sales to a country have a VAT code and an account; home, ICP and International always show."""
        complete = {row["country"] for row in self.stored if row["vat_code"] and row["revenue"]}
        return country in complete or country in {self.home, *SPECIAL_COUNTRIES}

    def offered_rates(self, country: str) -> list[Decimal]:
        """The percentages to choose from, highest first: what the shop charges, and what is in force."""
        if country in SPECIAL_COUNTRIES:
            return [Decimal(0)]
        found = {*self.charged.get(country, ()), *vat_rates.rates_in_force(country), *self._usual(country)}
        return sorted(found, reverse=True)

    def with_another(self, rows: list[Row], country: str) -> list[Row]:
        return self.in_order([*rows, _row(country)])

    def with_account_everywhere(self, rows: list[Row]) -> list[Row]:
        """The first revenue account that is filled in, in every row that has none."""
        account = next((row["revenue"] for row in rows if row["revenue"]), "")
        return [{**row, "revenue": row["revenue"] or account} for row in rows]

    def with_destination_rates(self, rows: list[Row]) -> list[Row]:
        abroad = {country: standard_rates(country) for country in EU_COUNTRIES if country != self.home}
        return self._with_rates(rows, abroad)

    def with_home_rate(self, rows: list[Row]) -> list[Row]:
        abroad = (country for country in EU_COUNTRIES if country != self.home)
        return self._with_rates(rows, dict.fromkeys(abroad, standard_rates(self.home)))

    def with_rates_of_the_shop(self, rows: list[Row]) -> list[Row]:
        """0% only at home: abroad it is a matter of ICP or International."""
        rates = {country: [rate for rate in found if rate] for country, found in self.charged.items()}
        wanted = {country: rates.get(country, []) for country in EU_COUNTRIES}
        return self._with_rates(rows, wanted | {self.home: self.charged.get(self.home, ())})

    def _with_rates(self, rows: list[Row], wanted: Rates) -> list[Row]:
        """The rows with the ``wanted`` percentages, by country. Rows with a code that somebody chose stay as they are,
        the others make place."""
        made: list[Row] = []
        for country in dict.fromkeys(row["country"] for row in rows):
            mine = [row for row in rows if row["country"] == country]
            made += self._of_country(mine, wanted[country]) if wanted.get(country) else mine
        return self.in_order(self.with_codes(made))

    def _of_country(self, mine: list[Row], wanted: Sequence[Decimal]) -> Iterator[Row]:
        chosen = [row for row in mine if row["vat_code"] and not self.is_suggested(row)]
        yield from chosen
        lacking = [rate for rate in wanted if rate not in {read_rate(row["rate"]) for row in chosen}]
        free = [row for row in mine if row not in chosen]
        for index, rate in enumerate(lacking):
            accounts = free[index] if index < len(free) else mine[0]
            yield {**accounts, "rate": percentage(rate), "vat_code": ""}

    def _usual(self, country: str) -> Sequence[Decimal]:
        """What is suggested for a country without a row: at home what is in force, abroad the home country's own."""
        if country in SPECIAL_COUNTRIES:
            return (Decimal(0),)
        if country == self.home:
            return vat_rates.rates_in_force(country)
        return standard_rates(self.home) or standard_rates(country)

    @cached_property
    def _settled(self) -> set[tuple[str, Decimal | None]]:
        """The stored rows that have a code."""
        return {(row["country"], read_rate(row["rate"])) for row in self.stored if row["vat_code"]}

    def _labelled(self, row: Mapping[str, Any]) -> Row:
        accounts = {name: self.accounts.label(row[name]) for name in ACCOUNTS}
        rate = percentage(row["rate"])
        return {"country": row["country"], "rate": rate, "vat_code": self.codes.label(row["vat_code"]), **accounts}


def standard_rates(country: str) -> tuple[Decimal, ...]:
    rate = vat_rates.standard_rate(country)
    return () if rate is None else (rate,)


def _row(country: str, rate: Decimal | None = None) -> Row:
    shown = "" if rate is None else percentage(rate)
    return {"country": country, "rate": shown, "vat_code": "", **dict.fromkeys(ACCOUNTS, "")}
