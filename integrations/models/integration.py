"""Integrations, the people who may see them, and what they need to reach a shop and an administration."""

import datetime
import secrets
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..encryption import EncryptedJSONField


def new_licence_key() -> str:
    """Four groups of five characters that can't be mistaken for one another when read out."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def new_token() -> str:
    return secrets.token_urlsafe(32)


class User(AbstractUser):
    """Somebody who logs in; ``language`` is the language of pages and e-mails, empty for the browser's own."""

    language = models.CharField(max_length=5, blank=True)


class Administration(models.Model):
    """One set of books at one accounting system. Several integrations may share it; one worker at a time has its
    lease, whose number grows at each taking."""

    system = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    lease_number = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("system", "remote_id"), name="one_row_per_administration")]

    def __str__(self) -> str:
        return self.name or f"{self.system} {self.remote_id}"


class Integration(models.Model):
    """One shop linked to one administration. ``country`` and ``vat_number`` are the merchant's own: VIES gives
    its proof only to somebody who says who asks. ``archived_at``: its owner has taken the stopped integration out of
    the list of licence keys. ``night`` is the last night whose work was done, ``heard_at`` when the shop was last heard
    of its own accord, ``silence_checked_at`` when it was asked whether it has nothing to say."""

    class Status(models.TextChoices):
        INSTALLING = "installing"
        ACTIVE = "active"
        STOPPED = "stopped"

    licence_key = models.CharField(max_length=30, unique=True, default=new_licence_key, editable=False)
    name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.INSTALLING)
    created_at = models.DateTimeField(auto_now_add=True)
    settings = models.ForeignKey(
        "SettingsVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="in_use_by",
    )

    shop_system = models.CharField(max_length=20, default="ccvshop")
    shop_id = models.CharField(max_length=64, blank=True)
    api_root = models.URLField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    vat_number = models.CharField(max_length=20, blank=True)
    shop_lost_at = models.DateTimeField(null=True, blank=True)

    accounting_system = models.CharField(max_length=20, blank=True)
    administration = models.ForeignKey(
        Administration,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="integrations",
    )
    books_lost_at = models.DateTimeField(null=True, blank=True)
    look_first_until = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    night = models.DateField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    silence_checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("shop_system", "shop_id", "accounting_system"),
                name="one_integration_per_shop",
                condition=~Q(shop_id=""),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("installing", "active", "stopped")),
                name="integration_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.licence_key

    @property
    def installed_on(self) -> datetime.date:
        """The day of installation in the Netherlands: what was sold before is not posted."""
        return timezone.localdate(self.created_at)


class Digest(models.TextChoices):
    """When somebody gets the e-mail that says how the bookkeeping is: ``wrong`` is only when something is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    WRONG = "wrong"
    NEVER = "never"


class Mailed(models.Model):
    """Somebody who gets e-mails about an integration, and what was sent until when."""

    digest = models.CharField(max_length=10, choices=Digest.choices, default=Digest.WRONG)
    digest_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Role(models.TextChoices):
    """What a member may do: a reader sees everything and asks; a bookkeeper also processes and sets; an owner also
    connects, stops and decides who is let in."""

    READER = "reader"
    BOOKKEEPER = "bookkeeper"
    OWNER = "owner"


class Member(Mailed):
    """A person's access to an integration."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OWNER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("integration", "user"), name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class MailAddress(Mailed):
    """An extra address that gets the e-mails of an integration, once somebody there has confirmed it."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="mail_addresses")
    email = models.EmailField()
    language = models.CharField(max_length=5)
    added_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail addresses"
        constraints = [models.UniqueConstraint(fields=("integration", "email"), name="one_row_per_mail_address")]

    def __str__(self) -> str:
        return self.email


class Invitation(models.Model):
    """Somebody who was invited to become a member; it is over once accepted or when ``expires_at`` has come."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("integration", "email"), name="one_open_invitation", condition=Q(accepted_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"


class TermsAcceptance(models.Model):
    """Who agreed to which version of the terms, when and from which address: without it nothing is processed."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="terms")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.CharField(max_length=20)
    address = models.GenericIPAddressField(null=True)
    accepted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.version} by {self.user}"


class Handshake(models.Model):
    """What the App Store handed over at installation, until a person opens the install page. ``claimed_by`` has opened
    it, and finds it again in another browser."""

    api_public = models.CharField(max_length=200, unique=True)
    api_secret = EncryptedJSONField()
    api_root = models.URLField()
    return_url = models.URLField(max_length=500, blank=True)
    received_at = models.DateTimeField(auto_now=True)
    claimed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    integration = models.ForeignKey(
        Integration,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="handshakes",
    )

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """The shop's address as people know it."""
        return urlsplit(self.api_root).netloc


class Credential(models.Model):
    """The keys to one side of an integration. ``secret`` is JSON in the words of the vendor: a key pair, or a pair of
    tokens with the moment at which the first expires. ``renewing_until`` is held by the one who renews it."""

    class Side(models.TextChoices):
        SHOP = "shop"
        BOOKS = "books"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="credentials")
    side = models.CharField(max_length=5, choices=Side.choices)
    secret = EncryptedJSONField()
    expires_at = models.DateTimeField(null=True, blank=True)
    renewing_until = models.DateTimeField(null=True, blank=True)
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("integration", "side"), name="one_credential_per_side"),
            models.CheckConstraint(condition=Q(side__in=("shop", "books")), name="credential_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.integration}"


class Webhook(models.Model):
    """A registration at the shop: its address carries ``token``, its deliveries are signed with ``key``.
    ``is_signed`` turns true at the first delivery with a valid signature; from then on one is demanded."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="webhooks")
    event = models.CharField(max_length=50)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    key = EncryptedJSONField(null=True, blank=True)
    remote_id = models.CharField(max_length=64, blank=True)
    is_signed = models.BooleanField(default=False)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("integration", "event"), name="one_webhook_per_event")]

    def __str__(self) -> str:
        return self.event


class ReferenceList(models.Model):
    """A list of the books (VAT codes, accounts, layouts, debtors), kept until it is refreshed."""

    administration = models.ForeignKey(Administration, on_delete=models.CASCADE, related_name="lists")
    kind = models.CharField(max_length=30)
    rows = models.JSONField(default=list)
    fetched_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("administration", "kind"), name="one_list_per_kind")]

    def __str__(self) -> str:
        return self.kind
