"""Where requests may go, how long they may take, and what is written down of them."""

import gzip
import socket
import time

import pytest

from integrations import http
from tests.scripted import Reply, scripted_server

PUBLIC_ADDRESS = "203.0.114.10"
FORBIDDEN = {
    "loopback": "https://127.0.0.1",
    "the whole of loopback": "https://127.9.9.9",
    "loopback by name": "https://localhost",
    "loopback in v6": "https://[::1]",
    "loopback in decimal": "https://2130706433",
    "loopback in hexadecimal": "https://0x7f000001",
    "loopback, shortened": "https://127.1",
    "loopback in octal": "https://0177.0.0.1",
    "loopback, mapped": "https://[::ffff:127.0.0.1]",
    "loopback, mapped in hexadecimal": "https://[::ffff:7f00:1]",
    "this host": "https://0.0.0.0",
    "this host in v6": "https://[::]",
    "link-local": "https://169.254.169.254",
    "link-local in v6": "https://[fe80::1]",
    "private 10": "https://10.0.0.1",
    "private 172": "https://172.16.0.1",
    "private 192": "https://192.168.1.1",
    "carrier": "https://100.64.0.1",
    "private, mapped": "https://[::ffff:10.0.0.1]",
    "unique local": "https://[fd00::1]",
    "multicast": "https://224.0.0.1",
    "multicast in v6": "https://[ff02::1]",
    "broadcast": "https://255.255.255.255",
    "documentation": "https://192.0.2.1",
    "private by NAT64": "https://[64:ff9b::7f00:1]",
    "private by 6to4": "https://[2002:7f00:1::]",
    "compatible v6": "https://[::127.0.0.1]",
    "site-local": "https://[fec0::1]",
    "http": f"http://{PUBLIC_ADDRESS}",
    "ftp": f"ftp://{PUBLIC_ADDRESS}",
    "no scheme": PUBLIC_ADDRESS,
    "user": f"https://shop@{PUBLIC_ADDRESS}",
    "password alone": f"https://:secret@{PUBLIC_ADDRESS}",
    "user that looks like a host": f"https://shop.example.nl@{PUBLIC_ADDRESS}",
    "no host": "https://",
    "no name": "https://no-such-host.invalid",
    "bad port": f"https://{PUBLIC_ADDRESS}:99999",
    "bad brackets": "https://[::1",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_it_refuses_an_address_that_is_not_public(name):
    with pytest.raises(ValueError, match=r"."):
        http.check_public(FORBIDDEN[name])


@pytest.mark.parametrize("url", [f"https://{PUBLIC_ADDRESS}", f"https://{PUBLIC_ADDRESS}:443", "https://[2a02:1::1]"])
def test_it_allows_a_public_address(url):
    http.check_public(url)


def resolving_to(*answers):
    """A resolver that gives these addresses one after the other, the last one for ever."""
    waiting = list(answers)

    def resolve(_host, port, *_args, **_kwargs):
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 443)) for address in found]

    return resolve


def test_it_refuses_a_name_of_which_one_address_is_private(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to([PUBLIC_ADDRESS, "10.0.0.1"]))
    with pytest.raises(ValueError, match="public"):
        http.check_public("https://shop.example.nl")


@pytest.fixture
def server(settings):
    settings.CALL_DEADLINE_SECONDS = 2
    with scripted_server() as running:
        yield running


def test_it_sends_nothing_to_a_name_that_has_become_private_since(monkeypatch, server):
    port = int(server.host.partition(":")[2])
    monkeypatch.setattr(socket, "getaddrinfo", resolving_to([PUBLIC_ADDRESS], ["127.0.0.1"]))
    url = f"https://shop.example.nl:{port}"
    http.check_public(url)
    with pytest.raises(http.NotSent, match="public"):
        http.send("GET", url, headers={"x-public": "p"}, public_only=True)
    assert server.asked == []


def test_it_sends_nothing_to_a_private_address_over_plain_http(server):
    with pytest.raises(http.NotSent):
        http.send("GET", server.url, headers={}, public_only=True)
    assert server.asked == []


def test_it_goes_to_a_private_address_that_the_operator_lists(server, settings):
    server.answer(Reply(body=b"hello"))
    settings.SANDBOX_HOSTS = [server.host]
    assert http.send("GET", server.url, headers={}, public_only=True).body == b"hello"
    settings.SANDBOX_HOSTS = ["127.0.0.1"]
    assert http.send("GET", server.url, headers={}, public_only=True).body == b"hello"


def test_it_follows_no_redirect(server):
    server.answer(Reply(status=302, headers={"Location": f"{server.url}/elsewhere"}))
    assert http.send("GET", server.url, headers={}).status == 302
    assert len(server.asked) == 1


def test_it_keeps_no_cookies(server):
    server.answer(Reply(headers={"Set-Cookie": "a=1"}))
    http.send("GET", server.url, headers={})
    http.send("GET", server.url, headers={})
    assert "cookie" not in server.asked[1].headers


def test_it_asks_no_proxy_of_the_environment(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.answer(Reply(body=b"x"))
    assert http.send("GET", server.url, headers={}).body == b"x"


def test_it_sends_the_body_as_it_is(server):
    server.answer(Reply())
    http.send("POST", server.url, headers={"Content-Type": "application/json"}, body='{"a":"é"}'.encode())
    assert server.asked[0].body == '{"a":"é"}'.encode()


@pytest.mark.parametrize("drip", [0.3, 0.9])
def test_it_gives_up_on_an_answer_that_trickles_in(server, settings, drip):
    settings.CALL_DEADLINE_SECONDS = 1
    server.answer(Reply(body=b"x" * 20, drip=drip))
    started = time.monotonic()
    with pytest.raises(http.NoAnswer):
        http.send("GET", server.url, headers={})
    assert time.monotonic() - started < 2.5


def test_it_gives_up_on_an_answer_that_is_too_large(server, monkeypatch):
    monkeypatch.setattr(http, "LARGEST_ANSWER", 1000)
    server.answer(Reply(body=b"x" * 1001))
    with pytest.raises(http.NoAnswer):
        http.send("GET", server.url, headers={})


def test_it_does_not_take_half_an_answer_for_a_whole_one(server):
    server.answer(Reply(body=b'{"id":1}', cut_off=10))
    with pytest.raises(http.NoAnswer):
        http.send("GET", server.url, headers={})


def test_it_unpacks_an_answer(server):
    server.answer(Reply(body=gzip.compress(b"x" * 100_000), headers={"Content-Encoding": "gzip"}))
    assert http.send("GET", server.url, headers={}).body == b"x" * 100_000
    server.answer(Reply(body=b"not packed", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(http.NoAnswer):
        http.send("GET", server.url, headers={})


def test_it_tells_not_sent_from_not_answered(server):
    server.answer(Reply(hang_up=True))
    with pytest.raises(http.NoAnswer):
        http.send("POST", server.url, headers={}, body=b"x")
    with pytest.raises(http.NotSent):
        http.send("POST", "http://127.0.0.1:9", headers={}, body=b"x")


def test_it_writes_every_call_down_without_the_values_of_its_query(server):
    calls = []
    server.answer(Reply(status=503), Reply(hang_up=True))
    for _ in range(2):
        try:
            http.send("GET", f"{server.url}/users/?email=klant%40voorbeeld.example&x", headers={}, record=calls.append)
        except http.NoAnswer:
            continue
    assert [(call.method, call.path, call.status) for call in calls] == [
        ("GET", "/users/?email=…&x", 503),
        ("GET", "/users/?email=…&x", 0),
    ]
    assert all(0 <= call.milliseconds < 2000 for call in calls)


def test_it_reads_decimals_exactly():
    answer = http.Answer(200, {}, b'{"price": 0.1, "count": 590}')
    assert str(answer.json()["price"]) == "0.1"
    with pytest.raises(ValueError, match=r"."):
        http.Answer(200, {}, b"<html>").json()
