"""What the demo starts with: a bakery with a stand-in shop, linked to stand-in books, and somebody who may log in."""

from typing import Any

import requests
from allauth.account.models import EmailAddress
from django.conf import settings

from accounting import settings_store
from integrations.models import Credential, Handshake, Integration, Member, User
from webshop import registration

SHOP = "Bakkerij De Gouden Krakeling"
RATES = ("NL 21", "NL 9", "NL 0", "BE 21", "BE 6", "DE 19", "DE 7", "FR 20", "FR 5.5")


def make() -> None:
    """Make what is not there yet; what a person changed meanwhile is left alone."""
    user = person()
    if Integration.objects.exists():
        return
    app = {"url": settings.PUBLIC_URL, "secret": settings.CCVSHOP_APP_SECRET}
    control("PUT", "shops/app", app)
    client = {"client_id": settings.ROMPSLOMP_CLIENT_ID, "client_secret": settings.ROMPSLOMP_CLIENT_SECRET}
    control("POST", "ledger/clients", {**client, "redirect_uri": f"{settings.PUBLIC_URL}/rompslomp/callback"})
    shop = control("POST", "shops", {"name": SHOP})
    books = control("POST", "ledger/companies", {"preset": "bakery", "with_token": True})
    link(user, shop, books)


def person() -> User:
    user, is_new = User.objects.get_or_create(
        username="demo", defaults={"email": settings.DEMO_EMAIL, "is_staff": True, "is_superuser": True}
    )
    if is_new:
        user.set_password(settings.DEMO_PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def link(user: User, shop: dict[str, Any], books: dict[str, Any]) -> None:
    integration = Integration.objects.create(
        name=shop["name"], shop_id=str(shop["id"]), api_root=shop["api_root"], accounting_system="rompslomp"
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
    token = {"access_token": books["token"]["access_token"]}
    Credential.objects.create(integration=integration, side=Credential.Side.BOOKS, secret=token)
    company = books["company"]
    settings_store.administration("rompslomp", str(company["id"]), company["name"])
    settings_store.save(integration, settings_file(books), user)


def settings_file(books: dict[str, Any]) -> dict[str, Any]:
    """Settings for the countries a bakery would sell to. One from elsewhere shows what a missing one looks like."""
    vat, revenue = books["vat"], {name: str(account) for name, account in books["revenue"].items()}
    rows = [
        {"country": key.split()[0], "rate": key.split()[1], "vat_code": str(vat[key]), "revenue": revenue["webshop"]}
        for key in RATES
    ]
    for country, code, account in (
        ("ICP", "reverse", "eu"),
        ("INTERNATIONAL", "none", "export"),
        ("MARKETPLACE", "none", "export"),
    ):
        rows.append({"country": country, "rate": "0", "vat_code": str(vat[code]), "revenue": revenue[account]})
    return {
        "shop": {"system": "ccvshop", "home_country": "NL"},
        "accounting": {
            "system": "rompslomp",
            "administration": str(books["company"]["id"]),
            "layout": str(books["templates"][0]),
            "rounding_account": revenue["rounding"],
        },
        "line_names": "nl",
        "vat": [{**row, "shipping": revenue["shipping"], "payment_costs": revenue["payment_costs"]} for row in rows],
    }


def register_webhooks() -> None:
    """Finish the installation once the web server answers, or repair it after the address has changed."""
    for integration in Integration.objects.filter(accounting_system="rompslomp"):
        if integration.status == Integration.Status.INSTALLING:
            registration.finish(integration)
        elif integration.status == Integration.Status.ACTIVE:
            registration.repair_webhooks(integration)


def control(method: str, path: str, body: dict[str, Any]) -> Any:
    """Call the control path of the stand-ins."""
    answer = requests.request(method, f"{settings.SANDBOX_URL}/_sandbox/{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()
