"""Past orders as an owner has them carried over: count, look at the preview, start, follow the bar, pause, stop."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from integrations.models import History, Integration, State, User
from tests.dashboard.test_history import a_history
from tests.dashboard.world import a_document

from .conftest import OpenPage
from .looking import PHONE, WIDTHS, look

pytestmark = pytest.mark.browser


def address(integration: Integration) -> str:
    return f"/{integration.licence_key}/past-orders/"


def take_up(made: History, count: int, state: str = State.PROCESSED) -> None:
    """What a worker makes of some that are ready."""
    for item in made.items.filter(outcome="ready")[:count]:
        a_document(made.integration, f"P-{item.pk}", state, history=made)
        made.items.filter(pk=item.pk).update(outcome="asked")


@pytest.mark.rule("R418", "R419")
@pytest.mark.parametrize("javascript", [True, False])
def test_a_period_is_counted_looked_at_and_started(
    open_page: OpenPage, owner: User, integration: Integration, *, javascript: bool
) -> None:
    page = open_page(owner, address(integration), width=PHONE, java_script_enabled=javascript)
    page.get_by_label("From").fill("2026-01-01")
    page.get_by_label("Until").fill("2026-03-31")
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("Being counted")).to_be_visible()
    History.objects.all().delete()
    a_history(integration)
    page.goto(address(integration))
    expect(page.locator("#counted")).to_contain_text("€67.50")
    expect(page.get_by_text("There is no VAT setting for Germany with 19%.").first).to_be_visible()
    page.get_by_role("link", name="Carry over").click()
    expect(page.locator("main")).to_contain_text("This costs €67.50 excl. VAT.")
    page.get_by_role("button", name="Carry over").click()
    expect(page.get_by_role("progressbar")).to_have_attribute("max", "12")
    assert History.objects.get().state == "running"


def test_the_bar_moves_by_itself_until_it_is_done(open_page: OpenPage, owner: User, integration: Integration) -> None:
    made = a_history(integration, "running")
    page = open_page(owner, address(integration))
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("value", "0")
    take_up(made, 5)
    expect(bar).to_have_attribute("value", "5", timeout=8000)
    take_up(made, 6)
    take_up(made, 1, State.ERROR)
    History.objects.update(state="done", ended_at=timezone.now())
    expect(page.get_by_text("12 of 12 handled: 11 posted, 1 stuck.")).to_be_visible(timeout=8000)
    expect(page.get_by_role("link", name="See what is stuck")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_it_is_paused_resumed_and_stopped(
    open_page: OpenPage, owner: User, integration: Integration, *, javascript: bool
) -> None:
    a_history(integration, "running")
    page = open_page(owner, address(integration), java_script_enabled=javascript)
    for act, state in (("Pause", "paused"), ("Resume", "running"), ("Stop carrying over", "stopped")):
        if state == "stopped":
            page.get_by_role("link", name="Stop…").click()
            expect(page.locator("main")).to_contain_text("0 of 12 are posted.")
        page.get_by_role("button", name=act, exact=True).click()
        expect(page.locator("#history .state")).to_contain_text(
            {"running": "Being carried over"}.get(state, state.title())
        )
        assert History.objects.get().state == state


def test_its_pages_are_well_made(open_page: OpenPage, owner: User, integration: Integration) -> None:
    page = open_page(owner, address(integration))
    look(page, "past-orders-ask", *WIDTHS)
    made = a_history(integration)
    page.reload()
    look(page, "past-orders-counted", *WIDTHS)
    page.get_by_role("link", name="Carry over").click()
    look(page, "past-orders-start", *WIDTHS)
    page.goto(f"{address(integration)}{made.pk}/items?outcome=in_books")
    look(page, "past-orders-in-books", *WIDTHS)
    take_up(made, 4)
    History.objects.update(state="paused", reason="by_hand", started_at=made.asked_at, price_cents=67_50)
    page.goto(address(integration))
    look(page, "past-orders-paused", *WIDTHS)
    page.get_by_role("link", name="Stop…").click()
    look(page, "past-orders-stop", *WIDTHS)
