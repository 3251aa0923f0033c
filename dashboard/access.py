"""Who may see and do what: the only functions that load an integration or a document for a person.

What belongs to somebody else answers 404, the same as what does not exist, so that nothing can be learnt by guessing.
What a member's role does not allow answers 403.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from integrations.models import Document, Integration, Role, User

RANKS = list(Role)


def integrations_of(user: User) -> QuerySet[Integration]:
    """With the ``role`` that the person has in each."""
    mine = Integration.objects.filter(members__user=user).annotate(role=F("members__role"))
    return mine.order_by("name", "id")


def integration_for(user: User, licence_key: str, at_least: Role = Role.READER) -> Integration:
    """Raises ``PermissionDenied`` when the person's role is below ``at_least``."""
    mine = integrations_of(user).select_related("administration", "settings")
    integration = get_object_or_404(mine, licence_key=licence_key)
    demand(integration, at_least)
    return integration


def documents_of(integration: Integration) -> QuerySet[Document]:
    """The documents of an integration as lists show them: without the two large columns."""
    return Document.objects.filter(integration=integration).defer("source", "mapped")


def document_for(user: User, document_id: int, at_least: Role = Role.READER) -> Document:
    """Its integration has the ``role`` of the person."""
    related = ("integration__administration", "integration__settings", "settings_version")
    mine = Document.objects.filter(integration__members__user=user).select_related(*related)
    document = get_object_or_404(mine.annotate(role=F("integration__members__role")).defer("source"), pk=document_id)
    document.integration.role = document.role
    demand(document.integration, at_least)
    return document


def may(integration: Integration, role: str) -> bool:
    """Whether the person for whom the integration was loaded has this role, or a higher one."""
    return RANKS.index(Role(integration.role)) >= RANKS.index(Role(role))


def demand(integration: Integration, at_least: Role) -> None:
    if not may(integration, at_least):
        raise PermissionDenied
