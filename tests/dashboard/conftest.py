"""An owner with an integration, and a stranger with one of their own."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from integrations.models import Integration, User

from .world import a_person, an_integration


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Functions that are called without a page speak English, as the browsers of these tests do."""
    with translation.override("en"):
        yield


@pytest.fixture
def owner(db: None) -> User:
    return a_person("owner@example.nl")


@pytest.fixture
def integration(owner: User) -> Integration:
    return an_integration(owner)


@pytest.fixture
def client(owner: User) -> Client:
    """A browser in which the owner is logged in."""
    return logged_in(owner)


@pytest.fixture
def stranger(db: None) -> Client:
    """A browser in which somebody with another integration is logged in."""
    person = a_person("stranger@example.nl")
    an_integration(person, "Andermans winkel")
    return logged_in(person)


def logged_in(person: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person)
    return client
