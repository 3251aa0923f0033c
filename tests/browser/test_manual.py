"""The manual in a browser: read by keyboard, found by address, and readable at every width."""

import pytest
from playwright.sync_api import Page

from integrations.models import Integration, User

from .conftest import OpenPage
from .looking import DESK, WIDTHS, look, look_without_scripts

pytestmark = pytest.mark.browser

WIDEST_LINE = 75  # characters of the text's own font, of which many are narrower than its 0


def is_open(page: Page, slug: str) -> bool:
    return bool(page.evaluate("(id) => document.getElementById(id).closest('details').open", slug))


@pytest.mark.rule("R15")
@pytest.mark.parametrize("has_scripts", [True, False])
def test_chapters_fold_by_keyboard(open_page: OpenPage, transactional_db: None, has_scripts: bool) -> None:
    page = open_page(None, "/help/", java_script_enabled=has_scripts)
    summary = page.locator("details.chapter > summary").nth(3)
    for _ in range(60):
        page.keyboard.press("Tab")
        if summary.evaluate("(one) => one === document.activeElement"):
            break
    content = page.locator("#vat")
    assert not content.is_visible()
    page.keyboard.press("Enter")
    assert content.is_visible()
    page.keyboard.press("Space")
    assert not content.is_visible()


@pytest.mark.rule("R15")
def test_an_address_with_a_chapter_unfolds_it(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(None, "/help/#questions")
    page.wait_for_function("document.getElementById('questions').closest('details').open")
    assert not is_open(page, "vat")
    page.locator(".side a", has_text="VAT table").click()
    page.wait_for_function("document.getElementById('vat').closest('details').open")


def test_what_is_searched_and_what_an_owner_asks_about(
    open_page: OpenPage, owner: User, integration: Integration
) -> None:
    page = open_page(owner, "/help/?q=btw-nummer", locale="nl-NL")
    look(page, "help-search", *WIDTHS)
    page.goto(f"/help/problems/vat_setting_missing/?key={integration.licence_key}")
    look(page, "help-problem-of-an-owner", *WIDTHS)


def test_lines_are_not_too_long_to_read(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(None, "/help/vat/", width=DESK)
    characters = page.evaluate(
        """() => { const text = document.querySelector(".prose p:not(.way)"), rule = document.createElement("span");
            rule.textContent = "0".repeat(100); rule.style.position = "absolute"; text.append(rule);
            const wide = text.clientWidth / rule.clientWidth * 100; rule.remove(); return wide; }"""
    )
    assert characters <= WIDEST_LINE


def test_a_problem_is_looked_up_without_scripts(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(None, "/help/", java_script_enabled=False)
    page.get_by_label("Search in the manual").fill("closed")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The period is closed").click()
    assert page.get_by_role("heading", level=1).inner_text() == "The period is closed"
    look_without_scripts(page, "help-problem-no-script")
