"""500 documents that are stuck on one missing row of the VAT table, healed on the Errors tab."""

import time

import pytest
from django.test import Client

from tests.dashboard.conftest import client, integration, owner  # noqa: F401 the fixtures of the dashboard's tests
from tests.dashboard.test_errors_setting import heal, linked  # noqa: F401
from tests.linked import Linked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]


def test_500_stuck_documents_are_healed_by_filling_in_one_row(client: Client, linked: Linked) -> None:  # noqa: F811
    begun = time.monotonic()
    heal(client, linked, 500)
    print(f"500 documents stuck and healed in {time.monotonic() - begun:.1f} s")  # noqa: T201
