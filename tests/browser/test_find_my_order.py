"""Find my order, from the search box to the books; and a document's page that refreshes itself."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from integrations.models import Member, State, User
from tests.conftest import Sandbox
from tests.linked import Linked, link

from .conftest import OpenPage
from .looking import WIDTHS, look, look_without_scripts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    sandbox.reset()
    cache.clear()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


@pytest.mark.rule("R414")
@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_order_that_never_arrived_is_found_in_the_shop_and_taken_in(
    open_page: OpenPage, linked: Linked, owner: User, has_scripts: bool
) -> None:
    order = linked.place_kind("simple")
    page = open_page(owner, f"/{linked.integration.licence_key}/open/", java_script_enabled=has_scripts)
    page.get_by_role("searchbox").first.fill(f"#{order['number']}")
    page.get_by_role("searchbox").first.press("Enter")
    button = page.get_by_role("button", name="Look in the shop")
    if has_scripts:
        look(page, "found-nowhere", *WIDTHS)
    button.click()
    if has_scripts:
        look(page, "in-shop", *WIDTHS)
    else:
        look_without_scripts(page, "in-shop-no-scripts")
    page.get_by_role("button", name="Fetch it").click()
    page.get_by_text("It is being read from the shop").wait_for()
    linked.work()
    if not has_scripts:
        page.reload()
    page.get_by_role("link", name=order["number"]).click()
    page.get_by_role("heading", name=f"Order {order['number']}").wait_for()
    assert linked.document(order["id"]).state == State.PROCESSED


def test_a_page_that_refreshes_itself_keeps_what_was_opened(open_page: OpenPage, linked: Linked, owner: User) -> None:
    document = linked.post("unpaid")
    page = open_page(owner, f"/documents/{document.pk}/")
    page.locator(".why-account summary").first.click()
    page.locator(".apart summary").click()
    page.get_by_text("Messages of the shop").wait_for()
    page.locator("#why-1").focus()
    document.events.create(
        integration=linked.integration, at=timezone.now(), kind="waiting", data={"reason": "books_busy"}
    )
    page.get_by_text("The books asked us to slow down").wait_for()
    assert page.locator(".why-account[open]").count() == 1
    assert page.get_by_text("Messages of the shop").is_visible()
    assert page.evaluate("document.activeElement.id") == "why-1"
