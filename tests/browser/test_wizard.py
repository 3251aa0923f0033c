"""The pages of the installation and the self-test when something is not right, on a phone and on a desk."""

import pytest

from dashboard.views.install import TERMS
from integrations.models import Integration, Member, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.dashboard.conftest import logged_in
from tests.dashboard.world import an_integration
from tests.king import link_king
from tests.linked import Linked, link

from .conftest import OpenPage
from .looking import WIDTHS, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rompslomp(sandbox: Sandbox, owner: User) -> Linked:
    """An installation of which only the self-test and the start are left, with an invoice layout that is gone."""
    sandbox.reset()
    made = link(sandbox.url)
    made.configure(accounting={"layout": "12345"})
    made.place_kind("mixed", seed=3)
    return installing(made, owner)


def installing(made: Linked, owner: User) -> Linked:
    Member.objects.create(integration=made.integration, user=owner)
    TermsAcceptance.objects.create(integration=made.integration, user=owner, version=TERMS)
    made.integration.status = Integration.Status.INSTALLING
    made.integration.save()
    return made


def test_the_steps_and_the_self_test(open_page: OpenPage, rompslomp: Linked, owner: User) -> None:
    key = rompslomp.integration.licence_key
    page = open_page(owner, f"/{key}/install/")
    look(page, "steps", *WIDTHS)
    page.get_by_role("button", name="Run the self-test").click()
    page.get_by_text("Before you can go on").wait_for()
    look(page, "steps-tested", *WIDTHS)
    page.get_by_role("link", name="The whole result").click()
    page.get_by_role("heading", name="Self-test", exact=True).wait_for()
    look(page, "self-test", *WIDTHS)


def test_every_step_when_it_is_open(open_page: OpenPage, rompslomp: Linked, owner: User) -> None:
    page = open_page(owner, f"/{rompslomp.integration.licence_key}/install/")
    for step in ("books", "administration", "settings", "vat", "methods"):
        page.goto(f"/{rompslomp.integration.licence_key}/install/?step={step}")
        look(page, f"step-{step}", *WIDTHS)


def test_king(open_page: OpenPage, sandbox: Sandbox, owner: User) -> None:
    sandbox.reset()
    king = installing(link_king(sandbox.url, "order", books={"without": ["item_group"]}), owner)
    address = f"/{king.integration.licence_key}"
    logged_in(owner).post(f"{address}/configuration/check")
    look(open_page(owner, f"{address}/install/"), "king-tested", *WIDTHS)
    look(open_page(owner, f"{address}/install/?step=books"), "king-code", *WIDTHS)


def test_many_licence_keys_can_be_narrowed_down(open_page: OpenPage, integration: Integration, owner: User) -> None:
    for number in range(20):
        an_integration(owner, f"Winkel {number}")
    page = open_page(owner, f"/{integration.licence_key}/errors/")
    page.locator("header details.menu summary").first.click()
    look(page, "keys", *WIDTHS)
    page.get_by_label("Search in the list").fill("winkel 17")
    shown = page.locator("header .sheet li:visible")
    assert shown.count() == 1
    shown.get_by_role("link").click()
    assert page.url.endswith("/errors/")
