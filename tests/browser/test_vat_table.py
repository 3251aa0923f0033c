"""The VAT table and the payment methods in a browser, with and without scripts."""

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from integrations.models import Member, User
from tests.conftest import Sandbox
from tests.linked import Linked, link

from .conftest import OpenPage
from .looking import WIDTHS, look

pytestmark = pytest.mark.browser


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    """An integration with Rompslomp, with settings for home and two countries."""
    sandbox.reset()
    cache.clear()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    vat = [
        {"country": "NL", "rate": "21", "vat_code": str(made.books["vat"]["NL 21"])},
        {"country": "NL", "rate": "9", "vat_code": str(made.books["vat"]["NL 9"])},
        {"country": "DE", "rate": "19", "vat_code": str(made.books["vat"]["DE 19"])},
    ]
    made.configure(vat=[{**row, "revenue": str(made.books["revenue"]["webshop"])} for row in vat])
    return made


@pytest.mark.rule("R111")
def test_a_code_is_searched_by_a_part_of_its_label(open_page: OpenPage, owner: User, linked: Linked) -> None:
    page = open_page(owner, f"/{linked.integration.licence_key}/configuration/vat")
    field = page.get_by_label("VAT code, Netherlands (1)")
    field.focus()
    expect(field).to_have_value("hoog (21%)")
    field.click()
    options = page.get_by_role("option")
    assert options.count() > 50
    field.fill("de 19")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value("DE 19%")
    field.fill("nothing like this")
    expect(page.get_by_text("No results found").first).to_be_visible()
    field.fill("21")
    look(page, "vat-searching", *WIDTHS)


def test_without_scripts_a_percentage_is_added_and_saved(open_page: OpenPage, owner: User, linked: Linked) -> None:
    page = open_page(owner, f"/{linked.integration.licence_key}/configuration/vat", java_script_enabled=False)
    page.get_by_label("Percentage, Germany (").first.fill("19")
    page.get_by_role("button", name="Add a percentage for Germany").click()
    fields = page.get_by_label("Percentage, Germany (")
    expect(fields).to_have_count(2)
    fields.nth(1).fill("7")
    page.get_by_role("button", name="Save").first.click()
    linked.integration.refresh_from_db()
    assert linked.integration.settings
    rows = linked.integration.settings.vat_settings.filter(country="DE")
    assert {row.rate for row in rows} == {"19", "7"}
