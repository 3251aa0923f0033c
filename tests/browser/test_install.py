"""From the App Store of the stand-in shop to the first posting, by clicks alone."""

import json

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from accounting.rompslomp import oauth
from integrations.models import Document, Integration, State, User
from tests.conftest import Sandbox
from tests.dashboard.test_wizard import settings_of
from tests.linked import control
from webshop import tasks

from .conftest import OpenPage

pytestmark = pytest.mark.browser


def test_a_shop_owner_installs_the_app_and_an_order_arrives(
    open_page: OpenPage, sandbox: Sandbox, live_server: object, owner: User, settings: object
) -> None:
    sandbox.reset()
    settings.PUBLIC_URL = live_server.url  # type: ignore[attr-defined]
    settings.ROMPSLOMP_CLIENT_ID, settings.ROMPSLOMP_CLIENT_SECRET = "demo", "demo"  # type: ignore[attr-defined]
    directives = django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    policy = {"DIRECTIVES": {**directives, "form-action": ["'self'", sandbox.url]}}
    settings.CONTENT_SECURITY_POLICY = policy  # type: ignore[attr-defined]
    shop = control(sandbox.url, "POST", "shops", {"name": "Bakkerij De Krakeling"})
    app = {"url": live_server.url, "secret": django_settings.CCVSHOP_APP_SECRET}  # type: ignore[attr-defined]
    control(sandbox.url, "PUT", "shops/app", app)
    books = control(sandbox.url, "POST", "ledger/companies", {"name": "De Krakeling B.V."})
    control(sandbox.url, "POST", "ledger/users", {"email": "eigenaar@krakeling.example"})
    client = {"client_id": "demo", "client_secret": "demo", "redirect_uri": oauth.redirect_uri()}
    control(sandbox.url, "POST", "ledger/clients", client)

    page = open_page(owner, "/", locale="nl-NL")
    page.goto(f"{sandbox.url}/shop/{shop['id']}/")
    page.get_by_role("button", name="Install App").click()
    page.get_by_label("Rompslomp").check()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Koppelen").first.click()
    page.get_by_role("button", name="Toestaan").click()
    page.get_by_label("De Krakeling B.V.").check()
    page.locator("#step-administration button.primary").click()
    page.locator("#step-settings summary").click()
    page.locator("textarea").fill(json.dumps(settings_of(books)))
    page.locator("#step-settings button[type=submit]").click()
    page.locator("#step-check button.primary").click()
    page.locator("#step-finish button.primary").click()
    expect(page.get_by_role("heading", name="Geïnstalleerd")).to_be_visible()

    integration = Integration.objects.get()
    assert integration.status == Integration.Status.ACTIVE
    order = control(sandbox.url, "POST", f"shops/{shop['id']}/orders/kind", {"kind": "simple"})
    control(sandbox.url, "POST", f"shops/{shop['id']}/deliveries/wait", {"seconds": 10})
    assert integration.administration_id
    tasks.work(integration.administration_id)
    assert Document.objects.get(number=order["number"]).state == State.PROCESSED
    page.get_by_role("link", name="Naar Rapport").click()
    expect(page.get_by_text(order["number"])).to_be_visible()
