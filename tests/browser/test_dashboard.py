"""The dashboard as a person uses it, with JavaScript and without."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from integrations.models import Delivery, Integration, State, User
from tests.dashboard.world import a_document

from .conftest import OpenPage
from .looking import PHONE, look

pytestmark = pytest.mark.browser


def test_a_new_posting_appears_on_report_by_itself(open_page: OpenPage, owner: User, integration: Integration) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/")
    expect(page.locator("#count-report")).to_have_text("1")
    a_document(integration, "2026-3001", State.PROCESSED, changed_at=timezone.now())
    expect(page.get_by_role("link", name="2026-3001")).to_be_visible(timeout=8000)
    expect(page.locator("#count-report")).to_have_text("2")
    expect(page.locator("#list tbody tr").first).to_contain_text("2026-3001")


def test_a_ticked_row_stays_ticked_and_keeps_the_focus_while_the_list_refreshes(
    open_page: OpenPage, owner: User, integration: Integration
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/errors/")
    box = page.get_by_role("checkbox", name="Choose 2026-1002")
    box.check()
    a_document(integration, "2026-3002", State.ERROR)
    expect(page.get_by_role("heading", name="2026-3002")).to_be_visible(timeout=8000)
    expect(box).to_be_checked()
    expect(box).to_be_focused()


@pytest.mark.rule("R395")
@pytest.mark.parametrize("javascript", [True, False])
def test_an_error_is_processed_from_its_page(
    open_page: OpenPage, owner: User, integration: Integration, *, javascript: bool
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/errors/", width=360, java_script_enabled=javascript)
    page.get_by_role("link", name="More info 2026-1002").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Order 2026-1002")
    page.get_by_role("button", name="Process").click()
    expect(page.get_by_role("status")).to_contain_text("1 document is processed now.")
    assert Delivery.objects.filter(integration=integration, event="process").count() == 1


def test_the_licence_key_is_copied(open_page: OpenPage, owner: User, integration: Integration) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy licence key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == integration.licence_key


def test_the_keyboard_alone_leads_to_the_content_and_out_of_a_menu(
    open_page: OpenPage, owner: User, integration: Integration
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    account = page.locator(".account > summary")
    account.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(account).to_be_focused()


def test_the_colours_are_chosen_and_kept(open_page: OpenPage, owner: User, integration: Integration) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/", color_scheme="light")
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 28)"


def test_a_person_logs_in_and_out(open_page: OpenPage, owner: User, integration: Integration) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    page = open_page(None, f"/{integration.licence_key}/open/")
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password", exact=True).fill("correct horse battery staple")
    page.get_by_role("button", name="Sign In", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open")
    page.locator(".account > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/account/login/"))


def test_the_open_menus_are_well_made(open_page: OpenPage, owner: User, integration: Integration) -> None:
    page = open_page(owner, f"/{integration.licence_key}/report/", width=PHONE)
    for number, menu in enumerate(page.locator(".menu > summary").all()):
        menu.click()
        look(page, f"menu-{number}")
        page.keyboard.press("Escape")
