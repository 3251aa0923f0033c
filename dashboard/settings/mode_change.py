"""What becomes of orders and invoices when what is posted changes, what they become in the books, or from which day;
told before the settings are saved."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext, ngettext

from accounting.described import Text
from integrations import wording
from integrations.models import Document, Integration, State
from integrations.settings_file import Settings
from webshop.webhooks import process_of


def changed_mode(integration: Integration, new: Settings) -> str:
    """``orders`` or ``invoices`` when these settings would change what is posted, else ""."""
    mode = new.shop.process
    return "" if mode == process_of(integration) else mode


def consequences(integration: Integration, mode: str) -> Iterator[str]:
    """What happens once ``mode`` is in use, one sentence each."""
    yield from _to_invoices(integration) if mode == "invoices" else _to_orders(integration)
    yield gettext("Whatever you choose, nothing that was posted is posted again.")


def consequences_of_target(target: Text) -> Iterator[str]:
    """What happens once documents become something else in the books, one sentence each."""
    yield gettext("From now on documents become %(target)s. Those that are waiting do too.") % {"target": target}
    yield gettext("What was posted stays in the books as it is, and is not posted again.")


def consequences_of_start(old: date, new: date) -> Iterator[str]:
    """What happens once the start date is earlier."""
    if new < old:
        text = gettext(
            "What is dated from %(new)s on was left out until now, and is posted once the shop reports it again or you "
            "press Process. Make sure that none of it is in the books already."
        )
        yield text % {"new": wording.day(new)}


def _to_invoices(integration: Integration) -> Iterator[str]:
    count = _waiting(integration, Document.Kind.ORDER)
    if count:
        yield ngettext(
            "%(count)d order that is paid and waiting is still posted as an order.",
            "%(count)d orders that are paid and waiting are still posted as orders.",
            count,
        ) % {"count": count}
    yield gettext("From now on every invoice that the shop makes is posted, debit and credit, paid or not.")
    yield gettext(
        "The first debit invoice of an order that was posted is skipped. Its credit notes and further invoices are "
        "posted."
    )
    yield gettext("Other orders are not posted any more: their invoices are, as soon as the shop makes them.")


def _to_orders(integration: Integration) -> Iterator[str]:
    count = _waiting(integration, Document.Kind.INVOICE)
    if count:
        yield ngettext(
            "%(count)d invoice that is waiting is still posted as an invoice.",
            "%(count)d invoices that are waiting are still posted as invoices.",
            count,
        ) % {"count": count}
    yield gettext("From now on every order is posted once the shop reports that it is paid.")
    yield gettext("New invoices are not posted, credit notes neither.")
    yield gettext("An order whose first debit invoice was posted is skipped.")
    yield gettext(
        "An order that was paid before this change is looked at when the shop next reports something about it, or when "
        "you press Process."
    )


def _waiting(integration: Integration, kind: str) -> int:
    return Document.objects.filter(integration=integration, kind=kind, state=State.QUEUED).count()
