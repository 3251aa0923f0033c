"""The settings of an integration: every save is a new version, and a document names the version it was read with."""

from django.db import models

from .integration import Integration, User


class SettingsVersion(models.Model):
    """One saved state of the Configuration tab. ``general`` holds the settings file without its two tables."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="settings_versions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL)
    saved_at = models.DateTimeField(auto_now_add=True)
    general = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("integration", "number"), name="one_settings_version_per_number")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class VatSetting(models.Model):
    """VAT code and accounts for one country (or ICP, INTERNATIONAL, MARKETPLACE) and percentage."""

    version = models.ForeignKey(SettingsVersion, on_delete=models.CASCADE, related_name="vat_settings")
    country = models.CharField(max_length=13)
    rate = models.CharField(max_length=8)
    vat_code = models.CharField(max_length=64, blank=True)
    revenue = models.CharField(max_length=64, blank=True)
    shipping = models.CharField(max_length=64, blank=True)
    payment_costs = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("version", "country", "rate"), name="one_vat_setting_per_rate")]

    def __str__(self) -> str:
        return f"{self.country} {self.rate}%"


class PaymentMethodSetting(models.Model):
    """The fixed debtor and the clearing account of one payment method of the shop."""

    version = models.ForeignKey(
        SettingsVersion,
        on_delete=models.CASCADE,
        related_name="payment_method_settings",
    )
    method = models.CharField(max_length=100)
    debtor = models.CharField(max_length=64, blank=True)
    clearing_account = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("version", "method"), name="one_setting_per_payment_method")]

    def __str__(self) -> str:
        return self.method
