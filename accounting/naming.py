"""What a document is called in the books."""

from integrations.sales import SalesDocument
from integrations.settings_file import Settings


def description(document: SalesDocument, settings: Settings) -> str:
    """The number that people know the document by, as the settings choose it."""
    numbers = {"order": document.order_number, "invoice": document.invoice_number}
    number = numbers[settings.accounting.number] or document.number
    return f"Credit {number}" if document.is_credit else number
