"""The demo of King / iMUIS, by clicks."""

from typing import Any

import pytest
from playwright.sync_api import expect

from integrations.models import Member, User
from tests.conftest import Sandbox
from tests.king import King, link_king

from .conftest import OpenPage
from .looking import PHONE, look

pytestmark = pytest.mark.browser


@pytest.fixture
def king(sandbox: Sandbox, owner: User, settings: Any) -> King:
    """One that posts invoices as entries, in the demo."""
    sandbox.reset()
    settings.DEMO, settings.SANDBOX_URL = True, sandbox.url
    settings.ROOT_URLCONF = "tests.dashboard.test_demo"
    linked = link_king(sandbox.url)
    linked.process("invoices")
    Member.objects.create(integration=linked.integration, user=owner)
    return linked


def test_the_demo_makes_an_order_an_invoice_and_a_credit_note(open_page: OpenPage, owner: User, king: King) -> None:
    page = open_page(owner, f"/{king.integration.licence_key}/report/", width=PHONE)
    look(page, "demo-report")
    page.get_by_role("button", name="Place an order").click()
    expect(page.get_by_role("status")).to_contain_text("Now make its invoice")
    page.get_by_role("button", name="Make an invoice").click()
    expect(page.get_by_role("status")).to_contain_text("An invoice was made")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Stand-in books").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Boeken")
    look(open_page(None, "/account/login/", width=PHONE), "demo-login")
