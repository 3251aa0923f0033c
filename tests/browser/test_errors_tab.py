"""Errors as a person uses it: find what is wrong, fill in the missing setting, process the group, skip, with JavaScript
and without."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from integrations.models import Document, Integration, ProcessRun, ReferenceList, State, User
from tests.dashboard.world import STUCK, a_document

from .conftest import OpenPage
from .looking import PHONE, WIDTHS, look

pytestmark = pytest.mark.browser

CODES = [("4100200301", "21% hoog", "21.00"), ("4100200310", "OSS Duitsland 19%", "19.00")]
CLOSED = {"code": "period_closed", "date": "2026-08-31"}


@pytest.fixture
def stuck(integration: Integration) -> Integration:
    """Three documents without a VAT setting, two in a closed period."""
    for number in ("2026-1006", "2026-1007"):
        a_document(integration, number, State.ERROR, problems=[STUCK])
    for number in ("2026-1008", "2026-1009"):
        a_document(integration, number, State.ERROR, problems=[CLOSED], reason="period_closed", total_cents=5_00)
    rows = [{"id": one, "name": name, "percentage": rate, "kind": ""} for one, name, rate in CODES]
    accounts = [{"id": "5464900002", "name": "Omzet webshop", "percentage": "", "kind": ""}]
    for kind, kept in (("vat_codes", rows), ("revenue_accounts", accounts)):
        ReferenceList.objects.create(administration=integration.administration, kind=kind, rows=kept)
    return integration


def errors(integration: Integration) -> str:
    return f"/{integration.licence_key}/errors/"


def handled(integration: Integration) -> None:
    """What a worker makes of the run: two are posted, one is stuck again."""
    run = ProcessRun.objects.get()
    first, *others = Document.objects.filter(integration=integration, state=State.ERROR, cause=run.cause)
    Document.objects.filter(pk=first.pk).update(run=run)
    for one in others:
        Document.objects.filter(pk=one.pk).update(run=run, state=State.PROCESSED, ledger_id=str(one.pk))
    ProcessRun.objects.update(taken_at=timezone.now())


def test_what_is_being_typed_stays_while_the_page_refreshes_itself(
    open_page: OpenPage, owner: User, stuck: Integration
) -> None:
    page = open_page(owner, errors(stuck))
    field = page.locator(".groups > li", has_text="Germany").get_by_label("VAT code")
    field.fill("21")
    a_document(stuck, "2026-3002", State.ERROR)
    expect(page.locator("#count-errors")).to_have_text("6", timeout=8000)
    expect(field).to_have_value("21")
    page.evaluate("isChanged = false")


def test_a_card_counts_along_while_nobody_is_busy_in_it(open_page: OpenPage, owner: User, stuck: Integration) -> None:
    page = open_page(owner, errors(stuck))
    a_document(stuck, "2026-3002", State.ERROR)
    expect(page.locator(".groups > li", has_text="Germany")).to_contain_text("4 documents", timeout=8000)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_group_is_skipped_with_a_reason(
    open_page: OpenPage, owner: User, stuck: Integration, *, javascript: bool
) -> None:
    page = open_page(owner, errors(stuck), width=PHONE, java_script_enabled=javascript)
    page.locator(".groups > li", has_text="period").get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skip 2 documents")
    page.get_by_label("Why is it skipped?").fill("Entered by hand")
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("status")).to_contain_text("2 documents are skipped.")


def test_what_only_shows_on_the_way_is_well_made(open_page: OpenPage, owner: User, stuck: Integration) -> None:
    page = open_page(owner, errors(stuck))
    page.locator(".groups > li", has_text="Germany").get_by_label("VAT code").fill("nothing")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save and process").first.click()
    look(page, "errors-group-faults", *WIDTHS)
    page.goto(errors(stuck))
    page.locator(".groups > li", has_text="Germany").get_by_role("link", name="Show them").click()
    page.get_by_role("button", name="Process all").click()
    page.goto(errors(stuck))
    look(page, "errors-with-run", *WIDTHS)
    handled(stuck)
    page.goto(f"{errors(stuck)}runs/{ProcessRun.objects.get().pk}/")
    look(page, "run-done", *WIDTHS)
