"""From the App Store of the stand-in shop to the first order on Report, by clicks and typing alone."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from dashboard.install import installation_links
from integrations.models import User

from .conftest import OpenPage
from .looking import PHONE, look, look_without_scripts
from .market import CODE, Market, expect_step, link_in_the_last_mail

pytestmark = pytest.mark.browser
NAMES = {1: "Nederland", 2: "Nederland", 3: "ICP (binnen de EU)"}
OLD_PASSWORD = "correct horse battery staple"
PASSWORD = "juist paard batterij nietje"


@pytest.fixture
def member(owner: User) -> User:
    """Somebody with an account, who has linked nothing yet."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    return owner


def choose(page: Page, label: str, words: str, label_of_choice: str) -> None:
    """Search in a drop-down and choose by keyboard."""
    field = page.get_by_label(label, exact=True)
    field.click()
    expect(field).to_be_focused()
    field.fill(words)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label(label, exact=True)).to_have_value(label_of_choice)


def start(page: Page, button: str, heading: str) -> None:
    """The last step of the installation."""
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def sell(page: Page, market: Market, shop: dict[str, Any]) -> None:
    """The first order stands on Report, with the number that the books gave it."""
    number = market.order(page, shop)
    page.goto(market.app)
    row = page.get_by_role("row").filter(has_text=number)
    expect(row.locator(".ledger strong")).to_have_text(re.compile(r"\d{8}"))


@pytest.mark.rule("R16", "R20")
def test_rompslomp_with_a_new_account(open_page: OpenPage, market: Market) -> None:
    shop = market.shop("Bakkerij De Krakeling")
    market.rompslomp("De Krakeling B.V.")
    page = open_page(None, market.page_of(shop), locale="nl-NL")
    page.get_by_role("button", name="Install App").click()
    look(page, "install-account")
    page.get_by_label("E-mailadres").fill("bakker@krakeling.example")
    page.get_by_role("button", name="Account aanmaken").click()
    expect(page).to_have_url(re.compile("confirm-email"))
    look(page, "install-mail-sent")
    page.goto(link_in_the_last_mail("/account/password/choose/"))
    look(page, "install-password")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("input[type=password]").last.fill(PASSWORD)
    page.get_by_role("button", name="Opslaan en inloggen").click()
    page.get_by_label("Rompslomp").check()
    page.get_by_role("checkbox").check()
    look(page, "install-start")
    page.get_by_role("button", name="Verder").click()
    expect_step(page, "books")
    look(page, "install-connect")
    page.get_by_role("button", name="Koppelen").click()
    page.get_by_role("button", name="Toestaan").click()
    expect_step(page, "administration")
    look(page, "install-administration")
    page.get_by_label("De Krakeling B.V.").check()
    page.get_by_role("button", name="Deze administratie kiezen").click()
    expect_step(page, "settings")
    look(page, "install-settings")
    page.get_by_role("link", name="Instellingen invullen").click()
    look(page, "install-settings-form")
    page.get_by_role("button", name="Opslaan").click()
    expect_step(page, "vat")
    look(page, "install-vat")
    page.get_by_role("link", name="Btw en grootboekrekeningen wijzigen").click()
    choose(page, "Btw-code, Nederland (1)", "hoo", "hoog (21%)")
    for row in (1, 2, 3):
        choose(page, f"Omzet, {NAMES[row]} ({row})", "webs", "P2.3 Omzet • Webshop")
    look(page, "install-vat-form")
    page.get_by_role("button", name="Opslaan").first.click()
    page.get_by_role("link", name=re.compile("Invullen.*Betaalmethoden")).click()
    page.get_by_role("link", name="Betaalmethoden wijzigen").click()
    page.get_by_label("Vaste debiteur, iDEAL", exact=True).fill("Noor")
    page.get_by_role("button", name="Opslaan").first.click()
    page.get_by_label("Noor Visser").check()
    look(page, "install-methods-form")
    page.get_by_role("button", name="Opslaan").first.click()
    expect_step(page, "check")
    look(page, "install-check")
    page.locator("#step-check").get_by_role("button", name="Zelftest doen").click()
    expect_step(page, "finish")
    look(page, "install-finish")
    start(page, "Starten", "Geïnstalleerd")
    look(page, "install-done")
    sell(page, market, shop)
    look(page, "report-first-order")


@pytest.mark.rule("R2", "R26", "R79")
def test_king_as_entries_without_javascript(open_page: OpenPage, market: Market, member: User) -> None:
    shop = market.shop("Banketbakkerij Van der Meer")
    market.king("Van der Meer Banket B.V.")
    page = open_page(None, market.page_of(shop), java_script_enabled=False)
    page.get_by_role("button", name="Install App").click()
    page.get_by_text("Taal en kleuren").click()  # the shop speaks Dutch
    page.get_by_role("button", name="English").click()
    look_without_scripts(page, "plain-account")
    page.get_by_role("link", name="Log in").last.click()
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password", exact=True).fill(OLD_PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.get_by_label("King / iMUIS").check()
    page.get_by_role("checkbox").check()
    look_without_scripts(page, "plain-start")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Environment code").fill("1")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("status")).to_contain_text("did not accept this environment code")
    look_without_scripts(page, "plain-wrong-code")
    page.get_by_label("Environment code").fill(CODE)
    page.get_by_role("button", name="Connect").click()
    expect_step(page, "settings")
    look_without_scripts(page, "plain-settings")
    page.get_by_role("link", name="Fill in the settings").click()
    page.get_by_label("journal entries").check()
    page.get_by_label("Journal", exact=True).select_option(index=1)
    page.get_by_label("Debtors account").select_option(index=1)
    look_without_scripts(page, "plain-settings-form")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Edit VAT and ledger accounts").click()
    for row, code in ((1, "2"), (2, "1")):
        page.get_by_label(f"VAT code, Netherlands ({row})").fill(code)
        page.get_by_label(f"Revenue, Netherlands ({row})").fill("8000")
    look_without_scripts(page, "plain-vat-form")
    page.get_by_role("button", name="Save").first.click()
    expect_step(page, "check")
    page.locator("#step-check").get_by_role("button", name="Run the self-test").click()
    expect_step(page, "finish")
    look_without_scripts(page, "plain-finish")
    start(page, "Start", "Installed")
    look_without_scripts(page, "plain-done")
    assert CODE not in page.content()
    sell(page, market, shop)
    look_without_scripts(page, "plain-first-order")


@pytest.mark.rule("R29")
def test_king_as_orders_on_a_phone_with_an_installation_link(open_page: OpenPage, market: Market, member: User) -> None:
    shop = market.shop("Taarterij Zoet & Zo", apps=0)
    market.king("Zoet & Zo V.O.F.")
    page = open_page(None, installation_links.make(member.email), width=PHONE, has_touch=True, locale="nl-NL")
    look(page, "link-account")
    page.get_by_role("link", name="Inloggen").last.click()
    page.get_by_label("E-mail").fill(member.email)
    page.get_by_label("Wachtwoord", exact=True).fill(OLD_PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_label("Adres van de webshop").fill(shop["api_root"])
    page.get_by_label("Publieke sleutel").fill(shop["public"])
    page.get_by_label("Geheime sleutel").fill(shop["secret"])
    look(page, "link-keys")
    page.get_by_role("button", name="Controleren en verder").click()
    page.get_by_label("King / iMUIS").check()
    page.get_by_role("checkbox").check()
    look(page, "link-start")
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Omgevingscode").fill(CODE)
    look(page, "link-connect")
    page.get_by_role("button", name="Koppelen").click()
    page.get_by_role("link", name="Instellingen invullen").click()
    page.get_by_label("verkooporders").check()
    look(page, "link-settings-form")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_role("link", name="Btw en grootboekrekeningen wijzigen").click()
    page.get_by_text("In één keer invullen").click()
    page.get_by_role("button", name="Percentages van de webshop").click()
    choose(page, "Btw-code, Nederland (1)", "dragen hoog (21", "2 Af te dragen hoog (21%)")
    choose(page, "Btw-code, Nederland (2)", "dragen laag (9", "1 Af te dragen laag (9%)")
    look(page, "link-vat-form")
    page.get_by_role("button", name="Opslaan").first.click()
    expect_step(page, "check")
    page.locator("#step-check").get_by_role("button", name="Zelftest doen").click()
    expect_step(page, "finish")
    look(page, "link-finish")
    start(page, "Starten", "Geïnstalleerd")
    look(page, "link-done")
    sell(page, market, shop)
    look(page, "link-first-order")
