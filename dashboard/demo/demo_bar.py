"""The demo's bar on every page: the integrations there are, and the stand-ins' own pages for the one that is shown."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings

from accounting import settings_store
from accounting.connectors import SYSTEMS
from accounting.described import Text
from integrations.models import Integration, User
from webshop.webhooks import process_of

from ..access import integrations_of

BOOKS_PAGES = {"rompslomp": "/ledger/{id}/", "imuis": "/imuis/named/{name}/"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of the integrations: what is posted, where, and as what."""

    name: str
    licence_key: str
    system: str
    target: Text
    posts_invoices: bool


@dataclass(frozen=True, kw_only=True)
class Bar:
    choices: list[Choice]
    shop_page: str
    books_page: str


def demo_bar(user: User, integration: Integration) -> Bar:
    set_up = integrations_of(user).filter(settings__isnull=False).select_related("settings").order_by("id")
    return Bar(
        choices=[choice(one) for one in set_up[:20]],
        shop_page=f"{settings.SANDBOX_URL}/shop/{integration.shop_id}/",
        books_page=books_page(integration),
    )


def choice(integration: Integration) -> Choice:
    assert integration.settings is not None
    system, chosen = SYSTEMS[integration.accounting_system], settings_store.load(integration.settings)
    return Choice(
        name=integration.name,
        licence_key=integration.licence_key,
        system=system.label,
        target=system.target(chosen),
        posts_invoices=process_of(integration) == "invoices",
    )


def books_page(integration: Integration) -> str:
    """The administration at the stand-in; "" until there is one."""
    books = integration.administration
    page = BOOKS_PAGES.get(integration.accounting_system, "")
    if books is None or not page:
        return ""
    return settings.SANDBOX_URL + page.format(id=books.remote_id, name=quote(books.name, safe=""))
