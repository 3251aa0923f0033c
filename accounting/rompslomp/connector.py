"""Rompslomp: the order of calls."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from itertools import islice

from django.conf import settings as django_settings

from accounting import reference_lists
from accounting.books import (
    MOST_DEBTORS,
    Booked,
    Catalogue,
    Customer,
    Json,
    Posted,
    Posting,
    Receivables,
    Undoing,
    Watch,
)
from integrations.failures import Gone, Refused
from integrations.models import Integration
from integrations.money import ZERO
from integrations.problems import Problem
from integrations.sales import SalesDocument, SalesLine
from integrations.settings_file import Settings

from . import codes, counter, payload
from .booked import booked, booked_invoice
from .client import PER_PAGE, Rompslomp
from .oauth import AccessToken
from .receivables import RompslompReceivables
from .rows import account_row, company_row, contact_row, is_named, row, vat_row


def client_of(integration: Integration, watch: Watch | None = None) -> Rompslomp:
    watch = watch or Watch()
    token = AccessToken(integration.pk)
    return Rompslomp(django_settings.ROMPSLOMP_URL, token, record=watch.record, before_call=watch.before_call)


def companies(integration: Integration) -> list[Json]:
    """The administrations that the connected account reaches; ``is_usable`` is false where no calls are allowed."""
    return [company_row(company) for company in client_of(integration).companies()]


class RompslompBooks:
    """The books of one integration at Rompslomp."""

    catalogue: Catalogue | None
    receivables: Receivables | None
    target = "invoice"

    def __init__(self, integration: Integration, settings: Settings, watch: Watch) -> None:
        assert integration.administration is not None
        self.settings = settings
        self.administration_id = integration.administration.pk
        self.company = integration.administration.remote_id
        self.client = client_of(integration, watch)
        self.catalogue = self
        self.receivables = RompslompReceivables(self.client, self.company, settings)

    def read_list(self, kind: str) -> list[Json]:
        """Reference data as rows of ``id``, ``name`` and what only this kind has."""
        match kind:
            case "vat_codes":
                return [vat_row(vat_type) for vat_type in self.client.vat_types(self.company)]
            case "revenue_accounts":
                return [account_row(account) for account in self.client.accounts(self.company, "revenue")]
            case "payment_accounts":
                return [account_row(account) for account in self.client.accounts(self.company, "payment")]
            case "layouts":
                return [row(template) for template in self.client.templates(self.company)]
        raise ValueError(kind)

    def problems(self, sold: SalesDocument) -> Iterable[Problem]:
        return ()

    def document_number(self, sold: SalesDocument) -> str:
        return ""  # its reference is refused a second time

    def product_key(self, line: SalesLine) -> str:
        return codes.product_key(line)

    def product_code(self, key: str, *, taken: set[str]) -> str:
        return codes.ledger_code(key, taken)

    def find_customer(self, email: str) -> Customer | None:
        for contact in self.client.contacts_by_email(self.company, email):
            if (contact.get("contact_person_email_address") or "").strip().lower() == email:
                return _customer(contact)
        return None

    def create_customer(self, sold: SalesDocument) -> Customer:
        return _customer(self.client.create_contact(self.company, payload.contact(sold)))

    def has_customer(self, ledger_id: str) -> bool:
        try:
            self.client.contact(self.company, ledger_id)
        except Gone:
            return False
        return True

    def find_debtors(self, wanted: str) -> list[Json]:
        """A search that Rompslomp does not understand gives all contacts, so the names are compared here too."""
        found = islice(self.client.contacts_by_words(self.company, wanted), PER_PAGE)
        rows = [contact_row(contact) for contact in found if is_named(contact, wanted)]
        if not rows and wanted.isascii() and wanted.isdigit():
            with suppress(Gone):
                rows = [contact_row(self.client.contact(self.company, wanted))]
        return rows[:MOST_DEBTORS]

    def find_products(self, codes: list[str]) -> dict[str, str]:
        """Product code -> id, for those codes that the books know."""
        wanted = set(codes)
        found: dict[str, str] = {}
        for product in self.client.products_by_code(self.company, codes):
            code = product["invoice_line"].get("product_code")
            if code in wanted:
                found.setdefault(code, str(product["id"]))
        return found

    def create_product(self, document: SalesDocument, line: SalesLine, code: str) -> str:
        body = payload.product(document, line, code, self.settings)
        return str(self.client.create_product(self.company, body)["id"])

    def find_document(
        self, sold: SalesDocument, reference: str, customer: str, undone: Collection[str] = ()
    ) -> Json | None:
        return self._referred(reference)  # each posting of a document has a reference of its own

    def _referred(self, reference: str) -> Json | None:
        for invoice in self.client.invoices_by_reference(self.company, reference):
            if invoice.get("api_reference") == reference:
                return invoice
        return None

    def read_document(self, ledger_id: str, sold: SalesDocument) -> Json | None:
        try:
            return self.client.invoice(self.company, ledger_id)
        except Gone:
            return None

    def create_document(
        self,
        document: SalesDocument,
        reference: str,
        customer: str,
        products: dict[str, str],
    ) -> Json:
        body = payload.invoice(
            document,
            self.settings,
            reference=reference,
            customer=customer,
            products=products,
        )
        return self.client.create_invoice(self.company, body)

    def booked(self, since: date, until: date) -> Iterator[Booked]:
        invoices = self.client.invoices(self.company, "all", since, until)
        return booked(invoices, since, until, publishes=payload.options(self.settings).publish)

    def booked_as(self, ledger_id: str, number: str = "", undone: Collection[str] = ()) -> Booked | None:
        with suppress(Gone):
            invoice = self.client.invoice(self.company, ledger_id)
            return booked_invoice(invoice, publishes=payload.options(self.settings).publish)
        return None

    def withdraw(self, invoice: Json) -> bool:
        if invoice["status"] != "concept":
            return False
        self.client.delete_invoice(self.company, str(invoice["id"]))
        return True

    def undoing(self, posted: Posted) -> Undoing:
        """What does not answer to its id is looked for once more: where the whole administration is out of reach,
        nothing can be said of its invoices."""
        invoice = self.read_document(posted.ledger_id, posted.sold)
        if invoice is None:
            try:
                invoice = self._referred(posted.reference)
            except Gone as failure:
                raise Refused(self.explain_gone(str(failure))) from failure
        return counter.undoing(invoice, posted) if invoice else Undoing(way="gone", posted=posted)

    def find_counter(self, undoing: Undoing) -> Json | None:
        return self._referred(undoing.posted.counter_reference)

    def create_counter(self, undoing: Undoing) -> Json:
        return self.client.create_invoice(self.company, undoing.body)

    def complete_counter(self, invoice: Json, undoing: Undoing) -> Posting:
        """Publish it when it is the exact opposite, VAT included; a concept that is not is removed again."""
        if problem := counter.problem(invoice, undoing):
            self.withdraw(invoice)
            raise Refused(problem)
        if invoice["status"] == "concept":
            invoice = self._published(invoice)
        return Posting(
            ledger_id=str(invoice["id"]),
            number=invoice.get("invoice_number") or "",
            url=_page(self.company, invoice),
            total=undoing.total,
            rounding=ZERO,
        )

    def explain_gone(self, words: str) -> Problem:
        companies = {str(company["id"]) for company in self.client.companies()}
        if self.company not in companies:
            return Problem("administration_gone")
        return Problem("books_refused", words=words, status=404)

    def complete(self, invoice: Json, document: SalesDocument) -> Posting:
        """Bring an invoice, as Rompslomp holds it, to its end: the shop's total to the cent, and published.

        It goes by what the invoice looks like now, so it may be repeated after any interruption.
        """
        if invoice["status"] == "concept" and _difference(invoice, document):
            invoice = self._with_rounding_line(invoice, document)
        if invoice["status"] == "concept" and payload.options(self.settings).publish:
            invoice = self._published(invoice)
        if _difference(invoice, document):
            shop, ledger = str(document.total_incl), invoice["price_with_vat"]
            number = invoice.get("invoice_number") or str(invoice["id"])
            raise Refused(Problem("posted_with_other_total", number=number, shop=shop, ledger=ledger))
        return Posting(
            ledger_id=str(invoice["id"]),
            number=invoice.get("invoice_number") or "",
            url=_page(self.company, invoice),
            total=Decimal(invoice["price_with_vat"]),
            rounding=payload.rounding_in(invoice, self.settings),
        )

    def _with_rounding_line(self, invoice: Json, document: SalesDocument) -> Json:
        """Add a visible line for the cents between the ledger's total and the shop's; give up beyond a cent a line."""
        difference = _difference(invoice, document)
        if abs(difference) <= max(Decimal("0.05"), Decimal("0.01") * len(document.lines)):
            zero = next((row["id"] for row in self._zero_vat_codes()), None)
            if zero:
                body = payload.rounding(difference, zero, document, self.settings)
                invoice = self.client.update_invoice(self.company, str(invoice["id"]), body)
        if _difference(invoice, document):
            self.client.delete_invoice(self.company, str(invoice["id"]))
            raise Refused(
                Problem(
                    "ledger_total_differs",
                    shop=str(document.total_incl),
                    ledger=invoice["price_with_vat"],
                )
            )
        return invoice

    def _zero_vat_codes(self) -> list[Json]:
        """Codes of 0%, those first that ask for no VAT number."""
        order = ("vat_none", "vat_zero")
        rows = [
            row
            for row in reference_lists.rows(self, "vat_codes")
            if row["kind"] in order and Decimal(row["percentage"]) == 0
        ]
        return sorted(rows, key=lambda row: order.index(row["kind"]))

    def _published(self, invoice: Json) -> Json:
        """Publish; a refusal is no refusal when the invoice turns out to be published already."""
        try:
            return self.client.update_invoice(self.company, str(invoice["id"]), payload.publish())
        except Refused:
            now = self.client.invoice(self.company, str(invoice["id"]))
            if now["status"] != "published":
                raise
            return now


def _difference(invoice: Json, document: SalesDocument) -> Decimal:
    return document.total_incl - Decimal(invoice["price_with_vat"])


def _page(company: str, invoice: Json) -> str:
    pattern = django_settings.ROMPSLOMP_INVOICE_PAGE
    return pattern.format(company=company, invoice=invoice["id"]) if pattern else ""


def _customer(contact: Json) -> Customer:
    return Customer(ledger_id=str(contact["id"]), vat_number=contact.get("vat_number") or "")
