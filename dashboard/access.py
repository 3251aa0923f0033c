"""Who may see what: the only functions that load an integration or a document for a person.

What belongs to somebody else answers 404, the same as what does not exist, so that nothing can be learnt by guessing.
"""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from integrations.models import Document, Integration, User


def integrations_of(user: User) -> QuerySet[Integration]:
    return Integration.objects.filter(members__user=user).order_by("name", "id")


def integration_for(user: User, licence_key: str) -> Integration:
    mine = integrations_of(user).select_related("administration", "settings")
    return get_object_or_404(mine, licence_key=licence_key)


def documents_of(integration: Integration) -> QuerySet[Document]:
    """The documents of an integration as lists show them: without the two large columns."""
    return Document.objects.filter(integration=integration).defer("source", "mapped")


def document_for(user: User, document_id: int) -> Document:
    related = ("integration__administration", "integration__settings", "settings_version")
    mine = Document.objects.filter(integration__members__user=user).select_related(*related)
    return get_object_or_404(mine.defer("source"), pk=document_id)
