"""People and e-mails on Profile, by clicks: inviting and accepting, an extra address, what one gets, leaving."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import expect

from dashboard.mails import digests
from dashboard.people import recipients
from integrations.models import Integration, Member, Role, User
from tests.dashboard.world import NOON, a_person

from .conftest import OpenPage
from .looking import WIDTHS, look

pytestmark = pytest.mark.browser

GUEST = "accountant@example.nl"
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])


def link(name: str) -> str:
    found = re.findall(rf"https?://[^/\s]+(/{name}/\S+)", str(mail.outbox[-1].body))
    return str(found[0])


@pytest.fixture
def guest(owner: User) -> User:
    person = a_person(GUEST)
    EmailAddress.objects.create(user=person, email=GUEST, verified=True, primary=True)
    return person


@SCRIPTS
def test_somebody_is_invited_accepts_and_leaves(
    open_page: OpenPage, integration: Integration, owner: User, guest: User, scripts: bool
) -> None:
    address = f"/{integration.licence_key}/profile/"
    page = open_page(owner, address, java_script_enabled=scripts)
    people = page.locator("#people")
    people.get_by_text("Invite somebody").click()
    people.get_by_label("E-mail address").fill(GUEST)
    people.get_by_label("Bookkeeper").check()
    people.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text(f"{GUEST} gets an e-mail")).to_be_visible()
    if scripts:
        look(page, "profile-invited", *WIDTHS)
        visitor = open_page(None, link("invitation"))
        look(visitor, "invitation-visitor", *WIDTHS)
    theirs = open_page(guest, link("invitation"), java_script_enabled=scripts)
    if scripts:
        look(theirs, "invitation", *WIDTHS)
    theirs.get_by_role("button", name="Accept").click()
    expect(theirs.get_by_text("You have access to Bakkerij Demo now")).to_be_visible()
    page.goto(address)
    people.get_by_label(f"Role of {GUEST}").select_option("reader")
    people.get_by_role("button", name=f"Save the role of {GUEST}").click()
    expect(page.get_by_text(f"{GUEST} is now: Reader.")).to_be_visible()
    theirs.goto(address)
    if scripts:
        look(theirs, "profile-reader", *WIDTHS)
    theirs.get_by_role("button", name="Leave").click()
    if scripts:
        look(theirs, "leave", *WIDTHS)
    theirs.get_by_role("button", name="Leave").click()
    expect(theirs.get_by_text("has no access to Bakkerij Demo any more")).to_be_visible()


@SCRIPTS
@pytest.mark.rule("R401")
def test_an_address_is_added_and_confirmed(
    open_page: OpenPage, integration: Integration, owner: User, scripts: bool
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/profile/", java_script_enabled=scripts)
    addresses = page.locator("#addresses")
    addresses.get_by_text("Add an address").click()
    addresses.get_by_label("E-mail address").fill("books@example.nl")
    addresses.get_by_label("Language", exact=True).select_option("en")
    addresses.get_by_role("button", name="Add", exact=True).click()
    expect(addresses.get_by_text("not confirmed yet")).to_be_visible()
    if scripts:
        look(page, "profile-address", *WIDTHS)
    visitor = open_page(None, link("address"), java_script_enabled=scripts)
    if scripts:
        look(visitor, "address", *WIDTHS)
    visitor.get_by_role("button", name="Yes, confirm this address").click()
    expect(visitor.get_by_role("heading", name="Confirmed")).to_be_visible()
    page.reload()
    addresses.get_by_label("E-mails to books@example.nl").select_option("weekly")
    addresses.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved for books@example.nl.")).to_be_visible()
    addresses.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("books@example.nl was removed.")).to_be_visible()


@SCRIPTS
def test_what_one_gets_is_chosen_and_the_way_out_undone(
    open_page: OpenPage, integration: Integration, owner: User, scripts: bool
) -> None:
    page = open_page(owner, f"/{integration.licence_key}/profile/", java_script_enabled=scripts)
    mails = page.locator("#mails")
    mails.get_by_label(re.compile("Every week")).check()
    mails.get_by_role("button", name="Save").click()
    expect(mails.get_by_label(re.compile("Every week"))).to_be_checked()
    recipient = recipients.recipients_of(integration)[0]
    digests.write(integration, recipient, digests.summary_of(integration, NOON, NOON + timedelta(days=7)))
    visitor = open_page(None, link("unsubscribe"), java_script_enabled=scripts)
    visitor.get_by_role("button", name="Stop these e-mails").click()
    expect(visitor.get_by_role("status")).to_contain_text("You no longer get e-mails about")
    if scripts:
        look(visitor, "unsubscribe", *WIDTHS)
    visitor.get_by_label(re.compile("Every day")).check()
    visitor.get_by_role("button", name="Save").click()
    expect(visitor.get_by_label(re.compile("Every day"))).to_be_checked()
    assert Member.objects.get().digest == "daily"


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_configuration_for_who_does_not_own_it(
    open_page: OpenPage, integration: Integration, guest: User, role: Role
) -> None:
    Member.objects.create(integration=integration, user=guest, role=role)
    page = open_page(guest, f"/{integration.licence_key}/configuration/")
    look(page, f"configuration-{role}", *WIDTHS)
    page.goto(f"/{integration.licence_key}/configuration/check")
    look(page, f"check-{role}", *WIDTHS)
