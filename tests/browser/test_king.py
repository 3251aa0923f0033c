"""King / iMUIS on the screens: installed by clicks, set up, and in the demo."""

import json

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from integrations.models import Document, Handshake, Integration, Member, State, User
from tests.conftest import Sandbox
from tests.king import King, king_settings, link_king
from tests.linked import control
from webshop import registration, tasks

from .conftest import OpenPage
from .test_accessibility import violations

pytestmark = pytest.mark.browser

CODE = "9381240077"


@pytest.fixture
def king(sandbox: Sandbox, owner: User, settings: object) -> King:
    """One that posts invoices as entries, in the demo."""
    sandbox.reset()
    settings.DEMO, settings.SANDBOX_URL = True, sandbox.url  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = "tests.dashboard.test_demo"  # type: ignore[attr-defined]
    linked = link_king(sandbox.url)
    linked.process("invoices")
    Member.objects.create(integration=linked.integration, user=owner)
    return linked


def beginner(king: King, owner: User) -> Integration:
    """A second shop, whose owner has just chosen King."""
    shop = control(king.url, "POST", "shops", {"name": "Taarterij Zoet & Zo"})
    given = {"api_public": shop["public"], "api_secret": shop["secret"], "api_root": shop["api_root"]}
    return registration.attach(Handshake.objects.create(**given), owner, "imuis")


def test_a_shop_owner_installs_king_with_an_environment_code(
    open_page: OpenPage, sandbox: Sandbox, live_server: object, owner: User, settings: object
) -> None:
    sandbox.reset()
    settings.PUBLIC_URL = live_server.url  # type: ignore[attr-defined]
    shop = control(sandbox.url, "POST", "shops", {"name": "Banketbakkerij Van der Meer"})
    app = {"url": live_server.url, "secret": django_settings.CCVSHOP_APP_SECRET}  # type: ignore[attr-defined]
    control(sandbox.url, "PUT", "shops/app", app)
    books = control(sandbox.url, "POST", "imuis/administrations", {"name": "Van der Meer Banket B.V.", "code": CODE})

    page = open_page(owner, "/", locale="nl-NL")
    page.goto(f"{sandbox.url}/shop/{shop['id']}/")
    page.get_by_role("button", name="Install App").click()
    page.get_by_label("King / iMUIS").check()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Omgevingscode").fill("1")
    page.get_by_role("button", name="Koppelen").first.click()
    expect(page.get_by_role("status")).to_contain_text("King / iMUIS weigert de omgevingscode")
    page.get_by_label("Omgevingscode").fill(CODE)
    page.get_by_role("button", name="Koppelen").first.click()
    file = king_settings(books, target="order")  # without the percentage of before 2019, whose code is blocked
    file["vat"] = [row for row in file["vat"] if (row["country"], row["rate"]) != ("NL", "6")]
    page.locator("#step-settings summary").last.click()
    page.locator("textarea").fill(json.dumps(file))
    page.locator("#step-settings button[type=submit]").click()
    page.locator("#step-check button.primary").click()
    page.locator("#step-finish button.primary").click()
    expect(page.get_by_role("heading", name="Geïnstalleerd")).to_be_visible()
    assert CODE not in page.content()

    integration = Integration.objects.get()
    order = control(sandbox.url, "POST", f"shops/{shop['id']}/orders/kind", {"kind": "simple"})
    control(sandbox.url, "POST", f"shops/{shop['id']}/deliveries/wait", {"seconds": 10})
    assert integration.administration_id
    tasks.work(integration.administration_id)
    assert Document.objects.get(number=order["number"]).state == State.PROCESSED


def test_the_demo_makes_an_order_an_invoice_and_a_credit_note(open_page: OpenPage, owner: User, king: King) -> None:
    page = open_page(owner, f"/{king.integration.licence_key}/report/", width=390)
    page.get_by_role("button", name="Place an order").click()
    expect(page.get_by_role("status")).to_contain_text("Now make its invoice")
    page.get_by_role("button", name="Make an invoice").click()
    expect(page.get_by_role("status")).to_contain_text("An invoice was made")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Stand-in books").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Boeken")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_the_pages_of_king(
    open_page: OpenPage, owner: User, king: King, scheme: str, width: int
) -> None:
    key, new = king.integration.licence_key, beginner(king, owner).licence_key
    page = open_page(owner, f"/{key}/configuration/", width=width, color_scheme=scheme)
    for target in ("entry", "order"):
        king.configure(accounting={"target": target, "item_group": "28", "journal": "77"})
        page.goto(f"/{key}/configuration/")
        page.get_by_role("button", name="Run the self-test").click()
        expect(page.get_by_text("not right").first).to_be_visible()
        assert violations(page) == []
        page.goto(f"/{key}/configuration/")
        page.locator("details:not(.menu)").evaluate_all("all => all.forEach(one => { one.open = true; })")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"/{new}/install/")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
