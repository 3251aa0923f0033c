"""Every page of the dashboard by axe, in light and dark, as a phone and as a desktop shows it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from integrations.models import Document, Integration, User

from .conftest import OpenPage

pytestmark = pytest.mark.browser

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
TABS = ("report", "errors", "open", "configuration", "profile", "search", "search/?q=2026", "search/?q=x", "install")
OWN = (
    "/profile/",
    "/install/",
    "/nothing-here",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/sessions/",
    "/account/logout/",
)
VISITOR = (
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/login/code/",
    "/account/login/?x#main",
)


def violations(page: object) -> list[str]:
    found = Axe().run(page, options=STANDARD).response["violations"]  # type: ignore[arg-type]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_the_pages_of_an_integration(
    open_page: OpenPage, owner: User, integration: Integration, scheme: str, width: int
) -> None:
    key = integration.licence_key
    addresses = [f"/{key}/{tab}/" if "?" not in tab else f"/{key}/{tab}" for tab in TABS]
    addresses += [f"/documents/{pk}/" for pk in Document.objects.values_list("pk", flat=True)]
    page = open_page(owner, addresses[0], width=width, color_scheme=scheme)
    for address in addresses:
        page.goto(address)
        page.locator("details:not(.menu)").evaluate_all("all => all.forEach(one => { one.open = true; })")
        assert violations(page) == [], address
        assert page.locator("h1").count() == 1, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_menus(
    open_page: OpenPage, owner: User, integration: Integration, scheme: str
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/", width=360, color_scheme=scheme)
    for menu in page.locator(".menu > summary").all():
        menu.click()
        assert violations(page) == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_an_account(open_page: OpenPage, owner: User, scheme: str) -> None:
    page = open_page(owner, "/", width=360, color_scheme=scheme)
    for address in ("/", *OWN):
        page.goto(address)
        assert violations(page) == [], address
        assert page.locator("h1").count() == 1, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_what_a_visitor_sees(open_page: OpenPage, transactional_db: None, scheme: str) -> None:
    page = open_page(None, "/account/login/", width=360, color_scheme=scheme)
    for address in VISITOR:
        page.goto(address)
        assert violations(page) == [], address
        assert page.locator("h1").count() == 1, address
