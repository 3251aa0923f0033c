"""Payments have their own list under each tab, and are shown with their order or invoice."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounting import settings_store
from integrations.models import Integration, Payment, State

from .test_queries import MOST, queries
from .world import NOON, SETTINGS, a_document


def a_payment(integration: Integration, number: str, state: str, **fields: Any) -> Payment:
    """A payment of a posted document of its own."""
    values: dict[str, Any] = {
        "number": f"P-{number}", "method": "ideal", "date": date(2026, 11, 12), "amount_cents": 12100,
        "transaction_id": f"tr_{number}", "changed_at": NOON,
    }  # fmt: skip
    document = a_document(integration, number)
    return Payment.objects.create(integration=integration, document=document, state=state, **(values | fields))


def listed(client: Client, integration: Integration, name: str) -> Any:
    return client.get(f"/{integration.licence_key}/payments/?list={name}")


@pytest.mark.rule("R70")
def test_payments_can_be_reviewed_by_state(client: Client, integration: Integration) -> None:
    problem = {"code": "clearing_account_missing", "method": "ideal"}
    a_payment(integration, "2026-1", State.PROCESSED)
    a_payment(integration, "2026-2", State.ERROR, problems=[problem])
    a_payment(integration, "2026-3", State.OPEN)
    a_payment(integration, "2026-4", State.QUEUED, reason="books_busy", next_attempt_at=NOON)
    for name, numbers in (("report", ["2026-1"]), ("errors", ["2026-2"]), ("open", ["2026-4", "2026-3"])):
        answer = listed(client, integration, name)
        assert [payment.document.number for payment in answer.context["page"].rows] == numbers
        for payment in answer.context["page"].rows:
            assert f'href="/documents/{payment.document_id}/"' in answer.text
            assert payment.transaction_id in answer.text
    assert "It waits until its order or invoice is posted." in listed(client, integration, "open").text
    assert "The books asked us to slow down." in listed(client, integration, "open").text
    assert "ideal" in listed(client, integration, "errors").text


@pytest.mark.rule("R70")
def test_a_payment_is_shown_on_its_document(client: Client, integration: Integration) -> None:
    payment = a_payment(integration, "2026-1", State.PROCESSED)
    page = client.get(f"/documents/{payment.document_id}/").text
    assert "P-2026-1 · €121.00 · ideal" in page


def test_there_is_a_way_to_them_where_there_are_any(client: Client, integration: Integration) -> None:
    address = f"/{integration.licence_key}/open/"
    assert "Payments (" not in client.get(address).text
    a_payment(integration, "2026-1", State.OPEN)
    assert f'href="/{integration.licence_key}/payments/?list=open">Payments (1)' in client.get(address).text


@pytest.mark.rule("R70")
@pytest.mark.parametrize(("tab", "state"), [("report", State.PROCESSED), ("errors", State.ERROR), ("open", State.OPEN)])
def test_each_tab_leads_to_its_own_list(client: Client, integration: Integration, tab: str, state: str) -> None:
    settings_store.save(integration, SETTINGS | {"payments": True})
    a_payment(integration, "2026-1", state)
    link = f"/{integration.licence_key}/payments/?list={tab}"
    assert f'href="{link}"' in client.get(f"/{integration.licence_key}/{tab}/").text
    assert client.get(link, headers={"hx-request": "true"}).text.strip() == "Payments (1)"


def test_there_is_a_way_to_them_where_they_are_posted(client: Client, integration: Integration) -> None:
    settings_store.save(integration, SETTINGS | {"payments": True})
    assert "Payments (0)" in client.get(f"/{integration.licence_key}/open/").text
    assert "payments are not posted to Rompslomp yet" in listed(client, integration, "report").text


@pytest.mark.parametrize("name", ["", "moon", "%00"])
def test_another_list_is_that_of_the_posted_ones(client: Client, integration: Integration, name: str) -> None:
    assert "No payment was posted" in listed(client, integration, name).text


def test_payments_of_others_are_not_shown(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    a_payment(other, "2026-1", State.PROCESSED)
    assert listed(client, integration, "report").context["page"].rows == []
    assert listed(stranger, integration, "report").status_code == 404


def test_there_are_pages(client: Client, integration: Integration) -> None:
    for number in range(30):
        a_payment(integration, f"2026-{number}", State.PROCESSED)
    address = f"/{integration.licence_key}/payments/?list=report"
    first = client.get(address).context["page"]
    second = client.get(f"{address}&after={first.after}").context["page"]
    assert len({payment.pk for payment in first.rows + second.rows}) == 30
    assert queries(client, address) <= MOST
