"""What the demo starts with: four shops with a stand-in each, linked to stand-in books in the three ways that there
are, one of them with its payments, and somebody who may log in."""

from collections.abc import Callable
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings

from accounting import checking, settings_store
from integrations.models import Credential, Handshake, Integration, Member, User
from webshop import registration

from . import demo_books, demo_history
from .demo_books import Made, control


class Bakery(NamedTuple):
    """``link`` makes its books, connects them and gives the settings file for them."""

    shop: str
    books: str
    system: str
    link: Callable[[Integration, str], Made]


BAKERIES = (
    Bakery("Bakkerij De Gouden Krakeling", "Bakkerij De Gouden Krakeling B.V.", "rompslomp", demo_books.rompslomp),
    Bakery("Banketbakkerij Van der Meer", "Van der Meer Banket B.V.", "imuis", demo_books.king_entries),
    Bakery("Chocolaterie De Zoete Inval", "De Zoete Inval B.V.", "rompslomp", demo_books.rompslomp_with_payments),
    Bakery("Molenwinkel De Korenbloem", "Molen De Korenbloem V.O.F.", "imuis", demo_books.king_orders),
)


def make() -> None:
    """Make what is not there yet, also where an earlier version made less; what a person changed meanwhile is left
    alone."""
    user = person()
    control("PUT", "shops/app", {"url": settings.PUBLIC_URL, "secret": settings.CCVSHOP_APP_SECRET})
    shops = {shop["name"]: shop for shop in control("GET", "shops")["shops"]}
    for bakery in BAKERIES:
        shop = shops.get(bakery.shop) or control("POST", "shops", {"name": bakery.shop})
        if not Integration.objects.filter(shop_id=str(shop["id"]), settings__isnull=False).exists():
            link(user, shop, bakery)


def person() -> User:
    user, is_new = User.objects.get_or_create(
        username="demo", defaults={"email": settings.DEMO_EMAIL, "is_staff": True, "is_superuser": True}
    )
    if is_new:
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def link(user: User, shop: dict[str, Any], bakery: Bakery) -> None:
    """Link a shop to its books. What was begun and broken off before is begun again."""
    Integration.objects.filter(shop_id=str(shop["id"]), settings__isnull=True).delete()
    integration = Integration.objects.create(
        name=shop["name"], shop_id=str(shop["id"]), api_root=shop["api_root"], accounting_system=bakery.system
    )
    Member.objects.create(integration=integration, user=user)
    Handshake.objects.create(
        api_public=shop["public"],
        api_secret=shop["secret"],
        api_root=shop["api_root"],
        return_url=f"{settings.SANDBOX_URL}/shop/{shop['id']}/",
        integration=integration,
    )
    keys = {"public": shop["public"], "secret": shop["secret"]}
    Credential.objects.create(integration=integration, side=Credential.Side.SHOP, secret=keys)
    file = bakery.link(integration, bakery.books)
    ours = {"system": "ccvshop", "home_country": "NL"}
    settings_store.save(integration, {**file, "shop": {**ours, **file.get("shop", {})}, "line_names": "nl"}, user)
    checking.look_up(integration)


def register_webhooks() -> None:
    """Finish the installations once the web server answers, or repair them after the address has changed."""
    ours = [bakery.shop for bakery in BAKERIES]
    for integration in Integration.objects.filter(settings__isnull=False):
        if integration.status == Integration.Status.ACTIVE:
            registration.repair_webhooks(integration)
        elif integration.status == Integration.Status.INSTALLING and integration.name in ours:
            registration.finish(integration)


def give_a_past() -> None:
    """Orders of the last month, where there is nothing yet. It takes longer than somebody wants to wait."""
    ours = [bakery.shop for bakery in BAKERIES]
    made = Integration.objects.filter(name__in=ours, status=Integration.Status.ACTIVE).select_related("administration")
    demo_history.make(person(), list(made.order_by("id")))
