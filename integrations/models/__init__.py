"""The schema that all apps share."""

from .document import (
    CustomerLink,
    Delivery,
    Document,
    Intent,
    ProductLink,
    State,
    Treatment,
    UsedNumber,
)
from .event import Event, VatCheck
from .history import History, HistoryItem
from .integration import (
    Administration,
    Credential,
    Digest,
    Handshake,
    Integration,
    Invitation,
    MailAddress,
    Member,
    ReferenceList,
    Role,
    TermsAcceptance,
    User,
    Webhook,
)
from .payment import Payment
from .process_run import ProcessRun
from .reconciliation import Finding, Reconciliation
from .reversal import Reversal
from .settings import PaymentMethodSetting, SettingsVersion, VatSetting
from .tally import DocumentTally
from .ticket import Ticket, TicketDocument, TicketFile, TicketMessage, ToldCause
from .vat_amount import VatAmount

__all__ = [
    "Administration",
    "Credential",
    "CustomerLink",
    "Delivery",
    "Digest",
    "Document",
    "DocumentTally",
    "Event",
    "Finding",
    "Handshake",
    "History",
    "HistoryItem",
    "Integration",
    "Intent",
    "Invitation",
    "MailAddress",
    "Member",
    "Payment",
    "PaymentMethodSetting",
    "ProcessRun",
    "ProductLink",
    "Reconciliation",
    "ReferenceList",
    "Reversal",
    "Role",
    "SettingsVersion",
    "State",
    "TermsAcceptance",
    "Ticket",
    "TicketDocument",
    "TicketFile",
    "TicketMessage",
    "ToldCause",
    "Treatment",
    "UsedNumber",
    "User",
    "VatAmount",
    "VatCheck",
    "VatSetting",
    "Webhook",
]
