"""Report in a browser: filters that fold, totals that load apart and keep up, and the same without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Integration, User
from tests.dashboard.world import a_document

from .conftest import OpenPage
from .looking import PHONE, WIDTHS, look, look_without_scripts

pytestmark = pytest.mark.browser


@pytest.fixture
def posted(integration: Integration) -> Integration:
    for number in range(30):
        cents = -50_00 if number % 7 == 0 else 1000 + number * 731
        at = timezone.now() - timedelta(hours=19 * number)
        a_document(integration, f"{number}", changed_at=at, total_cents=cents, is_credit=cents < 0, country="DE")
    return integration


@pytest.mark.rule("R393")
def test_a_filter_is_set_and_taken_off_and_the_totals_follow(
    open_page: OpenPage, owner: User, posted: Integration
) -> None:
    page = open_page(owner, f"/{posted.licence_key}/report/")
    page.locator(".totals").wait_for()
    look(page, "report-figures", *WIDTHS)
    page.locator(".filters > summary").press("Enter")
    page.get_by_label("From", exact=True).fill(f"{timezone.localdate() - timedelta(days=3):%Y-%m-%d}")
    page.get_by_label("Country").fill("Germany")
    page.get_by_label("Country").press("Enter")
    page.locator(".chips").wait_for()
    page.locator(".totals").wait_for()
    look(page, "report-filtered", *WIDTHS)
    before = page.locator(".totals").inner_text()
    a_document(posted, "fresh", changed_at=timezone.now(), country="DE", total_cents=1)
    page.get_by_role("link", name="fresh").wait_for()
    page.wait_for_function("before => document.querySelector('.totals').innerText !== before", arg=before)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.path().read_text(encoding="utf-8-sig").count("Germany") > 3
    page.get_by_role("link", name="Remove all filters").click()
    assert page.locator(".chips").count() == 0


def test_days_are_the_period_and_another_period_empties_them(
    open_page: OpenPage, owner: User, posted: Integration
) -> None:
    page = open_page(owner, f"/{posted.licence_key}/report/")
    page.locator(".filters > summary").click()
    page.get_by_label("Period").select_option("month")
    page.get_by_label("Until", exact=True).fill("2026-11-12")
    page.get_by_label("Until", exact=True).dispatch_event("change")
    assert page.get_by_label("Period").input_value() == "days"
    page.get_by_label("Period").select_option("year")
    assert page.get_by_label("Until", exact=True).input_value() == ""


def test_without_a_script_it_filters_and_shows_totals(open_page: OpenPage, owner: User, posted: Integration) -> None:
    page = open_page(owner, f"/{posted.licence_key}/report/", width=PHONE, java_script_enabled=False)
    page.locator(".filters > summary").click()
    page.get_by_label("Amount from", exact=True).fill("x")
    page.get_by_role("button", name="Apply the filters").click()
    page.get_by_text("This is no amount.").wait_for()
    look_without_scripts(page, "report-wrong")
    page.get_by_label("Amount from", exact=True).fill("60,00")
    page.get_by_role("button", name="Apply the filters").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download for Excel").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("link", name="Totals and chart").click()
    page.get_by_text("Together, incl. VAT").wait_for()
    page.goto(page.url.partition("#")[0])
    look_without_scripts(page, "report-no-script")
