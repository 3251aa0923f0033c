"""What the tests of the stand-in shop share: a shop of its own for each test, and calls that are signed by hand."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.conftest import Sandbox
from tests.scripted import Reply, Scripted, scripted_server


def hmac_sha512(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha512).hexdigest()


@dataclass
class Shop:
    """A shop in the stand-in: ``control`` is its control path, ``call`` its signed API."""

    sandbox_url: str
    data: dict[str, Any]

    def control(self, method: str, path: str = "", body: Any = None, *, status: int | None = None) -> Any:
        answer = requests.request(
            method, f"{self.sandbox_url}/_sandbox/shops/{self.data['id']}{path}", json=body, timeout=30
        )
        assert answer.status_code == (status or (201 if method == "POST" else 200)), answer.text
        return answer.json()

    def call(
        self, method: str, uri: str, body: Any = None, *, date: str | None = None, **headers: str
    ) -> requests.Response:
        """Signed with the shop's keys. ``headers`` (x_hash, x_date, x_public) replace what is right."""
        content = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        moment = date or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        public, secret = self.data["public"], self.data["secret"]
        signed = {
            "x-public": public,
            "x-date": moment,
            "x-hash": hmac_sha512(secret, f"{public}|{method}|{uri}|{content}|{moment}"),
        }
        signed |= {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, self.sandbox_url + uri, data=content.encode(), headers=signed, timeout=30)

    def get(self, path: str) -> Any:
        answer = self.call("GET", f"/api/rest/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, *rows: dict[str, Any], paid: bool = False, **order: Any) -> Any:
        return self.control("POST", "/orders", {"order": order, "orderrows": list(rows), "paid": paid})

    def wait(self) -> None:
        assert self.control("POST", "/deliveries/wait", {"seconds": 20})["idle"]


ShopMaker = Callable[..., Shop]


@pytest.fixture
def make_shop(sandbox: Sandbox) -> ShopMaker:
    def make(**asked: Any) -> Shop:
        answer = requests.post(f"{sandbox.url}/_sandbox/shops", json=asked, timeout=10)
        assert answer.status_code == 201, answer.text
        return Shop(sandbox.url, answer.json())

    return make


@pytest.fixture
def shop(make_shop: ShopMaker) -> Shop:
    return make_shop()


@pytest.fixture
def receiver() -> Iterator[Scripted]:
    """Somebody who gets webhooks and handshakes, and answers OK."""
    with scripted_server() as server:
        server.answer(Reply(status=200, body=b"OK"))
        yield server
