"""Reconciliation on the screen: the period that is asked for, what came of it in words, and its sums."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from integrations.country_names import country_name
from integrations.models import Finding, Integration, Reconciliation
from integrations.problems import Problem
from integrations.wording import day as written_day
from integrations.wording import money
from webshop.reconciliation import reconciling
from webshop.reconciliation.reconciling_figures import SIDES

from .. import history
from ..lists import waiting
from ..lists.filters import days_of

EARLIER, MOST_OF_A_KIND = 20, 100
WAITING, LEFT_OUT = "waiting", "left_out"
NO_MORE_THAN_SAID = (WAITING, LEFT_OUT)
UNDER_WAY = reconciling.WAITING
STATES = {
    Reconciliation.State.QUEUED: _("under way"),
    Reconciliation.State.RUNNING: _("under way"),
    Reconciliation.State.DONE: _("compared"),
    Reconciliation.State.FAILED: _("not finished"),
}


@dataclass(frozen=True)
class Kind:
    """What findings of a kind have in common: what is the matter, and what to do."""

    title: Any
    words: Any
    remedy: Any


KINDS = {
    "deleted": Kind(
        _("No longer in %(books)s"),
        _("We posted these, and they are not in %(books)s any more: somebody deleted them there."),
        _("If that was a mistake, press Undo on the document, and then Process: it is posted again."),
    ),
    "double": Kind(
        _("Twice in %(books)s"),
        _("Beside what we posted there is another entry with the same number and the same amount."),
        _("Delete the other one in %(books)s. If another program made it, let only one of the two post orders."),
    ),
    "changed": Kind(
        _("Changed in %(books)s"),
        _("The amount, or the VAT of a rate, is not what we posted."),
        _("Look in %(books)s who changed it and why. Undo and Process on the document post it as the shop has it."),
    ),
    "draft": Kind(
        _("Not final yet in %(books)s"),
        _("These are still drafts there, and by your settings they should be final."),
        _("Make them final in %(books)s: before that they are no turnover there."),
    ),
    "moved": Kind(
        _("On another day in %(books)s"),
        _("The date or the period in %(books)s is not that of the shop, so it may count in another VAT return."),
        _("Put the date back in %(books)s, unless you moved it on purpose."),
    ),
    "unknown": Kind(
        _("In %(books)s under our name, but not known here"),
        _("It was posted by us, and we no longer have the document: as after a backup was put back."),
        _("Ask us. Do not delete it before we have looked."),
    ),
    "shop_changed": Kind(
        _("Changed in the shop after posting"),
        _("The shop has another amount now than when it was posted. In %(books)s nothing was changed for it."),
        _("If the new amount is right, press Undo on the document, and then Process."),
    ),
    "not_in_shop": Kind(
        _("No longer in the shop"),
        _("We posted these, and they were deleted in the shop since."),
        _("If the sale was called off, press Undo on the document. Else nothing needs to be done."),
    ),
    "missing": Kind(
        _("Not posted"),
        _("The shop has these, and they never reached us or were skipped before they were paid."),
        _("Press Process on the document. Where there is none here, have it fetched with Search."),
    ),
    WAITING: Kind(
        _("Not posted yet"),
        _("These are here already, and wait or are stuck."),
        _("Solve what is stuck under Errors. What waits goes on by itself."),
    ),
    LEFT_OUT: Kind(
        _("Left out"),
        _("The shop has these, and they are not posted, each for its reason."),
        _("If one should be posted all the same, press Process on the document."),
    ),
}


class PeriodForm(history.PeriodForm):
    """The days to compare: the last whole month, unless somebody says otherwise."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        first, last = days_of("last-month", timezone.localdate())
        super().__init__(given, initial={"since": first, "until": last}, auto_id="compare-%s")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        since, until = given.get("since"), given.get("until")
        if since and until and until - since >= reconciling.LONGEST:
            self.add_error("until", gettext("Compare a year at most."))
        return given


@dataclass(frozen=True, kw_only=True)
class Group:
    """The findings of a kind: how many there are, and the first of them."""

    kind: str
    title: str
    words: str
    remedy: str
    count: int
    findings: list[tuple[Finding, str]]  # each with what there is to say of it

    @property
    def left(self) -> int:
        return self.count - len(self.findings)

    @property
    def has_remarks(self) -> bool:
        return any(words for _finding, words in self.findings)


@dataclass
class Sums:
    """Cents of a country and rate, or of a day: for each side what is excl. VAT, and the VAT."""

    country: str = ""
    rate: str = ""
    day: date | None = None
    shop: list[int] = field(default_factory=lambda: [0, 0])
    ours: list[int] = field(default_factory=lambda: [0, 0])
    books: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, row: Mapping[str, Any]) -> None:
        for side in SIDES:
            mine = getattr(self, side)
            for place in (0, 1):
                mine[place] += row[side][place]

    @property
    def gross(self) -> dict[str, int]:
        return {side: sum(getattr(self, side)) for side in SIDES}

    @property
    def difference(self) -> int:
        """By how much the books are more than the shop, incl. VAT."""
        return sum(self.books) - sum(self.shop)

    @property
    def country_words(self) -> str:
        return country_name(self.country) if self.country else gettext("Unknown")


def totals(figures: Iterable[Mapping[str, Any]]) -> tuple[list[Sums], Sums]:
    """By country and rate, and all together."""
    sums: dict[tuple[str, str], Sums] = {}
    whole = Sums()
    for row in figures:
        key = row["country"], row["rate"]
        sums.setdefault(key, Sums(country=key[0], rate=key[1])).add(row)
        whole.add(row)
    return sorted(sums.values(), key=lambda one: (one.country, Decimal(one.rate or -1))), whole


def by_day(figures: Iterable[Mapping[str, Any]]) -> list[Sums]:
    sums: dict[str, Sums] = {}
    for row in figures:
        sums.setdefault(row["day"], Sums(day=date.fromisoformat(row["day"]))).add(row)
    return [sums[key] for key in sorted(sums)]


def groups(row: Reconciliation, counts: Mapping[str, int], books: str) -> list[Group]:
    """The findings kind by kind, those that need a look first."""
    place = Window(RowNumber(), partition_by=F("kind"), order_by=("date", "id"))
    rows = row.findings.annotate(place=place).filter(place__lte=MOST_OF_A_KIND).select_related("document")
    found: dict[str, list[tuple[Finding, str]]] = defaultdict(list)
    for finding in rows.defer("document__source", "document__mapped").order_by("date", "id"):
        found[finding.kind].append((finding, remark(finding)))
    named = {"books": books}
    return [
        Group(
            kind=kind,
            title=str(words.title) % named,
            words=str(words.words) % named,
            remedy=str(words.remedy) % named,
            count=counts[kind],
            findings=found[kind],
        )
        for kind, words in KINDS.items()
        if counts.get(kind)
    ]


def counts_of(row: Reconciliation) -> dict[str, int]:
    counted = row.findings.values("kind").annotate(count=Count("id")).values_list("kind", "count")
    return dict(counted.order_by())


def remark(finding: Finding) -> str:
    """What there is to say of one finding beside its amounts."""
    told = finding.data
    if "state" in told and finding.document:
        return waiting.sentence(finding.document)
    if finding.kind == "deleted" and finding.document and finding.document.target == "order":
        return gettext("An order may be gone because it was invoiced.")
    if finding.kind in ("moved", "double", "unknown") and told.get("booked_on"):
        values = {"number": told["booked_number"], "day": written_day(date.fromisoformat(told["booked_on"]))}
        return gettext("%(number)s of %(day)s in the books") % values
    return ""


def summary(row: Reconciliation, counts: Mapping[str, int], difference: int) -> tuple[str, str]:
    """The result in a sentence, and how it looks. ``difference`` is that of all together, in cents."""
    look = sum(count for kind, count in counts.items() if kind not in NO_MORE_THAN_SAID)
    if look:
        text = ngettext("%(count)s thing needs a look.", "%(count)s things need a look.", look)
        return text % {"count": look}, "warning"
    if difference:
        text = gettext(
            "No document needs a look, but the total differs by %(amount)s from the shop: see Difference below."
        )
        return text % {"amount": money(abs(difference))}, "warning"
    documents = row.cursor.get("counts", {}).get("documents", 0)
    if not documents:
        return gettext("Nothing was posted for this period, and nothing is missing."), "success"
    text = ngettext("The %(count)s document agrees.", "All %(count)s documents agree.", documents)
    return text % {"count": documents}, "success"


def why_not_finished(row: Reconciliation) -> str:
    """Why it waits, or ended before its time."""
    if row.problems:
        return " ".join(f"{problem.message} {problem.remedy}" for problem in map(Problem.load, row.problems))
    return str(waiting.QUEUED.get(row.reason, row.reason)) if row.reason else ""


def progress(row: Reconciliation) -> tuple[int, int]:
    """Days that were compared, of how many."""
    until = row.cursor.get("until")
    done = (date.fromisoformat(until) - row.since).days + 1 if until else 0
    return done, (row.until - row.since + timedelta(days=1)).days


def earlier(integration: Integration) -> "QuerySet[Reconciliation]":
    """With how many things need a look in each."""
    look = Count("findings", filter=~Q(findings__kind__in=NO_MORE_THAN_SAID))
    rows = integration.reconciliations.defer("figures", "cursor").select_related("user").annotate(look=look)
    return rows.order_by("-id")[:EARLIER]
