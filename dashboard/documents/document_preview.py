"""What would be posted of a document now: the checks it passes, and the calls that the settings in use lead to. It is
worked out from the shop's JSON as it was last read, as the preview command does it; nobody is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog
from django.utils.translation import gettext_lazy as _

from accounting import settings_store
from accounting.calls_shown import CallShown, call_shown
from accounting.connectors import SYSTEMS
from accounting.described import Text
from integrations.models import CustomerLink, Document, ProductLink
from integrations.problems import Problem
from integrations.settings_file import Settings
from webshop import preview, what_if

from ..lists.waiting import SKIPPED, reason_text
from ..settings.settings_difference import Difference, in_words
from .why_account import labels_of

log = structlog.get_logger()

OF_ACCOUNTS = {"ledger_account_missing"}
OF_ICP = {"vat_number_missing", "vat_number_invalid", "icp_not_abroad"}
CHECKS: dict[Text, set[str]] = {
    _("What the shop sent can be read"): {"unreadable"},
    _("The lines add up to the total of the shop"): {"totals_differ"},
    _("The VAT of the lines adds up to that of the shop"): {"vat_totals_differ"},
    _("The amounts are in euro"): {"currency_unsupported"},
    _("There is an e-mail address or a fixed debtor"): {"customer_email_missing", "text_not_expressible"},
    _("The VAT number fits a reverse charge"): OF_ICP,
    _("No VAT is charged outside the EU"): {"international_with_vat"},
    _("Every line has a VAT code"): {"vat_setting_missing", "zero_vat_without_icp", "vat_code_gone"},
    _("Every line has a ledger account"): OF_ACCOUNTS,
}


class Passed(NamedTuple):
    """A check with the problems that it found."""

    label: Text
    problems: list[Problem]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``left_out`` says why nothing would be posted; ``changes`` what differs from how it was posted. ``version`` is
    that of the settings in use."""

    version: int
    checks: list[Passed]
    left_out: str = ""
    problems: list[Problem] = field(default_factory=list)
    calls: list[CallShown] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)


def preview_of(document: Document) -> Preview | None:
    """None while there is nothing to go by: no settings, or nothing of the shop."""
    integration = document.integration
    if integration.settings is None or not document.source:
        return None
    settings, labels = settings_store.load(integration.settings), labels_of(document)
    found = _outcome(document, settings)
    names = {"vat_codes": labels.vat_codes, "revenue_accounts": labels.accounts}
    return Preview(
        version=integration.settings.number,
        checks=list(_passed(found, settings)),
        left_out=reason_text(SKIPPED, found.left_out) if found.left_out else "",
        problems=found.problems,
        calls=[call_shown(call, names) for call in found.calls],
        changes=list(_changes(document, settings, names)),
    )


def _outcome(document: Document, settings: Settings) -> preview.Outcome:
    """A document that our program can't work out would be stuck, as it is when it is posted."""
    start = settings.shop.start_date or document.integration.installed_on
    try:
        return preview.outcome(document.source, settings, _customers(document), _products(document), start)
    except Exception:
        log.exception("preview failed", document=document.pk)
        return preview.Outcome(problems=[Problem("internal")])


def _customers(document: Document) -> dict[str, str]:
    """The debtor that the books are known to have for this customer."""
    mine = CustomerLink.objects.filter(administration=document.integration.administration_id)
    return dict(mine.filter(email=document.customer_email).values_list("email", "ledger_id"))


def _products(document: Document) -> dict[str, str]:
    """The products that the books are known to have, of those this document names."""
    codes = [line["code"] for line in (document.mapped or {}).get("lines", [])]
    links = ProductLink.objects.filter(administration=document.integration.administration_id, code__in=codes)
    return {code: link.ledger_id for link in links if link.ledger_id for code in (link.code, link.ledger_code)}


def _passed(found: preview.Outcome, settings: Settings) -> Iterator[Passed]:
    """Every check that was made, and at the end what none of them is about."""
    problems = found.problems
    if found.document is None:
        is_ours = any(problem.code != "unreadable" for problem in problems)
        yield Passed(_("Our program can work it out") if is_ours else next(iter(CHECKS)), problems)
        return
    left_out = [] if found.document.is_icp else [OF_ICP]
    if not SYSTEMS[settings.accounting.system].books_on_accounts(settings):
        left_out.append(OF_ACCOUNTS)
    for label, codes in CHECKS.items():
        if codes not in left_out:
            yield Passed(label, [problem for problem in problems if problem.code in codes])
    known = set().union(*CHECKS.values())
    others = [problem for problem in problems if problem.code not in known]
    if others:
        yield Passed(_("The books can take it"), others)


def _changes(document: Document, settings: Settings, names: dict[str, dict[str, str]]) -> Iterator[Difference]:
    """What differs from the settings that it was posted with."""
    if not document.ledger_id or document.settings_version in (None, document.integration.settings):
        return
    assert document.settings_version is not None
    before = settings_store.load(document.settings_version)
    for found in what_if.differing([document], document.integration.installed_on, before, settings):
        for change in found.changes:
            yield in_words(change, names)
