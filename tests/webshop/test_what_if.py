"""What other settings would change in the documents that came last, worked out without asking anybody."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone, translation

from accounting.connectors import read_settings
from integrations.models import Document, Integration, State
from tests.webshop.ccvshop.orders import SETTINGS, a_row, an_order
from webshop import what_if
from webshop.what_if import Change

pytestmark = pytest.mark.django_db

DAY = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def integration() -> Integration:
    return Integration.objects.create(name="Bakkerij", accounting_system="rompslomp")


def a_document(integration: Integration, number: int = 1, **order: Any) -> Document:
    return Document.objects.create(
        integration=integration,
        kind="order",
        remote_id=str(number),
        state=State.PROCESSED,
        ledger_id="900",
        changed_at=timezone.now(),
        source={"order": an_order(**order), "orderrows": {"items": [a_row()]}},
    )


def settings_with(**changes: Any) -> Any:
    return read_settings({**SETTINGS, **changes})


def vat_with(**changes: str) -> list[dict[str, Any]]:
    """The VAT table with other values for the home country at 21%."""
    return [
        {**row, **changes} if (row["country"], str(row["rate"])) == ("NL", "21") else row for row in SETTINGS["vat"]
    ]


def changes_of(integration: Integration, new: Any, old: Any = None) -> list[Change]:
    (found,) = what_if.differing(what_if.latest(integration), DAY, old or settings_with(), new)
    return found.changes


def test_nothing_differs_under_the_same_settings(integration: Integration) -> None:
    a_document(integration)
    assert list(what_if.differing(what_if.latest(integration), DAY, settings_with(), settings_with())) == []


def test_a_vat_code_and_an_account_differ_by_percentage_and_type(integration: Integration) -> None:
    a_document(integration)
    found = changes_of(integration, settings_with(vat=vat_with(vat_code="7", revenue="8")))
    told = [(one.what, one.new, str(one.rate), one.line_type) for one in found]
    assert told == [("vat_code", "7", "21", "goods"), ("account", "8", "21", "goods")]


def test_a_problem_appears_where_a_vat_setting_goes_and_goes_where_it_comes(integration: Integration) -> None:
    a_document(integration)
    bare = settings_with(vat=[])
    (appeared,) = changes_of(integration, bare)
    assert (appeared.what, appeared.old, appeared.new.code) == ("problem", "", "vat_setting_missing")  # type: ignore[union-attr]
    (gone,) = changes_of(integration, settings_with(), bare)
    assert (gone.old.code, gone.new) == ("vat_setting_missing", "")  # type: ignore[union-attr]


def test_a_later_start_date_leaves_it_out(integration: Integration) -> None:
    a_document(integration)
    shop = {**SETTINGS["shop"], "start_date": "2099-01-01"}
    assert [(one.what, one.old, one.new) for one in changes_of(integration, settings_with(shop=shop))] == [
        ("left_out", "", "before_start_date")
    ]


def test_a_fixed_debtor_takes_the_place_of_the_customers_own(integration: Integration) -> None:
    a_document(integration, paymethod="ideal")
    old, new = ([{"method": "ideal", "debtor": debtor}] for debtor in ("", "77"))
    (found,) = changes_of(integration, settings_with(payment_methods=new), settings_with(payment_methods=old))
    assert (found.what, found.old, found.new) == ("debtor", "", "77")


def test_something_else_that_is_sent_is_told_as_such(integration: Integration) -> None:
    a_document(integration)
    accounting = {**SETTINGS["accounting"], "layout": "4711"}
    assert [one.what for one in changes_of(integration, settings_with(accounting=accounting))] == ["sent"]


def test_a_document_that_cannot_be_read_differs_in_nothing(integration: Integration) -> None:
    a_document(integration)
    Document.objects.update(source={"order": {"id": "?"}})
    assert list(what_if.differing(what_if.latest(integration), DAY, settings_with(), settings_with(vat=[]))) == []


def test_a_document_that_our_program_stumbles_over_keeps_no_page_from_being_shown(integration: Integration) -> None:
    a_document(integration)
    Document.objects.update(source={"order": {**an_order(), "discounts": 5}, "orderrows": {"items": 7}})
    assert list(what_if.differing(what_if.latest(integration), DAY, settings_with(), settings_with(vat=[]))) == []


def test_it_looks_at_the_last_50_with_a_source_and_takes_less_than_two_seconds(integration: Integration) -> None:
    for number in range(55):
        a_document(integration, number)
    Document.objects.filter(remote_id="54").update(source={})
    documents = what_if.latest(integration)
    assert [document.remote_id for document in documents] == [str(number) for number in range(53, 3, -1)]
    started = time.monotonic()
    found = list(what_if.differing(documents, DAY, settings_with(), settings_with(vat=vat_with(revenue="8"))))
    assert len(found) == 50
    assert time.monotonic() - started < 2


def test_what_was_posted_stays_as_it_is(integration: Integration) -> None:
    a_document(integration)
    before = list(Document.objects.values())
    changes_of(integration, settings_with(vat=[]))
    assert list(Document.objects.values()) == before
