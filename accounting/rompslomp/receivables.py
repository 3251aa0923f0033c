"""Payments at Rompslomp: they are added to an invoice, and only what is left open tells them apart."""

from decimal import Decimal

from accounting.books import Json, Owed
from accounting.naming import description
from integrations.failures import Gone
from integrations.sales import SalesDocument, SalesPayment
from integrations.settings_file import Settings

from . import payload
from .client import Rompslomp


class RompslompReceivables:
    """What debtors owe in one company."""

    def __init__(self, client: Rompslomp, company: str, settings: Settings) -> None:
        self.client = client
        self.company = company
        self.settings = settings

    def invoice(self, ledger_id: str) -> Owed | None:
        try:
            return _owed(self.client.invoice(self.company, ledger_id))
        except Gone:
            return None

    def find_invoice(self, sold: SalesDocument, reference: str) -> Owed | None:
        """Without ``selection`` and dates an unknown search gives everything, so all is compared here too."""
        for invoice in self.client.invoices_by_reference(self.company, reference):
            if invoice.get("api_reference") == reference:
                return _owed(invoice)
        wanted = description(sold, self.settings)[: payload.LONGEST_TEXT]
        unpaid = self.client.invoices(self.company, "unpaid", sold.date, sold.date)
        found = [invoice for invoice in unpaid if _is_alike(invoice, sold, wanted)]
        return _owed(found[0]) if len(found) == 1 else None

    def add_payment(self, ledger_id: str, paid: SalesPayment, clearing_account: str) -> Owed:
        body = payload.payment(paid, clearing_account)
        return _owed(self.client.update_invoice(self.company, ledger_id, body))


def _is_alike(invoice: Json, sold: SalesDocument, wanted: str) -> bool:
    """Whether it may have been made by hand for a document; what has a reference was made by a program for another."""
    return (
        not invoice.get("api_reference")
        and invoice["payment_status"] == "unpaid"
        and invoice["date"] == sold.date.isoformat()
        and invoice.get("description") == wanted
        and Decimal(invoice["price_with_vat"]) == sold.total_incl
    )


def _owed(invoice: Json) -> Owed:
    return Owed(
        ledger_id=str(invoice["id"]),
        number=invoice.get("invoice_number") or "",
        total=Decimal(invoice["price_with_vat"]),
        open=Decimal(invoice["open_amount"]),
    )
