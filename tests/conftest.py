"""What every test may use, and the few things that differ from a running program: static files need not have been
collected, tasks run at once, passwords hash fast, and messages go where no running worker listens."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import requests
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate

from config.celery import app as celery_app

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile("suite", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the expected files instead of comparing")


def pytest_configure(config: pytest.Config) -> None:
    folder = tempfile.mkdtemp(prefix="tests-")
    config.add_cleanup(lambda: shutil.rmtree(folder))
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    celery_app.conf.update(task_always_eager=True, task_eager_propagates=True)
    if settings.IS_FILE_BROKER:
        celery_app.conf.broker_transport_options = {"folder": folder}
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        # A file, since tests write from several threads and processes; memory would hide what they are after.
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{folder}/test.sqlite3"
        hurry_sqlite()
    else:
        hurry_postgresql()
    empty_with_care()
    # Nobody here needs the permissions that would be made again whenever tables are emptied.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    gc.disable()


def pytest_collection_finish() -> None:
    """What was collected stays until the end, so nobody need look through it for garbage."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The content types that are made with the database stay, and need not be looked at whenever tables are emptied."""
    post_migrate.disconnect(create_contenttypes)


def empty_with_care() -> None:
    """After a test that commits all tables are emptied, but for the content types; with each document that goes, a row
    of tallies comes, so that those go last. Statements are made once: the tables of a database stay the same."""
    made: dict[str, list[str]] = {}

    def sql_flush(style: Any, connection: Any, **how: bool) -> list[str]:
        if str(how) not in made:
            names = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
            tables = sorted(sorted(names - {"django_content_type"}), key="integrations_documenttally".__eq__)
            made[str(how)] = connection.ops.sql_flush(style, tables, **how)
        return made[str(how)]

    flush.sql_flush = sql_flush


def hurry_sqlite() -> None:
    """Don't wait for the disk."""
    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")


def hurry_postgresql() -> None:
    """Don't wait for the disk, and empty tables by DELETE: TRUNCATE takes a second after each test that commits."""
    settings.DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
    truncate = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], *, reset_sequences: bool = False, **how: Any) -> list[str]:
        if reset_sequences:
            return truncate(self, style, tables, reset_sequences=True, **how)
        return ["; ".join(f"DELETE FROM {self.quote_name(table)}" for table in tables)]

    DatabaseOperations.sql_flush = sql_flush


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    return _without_skips(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    return _without_skips(report)


def _without_skips(report: Any) -> Any:
    """With ``FAIL_ON_SKIP=1`` a test that could not run is a failure: CI has every service and a browser."""
    if os.environ.get("FAIL_ON_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which FAIL_ON_SKIP forbids: {report.longrepr}"
    return report


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare text with an expected file, or with ``--update-golden`` write that file."""

    def compare(file: Path, actual: str) -> None:
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(actual, encoding="utf-8")
        assert actual == file.read_text(encoding="utf-8")

    return compare


@dataclass(frozen=True)
class Sandbox:
    """The stand-ins of the outside systems, in a process of their own."""

    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def reset(self) -> None:
        """Every stand-in forgets everything, planned faults and counters included."""
        self._call("POST", "reset")

    def fault(self, **fault: Any) -> None:
        """Plan a fault: the fields of ``integrations.sandbox.Fault``."""
        self._call("POST", "faults", fault)

    def delay(self, seconds: float) -> None:
        """Every answer comes this much later."""
        self._call("POST", "delay", {"seconds": seconds})

    def counters(self) -> dict[str, int]:
        """Calls since the last reset, by ``METHOD /path`` with long numbers as ``*``."""
        counted: dict[str, int] = self._call("GET", "counters").json()["calls"]
        return counted

    def _call(self, method: str, name: str, body: Any = None) -> requests.Response:
        answer = requests.request(method, f"{self.url}/_sandbox/{name}", json=body, timeout=10)
        answer.raise_for_status()
        return answer


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The stand-ins on a free port, one process for each worker of the suite; the product's settings point there.

    It keeps what earlier tests put in: call ``sandbox.reset()`` first where that matters.
    """
    command = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        line = next((line for line in process.stdout if line.startswith("sandbox on ")), "")
        started = Sandbox(line.removeprefix("sandbox on ").strip())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settings, "SANDBOX_HOSTS", [started.host])
            patch.setattr(settings, "ROMPSLOMP_URL", started.url)
            patch.setattr(settings, "IMUIS_URL", started.url)
            patch.setattr(settings, "IMUIS_PARTNER_KEY", "pk-demo-123")
            patch.setattr(settings, "VIES_URL", f"{started.url}/vies/rest-api")
            try:
                assert line, "the sandbox ended before it said where it is"
                yield started
            finally:
                process.terminate()
