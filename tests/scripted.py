"""A web server that answers what a test tells it to: for answers that no well-behaved stand-in would give."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """``hang_up`` closes the connection instead of answering; ``cut_off`` announces that many bytes more than come;
    ``drip`` sends the body a byte at a time, that many seconds apart."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang_up: bool = False
    cut_off: int = 0
    drip: float = 0.0


Script = Callable[[Asked], Reply]


class Scripted:
    """The server: ``script`` makes the replies, ``asked`` holds the requests so far."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self.script: Script = lambda _asked: Reply(status=404)

    def answer(self, *replies: Reply) -> None:
        """Give these replies one after the other, the last one for ever."""
        waiting = list(replies)
        self.script = lambda _asked: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@contextmanager
def scripted_server() -> Iterator[Scripted]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    scripted = Scripted(server.server_address[1])
    server.scripted = scripted  # type: ignore[attr-defined]
    server.over = threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield scripted
    finally:
        server.over.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.socket.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(method=self.command, target=self.path, headers=headers, body=body)
        scripted: Scripted = self.server.scripted  # type: ignore[attr-defined]
        scripted.asked.append(asked)
        reply = scripted.script(asked)
        if reply.hang_up:
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body) + reply.cut_off))
        self.end_headers()
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        if not reply.drip:
            self.wfile.write(reply.body)
            self.close_connection = self.close_connection or reply.cut_off > 0
            return
        for byte in reply.body:
            if self.server.over.wait(reply.drip):  # type: ignore[attr-defined]
                return
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 the names that http.server looks for

    def log_message(self, *_args: object) -> None:
        pass
