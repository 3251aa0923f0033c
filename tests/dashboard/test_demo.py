"""The demo's own buttons: there in the demo, and nowhere else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as of_the_product
from dashboard.views.demo import place_order
from integrations.models import Integration
from tests.conftest import Sandbox
from tests.linked import control

urlpatterns = [path("demo/order", place_order, name="demo-order"), *of_the_product]


@pytest.fixture
def demo(settings: Any, sandbox: Sandbox) -> str:
    settings.DEMO = True
    settings.SANDBOX_URL = sandbox.url
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


def test_the_pages_lead_to_the_stand_ins(client: Client, integration: Integration, demo: str) -> None:
    page = client.get(f"/{integration.licence_key}/report/").text
    assert f'href="{demo}/shop/"' in page
    assert f'href="{demo}/ledger/"' in page


def test_a_stand_in_that_is_away_gives_a_sentence(
    client: Client, integration: Integration, demo: str, settings: Any
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    answer = client.post("/demo/order", {"licence_key": integration.licence_key}, follow=True)
    assert "The stand-in shop does not answer." in answer.text


def test_a_stranger_places_no_orders(stranger: Client, integration: Integration, demo: str) -> None:
    assert stranger.post("/demo/order", {"licence_key": integration.licence_key}).status_code == 404


def test_the_log_in_page_says_what_to_log_in_with(demo: str, db: None, settings: Any) -> None:
    assert settings.DEMO_PASSWORD in Client().get("/account/login/").text


def test_outside_the_demo_there_is_nothing_of_it(client: Client, integration: Integration, settings: Any) -> None:
    assert client.post("/demo/order", {"licence_key": integration.licence_key}).status_code == 404
    assert "demo" not in client.get(f"/{integration.licence_key}/report/").text.lower().replace("bakkerij demo", "")
    assert settings.DEMO_PASSWORD not in Client().get("/account/login/").text
