"""Connections to outside systems: kept alive, cut at a deadline, and where an address came from outside, only to
places on the public internet.

Addresses that come from outside (a shop's ``api_root``) may only be reached over https and on public addresses. That
is checked when the address is received (``check_public``) and again on the socket of every new connection, since a
name may resolve to something else by then. ``SANDBOX_HOSTS`` lists the exceptions of the operator.
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError


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


class Deadline:
    """The end of one call: when it comes, the connection that the call uses is cut. The time-out of a socket alone
    starts anew with every byte.

    ``before_call`` is asked at the last moment, when the connection is there, and nothing is sent past the deadline:
    a process that stood still in between must not go on with what it was allowed long ago.
    """

    def __init__(self, seconds: float, before_call: Callable[[], None] = lambda: None) -> None:
        self.at = time.monotonic() + seconds
        self.is_over = False
        self._before_call = before_call
        self._was_asked = False
        self._connection: HTTPConnection | None = None

    def __enter__(self) -> "Deadline":
        _local.deadline = self
        _watcher.add(self)
        return self

    def __exit__(self, *_error: object) -> None:
        _watcher.remove(self)
        _local.deadline = None

    def watch(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def allow(self) -> None:
        """Return when bytes may go out now."""
        if not self._was_asked:
            self._was_asked = True
            self._before_call()
        if time.monotonic() > self.at:
            raise TimeoutError("too late to send")

    def cut(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


class Watcher:
    """One thread that cuts what is past its deadline; a timer of its own for each call would cost a thread each."""

    def __init__(self) -> None:
        self._deadlines: set[Deadline] = set()
        self._woken = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline) -> None:
        with self._woken:
            self._deadlines.add(deadline)
            if self._thread is None or not self._thread.is_alive():  # a forked process starts without it
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif len(self._deadlines) == 1:
                self._woken.notify()

    def remove(self, deadline: Deadline) -> None:
        with self._woken:
            self._deadlines.discard(deadline)

    def _watch(self) -> None:
        while True:
            with self._woken:
                while not self._deadlines:
                    self._woken.wait()
                now = time.monotonic()
                for deadline in [deadline for deadline in self._deadlines if deadline.at <= now]:
                    self._deadlines.discard(deadline)
                    deadline.cut()
            time.sleep(LATEST)


LATEST = 0.2  # seconds after its deadline at which a connection is cut
_watcher = Watcher()
_local = threading.local()


class Timed(HTTPConnection):
    """A connection that the deadline of the call may cut."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        deadline: Deadline | None = getattr(_local, "deadline", None)
        if deadline:
            deadline.watch(self)
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        deadline: Deadline | None = getattr(_local, "deadline", None)
        if deadline:
            if self.sock is None:
                self.connect()
            deadline.allow()
        super().send(data)


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


def session(*, public_only: bool) -> requests.Session:
    """This thread's session; connections are kept alive between calls."""
    name = "public" if public_only else "any"
    kept: requests.Session | None = getattr(_local, name, None)
    if kept is None:
        kept = requests.Session()
        kept.trust_env = False
        kept.cookies.set_policy(_NoCookies())
        kept.adapters.clear()
        kept.mount("https://", Adapter(public_only=public_only))
        if not public_only:
            kept.mount("http://", Adapter(public_only=False))
        setattr(_local, name, kept)
    return kept


class _NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):  # type: ignore[name-defined,misc]
    def set_ok(self, _cookie: Any, _request: Any) -> bool:
        return False
