"""What templates need beyond Django's own tags, and the product's name: the one place where it stands."""

from decimal import Decimal

from django import template
from django.conf import settings

from integrations import wording
from integrations.country_names import country_name
from integrations.models import Document
from integrations.money import to_cents
from integrations.problems import Problem

from ..documents import shop_changes
from ..errors import missing_setting, processing, stored_problems
from ..history import price as history_price
from ..lists import find, waiting
from ..payments import payment_acts, payments

PRODUCT = "Koppeling"

register = template.Library()
register.filter("country", country_name)
register.filter("money", wording.money)
register.filter("percentage", wording.percentage)
register.filter("day", wording.day)
register.filter("method_name", wording.method_name)
register.filter("moment", wording.moment)
register.filter("sentence", waiting.sentence)
register.filter("shop_changes", shop_changes.shop_changes)
register.filter("known", processing.known)
register.filter("why_not", processing.why_not)
register.filter("where", find.where)
register.filter("posts_payments", payments.are_posted)
register.filter("may_have_payments", payments.may_have_payments)
register.filter("shows_payments", payments.are_shown)
register.filter("payment_sentence", payments.sentence)
register.filter("payment_night", payments.night)
register.filter("why_not_payment", payment_acts.why_not)
register.filter("why_not_skip_payment", payment_acts.why_not_skip)
register.simple_tag(payments.price, name="payments_price")
register.simple_tag(history_price, name="history_price")
register.filter("why_not_in_general", processing.why_not_in_general)
register.filter("why_not_skip", processing.why_not_skip)
register.filter("may_unskip", processing.may_unskip)
register.filter("setting_link", missing_setting.link)


@register.simple_tag
def product() -> str:
    return PRODUCT


@register.simple_tag
def support_email() -> str:
    """Where people can write to who can't ask us here; "" when there is no such address."""
    address: str = settings.SUPPORT_EMAIL
    return address


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
def of_tab(counts: dict[str, int], tab: str) -> int:
    return counts.get(tab, 0)


@register.filter
def problems(document: Document) -> list[Problem]:
    return stored_problems.problems_of(document.problems)
