"""How the product speaks HTTP: keep-alive, a total deadline, no redirects, every call written down.

Addresses that come from outside (a shop's ``api_root``) may only be reached over https and on public addresses. That
is checked when the address is received (``check_public``) and again on the socket of every new connection, since a
name may resolve to something else by then. ``SANDBOX_HOSTS`` lists the exceptions of the operator.
"""

import contextlib
import ipaddress
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.response import HTTPResponse

LARGEST_ANSWER = 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Call:
    """One remote call as the timeline shows it: ``path`` holds no values of its query, ``status`` is 0 when no answer
    came, ``milliseconds`` is its duration."""

    method: str
    path: str
    status: int
    milliseconds: int


Recorder = Callable[[Call], None]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON with exact decimals; ``ValueError`` when it is no JSON."""
        return json.loads(self.body, parse_float=Decimal)


class NotSent(Exception):
    """No connection came about, so the remote system has seen nothing of the call."""


class NoAnswer(Exception):
    """The call was sent and no whole answer came in time."""


class NotPublic(NewConnectionError):
    """The address leads into a private network."""


# Addresses inside IPv6 that carry an IPv4 address, which need not be public: 6to4, Teredo, NAT64, compatible; and the
# site-local ones that were given up.
CARRIERS = [
    ipaddress.ip_network(text)
    for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96", "fec0::/10")
]


def is_public(address: str) -> bool:
    """Whether an IP address (text, perhaps with a zone) belongs to the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in CARRIERS)


def is_sandbox_host(url: str) -> bool:
    parts = urlsplit(url)
    return parts.netloc in settings.SANDBOX_HOSTS or parts.hostname in settings.SANDBOX_HOSTS


def check_public(url: str) -> None:
    """Raise ``ValueError`` unless ``url`` is an https origin that resolves to public addresses only."""
    if is_sandbox_host(url):
        return
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise ValueError("not an https address")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ValueError("the host name does not resolve") from error
    if not all(is_public(str(entry[4][0])) for entry in found):
        raise ValueError("the address is not public")


class Timed(HTTPConnection):
    """Cuts the connection when the head of an answer takes longer than its time-out in all: a time-out of a socket
    starts anew with every byte."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        guard = threading.Timer(float(self.timeout or settings.CALL_DEADLINE_SECONDS), self._cut)
        guard.daemon = True
        guard.start()
        try:
            return super().getresponse()
        finally:
            guard.cancel()

    def _cut(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Secure(Timed, HTTPSConnection):
    pass


class Public(Secure):
    """Refuses a socket whose other end is not on the public internet, before anything is sent."""

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        if not is_public(sock.getpeername()[0]):
            sock.close()
            raise NotPublic(self, "the address is not public")
        return sock


class PlainPool(HTTPConnectionPool):
    ConnectionCls = Timed


class SecurePool(HTTPSConnectionPool):
    ConnectionCls = Secure


class PublicPool(HTTPSConnectionPool):
    ConnectionCls = Public


class Adapter(HTTPAdapter):
    """Connections of our own kinds; ``public_only`` knows no plain http at all."""

    def __init__(self, *, public_only: bool) -> None:
        self.pools = {"https": PublicPool} if public_only else {"http": PlainPool, "https": SecurePool}
        super().__init__(pool_connections=20, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools


_sessions = threading.local()


def session(*, public_only: bool) -> requests.Session:
    """This thread's session; connections are kept alive between calls."""
    name = "public" if public_only else "any"
    kept: requests.Session | None = getattr(_sessions, name, None)
    if kept is None:
        kept = requests.Session()
        kept.trust_env = False
        kept.cookies.set_policy(_NoCookies())
        kept.adapters.clear()
        kept.mount("https://", Adapter(public_only=public_only))
        if not public_only:
            kept.mount("http://", Adapter(public_only=False))
        setattr(_sessions, name, kept)
    return kept


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    def set_ok(self, _cookie: Any, _request: Any) -> bool:
        return False


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    record: Recorder | None = None,
    public_only: bool = False,
) -> Answer:
    """Make one call and return its answer, whatever its status.

    Raises ``NotSent`` or ``NoAnswer``; the whole call takes at most ``CALL_DEADLINE_SECONDS``.
    """
    started = time.monotonic()
    status = 0
    try:
        answer = _exchange(
            method,
            url,
            headers,
            body,
            public_only,
            started + settings.CALL_DEADLINE_SECONDS,
        )
        status = answer.status
        return answer
    finally:
        if record:
            milliseconds = round((time.monotonic() - started) * 1000)
            record(
                Call(
                    method=method,
                    path=redacted(url),
                    status=status,
                    milliseconds=milliseconds,
                )
            )


def _exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    public_only: bool,
    deadline: float,
) -> Answer:
    patience = settings.CALL_DEADLINE_SECONDS
    try:
        response = session(public_only=public_only and not is_sandbox_host(url)).request(
            method,
            url,
            data=body,
            headers=dict(headers),
            allow_redirects=False,
            stream=True,
            timeout=(min(10, patience), patience),
        )
        with response:
            return Answer(response.status_code, response.headers, _read(response, deadline))
    except (requests.exceptions.ConnectTimeout, requests.exceptions.InvalidSchema) as error:
        raise NotSent(str(error)) from error
    except requests.exceptions.ConnectionError as error:
        if isinstance(getattr(error.args[0], "reason", None), NewConnectionError):
            raise NotSent(str(error)) from error
        raise NoAnswer(str(error)) from error
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise NoAnswer(str(error)) from error


def _read(response: requests.Response, deadline: float) -> bytes:
    parts, size = [], 0
    while part := response.raw.read1(65536, decode_content=True):
        size += len(part)
        if size > LARGEST_ANSWER or time.monotonic() > deadline:
            raise requests.exceptions.ReadTimeout("the answer was too slow or too large")
        parts.append(part)
    return b"".join(parts)


def redacted(url: str) -> str:
    """The path of a URL with the values of its query left out: they may name a customer."""
    parts = urlsplit(url)
    query = re.sub(r"=[^&]*", "=…", parts.query)
    return f"{parts.path}?{query}" if query else parts.path
