"""What is checked before anything is written in the books. All checks run, so that every problem shows at once."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integrations.money import CENT, ZERO, amount_text, plain_text
from integrations.payment_methods import clearing_account, fixed_debtor
from integrations.problems import Problem
from integrations.sales import SalesDocument, line_as_json
from integrations.settings_file import Settings, VatSetting
from integrations.vat import VatNumber, is_abroad_in_eu, is_outside_eu, setting_for, treatment, vat_number

from .connectors import SYSTEMS

LONGEST_EMAIL = 254  # of an address that can be delivered to


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the caller found out before; None where nobody was asked."""

    vat_codes: set[str] | None = None
    vat_number_is_valid: bool | None = None


def problems(document: SalesDocument, settings: Settings, known: Known | None = None) -> list[Problem]:
    """Every problem of a document, those of its accounting system included, each once."""
    found = [problem for check in PRECHECKS for problem in check(document, settings, known or Known())]
    return list(dict.fromkeys([*found, *SYSTEMS[settings.accounting.system].problems(document, settings)]))


def payment_problems(document: SalesDocument, settings: Settings) -> list[Problem]:
    """What stands in the way of posting the payment of a document."""
    if not settings.posts_payments or document.payment is None or clearing_account(document.payment_method, settings):
        return []
    return [Problem("clearing_account_missing", method=document.payment_method)]


def skip_reason(document: SalesDocument, start_date: datetime.date | None = None) -> str:
    """The code of the reason why a document is left out without anything being wrong; "" when it is not."""
    if document.total_incl == 0:
        return "zero_total"
    if start_date and document.date < start_date:
        return "before_start_date"
    return ""


def vat_settings(document: SalesDocument, settings: Settings) -> list[VatSetting]:
    """The VAT settings that the lines fall under, each once."""
    return list(dict.fromkeys(row for line in document.lines if (row := setting_for(document, line, settings))))


def _totals(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    """The cents within the limits have been put on lines by now: whatever difference is left is too large."""
    total = sum((line.total_incl for line in document.lines), ZERO)
    if total != document.total_incl:
        yield Problem(
            "totals_differ",
            shop_total=amount_text(document.total_incl),
            lines_total=amount_text(total),
            lines=_lines(document),
        )


def _vat_totals(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    total = sum((line.total_vat for line in document.lines), ZERO)
    if total != document.total_vat:
        yield Problem(
            "vat_totals_differ",
            shop_vat=amount_text(document.total_vat),
            lines_vat=amount_text(total),
            lines=_lines(document),
        )


def _lines(document: SalesDocument) -> list[dict[str, Any]]:
    return [line_as_json(line) for line in document.lines]


def _currency(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    if document.currency != "EUR":
        yield Problem("currency_unsupported", currency=document.currency)


def _email(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    if not document.customer.email and not fixed_debtor(document, settings):
        yield Problem("customer_email_missing", method=document.payment_method)
    if len(document.customer.email) > LONGEST_EMAIL:
        yield Problem("text_not_expressible", text=document.customer.email[:60] + "…")


def _icp(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    """An intra-Community supply needs a valid VAT number of another EU country than the shop's."""
    if not document.is_icp:
        return
    text = document.customer.vat_number
    number = _vat_number(document)
    if not text:
        yield Problem("vat_number_missing")
    elif number is None or known.vat_number_is_valid is False:
        yield Problem("vat_number_invalid", vat_number=text)
    elif not is_abroad_in_eu(number.country, settings.shop.home_country):
        yield Problem("icp_not_abroad", vat_number=text, country=number.country)


def _vat_number(document: SalesDocument) -> VatNumber | None:
    return vat_number(document.customer.vat_number, document.customer.billing.country)


def _has_vat_outside_eu(document: SalesDocument, settings: Settings) -> bool:
    """VAT on a document of at least a cent, so the shop itself charged it, to a country outside the EU."""
    is_outside = is_outside_eu(document.delivery_country, settings.shop.home_country)
    return is_outside and not document.is_international and abs(document.total_vat) >= CENT


def _international(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    if _has_vat_outside_eu(document, settings):
        yield Problem("international_with_vat", country=document.delivery_country, vat=amount_text(document.total_vat))


def _vat_table(document: SalesDocument, settings: Settings, known: Known) -> Iterator[Problem]:
    """Each line has a VAT setting whose code still exists. Where VAT should not have been charged at all, asking for
    a setting would mislead."""
    if _has_vat_outside_eu(document, settings):
        return
    country = treatment(document)
    rates = {line.vat_rate: setting_for(document, line, settings) for line in document.lines}
    for rate, row in rates.items():
        if row is None and rate == 0 and is_abroad_in_eu(country, settings.shop.home_country):
            yield Problem("zero_vat_without_icp", country=country)
        elif row is None:
            yield Problem("vat_setting_missing", country=country, rate=plain_text(rate))
        elif known.vat_codes is not None and row.vat_code not in known.vat_codes:
            yield Problem("vat_code_gone", country=country, rate=plain_text(rate), vat_code=row.vat_code)


PRECHECKS = (_totals, _vat_totals, _currency, _email, _icp, _international, _vat_table)
