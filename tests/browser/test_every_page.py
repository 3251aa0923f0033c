"""Every page of the product by axe, in light and dark, as a phone and as a desk shows it.

The pages are found in the list of addresses, so that a new one can't be forgotten. The admin's are Django's own.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import translation

from accounting import book_lists, settings_store
from dashboard.views.install import TERMS
from integrations.models import Document, Integration, Member, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.dashboard.conftest import logged_in
from tests.dashboard.test_access import ADDRESSES, OWNED, filled
from tests.king import link_king
from tests.linked import Linked, link
from webshop import registration

from .conftest import OpenPage
from .looking import DESK, PHONE, look

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
    "rompslomp-callback": "comes back from Rompslomp and leads on",
    "self-test-file": "a file, to be sent on",
    "set_language": "takes a form",
    "settings-download": "a file of settings",
    "shop-install": "comes from the App Store and leads on",
    "theme": "takes a form",
    "uninstall": "the App Store calls it",
    "webhook": "the shop calls it",
}
OF_AN_INTEGRATION = {name: route for name, route in OWNED if not route.startswith("admin/")}
ELSEWHERE = {name for name, route in ADDRESSES if not route.startswith("admin/")} - set(OF_AN_INTEGRATION)

# What axe goes by: the elements of the page's own part and their attributes, whatever the words.
SKELETON = """Array.from(document.querySelectorAll("main *"), (one) =>
  one.tagName + one.className + one.getAttributeNames()).join()"""


def opened(client: Client, address: str) -> str:
    """What a GET gives: a page, a file, or the status that it is answered with."""
    answer = client.get(address)
    is_file = "attachment" in answer.get("content-disposition", "")
    return "file" if is_file else "page" if answer.status_code == 200 else str(answer.status_code)


def rompslomp(url: str) -> Linked:
    made = link(url)
    vat = settings_store.current_file(made.integration)["vat"]
    made.configure(vat=[row for row in vat if row["country"] in ("NL", "ICP", "INTERNATIONAL", "DE")])
    for seed, kind in enumerate(("simple", "icp", "export", "broken")):
        made.post(kind, seed)
    return made


def king(url: str) -> Linked:
    made = link_king(url)
    made.post("simple")
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


STATES = {"active": as_active, "installing": as_installing, "stopped": as_stopped, "archived": as_archived}


@pytest.mark.parametrize("make", [rompslomp, king])
def test_the_pages_of_an_integration(
    open_page: OpenPage, sandbox: Sandbox, owner: User, make: Callable[[str], Linked]
) -> None:
    """In each of its states; a page that only has other words in a next state is not looked at again."""
    sandbox.reset()
    linked = make(sandbox.url)
    Member.objects.create(integration=linked.integration, user=owner)
    TermsAcceptance.objects.create(integration=linked.integration, user=owner, version=TERMS)
    book_lists.reload(linked.integration)
    document, seen = Document.objects.latest("pk"), set()
    page, client = open_page(owner, "/profile/", width=PHONE, locale="nl-NL"), logged_in(owner, "nl")
    for state, become in STATES.items():
        become(linked.integration, client)
        for name, route in OF_AN_INTEGRATION.items():
            address = filled(route, document)
            found = opened(client, address)
            assert state != "active" or found in ("page", "405") or name in NO_PAGE, name
            if found == "page":
                page.goto(address)
                skeleton = page.evaluate(SKELETON)
                if skeleton not in seen:
                    look(page, f"{make.__name__}-{state}-{name}", PHONE, DESK)
                seen.add(skeleton)


def test_no_page_is_forgotten() -> None:
    assert {*VISITORS, *MEMBERS, *WITH_STEPS, *NO_PAGE} >= ELSEWHERE


def test_the_pages_of_a_visitor(open_page: OpenPage, transactional_db: None) -> None:
    page = open_page(None, "/account/login/", width=PHONE, locale="nl-NL")
    for name, address in VISITORS.items():
        page.goto(address)
        assert resolve(urlsplit(page.url).path).url_name == name
        look(page, name, PHONE, DESK)


def test_the_pages_of_an_account(open_page: OpenPage, owner: User) -> None:
    page = open_page(owner, "/", width=PHONE, locale="nl-NL")
    for name, address in MEMBERS.items():
        page.goto(address)
        assert resolve(urlsplit(page.url).path).url_name == name
        look(page, name, PHONE, DESK)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_the_pages_of_what_goes_wrong(open_page: OpenPage, name: str, transactional_db: None) -> None:
    with translation.override("nl"):
        shown = render_to_string(f"{name}.html", request=RequestFactory().get("/"))
    page = open_page(None, "/account/login/", width=PHONE)
    page.route("**/wrong", lambda route: route.fulfill(body=shown, content_type="text/html; charset=utf-8"))
    page.goto("/wrong")
    look(page, f"error-{name}", PHONE, DESK)
