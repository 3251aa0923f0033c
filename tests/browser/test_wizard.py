"""The pages of the installation, the self-test and the end of an integration, on a phone and on a desk."""

import pytest

from accounting import settings_store
from integrations.models import Integration, Member, State, User
from tests.conftest import Sandbox
from tests.dashboard.conftest import logged_in
from tests.dashboard.world import a_document, an_integration
from tests.king import link_king
from tests.linked import Linked, link
from webshop import registration

from .conftest import OpenPage
from .looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (360, 1280)


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
    made.integration.status = Integration.Status.INSTALLING
    made.integration.save()
    return made


@pytest.mark.parametrize("width", WIDTHS)
def test_the_steps_and_the_self_test(open_page: OpenPage, rompslomp: Linked, owner: User, width: int) -> None:
    key = rompslomp.integration.licence_key
    page = open_page(owner, f"/{key}/install/", width=width)
    look(page, "steps")
    page.get_by_role("button", name="Run the self-test").click()
    page.get_by_text("Not everything is right yet.").wait_for()
    look(page, "steps-tested")
    page.get_by_role("link", name="The whole result").click()
    page.get_by_role("heading", name="Self-test", exact=True).wait_for()
    look(page, "self-test")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("step", ["books", "administration", "settings", "vat", "methods"])
def test_every_step_when_it_is_open(open_page: OpenPage, rompslomp: Linked, owner: User, width: int, step: str) -> None:
    look(open_page(owner, f"/{rompslomp.integration.licence_key}/install/?step={step}", width=width), f"step-{step}")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_last_pages(open_page: OpenPage, rompslomp: Linked, owner: User, width: int) -> None:
    integration, person = rompslomp.integration, logged_in(owner)
    settings_store.save(integration, {**settings_store.current_file(integration), "vat": usable(integration)})
    person.post(f"/{integration.licence_key}/configuration/check")
    person.post(f"/{integration.licence_key}/configuration/check", {"go_on": "1"})
    page = open_page(owner, f"/{integration.licence_key}/install/", width=width)
    look(page, "steps-finish")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Installed").wait_for()
    look(page, "done")


def usable(integration: Integration) -> list[object]:
    """The VAT table without the percentage of before 2019."""
    return [row for row in settings_store.current_file(integration)["vat"] if row["rate"] != "6"]


@pytest.mark.parametrize("width", WIDTHS)
def test_king(open_page: OpenPage, sandbox: Sandbox, owner: User, width: int) -> None:
    sandbox.reset()
    king = installing(link_king(sandbox.url, "order", books={"without": ["item_group"]}), owner)
    address = f"/{king.integration.licence_key}"
    logged_in(owner).post(f"{address}/configuration/check")
    look(open_page(owner, f"{address}/install/", width=width), "king-tested")
    look(open_page(owner, f"{address}/install/?step=books", width=width), "king-code")


@pytest.mark.parametrize("width", WIDTHS)
def test_stopping_and_archiving(open_page: OpenPage, integration: Integration, owner: User, width: int) -> None:
    a_document(integration, "2026-9", State.QUEUED)
    address = f"/{integration.licence_key}/profile"
    look(open_page(owner, f"{address}/stop", width=width), "stop")
    old = an_integration(owner, "Oude winkel")
    for one in (integration, old):
        registration.stop(one, "stopped")
    logged_in(owner).post(f"/{old.licence_key}/profile/archive")
    look(open_page(owner, f"{address}/", width=width), "stopped")


@pytest.mark.parametrize("width", WIDTHS)
def test_many_licence_keys_can_be_narrowed_down(
    open_page: OpenPage, integration: Integration, owner: User, width: int
) -> None:
    for number in range(20):
        an_integration(owner, f"Winkel {number}")
    page = open_page(owner, f"/{integration.licence_key}/errors/", width=width)
    page.locator("header details.menu summary").first.click()
    look(page, "keys")
    page.get_by_label("Search in the list").fill("winkel 17")
    shown = page.locator("header .sheet li:visible")
    assert shown.count() == 1
    shown.get_by_role("link").click()
    assert page.url.endswith("/errors/")
