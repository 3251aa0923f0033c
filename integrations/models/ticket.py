"""Tickets: questions to support, and what people need to answer them."""

from django.db import models
from django.db.models import Q

from .document import Document
from .integration import Integration, User


class Ticket(models.Model):
    """A question, or a problem that was reported: one for all documents that are stuck on the same ``cause``."""

    class Status(models.TextChoices):
        OPEN = "open"
        ANSWERED = "answered"
        CLOSED = "closed"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="tickets")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=200)
    cause = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("integration", "cause"),
                name="one_open_ticket_per_cause",
                condition=~Q(cause="") & ~Q(status="closed"),
            )
        ]
        indexes = [models.Index(fields=("integration", "changed_at", "id"), name="tickets_of_an_integration")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"


class TicketMessage(models.Model):
    """What one person wrote; support staff have ``is_staff``. ``mailed_at``: the other side was told by e-mail."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    is_staff = models.BooleanField(default=False)
    text = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=("id",), name="messages_to_mail", condition=Q(mailed_at=None))]

    def __str__(self) -> str:
        return self.text[:60]


class TicketFile(models.Model):
    """A file that somebody attached to a message."""

    message = models.ForeignKey(TicketMessage, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class TicketDocument(models.Model):
    """A document that a ticket is about, with ``evidence``: what staff need to see of it, without secrets and personal
    data, as it was at the moment of the report."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="tickets")
    evidence = models.JSONField(default=dict)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("ticket", "document"), name="one_row_per_document_and_ticket")]

    def __str__(self) -> str:
        return str(self.document)


class ToldCause(models.Model):
    """A cause of stuck documents about which the people of an integration were e-mailed; forgotten once nothing has
    been stuck on it for a while (``seen_at``), so that they hear of it when it comes back."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="told_causes")
    cause = models.CharField(max_length=200)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("integration", "cause"), name="one_mail_per_cause")]

    def __str__(self) -> str:
        return self.cause
