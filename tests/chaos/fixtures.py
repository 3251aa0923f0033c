"""The database and the program of the chaos tests: one of each for all of them."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from tests.chaos.program import running

PATIENCE = {"SETTLE_SECONDS": 2, "CALL_DEADLINE_SECONDS": 1, "LEASE_SECONDS": 4, "CCVSHOP_GETS_PER_MINUTE": 0}
OAUTH = {"ROMPSLOMP_CLIENT_ID": "chaos", "ROMPSLOMP_CLIENT_SECRET": "chaos"}


@pytest.fixture(scope="session")
def database(django_test_environment, django_db_blocker, tmp_path_factory):
    """A database of its own name, which nothing clears between the tests: other processes are at work in it."""
    own = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        own["NAME"] = str(tmp_path_factory.mktemp("database") / "chaos.sqlite3")
    else:
        own["NAME"] = f"test_{connection.settings_dict['NAME']}_chaos"
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        yield
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def program(sandbox, database, tmp_path_factory):
    """The web server is running, workers are not. Each test works with shops and companies of its own, and leaves no
    process behind but the web server."""
    with (
        pytest.MonkeyPatch.context() as patch,
        running(sandbox.url, tmp_path_factory.mktemp("program"), **PATIENCE, **OAUTH) as started,
    ):
        for name, value in {"PUBLIC_URL": started.url, **OAUTH}.items():
            patch.setattr(settings, name, value)
        yield started
