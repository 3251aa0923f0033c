"""Configuration on the screens: the settings form, what would change, the versions; by clicks, and looked at."""

import pytest
from playwright.sync_api import Page, expect

from accounting import book_lists
from integrations.models import Integration, Member, User
from tests.conftest import Sandbox
from tests.king import King, link_king
from tests.linked import Linked, link

from .conftest import OpenPage
from .looking import WIDTHS, look

pytestmark = pytest.mark.browser


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    """Rompslomp, with documents that were posted and one that is stuck."""
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    book_lists.reload(made.integration)
    made.integration.settings.author = owner
    made.integration.settings.save()
    for seed, kind in enumerate(("simple", "icp", "export", "abroad", "broken")):
        made.post(kind, seed)
    return made


@pytest.fixture
def king(sandbox: Sandbox, owner: User) -> King:
    sandbox.reset()
    made = link_king(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    made.post("simple")
    return made


def address(linked: Linked, rest: str = "") -> str:
    return f"/{linked.integration.licence_key}/configuration/{rest}"


@pytest.mark.rule("R399")
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_setting_is_changed_reviewed_and_restored(
    open_page: OpenPage, linked: Linked, owner: User, scripts: bool
) -> None:
    page = open_page(owner, address(linked), java_script_enabled=scripts)
    page.get_by_role("link", name="Edit the settings").click()
    page.get_by_label("Dutch").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()
    if scripts:
        look(page, "review-rompslomp", *WIDTHS)
    page.get_by_role("button", name="Back to editing").click()
    expect(page.get_by_label("Dutch")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 2.")
    page.get_by_role("link", name="All versions").first.click()
    page.get_by_role("link", name="Version 1").click()
    page.get_by_role("button", name="Restore version 1").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved as version 3.")


def test_the_form_of_king_shows_what_the_target_needs(open_page: OpenPage, king: King, owner: User) -> None:
    page = open_page(owner, address(king))
    page.goto(address(king, "settings"))
    look(page, "settings-king-entry", *WIDTHS)
    expect(page.get_by_label("Journal", exact=True)).to_be_visible()
    expect(page.get_by_label("Order type")).to_be_hidden()
    page.get_by_label("sales orders").check()
    expect(page.get_by_label("Journal", exact=True)).to_be_hidden()
    look(page, "settings-king-order", *WIDTHS)
    page.get_by_label("journal entries").check()
    page.get_by_label("Journal", exact=True).select_option("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose the journal")).to_be_visible()
    look(page, "settings-king-fault", *WIDTHS)


def test_without_a_script_both_targets_show(open_page: OpenPage, king: King, owner: User) -> None:
    page = open_page(owner, address(king, "settings"), java_script_enabled=False)
    for name in ("Journal", "Order type"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    expect(page.get_by_text("Only for sales orders")).to_be_visible()


def test_before_the_administration_is_chosen(open_page: OpenPage, linked: Linked, owner: User) -> None:
    Integration.objects.filter(pk=linked.integration.pk).update(administration=None, settings=None, status="installing")
    page: Page = open_page(owner, address(linked))
    look(page, "configuration-empty", *WIDTHS)
    page.goto(address(linked, "settings"))
    look(page, "settings-closed", *WIDTHS)
