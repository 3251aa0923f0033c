"""The first step of the installation: who comes from the App Store agrees to the terms and links the shop."""

from typing import Any

import pytest
from django.test import Client

from integrations.models import Handshake, Integration, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.linked import control

from .conftest import logged_in
from .installing import arrive, begin, shaken
from .world import a_person


@pytest.fixture
def shop(sandbox: Sandbox, db: None) -> dict[str, Any]:
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def handshake(shop: dict[str, Any]) -> Handshake:
    return shaken(shop)


def test_nothing_happens_without_agreement_to_the_terms(client: Client, handshake: Handshake) -> None:
    arrive(client, handshake)
    answer = client.post("/install/", {"system": "rompslomp"})
    assert "Without your agreement to the terms nothing can be processed." in answer.text
    assert not Integration.objects.exists()


def test_the_agreement_is_kept_with_person_version_and_time(client: Client, owner: User, handshake: Handshake) -> None:
    integration = begin(client, handshake)
    agreement = TermsAcceptance.objects.get(integration=integration)
    assert agreement.user == owner
    assert agreement.version
    assert agreement.address == "127.0.0.1"


@pytest.mark.parametrize("system", ["", "other"])
def test_a_system_that_is_not_there_cannot_be_chosen(client: Client, handshake: Handshake, system: str) -> None:
    arrive(client, handshake)
    assert client.post("/install/", {"system": system, "terms": "on"}).status_code == 200
    assert not Integration.objects.exists()


def test_without_a_handshake_it_says_how_to_begin(client: Client) -> None:
    assert "Choose the category Accounting" in client.get("/install/").text


def test_a_shop_of_somebody_else_is_refused(client: Client, handshake: Handshake) -> None:
    begin(logged_in(a_person("first@example.nl")), handshake)
    arrive(client, handshake)
    answer = client.post("/install/", {"system": "rompslomp", "terms": "on"})
    assert 'class="notice error"' in answer.text
    assert Integration.objects.get().members.count() == 1
