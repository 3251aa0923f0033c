"""The schema that all apps share."""

from .document import CustomerLink, Delivery, Document, Intent, ProductLink, State, UsedNumber
from .event import Event, VatCheck
from .integration import (
    Administration,
    Credential,
    Handshake,
    Integration,
    Member,
    ReferenceList,
    TermsAcceptance,
    User,
    Webhook,
)
from .payment import Payment
from .settings import PaymentMethodSetting, SettingsVersion, VatSetting

__all__ = [
    "Administration",
    "Credential",
    "CustomerLink",
    "Delivery",
    "Document",
    "Event",
    "Handshake",
    "Integration",
    "Intent",
    "Member",
    "Payment",
    "PaymentMethodSetting",
    "ProductLink",
    "ReferenceList",
    "SettingsVersion",
    "State",
    "TermsAcceptance",
    "UsedNumber",
    "User",
    "VatCheck",
    "VatSetting",
    "Webhook",
]
