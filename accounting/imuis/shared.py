"""What entries and orders in King / iMUIS have in common: lists and debtors."""

from urllib.parse import quote

from django.conf import settings as django_settings

from accounting import reference_lists
from accounting.books import Catalogue, Customer, Json, Receivables, Watch
from integrations.failures import Refused, Unknown
from integrations.models import Integration
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import Settings

from . import tables
from .client import Row
from .debtor import country_of, debtor
from .forms import options
from .session import client_of


class ImuisBooks:
    """An administration, opened with the connection and the settings of one integration."""

    catalogue: Catalogue | None = None
    receivables: Receivables | None = None  # King shows no payments
    target: str

    def __init__(self, integration: Integration, settings: Settings, watch: Watch) -> None:
        assert integration.administration is not None
        self.settings, self.options = settings, options(settings)
        self.administration_id, self.name = integration.administration.pk, integration.administration.name
        self.client = client_of(integration, watch)
        self.remark = watch.remark
        self._known: dict[str, set[str]] = {}

    def read_list(self, kind: str) -> list[Json]:
        rows = tables.read(self.client, kind)
        return tables.completed(rows, reference_lists.kept(self, kind)) if kind == "periods" else rows

    def lacks(self, kind: str, *wanted: str) -> set[str]:
        """What a list does not have of ``wanted``; lists are read once for a share of documents."""
        if not set(wanted) <= self._known.get(kind, set()):
            self._known[kind] = reference_lists.ids(self, kind, set(wanted))
        return set(wanted) - self._known[kind]

    def find_customer(self, email: str) -> Customer | None:
        """Several debtors may have one address: the first that is not blocked."""
        found = self.client.table("DEB", ["NR", "EMAIL", "BTWNR", "BLOK"], where=[("EMAIL", "=", email)])
        mine = [row for row in found if row["EMAIL"].strip().lower() == email]
        if mine and all(_is_blocked(row) for row in mine):
            raise Refused(Problem("debtor_blocked", debtor=mine[0]["NR"]))
        usable = sorted((row for row in mine if not _is_blocked(row)), key=lambda row: int(row["NR"]))
        return Customer(ledger_id=usable[0]["NR"], vat_number=usable[0]["BTWNR"]) if usable else None

    def find_debtors(self, wanted: str) -> list[Json]:
        return tables.debtors(self.client, wanted)

    def has_customer(self, ledger_id: str) -> bool:
        found = list(self.client.table("DEB", ["NR", "BLOK"], where=[("NR", "=", ledger_id)]))
        if any(_is_blocked(row) for row in found):
            raise Refused(Problem("debtor_blocked", debtor=ledger_id))
        return bool(found)

    def create_customer(self, sold: SalesDocument) -> Customer:
        record = debtor(sold, self.settings, country=self._country(country_of(sold, self.settings)))
        number = self.client.create_record(record)
        if not number:
            raise Unknown("books_no_answer")  # it is found by its address when it has settled
        return Customer(ledger_id=number, vat_number=dict(record)["DATA"].get("BTWNR", ""))

    def _country(self, code: str) -> str:
        """The books' own key of a country; without one it is left out."""
        rows = reference_lists.rows(self, "countries")
        found = [row["id"] for name in ("iso", "id") for row in rows if row[name] == code]
        return str(found[0]) if found else ""

    def page(self, kind: str, number: str) -> str:
        """Where a person sees a document in the books, if the operator knows."""
        pattern = django_settings.IMUIS_DOCUMENT_PAGE
        return pattern.format(administration=quote(self.name, safe=""), kind=kind, number=number) if pattern else ""

    def withdraw(self, found: Json) -> bool:
        return False

    def explain_gone(self, words: str) -> Problem:
        return Problem("books_refused", words=words, status=404)


def _is_blocked(row: Row) -> bool:
    return row["BLOK"] == "J"
