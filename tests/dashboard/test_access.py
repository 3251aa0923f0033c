"""Nobody gets at what is not theirs: every address of the dashboard as owner, stranger, visitor."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from dashboard import urls
from integrations.models import Delivery, Document, Event, Integration, State

from .world import a_document

OPEN_TO_ALL = {"language", "theme"}
OF_THE_READER = {"home", "install", "profile"}
POSTED = {"errors-process", "document-process", "administration", "settings-file", "check", "finish"}


def names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        found += names(pattern.url_patterns) if isinstance(pattern, URLResolver) else [str(pattern.name)]
    return found


PROTECTED = [name for name in names(urls.urlpatterns) if name not in OPEN_TO_ALL | {"demo-order", "demo-invoice"}]
OWNED = [name for name in PROTECTED if name not in OF_THE_READER]


def address(name: str, document: Document) -> str:
    key = document.pk if name.startswith("document") else document.integration.licence_key
    return reverse(name, args=[] if name in OPEN_TO_ALL | OF_THE_READER else [key])


def ask(client: Client, name: str, document: Document) -> int:
    send = client.post if name in POSTED else client.get
    return send(address(name, document), {"document": document.pk}).status_code


@pytest.fixture
def document(integration: Integration) -> Document:
    return a_document(integration, "2026-1", State.ERROR)


@pytest.mark.parametrize("name", PROTECTED)
def test_the_owner_gets_in(client: Client, document: Document, name: str) -> None:
    assert ask(client, name, document) in (200, 302)


@pytest.mark.parametrize("name", OWNED)
def test_a_stranger_finds_nothing_and_changes_nothing(stranger: Client, document: Document, name: str) -> None:
    before = list(Document.objects.values())
    assert ask(stranger, name, document) == 404
    assert list(Document.objects.values()) == before
    assert not Delivery.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("name", PROTECTED)
def test_a_visitor_is_asked_to_log_in(document: Document, name: str) -> None:
    send = Client().post if name in POSTED else Client().get
    answer = send(address(name, document))
    assert answer.status_code == 302
    assert answer["location"].startswith("/account/login/")


@pytest.mark.parametrize("name", sorted(POSTED))
def test_what_changes_something_is_no_link(client: Client, document: Document, name: str) -> None:
    assert client.get(address(name, document)).status_code == 405


def test_a_former_member_is_a_stranger(client: Client, document: Document) -> None:
    document.integration.members.all().delete()
    assert ask(client, "document", document) == 404


def test_every_address_of_the_project_is_known_to_be_open_or_closed() -> None:
    """A visitor gets a page only where that is meant; all else asks for a log-in. New addresses show up here."""
    closed = set(PROTECTED)
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and str(pattern.name) in closed:
            assert getattr(pattern.callback, "login_required", True)


def test_a_licence_key_that_looks_wrong_is_not_found(client: Client, integration: Integration) -> None:
    for key in ("x", "abc", "ABCDE-" * 20, "..%2f"):
        assert client.get(f"/{key}/report/").status_code == 404


def test_the_admin_is_for_staff(client: Client, document: Document) -> None:
    assert client.get("/admin/integrations/document/").status_code in (302, 403)
    assert Client().get("/admin/").status_code == 302
