"""What a worker has at hand while it works for one administration."""

from typing import Any, TypeVar

from django.utils import timezone

from integrations.http import Call
from integrations.models import CustomerLink, Document, ProductLink
from integrations.settings_file import Settings
from integrations.timeline import Timeline

from . import connectors, reference_lists, settings_store
from .books import Books, Watch
from .intents import Create, create_once
from .leases import Lease

Found = TypeVar("Found")


class Desk:
    """The lease, the document in hand with its timeline, the books, opened once per integration and settings, and
    what was read of their debtors (by e-mail address) and products (by the shop's code)."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.debtors: dict[str, CustomerLink] = {}
        self.products: dict[str, ProductLink] = {}
        self._vat_codes: set[str] = set()
        self._opened: dict[tuple[int, int | None], Books] = {}

    def take_up(self, document: Document) -> None:
        self.document = document
        self.timeline = Timeline(document.integration, document)

    @property
    def settings(self) -> Settings:
        assert self.document.settings_version is not None
        return settings_store.load(self.document.settings_version)

    @property
    def books(self) -> Books:
        integration = self.document.integration
        key = (integration.pk, self.document.settings_version_id)
        if key not in self._opened:
            watch = Watch(record=self._record, before_call=self.lease.cover_a_call, remark=self._remark)
            self._opened[key] = connectors.open_books(integration, self.settings, watch)
        return self._opened[key]

    @property
    def looks_first(self) -> bool:
        """Whether the database was restored from a backup, so that the books may know more than we do."""
        until = self.document.integration.look_first_until
        return until is not None and until > timezone.now()

    def vat_codes(self, wanted: set[str]) -> set[str]:
        """The VAT codes of the books; asked for again when one of ``wanted`` is not among those in memory."""
        if not wanted <= self._vat_codes:
            self._vat_codes = reference_lists.ids(self.books, "vat_codes", wanted)
        return self._vat_codes

    def create_once(self, create: Create[Found]) -> Found:
        return create_once(self.lease, self.document, create)

    def _record(self, call: Call) -> None:
        self.timeline.call(call)

    def _remark(self, code: str, **values: Any) -> None:
        self.timeline.add("remark", code=code, **values)
