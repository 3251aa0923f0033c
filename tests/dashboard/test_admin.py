"""The screens of support staff: they open, they change nothing, they show no secret."""

import pytest
from django.test import Client

from integrations.models import Delivery, Document, Integration, User

from .conftest import logged_in
from .world import a_document, an_event


@pytest.fixture
def staff(owner: User) -> Client:
    person = User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse battery staple")
    return logged_in(person)


@pytest.fixture
def document(integration: Integration) -> Document:
    document = a_document(integration, "2026-1")
    an_event(document, "posted", number="VF-1")
    Delivery.objects.create(
        integration=integration, event="orders.created", kind="order", remote_id="1", digest="1", is_signed=True
    )
    return document


@pytest.mark.parametrize("model", ["integration", "document", "delivery", "event", "user"])
def test_every_list_and_every_row_opens_without_a_secret(staff: Client, document: Document, model: str) -> None:
    address = f"/admin/integrations/{model}/"
    assert staff.get(address).status_code == 200
    row = staff.get(f"{address}{User.objects.first().pk if model == 'user' else 1}/", follow=True)
    assert row.status_code == 200
    assert "secret-of" not in row.text


@pytest.mark.parametrize("model", ["document", "delivery", "event"])
def test_history_is_not_changed_by_hand(staff: Client, document: Document, model: str) -> None:
    address = f"/admin/integrations/{model}/"
    for asked in (f"{address}add/", f"{address}1/delete/"):
        assert staff.get(asked).status_code == 403
    assert staff.post(f"{address}1/change/", {"number": "x"}).status_code == 403
