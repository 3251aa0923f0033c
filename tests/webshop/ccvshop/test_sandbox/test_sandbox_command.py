"""``manage.py sandbox``: says where it is, keeps connections, remembers, ends when told."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.conftest import ROOT, Sandbox


@contextmanager
def running(*options: str) -> Iterator[str]:
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        assert process.stderr
        try:
            yield process.stdout.readline().removeprefix("sandbox on ").strip()
        finally:
            process.terminate()
            assert process.wait(10) == 0
            assert process.stderr.read() == ""


def test_it_remembers_what_happened_until_the_moment_it_was_ended(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state"), "--app-url", "http://127.0.0.1:9/", "--app-secret", "geheim")
    with running(*options) as url:
        shop = requests.post(f"{url}/_sandbox/shops", json={}, timeout=10).json()
        control = f"{url}/_sandbox/shops/{shop['id']}"
        placed = requests.post(f"{control}/orders/random", json={"count": 3}, timeout=10).json()["orders"]
        app = requests.get(f"{url}/_sandbox/shops/app", timeout=10).json()
    assert app == {"url": "http://127.0.0.1:9", "secret": "geheim"}
    with running(*options) as url:
        assert requests.get(f"{url}/_sandbox/shops", timeout=10).json()["shops"] == [shop]
        totals = requests.get(f"{url}/_sandbox/shops/{shop['id']}/totals", timeout=10).json()
        assert [each["id"] for each in totals["orders"]["documents"]] == [each["id"] for each in placed]
        fourth = requests.post(f"{url}/_sandbox/shops/{shop['id']}/orders", json={}, timeout=10).json()
        assert fourth["id"] > placed[-1]["id"]


def test_it_serves_every_stand_in_and_keeps_connections(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        for path in ("/api/rest/v1/", "/api/v1/companies", "/vies/rest-api/check-vat-number", "/shop/", "/ledger/"):
            answer = session.get(f"{sandbox.url}{path}", timeout=10)
            assert answer.status_code != 404, path
            assert answer.headers["Connection"] == "keep-alive"
            assert "Content-Length" in answer.headers
        unknown = session.get(f"{sandbox.url}/nothing", timeout=10)
        assert (unknown.status_code, unknown.text) == (404, "404\n")
