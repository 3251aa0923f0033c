"""Sends prepared requests over connections that are kept alive, each as soon as its last answer is in.

A process of its own, with nothing of Django, so that it costs the measured servers little:
``python -m tests.bench.load PORT CONNECTIONS`` with pickled requests on standard input; JSON on standard output.
"""

import json
import pickle
import selectors
import socket
import sys
import time
from collections import Counter
from typing import Any


def main() -> None:
    port, count = int(sys.argv[1]), int(sys.argv[2])
    requests: list[bytes] = pickle.load(sys.stdin.buffer)  # noqa: S301 our own parent wrote it
    json.dump(run(port, count, requests), sys.stdout)


def run(port: int, count: int, requests: list[bytes]) -> dict[str, Any]:
    """Send all requests; gives ``seconds`` in all, those of each answer, and how many answers had which status."""
    selector = selectors.DefaultSelector()
    waiting = iter(requests)
    sent: dict[socket.socket, float] = {}
    received: dict[socket.socket, bytes] = {}
    took: list[float] = []
    statuses: Counter[str] = Counter()

    def send_next(connection: socket.socket) -> None:
        request = next(waiting, None)
        if request is None:
            selector.unregister(connection)
            connection.close()
            return
        received[connection] = b""
        sent[connection] = time.perf_counter()
        connection.sendall(request)

    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    started = time.perf_counter()
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        send_next(connection)
    while selector.get_map():
        for key, _events in selector.select(30):
            connection: Any = key.fileobj
            part = connection.recv(65536)
            if not part:
                raise SystemExit(f"the server closed a connection after {received[connection][:200]!r}")
            received[connection] += part
            if is_whole(received[connection]):
                took.append(time.perf_counter() - sent[connection])
                statuses[received[connection][9:12].decode()] += 1
                send_next(connection)
    return {"seconds": time.perf_counter() - started, "took": took, "statuses": statuses}


def is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    head = head.lower()
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or 0)


if __name__ == "__main__":
    main()
