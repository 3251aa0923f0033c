"""Who may see and do what: the only functions that load an integration or a document for a person.

What belongs to somebody else answers 404, the same as what does not exist, so that nothing can be learnt by guessing.
What a member's role does not allow answers 403.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from integrations.models import Credential, Document, Integration, Intent, Payment, Reversal, Role, State, User

RANKS = list(Role)


def holds(integration: str) -> dict[str, Exists]:
    """Of each side, whether we hold its credentials, for the integration that a column names."""
    mine = Credential.objects.filter(integration=OuterRef(integration))
    return {f"holds_{side}": Exists(mine.filter(side=side)) for side in Credential.Side.values}


def of_payments(integration: str) -> dict[str, Any]:
    """Whether there are payments, and how many are stuck, for the integration that a column names."""
    mine = Payment.objects.filter(integration=OuterRef(integration)).order_by()
    stuck = mine.filter(state=State.ERROR).values("integration").annotate(count=Count("id")).values("count")
    return {"any_payments": Exists(mine), "payments_stuck": Coalesce(Subquery(stuck), 0)}


HELD = holds("pk") | of_payments("pk")
HELD_OF_DOCUMENT = holds("integration") | of_payments("integration")
OF_DOCUMENT = {
    "is_being_undone": Exists(Reversal.objects.filter(document=OuterRef("pk"), outcome=Reversal.Outcome.PENDING)),
    "may_be_posted": Exists(Intent.objects.filter(document=OuterRef("pk"), step="document")),
}


def integrations_of(user: User) -> QuerySet[Integration]:
    """With the ``role`` that the person has in each."""
    mine = Integration.objects.filter(members__user=user).annotate(role=F("members__role"))
    return mine.order_by("name", "id")


def integration_for(user: User, licence_key: str, at_least: Role = Role.READER, **more: Any) -> Integration:
    """With what ``held`` tells, and ``more`` that is asked in the same query. Raises ``PermissionDenied`` when the
    person's role is below ``at_least``."""
    mine = integrations_of(user).select_related("administration", "settings").annotate(**HELD, **more)
    integration = get_object_or_404(mine, licence_key=licence_key)
    demand(integration, at_least)
    return integration


def held(integration: Integration) -> set[str]:
    """The sides whose credentials we hold: as they were when the page's integration was loaded, else asked now."""
    if hasattr(integration, "holds_shop"):
        return {side for side in Credential.Side.values if getattr(integration, f"holds_{side}")}
    return set(integration.credentials.values_list("side", flat=True))


def has_payments(integration: Integration) -> bool:
    """Whether there are any, in whatever state: known as ``held`` is."""
    if hasattr(integration, "any_payments"):
        return bool(integration.any_payments)
    return integration.payments.exists()


def payments_stuck(integration: Integration) -> int:
    """How many payments are stuck: known as ``held`` is."""
    if hasattr(integration, "payments_stuck"):
        return int(integration.payments_stuck)
    return integration.payments.filter(state=State.ERROR).count()


def documents_of(integration: Integration) -> QuerySet[Document]:
    """The documents of an integration as lists show them: without the two large columns."""
    return Document.objects.filter(integration=integration).defer("source", "mapped")


def document_for(user: User, document_id: int, at_least: Role = Role.READER) -> Document:
    """Its integration has the ``role`` of the person and what ``held`` tells, itself it has what is known of it in the
    books (``is_being_undone``, ``may_be_posted``)."""
    related = ("integration__administration", "integration__settings", "settings_version")
    mine = Document.objects.filter(integration__members__user=user).select_related(*related)
    mine = mine.annotate(role=F("integration__members__role"), **HELD_OF_DOCUMENT, **OF_DOCUMENT)
    document = get_object_or_404(mine.defer("source"), pk=document_id)
    for name in ("role", *HELD_OF_DOCUMENT):
        setattr(document.integration, name, getattr(document, name))
    demand(document.integration, at_least)
    return document


def may(integration: Integration, role: str) -> bool:
    """Whether the person for whom the integration was loaded has this role, or a higher one."""
    return RANKS.index(Role(integration.role)) >= RANKS.index(Role(role))


def demand(integration: Integration, at_least: Role) -> None:
    if not may(integration, at_least):
        raise PermissionDenied
