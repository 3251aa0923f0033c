"""The VAT number of an intra-Community customer, as VIES knows it; the answer is kept as evidence."""

from datetime import timedelta

from django.utils import timezone

from integrations import vies
from integrations.models import Integration, VatCheck
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.timeline import Timeline
from integrations.vat import VatNumber, vat_number

LASTS = timedelta(days=1)


def is_valid(sold: SalesDocument, settings: Settings, timeline: Timeline) -> bool | None:
    """What VIES says, from the last day if it was asked then; None when there is nothing to ask. Raises
    ``Temporary`` while VIES is out of reach, so that nothing is ever taken for valid."""
    number = vat_number(sold.customer.vat_number, sold.customer.billing.country) if sold.is_icp else None
    if number is None:
        return None
    check = _last_check(timeline.integration, number) or _asked(number, settings, timeline)
    timeline.add("vies", is_valid=check.is_valid, consultation_number=check.consultation_number)
    return check.is_valid


def _last_check(integration: Integration, number: VatNumber) -> VatCheck | None:
    recent = timezone.now() - LASTS
    return VatCheck.objects.filter(integration=integration, number=number.number, checked_at__gt=recent).first()


def _asked(number: VatNumber, settings: Settings, timeline: Timeline) -> VatCheck:
    requester = (settings.shop.home_country, timeline.integration.vat_number)
    answer = vies.check(number.country, number.number, requester, record=timeline.call)
    check, _ = VatCheck.objects.update_or_create(
        integration=timeline.integration,
        number=number.number,
        defaults={
            "is_valid": answer.is_valid,
            "consultation_number": answer.consultation_number,
            "checked_at": answer.checked_at,
        },
    )
    return check
