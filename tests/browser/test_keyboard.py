"""The steps of the installation by the keyboard alone: Tab, Enter, Space and the arrows."""

import pytest
from playwright.sync_api import Page, expect

from integrations.models import User

from .conftest import OpenPage
from .market import Market, expect_step

pytestmark = pytest.mark.browser
MOST = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until one of these has the focus, which must show."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", selector
            return
    pytest.fail(f"Tab does not reach {selector}")


def press(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait for that."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_connecting_to_a_row_of_the_vat_table(open_page: OpenPage, market: Market, owner: User) -> None:
    shop = market.shop("Bakkerij De Krakeling")
    market.rompslomp("De Krakeling B.V.")
    page = open_page(owner, "/")
    page.goto(market.page_of(shop))
    press(page, "form[action$=install] button")
    tab_to(page, "[name=system]")
    page.keyboard.press("Space")
    tab_to(page, "[name=terms]")
    page.keyboard.press("Space")
    press(page, "main button.primary")
    expect_step(page, "books")
    press(page, "#step-books .connect")
    press(page, "[value=allow]")
    expect_step(page, "administration")
    tab_to(page, "[name=administration]")
    page.keyboard.press("Space")
    press(page, "#step-administration button.primary")
    expect_step(page, "settings")
    press(page, "#step-settings a.primary")
    tab_to(page, "[name=process]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=process]:checked")).to_have_value("invoices")
    press(page, "main button.primary")
    expect_step(page, "vat")
    press(page, "#step-vat a.primary")
    tab_to(page, "[name=row-0-revenue]")
    page.keyboard.type("webs")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[name=row-0-revenue]")).to_have_value("P2.3 Omzet • Webshop")
    page.keyboard.press("Enter")
    expect_step(page, "check")
