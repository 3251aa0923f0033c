"""What templates need beyond Django's own tags, and the product's name: the one place where it stands."""

from decimal import Decimal

from django import template
from django.conf import settings

from integrations import wording
from integrations.country_names import country_name
from integrations.models import Document
from integrations.money import to_cents
from integrations.problems import Problem

from .. import processing, stored_problems, waiting

PRODUCT = "Koppeling"

register = template.Library()
register.filter("country", country_name)
register.filter("money", wording.money)
register.filter("percentage", wording.percentage)
register.filter("day", wording.day)
register.filter("moment", wording.moment)
register.filter("sentence", waiting.sentence)
register.filter("why_not", processing.why_not)


@register.simple_tag
def product() -> str:
    return PRODUCT


@register.simple_tag
def demo_login() -> dict[str, str] | None:
    """What to log in with on the demo's first page."""
    if not settings.DEMO:
        return None
    return {"email": settings.DEMO_EMAIL, "password": settings.DEMO_PASSWORD}


@register.filter
def amount(text: str, currency: str = "EUR") -> str:
    """An amount as our own JSON has it, a text with a dot, written like ``money``."""
    return wording.money(to_cents(Decimal(text)), currency)


@register.filter
def problems(document: Document) -> list[Problem]:
    return stored_problems.problems_of(document.problems)
