"""The pages of signing up, logging in and installing, as they look on a phone and on a desk, light and dark."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page

from dashboard.install import installation_links
from integrations.models import Handshake, Integration, User

from .conftest import OpenPage
from .looking import WIDTHS, look

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery staple"
OWN = {
    "recovery": "/account/2fa/recovery-codes/",
    "generate": "/account/2fa/recovery-codes/generate/",
    "deactivate": "/account/2fa/totp/deactivate/",
    "key-add": "/account/2fa/webauthn/add/",
}


@pytest.fixture
def verified(owner: User) -> User:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    second = "een-heel-lang-tweede-adres@bakkerij-de-krakeling.example.nl"
    EmailAddress.objects.create(user=owner, email=second, verified=True)
    return owner


def submit(page: Page) -> None:
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def test_what_a_visitor_sees(open_page: OpenPage, owner: User) -> None:
    link = installation_links.make("bakker@example.nl").removeprefix("http://localhost:8000")
    look(open_page(None, link, locale="nl-NL"), "account-first", *WIDTHS)


def test_logging_in_step_by_step(open_page: OpenPage, verified: User) -> None:
    page = open_page(None, "/account/login/", locale="nl-NL")
    page.locator("input[name=login]").fill(verified.email)
    page.locator("input[name=password]").fill("wrong")
    submit(page)
    look(page, "login-wrong", *WIDTHS)
    page = open_page(None, "/account/login/code/", locale="nl-NL")
    page.locator("input[name=email]").fill(verified.email)
    submit(page)
    look(page, "code", *WIDTHS)
    page = open_page(None, "/account/password/reset/", locale="nl-NL")
    page.locator("input[name=email]").fill(verified.email)
    submit(page)
    look(page, "reset-code", *WIDTHS)
    TOTP.activate(verified, generate_totp_secret())
    page = open_page(None, "/account/login/", locale="nl-NL")
    page.locator("input[name=login]").fill(verified.email)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    look(page, "authenticate", *WIDTHS)


def test_the_log_in_of_a_person(open_page: OpenPage, verified: User, integration: Integration) -> None:
    page = open_page(verified, "/account/2fa/totp/activate/", locale="nl-NL")
    look(page, "reauthenticate", *WIDTHS)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    look(page, "totp-activate", *WIDTHS)
    TOTP.activate(verified, generate_totp_secret())
    RecoveryCodes.activate(verified)
    Client().force_login(verified)
    for count, session in enumerate(Session.objects.all()):
        agent = f"Mozilla/5.0 (iPhone; CPU iPhone OS 19_{count} like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
        UserSession.objects.create(
            user=verified, ip="2001:db8:85a3::8a2e:370:7334", session_key=session.session_key, user_agent=agent
        )
    for name, address in OWN.items():
        page.goto(address)
        look(page, name, *WIDTHS)
    Authenticator.objects.create(
        user=verified, type="webauthn", data={"name": "Telefoon", "passwordless": True, "credential": {}}
    )
    page.goto("/account/2fa/webauthn/")
    look(page, "keys", *WIDTHS)


def test_the_steps_before_the_wizard(open_page: OpenPage, verified: User, integration: Integration) -> None:
    page = open_page(verified, "/install/", locale="nl-NL")
    look(page, "add", *WIDTHS)
    page.goto(installation_links.make("bakker@example.nl").removeprefix("http://localhost:8000"))
    look(page, "link-of-another", *WIDTHS)
    page.goto(installation_links.make(verified.email).removeprefix("http://localhost:8000"))
    page.locator("input[name=address]").fill("http://10.0.0.1")
    page.locator("input[name=api_public]").fill("x")
    page.locator("input[name=api_secret]").fill("y")
    submit(page)
    look(page, "shop-keys", *WIDTHS)
    Handshake.objects.create(
        api_public="p",
        api_secret="s",
        api_root="https://bakkerij.example",
        claimed_by=verified,
        return_url="https://x.nl",
    )
    page.goto("/install/")
    look(page, "start", *WIDTHS)
