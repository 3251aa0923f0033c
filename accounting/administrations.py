"""The books that integrations post to."""

from django.db.models import Exists, OuterRef, Q

from integrations.models import Administration, Document, Integration, Intent, Reversal


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
    """Whether the books hold, or may hold, something that came of this integration, be it with its counter-entry."""
    documents = Document.objects.filter(integration=integration)
    countered = Reversal.objects.filter(document=OuterRef("pk"), outcome=Reversal.Outcome.COUNTERED)
    begun = Intent.objects.filter(document=OuterRef("pk"))
    return documents.filter(~Q(ledger_id="") | Q(Exists(countered)) | Q(Exists(begun))).exists()
