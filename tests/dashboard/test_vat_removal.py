"""The VAT table taken away, and not overwritten by accident."""

import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from accounting import settings_store
from integrations.models import State, User
from tests.conftest import Sandbox
from tests.linked import Linked, settings_file

from .vat_page import Table, address, vat, without_vat_settings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    return without_vat_settings(sandbox, owner)


@pytest.mark.rule("R125")
def test_removing_asks_first_and_can_be_undone(client: Client, linked: Linked) -> None:
    linked.configure(vat=settings_file(linked.books)["vat"])
    before = vat(linked.integration)
    page = client.get(address(linked.integration, "")).text
    assert re.search(rf'<a class="button remove" href="{address(linked.integration, "vat/remove")}"', page)
    number = linked.integration.settings.number
    asked = html.unescape(client.get(address(linked.integration, "vat/remove")).text)
    assert f"kept as version {number} and can be restored" in asked
    assert vat(linked.integration) == before
    client.post(address(linked.integration, "vat/remove"))
    linked.integration.refresh_from_db()
    assert vat(linked.integration) == {}
    old = linked.integration.settings_versions.get(number=number)
    assert {(row["country"], row["rate"]): row for row in settings_store.as_file(old)["vat"]} == before


@pytest.mark.rule("R126")
def test_without_vat_settings_documents_wait_on_errors_and_are_posted_afterwards(
    client: Client, linked: Linked
) -> None:
    rows = settings_file(linked.books)["vat"]
    linked.configure(vat=rows)
    client.post(address(linked.integration, "vat/remove"))
    linked.integration.refresh_from_db()
    document = linked.post()
    assert (document.state, document.problems[0]["code"]) == (State.ERROR, "vat_setting_missing")
    linked.configure(vat=rows)
    client.post(f"/documents/{document.pk}/process")
    linked.work()
    document.refresh_from_db()
    assert document.state == State.PROCESSED
    assert linked.ledger_total() == Decimal(document.total_cents) / 100


def test_who_comes_back_from_the_review_finds_everything_typed(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    table.fill("DE", rate="19", vat_code="still typing")
    table.press(back="1")
    assert table.rates("DE") == ["19"]
    assert table.forms("DE")[0].row["vat_code"] == "still typing"
    assert vat(linked.integration) == {}


def test_a_table_made_of_an_older_version_overwrites_nothing_unseen(client: Client, linked: Linked) -> None:
    table = Table(client, linked.integration)
    version = table.answer.context["version"]
    linked.configure(line_names="nl")
    table.fill("NL", rate="19")
    client.post(address(linked.integration), table.data | {"version": version})
    linked.integration.refresh_from_db()
    assert ("NL", "19") not in vat(linked.integration)
