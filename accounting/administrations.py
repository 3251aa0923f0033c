"""The books that integrations post to."""

from django.db.models import Q

from integrations.models import Administration, Document, Integration


def administration(system: str, remote_id: str, name: str = "") -> Administration:
    """The row of an administration; two integrations on the same books share it."""
    found, is_new = Administration.objects.get_or_create(system=system, remote_id=remote_id, defaults={"name": name})
    if name and not is_new and found.name != name:
        Administration.objects.filter(pk=found.pk).update(name=name)
    return found


def forget(integration: Integration) -> None:
    """Unlink the administration, so that another one has to be chosen."""
    integration.administration = None
    integration.save(update_fields=["administration"])


def holds_documents(integration: Integration) -> bool:
    """Whether the books hold, or may hold, something that came of this integration."""
    documents = Document.objects.filter(integration=integration)
    return documents.filter(~Q(ledger_id="") | Q(intents__isnull=False)).exists()
