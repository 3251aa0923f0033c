"""The buttons of payments and of Compare, by clicks, against the stand-in shop and books; with scripts and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounting import settings_store
from integrations.models import Document, Integration, Payment, Reconciliation, State, Ticket, User
from tests.dashboard.test_payments import a_payment
from tests.dashboard.world import SETTINGS
from tests.linked import Linked
from tests.paying import paid, post_payments, sell, state
from webshop import tasks

from .conftest import OpenPage
from .looking import WIDTHS, look
from .overviews import UNCERTAIN
from .test_buttons import SCRIPTS, seen, tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def to_list(page: Page, name: str) -> None:
    page.get_by_role("list", name="Lists of payments").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Payments")


@pytest.fixture
def stuck(abroad: Linked) -> list[Document]:
    """Two payments without a clearing account; now there is one."""
    post_payments(abroad, without=["ideal"])
    made = [sell(abroad, ordernumber=number, ordernumber_full=f"W{number}") for number in (301, 302)]
    assert {state(document)[1] for document in made} == {"clearing_account_missing"}
    post_payments(abroad)
    return made


@SCRIPTS
@pytest.mark.rule("R70")
def test_payments_that_are_stuck_are_processed_and_skipped(
    open_page: OpenPage, abroad: Linked, stuck: list[Document], owner: User, scripts: bool
) -> None:
    first, second = stuck
    address = f"/{abroad.integration.licence_key}/errors/"
    page = open_page(owner, address, java_script_enabled=scripts)
    page.get_by_role("link", name="Payments (2)" if scripts else "Payments", exact=True).click()
    expect(page.locator(".stuck")).to_have_count(2)
    page.locator(".stuck", has_text=first.number).get_by_role("button", name="Process").click()
    expect(page.get_by_role("status")).to_contain_text("1 payment is processed now.")
    abroad.work()
    page.reload()
    page.locator(".stuck", has_text=second.number).get_by_role("checkbox").check()
    page.get_by_role("button", name="Skip the chosen payments").click()
    seen(page, "payments-skip", scripts=scripts)
    page.get_by_label("Why is it skipped?").fill("Paid in cash")
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 payment is skipped.")
    to_list(page, "Posted (1)")
    row = page.get_by_role("row").filter(has_text=first.number)
    first.refresh_from_db()
    expect(row.locator(".ledger strong")).to_have_text(first.ledger_number)
    to_list(page, "Skipped (1)")
    page.get_by_role("link", name=str(second)).click()
    page.get_by_role("button", name=re.compile("^Process the payment")).click()
    abroad.work()
    page.reload()
    expect(page.locator("#payment")).to_contain_text("booked on invoice")
    assert paid(abroad) == [["30.00"], ["30.00"]]


@pytest.fixture
def uncertain(integration: Integration) -> Payment:
    settings_store.save(integration, SETTINGS | {"payments": True})
    return a_payment(integration, "2026-1", State.ERROR, reason="payment_uncertain", problems=[UNCERTAIN])


@SCRIPTS
def test_who_processes_an_uncertain_payment_has_looked_in_the_books(
    open_page: OpenPage, integration: Integration, uncertain: Payment, owner: User, scripts: bool
) -> None:
    page = open_page(owner, f"/documents/{uncertain.document_id}/", java_script_enabled=scripts)
    page.locator("#payment").get_by_role("button", name="Process").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Process 1 payment")
    seen(page, "payments-process", scripts=scripts)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Process", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 payment is processed now.")
    uncertain.refresh_from_db()
    assert uncertain.state == State.QUEUED


def test_an_owner_asks_for_payments(open_page: OpenPage, integration: Integration, owner: User) -> None:
    page = open_page(owner, f"/{integration.licence_key}/payments/")
    look(page, "payments-off", *WIDTHS)
    page.get_by_role("button", name="Ask for payments").click()
    expect(page.get_by_role("status")).to_contain_text("You find our answer here")
    assert Ticket.objects.get().integration == integration


@SCRIPTS
def test_a_period_is_compared(open_page: OpenPage, abroad: Linked, owner: User, scripts: bool) -> None:
    abroad.post()
    page = open_page(owner, f"/{abroad.integration.licence_key}/report/", java_script_enabled=scripts)
    tab(page, "Report")
    page.get_by_role("navigation", name="Pages of Report").get_by_role("link", name="Compare").click()
    today = timezone.localdate()
    page.get_by_label("From").fill((today - timedelta(days=2)).isoformat())
    page.get_by_label("Until").fill(today.isoformat())
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#comparing")).to_contain_text("0 of 3 days compared.")
    seen(page, "compare-going", scripts=scripts)
    row = Reconciliation.objects.get()
    while row.state in (Reconciliation.State.QUEUED, Reconciliation.State.RUNNING):
        tasks.reconcile(row.pk)
        row.refresh_from_db()
    if not scripts:
        page.get_by_role("link", name="Refresh the progress").click()
    expect(page.get_by_role("status")).to_contain_text("The 1 document agrees.")
    with page.expect_download() as file:
        page.get_by_role("link", name="Download the figures (CSV)").click()
    assert file.value.suggested_filename.endswith(".csv")
