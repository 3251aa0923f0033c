"""The steps of the installation, and what is stuck, by the keyboard alone: Tab, Enter, Space and the arrows."""

import pytest
from playwright.sync_api import Page, expect

from integrations.models import User
from tests.linked import Linked

from .abroad import sell, work
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


def test_from_what_is_stuck_to_a_group_that_is_processed_and_a_problem_that_is_reported(
    open_page: OpenPage, abroad: Linked, owner: User
) -> None:
    sell(abroad, 19)
    sell(abroad, 19, 7)
    page = open_page(owner, f"/{abroad.integration.licence_key}/report/")
    press(page, ".tabs a[href$='/errors/']")
    tab_to(page, ".groups [name$=vat_code]")
    page.keyboard.press("Control+A")
    page.keyboard.type("DE 19")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".groups [name$=vat_code]")).to_have_value("DE 19%")
    press(page, ".groups .fill button.primary")
    expect(page.get_by_role("heading", level=1)).to_have_text("Processing")
    tab_to(page, "#refresh-run")
    work(abroad)
    expect(page.locator("#run")).to_contain_text("1 of 2 done, 1 stuck again.")
    press(page, "#run a.button")
    tab_to(page, ".cards .pick input")
    page.keyboard.press("Space")
    sell(abroad, 20)
    expect(page.locator("#count-errors")).to_have_text("2", timeout=8000)
    expect(page.locator(".cards .pick input").first).to_be_checked()
    expect(page.locator(".cards .pick input").first).to_be_focused()
    press(page, ".cards a.report")
    tab_to(page, "textarea")
    page.keyboard.type("I have no customers in Germany.")
    press(page, "main button.report")
    expect(page.get_by_text("Reported as ticket")).to_be_visible()
