"""The hash examples of the vendor's page, and the same hashes over real HTTP."""

import json

import requests

from tests.conftest import Sandbox
from webshop.ccvshop.sandbox.hashes import address_hash, call_hash, php_json

from .conftest import ShopMaker, hmac_sha512

PUBLIC = "e_demo7Q^pub1234567890"
SECRET = "s3cr3t-demo-key-0000111122223333"
APP_SECRET = "app-secret-demo-abcdefghij0123456789"
DATE = "2026-03-02T09:15:00Z"
APP = "https://koppeling.example.nl/ccvshop"
HOOK = "https://koppeling.example.nl/hooks/ccvshop/4711/k3j2h1"

GET_URI = "/api/rest/v1/orders/?is_paid=true&size=100&start=0"
GET_HASH = (
    "67f47678046c597050166f5e347b8faffcdc27241ba55f06b967540208c7058c"
    "596cc163b7082372f57ebc2e2d3f72a80f6b3c89859d88e6571bd97395e8f54d"
)
POST_BODY = f'{{"event":"orders.updated.ispaid","address":"{HOOK}","is_active":true}}'
POST_HASH = (
    "4214c216507cdfa71857cf69cf166ffc1efea68390b3a07cfe834965615ef9be"
    "b0ac8901880a9f6f1c2620fa3369a366246333723dc4aac86c1e1da2f3cfc6a9"
)
PATCH_HASH = (
    "da5eac9f0c33bee40119f4eaf155fe5ec9e0ca0e9080ca3bdff7de4f651cb545"
    "76dcbb63d347aef9cef40b1f7c9f598fd24e0f20cf4f02df1615341040d74c01"
)
ANSWER_HASH = (
    "efa39d3937f4734a0593a7d9be5dffd17bb8892294bb122832e933ad983b2f09"
    "6a924d58245e119d6b33eee70e2dd9f8b9710ff7452ccd196a85846467b6f0ef"
)


def test_it_hashes_calls_as_the_page_does() -> None:
    assert call_hash(SECRET, PUBLIC, "GET", GET_URI.encode(), b"", DATE) == GET_HASH
    assert call_hash(SECRET, PUBLIC, "POST", b"/api/rest/v1/webhooks/", POST_BODY.encode(), DATE) == POST_HASH
    assert call_hash(SECRET, PUBLIC, "PATCH", b"/api/rest/v1/apps/1234", b'{"is_installed":true}', DATE) == PATCH_HASH


def test_it_hashes_answers_as_the_page_does() -> None:
    moment = "2026-03-02T09:15:01+00:00"
    assert call_hash(SECRET, PUBLIC, "GET", b"/api/rest/v1/apps/1234", b'{"id":1234}', moment) == ANSWER_HASH


def test_it_hashes_handshake_install_and_uninstall_as_the_page_does() -> None:
    handshake = {
        "api_public": PUBLIC,
        "api_secret": SECRET,
        "api_root": "https://bakkerij-demo.ccvshop.nl",
        "return_url": "https://bakkerij-demo.ccvshop.nl/onderhoud/AdminItems/AppStore/Return.php?App=1234",
    }
    assert rb"https:\/\/bakkerij-demo.ccvshop.nl\/onderhoud" in php_json(handshake)
    assert address_hash(APP_SECRET, f"{APP}/handshake", php_json(handshake)) == (
        "e05a0f5785390e842f3e700cc234ef7993b958551cc990f8c6e09451a6caa3ce"
        "1b8c688343dea177183b1c35bbb73f27727476119b25090e5a98733a1a2dfec5"
    )
    assert address_hash(APP_SECRET, f"{APP}/install", PUBLIC.encode()) == (
        "a8425b0a61d4073c6a62d6c9627b13c7c136332f33f4fce96a1c5e4259a7b850"
        "77cf3f3bcf4a4504234b35201e09a3f2a6c4b0eb35a9520d36658287eb526ac3"
    )
    assert address_hash(APP_SECRET, f"{APP}/uninstall", php_json({"api_public": PUBLIC})) == (
        "7adec40bf5cf27a7721e2c5fd825789f35225fe0198b9d67354ea1b0ec908a69"
        "d877f3634eb02671222be9086607db3a1b433c197c5392c05f38f5d972a2c81e"
    )


def test_it_hashes_a_webhook_as_the_page_does() -> None:
    body = {
        "triggered_at": "2026-03-02T09:14:58Z",
        "href": "https://bakkerij-demo.ccvshop.nl/api/rest/v1/orders/351000123",
        "id": 351000123,
        "order_number": 1042,
        "ordernumber_prefix": "2026",
        "ordernumber_full": "2026-1042",
        "total_price": 101.2,
        "paid": True,
        "customer_email": "inkoop@voorbeeld.example",
        "customer_mobile": "",
    }
    content = json.dumps(body, separators=(",", ":")).encode()
    assert address_hash("wh-key-demo-5566778899", HOOK, content) == (
        "538309f2ed0a3f7dbeddad8ec64f51c1bfb4bce89080fcec6ba3383d1ae4297a"
        "deee744c1972b4ecb01ff1b3e845be96c8b1a4086a702085b2c4335c2ff3c9e6"
    )


def test_it_accepts_the_examples_over_http(sandbox: Sandbox, make_shop: ShopMaker) -> None:
    sandbox.reset()
    shop = make_shop(public=PUBLIC, secret=SECRET)
    requests.put(f"{sandbox.url}/_sandbox/shops/clock", json={"now": "2026-03-02T09:17:00Z"}, timeout=10)
    try:
        answers = [
            shop.call("GET", GET_URI, date=DATE, x_hash=GET_HASH),
            shop.call("POST", "/api/rest/v1/webhooks/", POST_BODY, date=DATE, x_hash=POST_HASH),
            shop.call("PATCH", "/api/rest/v1/apps/1234", '{"is_installed":true}', date=DATE, x_hash=PATCH_HASH),
        ]
    finally:
        requests.put(f"{sandbox.url}/_sandbox/shops/clock", json={"now": None}, timeout=10)
    assert [answer.status_code for answer in answers] == [200, 201, 204]


def test_it_signs_its_answers(make_shop: ShopMaker) -> None:
    shop = make_shop()
    uri = "/api/rest/v1/orders/?size=7"
    answer = shop.call("GET", uri)
    date = answer.headers["x-date"]
    text = f"{shop.data['public']}|GET|{uri}|{answer.text}|{date}"
    assert answer.headers["x-hash"] == hmac_sha512(shop.data["secret"], text)
    assert date.endswith("+00:00")


def test_it_signs_wrongly_or_not_at_all_when_told(make_shop: ShopMaker) -> None:
    wrong, missing = make_shop(signs="wrong"), make_shop(signs="missing")
    answer = wrong.call("GET", "/api/rest/v1/apps")
    text = f"{wrong.data['public']}|GET|/api/rest/v1/apps|{answer.text}|{answer.headers['x-date']}"
    assert answer.headers["x-hash"] != hmac_sha512(wrong.data["secret"], text)
    assert "x-hash" not in missing.call("GET", "/api/rest/v1/apps").headers
