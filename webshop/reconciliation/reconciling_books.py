"""The books' side of a reconciliation: what they hold of some days, and whether that is what was posted."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from accounting import connectors, settings_store
from accounting.attempts import heeding
from accounting.books import Booked, Books, Watch
from accounting.vat_amounts import by_rate
from integrations.failures import Gone, Refused
from integrations.models import Document, Integration, Reversal, SettingsVersion
from integrations.money import ZERO, to_cents
from integrations.sales import SalesDocument
from integrations.settings_file import Settings

from .reconciling_answers import Answers, dump, load

NOTHING = (ZERO, ZERO)
LEAST = 5  # cents that rounding may make of the amounts of one rate


class Ledger:
    """The books of an integration, opened under each version of its settings that something was posted under."""

    def __init__(self, integration: Integration, cover: Callable[[], None], answers: Answers) -> None:
        assert integration.administration_id is not None
        self.integration = integration
        self.administration_id = integration.administration_id
        self.cover = cover
        self.answers = answers
        self._opened: dict[int, Books] = {}
        self._listed: dict[str, Booked] = {}
        self._found: dict[int, Booked | None] = {}
        self.undone: dict[str, Document] = {}  # by the ids of postings that were taken back, and of their counters
        self._undone_of: dict[int, set[str]] = defaultdict(set)
        self._learn_what_was_undone()

    def _learn_what_was_undone(self) -> None:
        undone = Reversal.objects.filter(document__integration=self.integration, outcome=Reversal.Outcome.COUNTERED)
        for reversal in undone.select_related("document").defer("document__source", "document__mapped"):
            for ledger_id in filter(None, (reversal.ledger_id, reversal.counter_id)):
                self.undone[ledger_id] = reversal.document
                self._undone_of[reversal.document_id].add(ledger_id)

    def settings_of(self, document: Document) -> Settings:
        assert document.settings_version is not None
        return settings_store.load(document.settings_version)

    def read(self, since: date, until: date) -> None:
        """Read what is dated in these days. Where nothing at all is found, it is the administration that is gone, and
        not what is in it."""
        assert self.integration.settings is not None
        books = self._books(self.integration.settings)
        try:
            with heeding(self.administration_id):
                self._listed = {one.ledger_id: one for one in books.booked(since, until)}
        except Gone as failure:
            raise Refused(books.explain_gone(str(failure))) from failure

    def find(self, document: Document) -> Booked | None:
        """A posted document as the books hold it now, wherever that is."""
        if document.pk not in self._found:
            self._found[document.pk] = self._find(document)
        return self._found[document.pk]

    def not_found(self) -> list[Booked]:
        """What was read, but for the documents that were found so far."""
        known = {one.ledger_id for one in self._found.values() if one}
        return [one for one in self._listed.values() if one.ledger_id not in known]

    def _find(self, document: Document) -> Booked | None:
        one = self._listed.get(document.ledger_id)
        if one and document.ledger_number in ("", one.number):
            return one
        assert document.settings_version is not None
        books, undone = self._books(document.settings_version), self._undone_of[document.pk]
        with heeding(self.administration_id):
            return load(
                self.answers.to(
                    f"posting {document.pk}",
                    lambda: dump(books.booked_as(document.ledger_id, document.ledger_number, undone)),
                )
            )

    def _books(self, version: SettingsVersion) -> Books:
        if version.pk not in self._opened:
            watch = Watch(before_call=self.cover)
            self._opened[version.pk] = connectors.open_books(self.integration, settings_store.load(version), watch)
        return self._opened[version.pk]


def differs(document: Document, sold: SalesDocument, one: Booked) -> bool:
    """Whether the books hold other amounts than were posted. The total must be the same to the cent, unless the books
    were to compute it; what is of each rate may be off by what rounding makes of it."""
    if document.ledger_total_cents is None:
        net = sum((net for net, _vat in one.vat.values()), ZERO)
        pieces = sum(line.quantity for line in sold.lines)
        return abs(to_cents(net - sold.total_excl)) > max(LEAST, pieces)
    if to_cents(one.total) != document.ledger_total_cents:
        return True
    return bool(one.vat) and _has_other_vat(sold, one)


def _has_other_vat(sold: SalesDocument, one: Booked) -> bool:
    allowed = max(LEAST, len(sold.lines))
    posted = by_rate(sold)
    for rate in posted.keys() | one.vat.keys():
        pairs = zip(posted.get(rate, NOTHING), one.vat.get(rate, NOTHING), strict=True)
        if any(abs(to_cents(ours - theirs)) > allowed for ours, theirs in pairs):
            return True
    return False
