"""What a stand-in remembers: named tables, kept in one JSON file where the demo asks for it."""

import json
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

Row = dict[str, Any]


class Memory:
    """Named tables of JSON objects, each under a text key; every change happens under ``lock``."""

    registered: ClassVar[list["Memory"]] = []

    def __init__(self, name: str, *tables: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.writing = threading.Lock()
        self.written = ""
        self.tables: dict[str, dict[str, Row]] = {table: {} for table in tables}
        self.registered.append(self)

    def __getitem__(self, table: str) -> dict[str, Row]:
        return self.tables[table]

    def clear(self) -> None:
        with self.lock:
            for rows in self.tables.values():
                rows.clear()

    def dump(self) -> str:
        with self.lock:
            return json.dumps(self.tables)

    def load(self, text: str) -> None:
        with self.lock:
            for table, rows in json.loads(text).items():
                self.tables[table] = rows

    def save_to(self, folder: Path, *, every: float = 0.5) -> None:
        """Read what an earlier run left in ``folder`` and write every change there, about ``every`` seconds late."""
        file = folder / f"{self.name}.json"
        if file.exists():
            self.load(file.read_text())

        def keep_writing() -> None:
            while True:
                started = time.monotonic()
                self.write(folder)
                # A large memory takes long to write: never spend more than a twentieth of the time on it.
                time.sleep(max(every, 20 * (time.monotonic() - started)))

        threading.Thread(target=keep_writing, daemon=True).start()

    def write(self, folder: Path) -> None:
        """Write the tables now, unless they are as they were written last."""
        with self.writing:
            text = self.dump()
            if text != self.written:
                file = folder / f"{self.name}.json"
                part = file.with_suffix(".part")
                part.write_text(text)
                part.replace(file)
                self.written = text
