"""Whether payments are posted: owners ask for it, support staff turn it on and off, and no file of an owner does."""

from typing import Any

from django.db import transaction
from django.db.models.fields.json import KT
from django.utils.translation import gettext

from accounting import settings_store
from integrations.models import Document, Integration, SettingsVersion, Ticket, User
from integrations.payment_methods import clearing_account
from integrations.settings_file import method_key

from ..frame import books_name
from ..people.unasked import note
from ..tickets import tickets
from ..tickets.tickets import Said
from .payments import OFF, are_posted, may_have_payments, price

LATEST = 500  # documents whose payment methods count as being in use


def ask(integration: Integration, user: User) -> tuple[Ticket, bool]:
    """The ticket that asks for payments, and whether it was there already. Raises ``TooMuch``."""
    there = tickets.open_about(integration, OFF)
    if there is not None:
        return there, True
    books = {"books": books_name(integration)}
    subject = gettext("Posting payments to %(books)s") % books
    text = gettext("Please switch on the posting of payments to %(books)s for this integration.") % books
    if price():
        said = gettext("I saw that this costs %(price)s a month, excl. VAT.") % {"price": price()}
        text = f"{text} {said}"
    return tickets.report(integration, OFF, [], Said(user=user, text=text), subject)


def kept(integration: Integration, file: Any) -> tuple[Any, str]:
    """A settings file with payments as they are in use, and words for who wanted them otherwise."""
    present = bool(settings_store.current_file(integration).get("payments"))
    if not isinstance(file, dict) or file.get("payments", False) is present:
        return file, ""
    words = (
        gettext("Payments stay switched on: only our support staff switch them off.")
        if present
        else gettext("Payments stay switched off: only our support staff switch them on, when you ask for it.")
    )
    return {**file, "payments": present}, words if may_have_payments(integration) else ""


def without_account(integration: Integration) -> list[str]:
    """The payment methods, of the settings and of the documents that came last, that have no clearing account."""
    used = Document.objects.filter(integration=integration, mapped__isnull=False).order_by("-id")
    named = used.annotate(method=KT("mapped__payment_method")).values_list("method", flat=True)[:LATEST]
    now = settings_store.current(integration)
    methods = {method_key(row.method) for row in now.payment_methods} | {method for method in named if method}
    return sorted(method for method in methods if not clearing_account(method, now))


def switch(integration: Integration, user: User, *, is_on: bool) -> SettingsVersion | None:
    """Turn payments on or off in a new version of the settings; None where that changes nothing."""
    with transaction.atomic():
        now = Integration.objects.select_for_update(no_key=True).get(pk=integration.pk)
        if now.settings is None or not may_have_payments(now) or are_posted(now) == is_on:
            return None
        version = settings_store.save(now, {**settings_store.current_file(now), "payments": is_on}, user)
        note(now, "payments_on" if is_on else "payments_off", user, version=version.number)
    return version
