"""Chromium against the running product. Playwright's own browser is not needed: Debian's does."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from pytest_django.live_server_helper import LiveServer

from integrations.models import Integration, State, User
from tests.conftest import Sandbox
from tests.dashboard.world import a_document, a_person, an_event, an_integration
from tests.linked import Linked

from .abroad import link_abroad
from .market import Market

# The shell without a window comes first: it is the same browser, and needs a third less time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _synchronous_playwright() -> None:
    """Playwright's loop runs in this thread, which Django would take for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium found: apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(autouse=True)
def _own_limits() -> None:
    """What an earlier test asked does not count against this one."""
    cache.clear()


@pytest.fixture
def owner(transactional_db: None) -> User:
    return a_person("owner@example.nl")


@pytest.fixture
def integration(owner: User) -> Integration:
    """One with something on every list."""
    made = an_integration(owner)
    a_document(made, "2026-1001", State.PROCESSED)
    stuck = a_document(made, "2026-1002", State.ERROR)
    a_document(made, "2026-1003", State.OPEN)
    a_document(made, "2026-1004", State.QUEUED)
    a_document(made, "2026-1005", State.SKIPPED)
    an_event(stuck, "delivery", event="orders.updated.ispaid")
    an_event(stuck, "call", method="GET", path="/api/rest/v1/orders/351000123", status=200, milliseconds=84)
    an_event(stuck, "problem", problems=stuck.problems)
    an_event(stuck, "processed_by", owner)
    an_event(stuck, "call", method="POST", path="/api/v1/companies/*/sales_invoices", status=503, milliseconds=30004)
    return made


@pytest.fixture
def market(sandbox: Sandbox, live_server: LiveServer, settings: Any) -> Market:
    """Our app in the App Store of the stand-in; nobody has anything yet."""
    sandbox.reset()
    settings.PUBLIC_URL = live_server.url
    settings.ROMPSLOMP_CLIENT_ID, settings.ROMPSLOMP_CLIENT_SECRET = "demo", "demo"
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": ["'self'", sandbox.url]}}
    made = Market(sandbox.url, live_server.url)
    made.open()
    return made


@pytest.fixture
def abroad(sandbox: Sandbox, owner: User, settings: Any) -> Linked:
    sandbox.reset()
    settings.CCVSHOP_GETS_PER_MINUTE = 0
    settings.ROMPSLOMP_INVOICE_PAGE = f"{sandbox.url}/ledger/{{company}}/invoices/{{invoice}}"
    return link_abroad(sandbox.url, owner)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Opens a page as a person (or as nobody); errors on the page's console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(kind: str, text: str) -> None:
        if kind == "error" and not re.search("status of 40[34]", text):
            complaints.append(text)

    def open_as(person: User | None, address: str, *, width: int = 1280, **options: object) -> Page:
        size = ViewportSize(width=width, height=900)
        context = browser.new_context(base_url=live_server.url, viewport=size, **{"locale": "en-GB"} | options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            context.add_cookies([session_of(person, live_server.url)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("console", lambda message: complain(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def session_of(person: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(person)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }
