"""Why a line of a document gets its VAT code and its ledger account, in words, from the settings it was read with. The
names are those of the lists that are kept; no books are asked."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from accounting import book_lists, settings_store
from accounting.connectors import SYSTEMS
from accounting.described import Kept
from integrations.country_names import country_name
from integrations.models import Document, Integration, ReferenceList
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings, VatSetting
from integrations.vat import ICP, INTERNATIONAL, MARKETPLACE, setting_for, treatment
from integrations.wording import percentage

from ..settings.settings_difference import LINE_TYPES

KINDS = ("vat_codes", "revenue_accounts")


@dataclass(frozen=True, kw_only=True)
class Why:
    """``sale`` is what the VAT table is asked for, ``row`` what it has; ``codes`` are title and label of what the line
    is booked on, and ``lacks`` says what is not there."""

    sale: str
    row: str
    codes: list[tuple[str, str]]
    fallback: str = ""
    lacks: str = ""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """How the books name what the settings hold by its id."""

    vat_codes: dict[str, str]
    accounts: dict[str, str]


def labels_of(document: Document) -> Labels:
    lists = ReferenceList.objects.filter(administration=document.integration.administration_id, kind__in=KINDS)
    return labels(document.integration, {found.kind: found.rows for found in lists})


def labels(integration: Integration, kept: Kept) -> Labels:
    codes, accounts = (book_lists.choices(integration, kept, kind).labels for kind in KINDS)
    return Labels(vat_codes=codes, accounts=accounts)


def whys(document: Document, sold: SalesDocument, labels: Labels) -> Iterator[Why]:
    """For each line of a document, in their order; nothing when it names no settings."""
    version = document.settings_version
    if version is None:
        return
    settings = settings_store.load(version)
    for line in sold.lines:
        yield _why(sold, line, settings, version.number, labels)


def _why(sold: SalesDocument, line: SalesLine, settings: Settings, version: int, labels: Labels) -> Why:
    place = {"country": country_name(treatment(sold)), "rate": percentage(line.vat_rate), "version": version}
    sale = gettext("%(sale)s, %(rate)s%%, %(type)s") % {
        "sale": sale_in_words(sold),
        "rate": place["rate"],
        "type": LINE_TYPES[line.type],
    }
    row = setting_for(sold, line, settings)
    if row is None:
        lacks = gettext(
            "The VAT table in version %(version)s of the settings has no VAT code for %(country)s %(rate)s%%."
        )
        return Why(sale=sale, row="", codes=[], lacks=lacks % place)
    named = gettext("%(country)s %(rate)s%% in the VAT table, version %(version)s of the settings") % place
    codes = [(gettext("VAT code"), labels.vat_codes.get(row.vat_code, row.vat_code))]
    if not SYSTEMS[settings.accounting.system].books_on_accounts(settings):
        fallback = gettext("The books take the VAT and the ledger account from the product itself.")
        return Why(sale=sale, row=named, codes=codes, fallback=fallback)
    account = row.account(line.type)
    if not account:
        return Why(sale=sale, row=named, codes=codes, lacks=gettext("This row has no ledger account yet."))
    codes.append((gettext("Ledger account"), labels.accounts.get(account, account)))
    return Why(sale=sale, row=named, codes=codes, fallback=_fallback(row, line))


def _fallback(row: VatSetting, line: SalesLine) -> str:
    """Why it is the revenue account, where one might expect another."""
    own = {"shipping": row.shipping, "payment_costs": row.payment_costs}
    if line.type in own and not own[line.type]:
        return gettext("There is no account of its own for %(type)s, so the one for revenue is used.") % {
            "type": LINE_TYPES[line.type]
        }
    if line.type in ("surcharge", "discount"):
        return gettext("%(type)s are booked on the account for revenue.") % {
            "type": str(LINE_TYPES[line.type]).capitalize()
        }
    return ""


def sale_in_words(sold: SalesDocument) -> str:
    """Whose VAT is due, and why."""
    country = {"country": country_name(sold.delivery_country)}
    of_treatment = {
        MARKETPLACE: gettext("Sold through a marketplace, which pays the VAT"),
        ICP: gettext("Delivery to a business in %(country)s (ICP): the VAT is reverse-charged") % country,
        INTERNATIONAL: gettext("Delivery to %(country)s, outside the EU: no VAT") % country,
    }
    return of_treatment.get(treatment(sold)) or gettext("Delivery to %(country)s") % country
