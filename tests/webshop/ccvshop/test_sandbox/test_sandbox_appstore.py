"""The App Store of the stand-in: handshake, install, edit, uninstall, and the pages for people."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.conftest import Sandbox
from tests.scripted import Reply, Scripted

from .conftest import Shop, hmac_sha512

SECRET = "a-secret-of-the-app"


@pytest.fixture(autouse=True)
def app(sandbox: Sandbox, receiver: Scripted) -> None:
    registered = {"url": receiver.url, "secret": SECRET}
    requests.put(f"{sandbox.url}/_sandbox/shops/app", json=registered, timeout=10).raise_for_status()


def test_it_shakes_hands(shop: Shop, receiver: Scripted) -> None:
    outcome = shop.control("POST", "/install", {"language": "en"})
    asked = receiver.asked[0]
    assert (asked.method, asked.target) == ("POST", "/ccvshop/handshake")
    assert asked.headers["x-hash"] == hmac_sha512(SECRET, f"{receiver.url}/ccvshop/handshake|{asked.body.decode()}")
    body = json.loads(asked.body)
    assert body == {
        "api_public": shop.data["public"],
        "api_secret": shop.data["secret"],
        "api_root": shop.sandbox_url,
        "return_url": outcome["return_url"],
    }
    url = urlsplit(outcome["install_url"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{receiver.url}/ccvshop/install"
    assert (query["api_public"], query["language"]) == (shop.data["public"], "en")
    assert query["x-hash"] == hmac_sha512(SECRET, f"{receiver.url}/ccvshop/install|{shop.data['public']}")
    assert "%5E" in url.query


@pytest.mark.parametrize("reply", [Reply(status=200, body=b"yes"), Reply(status=503, body=b"OK"), Reply(hang_up=True)])
def test_it_stops_unless_the_app_says_ok(shop: Shop, receiver: Scripted, reply: Reply) -> None:
    receiver.answer(reply)
    outcome = shop.control("POST", "/install")
    assert (outcome["accepted"], outcome["install_url"]) == (False, None)
    page = requests.post(f"{shop.sandbox_url}/shop/{shop.data['id']}/install", timeout=10, allow_redirects=False)
    assert page.status_code == 502


def test_it_hashes_wrongly_when_told(shop: Shop, receiver: Scripted) -> None:
    shop.control("POST", "/install", {"hash": "wrong", "extra": {"language": "nl"}})
    shop.control("POST", "/install", {"hash": "missing"})
    wrong, missing = receiver.asked
    assert wrong.headers["x-hash"] != hmac_sha512(SECRET, f"{receiver.url}/ccvshop/handshake|{wrong.body.decode()}")
    assert "x-hash" not in missing.headers
    assert json.loads(wrong.body)["language"] == "nl"


def test_it_uninstalls(shop: Shop, receiver: Scripted) -> None:
    app = shop.get("/apps")["items"][0]
    shop.call("PATCH", f"/api/rest/v1/apps/{app['id']}", {"is_installed": True})
    shop.call("POST", "/api/rest/v1/webhooks", {"event": "orders.created", "address": f"{receiver.url}/h"})
    outcome = shop.control("POST", "/uninstall")
    asked = receiver.asked[-1]
    assert outcome == {"uninstall": {"status": 200, "body": "OK"}, "accepted": True}
    assert json.loads(asked.body) == {"api_public": shop.data["public"]}
    assert asked.headers["x-hash"] == hmac_sha512(SECRET, f"{receiver.url}/ccvshop/uninstall|{asked.body.decode()}")
    assert shop.call("GET", "/api/rest/v1/apps").status_code == 401
    assert shop.control("GET", "/webhooks") == {"webhooks": []}
    again = shop.control("POST", "/install")
    assert again["public"] != shop.data["public"]


def test_a_person_installs_edits_and_uninstalls(shop: Shop, receiver: Scripted) -> None:
    page = f"{shop.sandbox_url}/shop/{shop.data['id']}/"
    assert "Install App" in requests.get(page, timeout=10).text
    sent = requests.post(f"{page}install", timeout=10, allow_redirects=False)
    assert sent.headers["Location"].startswith(f"{receiver.url}/ccvshop/install?api_public=")
    shop.call("PATCH", f"/api/rest/v1/apps/{shop.data['app_id']}", {"is_installed": True})
    assert "geïnstalleerd" in requests.get(f"{page}installed?App=1", timeout=10).text
    assert "Uninstall" in requests.get(page, timeout=10).text
    edited = requests.get(f"{page}edit?language=de", timeout=10, allow_redirects=False)
    assert "language=de" in edited.headers["Location"]
    requests.post(f"{page}uninstall", timeout=10)
    assert receiver.asked[-1].target == "/ccvshop/uninstall"
    assert "Install App" in requests.get(page, timeout=10).text


@pytest.mark.parametrize("kind", ["simple", "mixed", "excl", "icp", "export", "abroad", "surprise", "broken", "unpaid"])
def test_a_person_places_an_order(shop: Shop, kind: str) -> None:
    page = f"{shop.sandbox_url}/shop/{shop.data['id']}/"
    shown = requests.post(f"{page}orders", data={"kind": kind}, timeout=10)
    line = shop.control("GET", "/totals")["orders"]["documents"][0]
    assert shown.status_code == 200
    assert line["number"] in shown.text
    assert line["paid"] is (kind != "unpaid")
    if kind == "mixed":
        rows = shop.get(f"/orders/{line['id']}/orderrows")["items"]
        assert len({row["tax"] for row in rows}) == 2
        assert shop.get(f"/orders/{line['id']}")["total_discounts"] > 0


def test_a_person_pays_invoices_and_cancels(shop: Shop) -> None:
    page = f"{shop.sandbox_url}/shop/{shop.data['id']}/"
    order = shop.place({"price": 10}, customer={"billingaddress": {"first_name": "<b>", "country_code": "NL"}})["id"]
    requests.post(f"{page}orders/{order}/paid", timeout=10)
    requests.post(f"{page}orders/{order}/invoice", data={"type": "credit"}, timeout=10)
    shown = requests.post(f"{page}orders/{order}/cancel", timeout=10).text
    assert (shop.get(f"/orders/{order}")["paid"], shop.get(f"/orders/{order}")["status"]) == (True, 8)
    assert shop.get("/invoices")["items"][0]["type"] == "credit"
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


def test_it_lists_shops_and_says_404(shop: Shop) -> None:
    assert shop.data["name"] in requests.get(f"{shop.sandbox_url}/shop/", timeout=10).text
    assert requests.get(f"{shop.sandbox_url}/shop/1/", timeout=10).status_code == 404
    assert requests.get(f"{shop.sandbox_url}/shop/{shop.data['id']}/install", timeout=10).status_code == 405
