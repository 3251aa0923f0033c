"""Ask us and Report problem in a browser: with and without scripts, and what the e-mails look like."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dashboard.mails import mail
from integrations.models import Integration, Ticket, TicketMessage, User

from .conftest import OpenPage
from .looking import DESK, WIDTHS, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticket(integration: Integration, owner: User) -> Ticket:
    made = Ticket.objects.create(integration=integration, user=owner, subject="Two books", changed_at=timezone.now())
    TicketMessage.objects.create(ticket=made, user=owner, text="Can I post to two books?\n\nI have two shops.")
    TicketMessage.objects.create(ticket=made, is_staff=True, text="Yes: install the app in both.")
    return made


@pytest.mark.rule("R411")
@pytest.mark.parametrize("scripts", [True, False])
def test_asking_from_any_page(open_page: OpenPage, integration: Integration, owner: User, scripts: bool) -> None:
    page = open_page(owner, f"/{integration.licence_key}/open/", java_script_enabled=scripts)
    page.get_by_role("link", name="Ask us").click()
    number = page.get_by_label("Number of the order or invoice")
    expect(number).to_be_visible(visible=not scripts)
    page.get_by_role("radio", name="An order or invoice is missing").check()
    expect(number).to_be_visible()
    if scripts:
        look(page, "ticket-ask", *WIDTHS)
    number.fill("2026-77")
    page.get_by_label("Date", exact=True).fill("2026-11-03")
    page.get_by_label("Subject").fill("Where is it?")
    page.get_by_label("Your message").fill("It is not on any tab.")
    page.get_by_label("Files").set_input_files({"name": "bon.txt", "mimeType": "text/plain", "buffer": b"bon"})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Where is it?")
    expect(page.get_by_text("2026-77")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="bon.txt").click()
    assert saved.value.suggested_filename == "bon.txt"


def test_the_pages_of_tickets(open_page: OpenPage, integration: Integration, owner: User, ticket: Ticket) -> None:
    page = open_page(owner, f"/{integration.licence_key}/tickets/")
    look(page, "tickets", *WIDTHS)
    page.get_by_role("link", name="Two books").click()
    look(page, "ticket", *WIDTHS)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()


@pytest.mark.parametrize("name", ["ticket_asked", "ticket_answered"])
def test_an_email_looks_well(browser: Browser, ticket: Ticket, name: str) -> None:
    message = ticket.messages.order_by("id").first()
    assert message
    context: dict[str, Any] = {"ticket": ticket, "message": message, "integration": ticket.integration}
    context |= {"files": 1, "documents": 37, "link": "https://koppeling.example/t", "is_first": True}
    context |= {"licence_key": ticket.integration.licence_key, "unsubscribe_url": "https://koppeling.example/u"}
    page: Page = browser.new_page(viewport={"width": DESK, "height": 700})
    page.set_content(str(mail.made(name, context, "en").alternatives[0].content))
    look(page, f"mail-{name}", *WIDTHS)
    page.close()
