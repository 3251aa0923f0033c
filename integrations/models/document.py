"""Deliveries, the documents that come of them, and what is known of the books while a document is posted."""

import hashlib
import secrets

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from .integration import Administration, Integration, Webhook
from .settings import SettingsVersion


class Treatment(models.TextChoices):
    """Whose VAT is due on a document: that of the home country, of another EU country, reverse charged, or none."""

    HOME = "home"
    EU = "eu"
    ICP = "icp"
    INTERNATIONAL = "world"


class State(models.TextChoices):
    """The states of documents and payments; they are the tabs of the dashboard."""

    OPEN = "open"
    QUEUED = "queued"
    PROCESSED = "processed"
    ERROR = "error"
    SKIPPED = "skipped"


class Delivery(models.Model):
    """One call from the shop, as received, kept as evidence. ``digest`` tells a repeated call from a new one."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.SET_NULL, related_name="+")
    event = models.CharField(max_length=50)
    kind = models.CharField(max_length=10)
    remote_id = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    body = models.TextField()
    is_signed = models.BooleanField()
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=("integration", "digest"), name="one_delivery_per_call")]
        indexes = [
            models.Index(
                fields=("integration", "id"),
                name="deliveries_to_handle",
                condition=Q(handled_at=None),
            ),
            models.Index(
                fields=("integration", "kind", "remote_id"),
                name="deliveries_of_a_document",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.remote_id}"

    @classmethod
    def of_our_own(cls, integration: Integration, event: str, kind: str, remote_id: str, name: str) -> "Delivery":
        """A look that we ask for ourselves, as if the shop had called, not stored yet; of each ``name`` there is one,
        however often it is asked for."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        return cls(
            integration=integration,
            event=event,
            kind=kind,
            remote_id=remote_id,
            digest=digest,
            body="",
            is_signed=False,
        )

    @classmethod
    def look_again(cls, document: "Document") -> None:
        """Ask for another look at a document."""
        name = secrets.token_hex(32)
        cls.of_our_own(document.integration, "process", document.kind, document.remote_id, name).save(force_insert=True)


class Document(models.Model):
    """One order or invoice of the shop, on its way to the books.

    ``source`` is the shop's own JSON, ``mapped`` the document read from it under ``settings_version``. ``reason`` says
    why it waits or was skipped, ``problems`` why it is stuck. The ``ledger_`` fields are the posting. ``is_stale``:
    the shop or the settings changed after something was made of it in the books.

    ``sale`` is the number of the shop's order on that order itself and on its first debit invoice, and empty on other
    invoices: of the two only one goes to the books, so only one of them is queued, posted or stuck.

    ``cause`` is what several stuck documents have in common (``Problem.cause``); ``treatment`` the VAT treatment, or
    rather whose VAT is due; ``target`` what it became in the books. ``edition`` counts its postings: it grows when one
    is taken back. ``run`` is the press on Process that took it up last, ``history`` the past that it was carried over
    with: its date does not matter then.

    ``shop_digest`` stands for what the shop's own list said of it when it was read. What the shop has changed since it
    was posted is in ``shop_changes``; in the books nothing is changed for that.
    """

    class Kind(models.TextChoices):
        ORDER = "order"
        INVOICE = "invoice"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    remote_id = models.CharField(max_length=64)
    order_remote_id = models.CharField(max_length=64, blank=True)
    sale = models.CharField(max_length=64, blank=True)
    number = models.CharField(max_length=100, blank=True)
    date = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    total_cents = models.BigIntegerField(default=0)
    is_credit = models.BooleanField(default=False)
    customer_email = models.CharField(max_length=254, blank=True)
    customer_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    treatment = models.CharField(max_length=10, blank=True, choices=Treatment.choices)

    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=40, blank=True)
    problems = models.JSONField(default=list)
    cause = models.CharField(max_length=200, blank=True)
    source = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mapped = models.JSONField(null=True, blank=True)
    settings_version = models.ForeignKey(SettingsVersion, null=True, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    is_stale = models.BooleanField(default=False)
    run = models.ForeignKey("ProcessRun", null=True, blank=True, on_delete=models.SET_NULL, related_name="documents")

    edition = models.PositiveSmallIntegerField(default=1)
    target = models.CharField(max_length=10, blank=True)
    ledger_id = models.CharField(max_length=64, blank=True)
    ledger_number = models.CharField(max_length=100, blank=True)
    ledger_url = models.URLField(max_length=500, blank=True)
    ledger_total_cents = models.BigIntegerField(null=True, blank=True)
    rounding_cents = models.IntegerField(default=0)

    history = models.ForeignKey("History", null=True, blank=True, on_delete=models.SET_NULL, related_name="documents")
    shop_digest = models.CharField(max_length=64, blank=True)
    shop_changed_at = models.DateTimeField(null=True, blank=True)
    shop_changes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("integration", "kind", "remote_id"),
                name="one_document_per_source",
            ),
            models.UniqueConstraint(
                fields=("integration", "kind", "sale"),
                name="one_first_invoice_per_order",
                condition=~Q(sale=""),
            ),
            models.UniqueConstraint(
                fields=("integration", "sale"),
                name="one_posting_per_sale",
                condition=~Q(sale="") & Q(state__in=("queued", "processed", "error")),
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="document_state_known"),
            models.CheckConstraint(condition=Q(kind__in=("order", "invoice")), name="document_kind_known"),
            models.CheckConstraint(
                condition=~Q(state="processed") | ~Q(ledger_id=""),
                name="processed_document_has_posting",
            ),
            models.CheckConstraint(
                condition=~Q(state="queued") | Q(next_attempt_at__isnull=False),
                name="queued_document_has_next_attempt",
            ),
        ]
        indexes = [
            models.Index(
                fields=("integration", "state", "changed_at", "id"),
                name="documents_by_state",
            ),
            models.Index(
                fields=("integration", "next_attempt_at", "id"),
                name="documents_ready",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=("integration", "customer_email"),
                name="documents_waiting",
                condition=Q(state="queued"),
            ),
            models.Index(
                fields=("integration", "order_remote_id"),
                name="documents_of_an_order",
                condition=~Q(order_remote_id=""),
            ),
            models.Index(
                fields=("integration", "cause", "id"),
                name="documents_by_cause",
                condition=Q(state="error"),
            ),
            models.Index(
                fields=("integration", "shop_changed_at", "id"),
                name="documents_changed_in_shop",
                condition=Q(shop_changed_at__isnull=False),
            ),
            # All that the totals and the chart of Report add up, so that no row is read for them.
            models.Index(
                fields=("integration", "changed_at", "id"),
                name="documents_to_add_up",
                condition=Q(state="processed"),
                include=("is_credit", "total_cents", "country", "treatment", "kind", "target"),
            ),
            # What begins with a text: a plain index finds only what is equal to it.
            *(
                models.Index(
                    fields=("integration", field),
                    name=f"documents_by_{field}",
                    opclasses=("int8_ops", "varchar_pattern_ops"),
                )
                for field in ("number", "ledger_number", "customer_email")
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.remote_id


class Intent(models.Model):
    """A create at the books that was about to be sent and of which nobody knows yet whether it arrived.

    It is committed before the call and deleted with the answer. Whoever finds one waits, looks, and looks again
    (``looked_at``) before the create is sent once more.
    """

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="intents")
    step = models.CharField(max_length=20)
    reference = models.CharField(max_length=254)
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="intents")
    started_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)
    looked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("administration", "step", "reference"),
                name="one_intent_per_reference",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.reference}"


class CustomerLink(models.Model):
    """The debtor that an e-mail address has in an administration."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="customers")
    email = models.CharField(max_length=254)
    ledger_id = models.CharField(max_length=64)
    vat_number = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("administration", "email"), name="one_debtor_per_email")]

    def __str__(self) -> str:
        return self.email


class ProductLink(models.Model):
    """The product that a code of the shop has in an administration, under the code that the books accept."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="products")
    code = models.CharField(max_length=200)
    ledger_code = models.CharField(max_length=100)
    ledger_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("administration", "code"), name="one_product_per_code"),
            models.UniqueConstraint(fields=("administration", "ledger_code"), name="one_code_per_product"),
        ]

    def __str__(self) -> str:
        return self.code


class UsedNumber(models.Model):
    """A number that a document has, or is about to get, in books that don't refuse the same number twice."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="used_numbers")
    number = models.CharField(max_length=64)
    document = models.ForeignKey(Document, null=True, on_delete=models.SET_NULL, related_name="used_numbers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("administration", "number"), name="one_document_per_number")]

    def __str__(self) -> str:
        return self.number
