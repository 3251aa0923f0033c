"""The embedded broker: kombu's file transport, made safe for several processes at once.

Kombu's own writes a message under its final name, so that a reader may take half of one, and orders by a clock that
starts anew with the machine. Here a message becomes visible whole, by a rename; whoever manages to unlink it has it;
names follow the wall clock; and one lock guards the one table of bindings. A folder for each queue.
"""

import fcntl
import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import quote

from kombu.transport import TRANSPORT_ALIASES, filesystem, virtual

Binding = list[str]


def register() -> None:
    """Let ``file://`` mean this transport; its option ``folder`` says where."""
    TRANSPORT_ALIASES["file"] = "config.broker:Transport"


def write_whole(file: Path, content: Any) -> None:
    part = file.with_name(f"{uuid.uuid4()}.part")
    part.write_text(json.dumps(content))
    part.replace(file)


class Channel(filesystem.Channel):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.seen: dict[str, list[Path]] = {}  # newest first: what the last look at a folder found and nobody took yet
        super().__init__(*args, **kwargs)

    def _folder(self, queue: str = "") -> Path:
        folder = Path(self.transport_options["folder"], "queues", quote(queue, safe=""))
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _messages(self, queue: str) -> list[Path]:
        folder = self._folder(queue)
        return [folder / name for name in sorted(os.listdir(folder), reverse=True) if name.endswith(".msg")]

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        write_whole(self._folder(queue) / f"{time.time_ns():020}-{uuid.uuid4()}.msg", payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        seen = self.seen[queue] = self.seen.get(queue) or self._messages(queue)
        while seen:
            file = seen.pop()
            try:
                content = file.read_bytes()
                file.unlink()
            except FileNotFoundError:
                continue  # somebody else's now
            return json.loads(content)
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._messages(queue)
        for file in messages:
            file.unlink(missing_ok=True)
        return len(messages)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:  # type: ignore[override]
        return [filesystem.exchange_queue_t(*binding) for binding in self._bindings().get(exchange, [])]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        binding = [routing_key or "", pattern or "", queue or ""]
        self._rebind(exchange, lambda bound: bound if binding in bound else [*bound, binding])

    def _delete(self, queue: str, exchange: str, *_args: Any, **_kwargs: Any) -> None:
        self._purge(queue)
        self._rebind(exchange, lambda bound: [binding for binding in bound if binding[2] != queue])

    def _bindings(self) -> dict[str, list[Binding]]:
        try:
            return json.loads((self._folder().parent / "bindings.json").read_bytes())
        except FileNotFoundError:
            return {}

    def _rebind(self, exchange: str, change: Callable[[list[Binding]], list[Binding]]) -> None:
        root = self._folder().parent
        with (root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self._bindings()
            bound = table.get(exchange, [])
            if (changed := change(bound)) != bound:
                write_whole(root / "bindings.json", table | {exchange: changed})


class Transport(filesystem.Transport):
    Channel = Channel

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)
        self.state = virtual.BrokerState()  # kombu's, one for all, would not bind anew what was emptied under it

    def driver_version(self) -> str:
        return "1"
