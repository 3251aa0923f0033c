"""Every page of the product by axe, in light and dark, as a phone, a tablet and a desk show it.

The pages are found in the list of addresses, so that a new one can't be forgotten. The admin's are Django's own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone, translation

from accounting import book_lists, settings_store
from dashboard.views.install import TERMS
from integrations.models import Document, Integration, Member, Role, State, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.dashboard.conftest import logged_in
from tests.dashboard.test_access import ADDRESSES, OWNED, filled
from tests.dashboard.world import a_person
from tests.king import link_king
from tests.linked import Linked, link
from webshop import registration

from . import overviews
from .conftest import OpenPage
from .looking import WIDTHS, look, measure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

VISITORS = {
    "account_login": "/account/login/",
    "account_signup": "/account/signup/",
    "account_request_login_code": "/account/login/code/",
    "account_reset_password": "/account/password/reset/",
    "account_password_reset_completed": "/account/password/reset/done/",
    "account_email_verification_sent": "/account/confirm-email/",
    "account_reset_password_from_key": "/account/password/choose/1-wrong/",
    "account_confirm_email": "/account/confirm-email/wrong/",
    "account_inactive": "/account/inactive/",
    "terms": "/install/terms",
    "help": "/help/",
    "help-chapter": "/help/vat/",
    "help-problem": "/help/problems/vat_setting_missing/",
}
MEMBERS = {
    "home": "/",
    "install": "/install/",
    "profile": "/profile/",
    "account_email": "/account/email/",
    "account_change_password": "/account/password/change/",
    "account_logout": "/account/logout/",
    "usersessions_list": "/account/sessions/",
    "mfa_index": "/account/2fa/",
    "mfa_list_webauthn": "/account/2fa/webauthn/",
}
# Looked at in test_way_in.py, at the end of the steps that lead there.
WITH_STEPS = {
    *("account_confirm_login_code", "account_confirm_password_reset_code", "account_reauthenticate"),
    *("mfa_authenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"),
    *("mfa_generate_recovery_codes", "mfa_view_recovery_codes", "install-link"),
    *("invitation", "address-verify", "unsubscribe"),  # in test_profile.py
}
NO_PAGE = {
    "account_complete_password_reset": "leads on",
    "account_set_password": "leads to the page that changes the password",
    "back-to-shop": "leads to the shop",
    "handshake": "the App Store calls it",
    "healthz": "a word for machines",
    "install-another": "leads to the installation while no keys of the shop wait",
    "language": "takes a form",
    "mfa_download_recovery_codes": "a text file",
    "mfa_edit_webauthn": "needs a real passkey",
    "mfa_login_webauthn": "JSON for a passkey",
    "mfa_reauthenticate": "account_reauthenticate with the code of an app",
    "mfa_reauthenticate_webauthn": "account_reauthenticate with a passkey",
    "mfa_remove_webauthn": "needs a real passkey",
    "mfa_trust": "leads to the log-in",
    "readyz": "a word for machines",
    "history-stop": "leads back from what was not started; looked at in test_history.py",
    "icp-file": "a file",
    "payments-export": "a file",
    "reconciliation-figures": "a file",
    "reconciliation-findings": "a file",
    "vat-overview-file": "a file",
    "rompslomp-callback": "comes back from Rompslomp and leads on",
    "report-export": "a file",
    "report-figures": "a part of Report",
    "self-test-file": "a file, to be sent on",
    "set_language": "takes a form",
    "settings-download": "a file of settings",
    "shop-install": "comes from the App Store and leads on",
    "theme": "takes a form",
    "ticket-file": "a file",
    "uninstall": "the App Store calls it",
    "webhook": "the shop calls it",
}
QUERIES = {
    "group": "?cause={document.cause}",
    "report-problem": "?document={document.pk}",
    "search": "?q=2026",
}
OF_AN_INTEGRATION = {name: route for name, route in OWNED if not route.startswith("admin/")}
ELSEWHERE = {name for name, route in ADDRESSES if not route.startswith("admin/")} - set(OF_AN_INTEGRATION)

# What axe goes by: which elements stand in which, with their attributes, whatever the words and how often.
PARTS = """(() => { const kind = (one) => one.tagName + one.className + one.getAttributeNames();
  return [...new Set(Array.from(document.querySelectorAll("body *"), (one) => kind(one.parentElement) + kind(one)))];
})()"""


def opened(client: Client, address: str) -> str:
    """What a GET gives: a page, a file, or the status that it is answered with."""
    answer = client.get(address)
    is_file = "attachment" in answer.get("content-disposition", "")
    return "file" if is_file else "page" if answer.status_code == 200 else str(answer.status_code)


def rompslomp(url: str) -> Linked:
    made = link(url)
    vat = settings_store.current_file(made.integration)["vat"]
    made.configure(vat=[row for row in vat if row["country"] in ("NL", "ICP", "INTERNATIONAL", "DE")])
    for seed, kind in enumerate(("unpaid", "simple", "icp", "export", "simple", "broken", "broken")):
        made.post(kind, seed)
    return made


def king(url: str) -> Linked:
    made = link_king(url)
    for seed, kind in enumerate(("simple", "icp", "export", "simple", "broken", "broken")):
        made.post(kind, seed)
    return made


def take_back(client: Client, document: Document, **given: str) -> None:
    """Press Undo, of what the page shows."""
    shown = client.get(f"/documents/{document.pk}/undo").context["shown"]
    assert client.post(f"/documents/{document.pk}/undo", {"shown": shown, **given}).status_code == 302


def lived_in(linked: Linked, owner: User, reader: User) -> Integration:
    """With what people who work with it leave behind: a posting that was undone and one that is being, something
    skipped, a group under way, a ticket, addresses and somebody who is invited."""
    made, client = linked.integration, logged_in(owner)
    Member.objects.create(integration=made, user=owner)
    Member.objects.create(integration=made, user=reader, role=Role.READER)
    TermsAcceptance.objects.create(integration=made, user=owner, version=TERMS)
    book_lists.reload(made)
    undone, undoing, held = made.documents.filter(state=State.PROCESSED).order_by("pk")[:3]
    skipped, stuck = made.documents.filter(state=State.ERROR).order_by("pk")
    take_back(client, undone, returns_to="error", words="Verkeerde klant")
    linked.work()
    take_back(client, undoing, returns_to="skipped", words="Dubbel")
    client.post(f"/documents/{skipped.pk}/skip", {"words": "Met de hand ingevoerd"})
    client.post(f"/{made.licence_key}/errors/group/process", {"cause": stuck.cause})
    later = timezone.now() + timedelta(days=7)
    made.documents.filter(pk=held.pk).update(state=State.QUEUED, reason="settling", ledger_id="", next_attempt_at=later)
    ticket = made.tickets.create(subject="Twee boekhoudingen", changed_at=timezone.now())
    ticket.messages.create(text="Kan dat?")
    ticket.messages.create(text="Ja.", is_staff=True).files.create(
        name="a.txt", content_type="text/plain", content=b"a"
    )
    made.mail_addresses.create(email="boekhouding@example.nl", language="nl", verified_at=timezone.now())
    made.mail_addresses.create(email="nieuw@example.nl", language="nl")
    made.invitations.create(email="gast@example.nl", role=Role.READER, expires_at=later)
    if made.accounting_system == "rompslomp":  # the other one shows them empty
        overviews.fill(made)
    return made


def as_active(integration: Integration, client: Client) -> None:
    client.post(f"/{integration.licence_key}/configuration/check")


def as_installing(integration: Integration, _client: Client) -> None:
    Integration.objects.filter(pk=integration.pk).update(status="installing")


def as_stopped(integration: Integration, _client: Client) -> None:
    integration.refresh_from_db()
    registration.stop(integration, "stopped")


def as_archived(integration: Integration, client: Client) -> None:
    client.post(f"/{integration.licence_key}/profile/archive")


# The first one in every state, for what differs then is the same for each.
SYSTEMS = {rompslomp: ("active", "installing", "stopped", "archived"), king: ("active",)}
STATES = {"active": as_active, "installing": as_installing, "stopped": as_stopped, "archived": as_archived}


def asked(made: Integration, state: str) -> Iterator[tuple[str, str, str]]:
    """Who asks for which page: while it is active a reader too, and the owner of each document it may be about."""
    *others, stuck = made.documents.exclude(number__startswith=overviews.NUMBERS).order_by("pk")
    for who in ("owner", "reader") if state == "active" else ("owner",):
        for name, route in OF_AN_INTEGRATION.items():
            is_of_all = "document_id" in route and state == "active" and who == "owner"
            for document in (stuck, *others) if is_of_all else (stuck,):
                yield who, name, filled(route, document) + QUERIES.get(name, "").format(document=document)
    if state == "active":
        yield from (("owner", name, address) for name, address in overviews.addresses(made))


def test_the_pages_of_an_integration(open_page: OpenPage, sandbox: Sandbox, owner: User) -> None:
    """Of either system, in each state of one of them, for its owner and for a reader. A page that has nothing which an
    earlier one has not is only measured."""
    sandbox.reset()
    reader = a_person("reader@example.nl")
    people = {"owner": logged_in(owner, "nl"), "reader": logged_in(reader, "nl")}
    pages = {who: open_page(person, "/", locale="nl-NL") for who, person in (("owner", owner), ("reader", reader))}
    named: Counter[str] = Counter()
    seen: set[str] = set()
    found: dict[str, set[str]] = defaultdict(set)
    systems = {make: lived_in(make(sandbox.url), owner, reader) for make in SYSTEMS}
    for make, state in ((make, state) for make, states in SYSTEMS.items() for state in states):
        made = systems[make]
        STATES[state](made, people["owner"])
        for who, name, address in asked(made, state):
            answered, page = opened(people[who], address), pages[who]
            if state == "active":
                found[name].add(answered)
            if answered == "page":
                page.goto(address)
                parts = set(page.evaluate(PARTS))
                if name in named and parts <= seen:
                    measure(page, f"{name} {address}", *WIDTHS)
                else:
                    named[name] += 1
                    seen |= parts
                    look(page, f"{make.__name__}-{name}-{named[name]}-{state}-{who}", *WIDTHS)
    missed = {name for name, answers in found.items() if not answers & {"page", "405"}}
    assert missed <= NO_PAGE.keys(), missed


def test_no_page_is_forgotten() -> None:
    assert {*VISITORS, *MEMBERS, *WITH_STEPS, *NO_PAGE} >= ELSEWHERE


def test_the_pages_of_a_visitor(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(None, "/account/login/", locale="nl-NL")
    for name, address in VISITORS.items():
        page.goto(address)
        assert resolve(urlsplit(page.url).path).url_name == name
        look(page, name, *WIDTHS)


def test_the_pages_of_an_account(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner, "/", locale="nl-NL")
    for name, address in MEMBERS.items():
        page.goto(address)
        assert resolve(urlsplit(page.url).path).url_name == name
        look(page, name, *WIDTHS)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_the_pages_of_what_goes_wrong(open_page: OpenPage, name: str, transactional_db: None) -> None:
    with translation.override("nl"):
        shown = render_to_string(f"{name}.html", request=RequestFactory().get("/"))
    page = open_page(None, "/account/login/")
    page.route("**/wrong", lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    page.goto("/wrong")
    look(page, f"error-{name}", *WIDTHS)
