"""The demo: what it starts with, and its own buttons, which are there in the demo and nowhere else."""

import re
from collections import Counter
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as of_the_product
from dashboard.demo import demo_data, demo_history
from dashboard.views.demo import make_invoice, place_order
from integrations.models import Document, Integration, Payment, Ticket, User
from tests.conftest import Sandbox
from tests.linked import Linked, control

from .conftest import logged_in

pytestmark = pytest.mark.broad

urlpatterns = [
    path("demo/order", place_order, name="demo-order"),
    path("demo/invoice", make_invoice, name="demo-invoice"),
    *of_the_product,
]


@pytest.fixture
def demo(settings: Any, sandbox: Sandbox) -> str:
    settings.DEMO = True
    settings.SANDBOX_URL = sandbox.url
    settings.IMUIS_DOCUMENT_PAGE = f"{sandbox.url}/imuis/named/{{administration}}/{{kind}}/{{number}}"
    settings.ROOT_URLCONF = __name__
    return sandbox.url


@pytest.fixture
def shop(demo: str, integration: Integration) -> dict[str, Any]:
    made = control(demo, "POST", "shops", {"name": "Demo"})
    Integration.objects.filter(pk=integration.pk).update(shop_id=str(made["id"]))
    return made


def test_one_click_places_an_order_and_the_next_click_another(
    client: Client, integration: Integration, shop: dict[str, Any], demo: str
) -> None:
    before = control(demo, "GET", f"shops/{shop['id']}/totals")
    for _ in range(2):
        answer = client.post("/demo/order", {"licence_key": integration.licence_key}, follow=True)
        assert "An order was placed in the stand-in shop." in answer.text
    assert control(demo, "GET", f"shops/{shop['id']}/totals") != before


def test_the_pages_lead_to_the_stand_ins(
    client: Client, integration: Integration, demo: str, shop: dict[str, Any]
) -> None:
    page = client.get(f"/{integration.licence_key}/report/").text
    assert f'href="{demo}/shop/{shop["id"]}/"' in page
    assert f'href="{demo}/ledger/1290044715/"' in page


def test_a_stand_in_that_is_away_gives_a_sentence(
    client: Client, integration: Integration, demo: str, settings: Any
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    answer = client.post("/demo/order", {"licence_key": integration.licence_key}, follow=True)
    assert "The stand-in shop does not answer." in answer.text


def test_a_stranger_places_no_orders(stranger: Client, integration: Integration, demo: str) -> None:
    for address in ("/demo/order", "/demo/invoice"):
        assert stranger.post(address, {"licence_key": integration.licence_key}).status_code == 404


def test_the_log_in_page_says_what_to_log_in_with(demo: str, db: None, settings: Any) -> None:
    assert settings.DEMO_PASSWORD in Client().get("/account/login/").text


def test_outside_the_demo_there_is_nothing_of_it(client: Client, integration: Integration, settings: Any) -> None:
    for address in ("/demo/order", "/demo/invoice"):
        assert client.post(address, {"licence_key": integration.licence_key}).status_code == 404
    assert "demo" not in client.get(f"/{integration.licence_key}/report/").text.lower().replace("bakkerij demo", "")
    assert settings.DEMO_PASSWORD not in Client().get("/account/login/").text


ROMPSLOMP, ENTRIES, PAYING, ORDERS = (bakery.shop for bakery in demo_data.BAKERIES)


@pytest.fixture
def started(demo: str, transactional_db: None, sandbox: Sandbox) -> Client:
    """The demo after its first start, and a browser in which its person is logged in."""
    sandbox.reset()
    demo_data.make()
    demo_data.register_webhooks()
    return logged_in(User.objects.get(username="demo"))


def linked(url: str, shop: str) -> Linked:
    integration = Integration.objects.get(name=shop)
    return Linked(url, {"id": integration.shop_id}, {}, integration)


def click(started: Client, shop: Linked, address: str, **more: str) -> str:
    """Press a button of the demo's bar; gives the page that follows."""
    return started.post(address, {"licence_key": shop.integration.licence_key, **more}, follow=True).text


def arrived(shop: Linked, kind: str) -> list[Document]:
    """The shop's messages reach no server here: deliver the newest, and post what comes of it."""
    made = shop.control("GET", f"shops/{shop.shop['id']}/totals")[f"{kind}s"]["documents"]
    shop.deliver(*(one["id"] for one in made), kind=kind)
    shop.work()
    return list(Document.objects.filter(integration=shop.integration, kind=kind).order_by("id"))


def test_it_starts_with_four_integrations_that_run(started: Client) -> None:
    made = Integration.objects.order_by("id")
    assert [(one.name, one.accounting_system, one.status) for one in made] == [
        (ROMPSLOMP, "rompslomp", "active"),
        (ENTRIES, "imuis", "active"),
        (PAYING, "rompslomp", "active"),
        (ORDERS, "imuis", "active"),
    ]
    page = started.get("/", follow=True).text
    for one in made:
        assert one.webhooks.exists()
        assert one.name in page
    assert "King / iMUIS, journal entries" in page
    assert "King / iMUIS, sales orders" in page


def test_it_starts_from_where_it_was(started: Client) -> None:
    before = list(Integration.objects.order_by("id").values_list("id", "settings_id", "administration_id"))
    demo_data.make()
    demo_data.register_webhooks()
    assert list(Integration.objects.order_by("id").values_list("id", "settings_id", "administration_id")) == before


def test_what_an_earlier_version_did_not_make_is_made(started: Client) -> None:
    later = Integration.objects.exclude(name=ROMPSLOMP)
    later.update(settings=None)
    later.delete()
    first = Integration.objects.get()
    demo_data.make()
    assert set(Integration.objects.values_list("name", flat=True)) == {ROMPSLOMP, ENTRIES, PAYING, ORDERS}
    assert Integration.objects.get(name=ROMPSLOMP) == first


def test_a_start_that_was_broken_off_is_begun_again(started: Client) -> None:
    Integration.objects.filter(name=ORDERS).update(settings=None, status="installing")
    demo_data.make()
    demo_data.register_webhooks()
    assert Integration.objects.get(name=ORDERS).status == "active"


def test_an_order_an_invoice_and_a_credit_note_are_each_one_click(started: Client, demo: str) -> None:
    shop = linked(demo, ENTRIES)
    assert "Make an invoice first." in click(started, shop, "/demo/invoice", type="credit")
    assert "Now make its invoice" in click(started, shop, "/demo/order")
    assert "An invoice was made" in click(started, shop, "/demo/invoice", type="debit")
    (invoice,) = arrived(shop, "invoice")
    assert "A credit note was made" in click(started, shop, "/demo/invoice", type="credit")
    debit, credit = arrived(shop, "invoice")
    assert (debit.pk, debit.is_credit, credit.is_credit) == (invoice.pk, False, True)
    assert debit.order_remote_id == credit.order_remote_id
    assert len(shop.control("GET", f"shops/{shop.shop['id']}/totals")["orders"]["documents"]) == 1


def test_an_invoice_without_an_order_places_one(started: Client, demo: str) -> None:
    shop = linked(demo, ENTRIES)
    click(started, shop, "/demo/invoice", type="debit")
    assert len(arrived(shop, "invoice")) == 1


@pytest.mark.parametrize(("name", "kind"), [(ENTRIES, "invoice"), (ORDERS, "order")])
def test_report_leads_to_the_document_and_the_bar_to_the_books(
    started: Client, demo: str, name: str, kind: str
) -> None:
    shop = linked(demo, name)
    order = shop.place_kind("simple")
    if kind == "invoice":
        shop.place_invoice(order["id"])
    (document,) = arrived(shop, kind)
    page = started.get(f"/{shop.integration.licence_key}/report/").text
    assert f'href="{document.ledger_url}"' in page
    assert document.number in requests.get(document.ledger_url, timeout=10).text
    books = re.search(rf'href="({demo}/imuis/named/[^"]+)"', page)
    assert books
    assert document.number in requests.get(books[1], timeout=10).text
    assert "code" not in books[1] + document.ledger_url


@pytest.mark.parametrize("page", ["entries/404", "orders/404", "named/Niemand/"])
def test_what_is_not_in_the_books_is_not_found(demo: str, page: str) -> None:
    assert requests.get(f"{demo}/imuis/{page}", timeout=10).status_code == 404


def test_what_it_starts_with_is_stuck_on_a_few_causes_skipped_and_asked_about(started: Client, demo: str) -> None:
    shop = linked(demo, ROMPSLOMP)
    for order in demo_history.stuck_orders():
        order["order"]["create_date"] = "2026-11-20T09:00:00Z"
        shop.control("POST", f"shops/{shop.shop['id']}/orders", order)
    Integration.objects.filter(pk=shop.integration.pk).update(created_at="2026-10-01T00:00:00Z")
    arrived(shop, "order")
    demo_history.put_back(shop.integration)
    demo_history.act(User.objects.get(username="demo"), shop.integration)
    found = Counter(Document.objects.values_list("state", "cause"))
    assert found[("error", '["vat_setting_missing","AT","20"]')] == 5
    assert found[("error", '["customer_email_missing","creditcard"]')] == 3
    assert {state for state, _cause in found} == {"error", "open", "skipped"}
    assert Ticket.objects.get().status == "answered"
    assert {str(day) for day in Document.objects.values_list("arrived_at__date", flat=True)} == {"2026-11-20"}


def test_one_shop_has_payments_in_every_list(started: Client, demo: str) -> None:
    shop = linked(demo, PAYING)
    demo_history.place(shop.integration)
    for _ in range(3):
        arrived(shop, "invoice")
    found = Counter(Payment.objects.values_list("integration__name", "state"))
    assert {state: found[(PAYING, state)] > 0 for state in ("processed", "error", "open")} == dict.fromkeys(
        ("processed", "error", "open"), True
    )
    assert sum(found.values()) == sum(count for (name, _state), count in found.items() if name == PAYING)
    assert not demo_history.is_busy(shop.integration)
