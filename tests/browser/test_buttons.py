"""The buttons of the tabs, one after the other by clicks, against the stand-in shop and books; with JavaScript and
without. Those of tickets, members, e-mails and the search box have files of their own."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations.models import Delivery, Integration, Reversal, State, Ticket, User
from tests.dashboard.world import a_document
from tests.linked import Linked

from .abroad import sell, work
from .conftest import OpenPage
from .looking import WIDTHS, look, look_without_scripts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Tabs").get_by_role("link", name=re.compile(f"^{name}")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def seen(page: Page, name: str, *, scripts: bool) -> None:
    if scripts:
        look(page, name, *WIDTHS)
    else:
        look_without_scripts(page, f"{name}-plain")


@SCRIPTS
@pytest.mark.rule("R68", "R393", "R394", "R395", "R406", "R409")
def test_a_group_that_is_stuck_is_healed_and_stands_on_report(
    open_page: OpenPage, abroad: Linked, owner: User, scripts: bool
) -> None:
    first, _second, other = sell(abroad, 19), sell(abroad, 19), sell(abroad, 19, 7)
    address = f"/{abroad.integration.licence_key}/report/"
    may = ["clipboard-read", "clipboard-write"]
    page = open_page(owner, address, java_script_enabled=scripts, permissions=may)
    tab(page, "Errors")
    page.get_by_role("link", name=f"More info {first.number}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {first.number}")
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    tab(page, "Errors")
    card = page.locator(".groups > li", has_text="19%")
    expect(card).to_contain_text("3 documents")
    fill(card.get_by_label("VAT code"), "nothing like this")
    card.get_by_role("button", name="Save and process").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    fill(page.get_by_label("VAT code"), "DE 19%")
    page.get_by_role("button", name="Save and process").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Processing")
    expect(page.locator("#run")).to_contain_text("0 of 3 documents done.")
    seen(page, "run-going", scripts=scripts)
    work(abroad)
    if not scripts:
        page.get_by_role("link", name="Refresh the progress").click()
    expect(page.locator("#run")).to_contain_text("2 of 3 done, 1 stuck again.")
    page.get_by_role("link", name="To Report").click()
    row = page.get_by_role("row").filter(has_text=first.number)
    first.refresh_from_db()
    expect(row.locator(".ledger strong")).to_have_text(first.ledger_number)
    expect(row.locator(".ledger code")).to_have_text(first.ledger_id)
    copy = row.get_by_role("button", name="Copy the id in the books")
    expect(copy).to_be_visible(visible=scripts)
    if scripts:
        copy.click()
        expect(row.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == first.ledger_id
    with page.expect_popup() as opened:
        row.get_by_role("link", name="Open in the books").click()
    assert first.ledger_id in opened.value.url
    tab(page, "Errors")
    page.get_by_role("link", name=f"More info {other.number}").click()
    expect(page.locator(".problem .what")).to_contain_text("7%")
    assert len(abroad.ledger()) == 2


def fill(field: Locator, words: str) -> None:
    field.fill(words)
    field.press("Escape")


@SCRIPTS
@pytest.mark.rule("R395")
def test_a_posting_is_undone_skipped_taken_back_and_processed_again(
    open_page: OpenPage, abroad: Linked, owner: User, scripts: bool
) -> None:
    document = abroad.post()
    page = open_page(owner, f"/{abroad.integration.licence_key}/report/", java_script_enabled=scripts)
    page.get_by_role("link", name=document.number, exact=True).click()
    page.get_by_role("link", name="Undo the posting").click()
    expect(page.get_by_role("table", name="Lines of the counter-entry")).to_be_visible()
    page.get_by_label("Why is it taken back?").fill("Wrong customer")
    page.get_by_role("button", name="Undo the posting").click()
    expect(page.get_by_role("status")).to_contain_text("The posting is being taken back.")
    assert Reversal.objects.get().outcome == Reversal.Outcome.PENDING
    work(abroad)
    if not scripts:
        page.reload()
    expect(page.get_by_text("was taken back by a counter-entry")).to_be_visible()
    seen(page, "document-undone", scripts=scripts)
    page.get_by_role("link", name="Skip", exact=True).click()
    page.get_by_label("Why is it skipped?").fill("Entered by hand")
    page.get_by_role("button", name="Skip", exact=True).click()
    page.goto(f"/documents/{document.pk}/")
    expect(page.locator(".state")).to_contain_text("Skipped")
    page.get_by_role("button", name="No longer skip it").click()
    page.goto(f"/documents/{document.pk}/")
    page.get_by_role("button", name="Process", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 document is processed now.")
    work(abroad)
    document.refresh_from_db()
    assert (document.state, len(abroad.ledger())) == (State.PROCESSED, 3)
    tab(page, "Report")
    expect(page.locator(".ledger strong")).to_have_text(document.ledger_number)


@SCRIPTS
@pytest.mark.rule("R67", "R396", "R407", "R408")
def test_a_second_report_of_a_group_joins_the_first(
    open_page: OpenPage, abroad: Linked, owner: User, scripts: bool
) -> None:
    _first, second = sell(abroad, 19), sell(abroad, 19)
    page = open_page(owner, f"/{abroad.integration.licence_key}/errors/", java_script_enabled=scripts)
    page.locator(".groups").get_by_role("link", name="Report problem").click()
    expect(page.get_by_text("2 documents are stuck on this.")).to_be_visible()
    page.locator("#sent summary").click()
    expect(page.get_by_text('"vat_setting_missing"').first).to_be_visible()
    seen(page, "ticket-report", scripts=scripts)
    page.get_by_label("In your own words").fill("I have no customers in Germany.")
    page.get_by_role("button", name="Report problem").click()
    expect(page.get_by_text("Reported as ticket")).to_be_visible()
    seen(page, "ticket-reported", scripts=scripts)
    tab(page, "Errors")
    page.get_by_role("link", name=f"More info {second.number}").click()
    page.get_by_role("link", name="Report problem").click()
    expect(page.get_by_text("This is reported already")).to_be_visible()
    page.get_by_label("In your own words").fill("And here is another.")
    page.get_by_role("button", name="Report problem").click()
    expect(page.get_by_text("And here is another.")).to_be_visible()
    assert Ticket.objects.get().messages.count() == 2


@SCRIPTS
@pytest.mark.rule("R395", "R404")
def test_chosen_errors_of_a_period_are_processed(
    open_page: OpenPage, owner: User, integration: Integration, scripts: bool
) -> None:
    a_document(integration, "2026-3003", State.ERROR)
    page = open_page(owner, f"/{integration.licence_key}/errors/", java_script_enabled=scripts)
    page.locator(".filters > summary").click()
    page.get_by_label("Period").select_option(index=1)
    page.get_by_role("button", name="Apply the filters").click()
    expect(page.locator(".chips")).to_be_visible()
    page.get_by_role("link", name="Remove all filters").click()
    if scripts:
        page.get_by_label("Choose all on this page").check()
    else:
        for number in ("2026-1002", "2026-3003"):
            page.get_by_role("checkbox", name=f"Choose {number}").check()
    page.get_by_role("button", name="Process the chosen ones").click()
    expect(page.get_by_role("status")).to_contain_text("2 documents are processed now.")
    assert Delivery.objects.filter(event="process").count() == 2


@SCRIPTS
@pytest.mark.rule("R400", "R402")
def test_the_integration_is_stopped_on_profile(open_page: OpenPage, abroad: Linked, owner: User, scripts: bool) -> None:
    page = open_page(owner, f"/{abroad.integration.licence_key}/report/", java_script_enabled=scripts)
    tab(page, "Profile")
    expect(page.locator("#invoices")).to_contain_text("There are no invoices yet.")
    page.get_by_role("link", name="Stop this integration").click()
    expect(page.get_by_text("Nothing is posted to Rompslomp any more, starting now.")).to_be_visible()
    page.get_by_role("button", name="Stop this integration").click()
    expect(page.get_by_role("heading", name="This integration is stopped")).to_be_visible()
    assert not abroad.integration.credentials.exists()
