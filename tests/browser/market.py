"""The outside world of an installation: the stand-in App Store with our app in it, and books to link a shop to."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.core import mail
from playwright.sync_api import Page, expect

from accounting.rompslomp import oauth
from integrations.models import Administration
from tests.linked import control
from webshop import tasks

CODE = "9381240077"


@dataclass(frozen=True)
class Market:
    url: str
    app: str

    def control(self, method: str, path: str, body: Any = None) -> Any:
        return control(self.url, method, path, body)

    def open(self) -> None:
        """Put our app in the App Store."""
        app = {"url": self.app, "secret": django_settings.CCVSHOP_APP_SECRET}
        self.control("PUT", "shops/app", app)

    def shop(self, name: str, **chosen: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.control("POST", "shops", {"name": name, **chosen})
        return made

    def page_of(self, shop: dict[str, Any]) -> str:
        return f"{self.url}/shop/{shop['id']}/"

    def rompslomp(self, name: str) -> None:
        """A company with one customer, and somebody who may allow us in."""
        self.control("POST", "ledger/companies", {"name": name, "with_objects": True})
        self.control("POST", "ledger/users", {"email": "eigenaar@krakeling.example"})
        client = {"client_id": "demo", "client_secret": "demo", "redirect_uri": oauth.redirect_uri()}
        self.control("POST", "ledger/clients", client)

    def king(self, name: str) -> dict[str, Any]:
        """An administration that is reached with CODE."""
        made: dict[str, Any] = self.control("POST", "imuis/administrations", {"name": name, "code": CODE})
        return made

    def order(self, page: Page, shop: dict[str, Any]) -> str:
        """Place an order on the page of the shop; gives its number, once it was posted."""
        page.goto(self.page_of(shop))
        page.locator("button[name=kind]").first.click()
        number = page.locator("tbody tr").first.locator("td").first.inner_text()
        self.control("POST", f"shops/{shop['id']}/deliveries/wait", {"seconds": 20})
        for administration in Administration.objects.all():  # what a worker does when the doorbell rings
            tasks.work(administration.pk)
        return number


def link_in_the_last_mail(path: str) -> str:
    """The address, under ``path``, in the e-mail that was sent last."""
    found = re.search(rf"https?://\S+{path}\S+", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[0]


def expect_step(page: Page, name: str) -> None:
    """The installation has arrived at a step."""
    expect(page.locator(f"#step-{name}[aria-current=step]")).to_be_visible()
