"""Nobody gets at what is not theirs: every address of the project, asked by a visitor, a stranger and the owner."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from integrations.models import Document, Integration, State, User

from .conftest import logged_in
from .world import a_document

# A visitor gets an answer of their own here, and nothing of anybody's.
OPEN_TO_ALL = {
    *("healthz", "readyz", "set_language", "language", "theme", "terms", "install-link"),
    *("account_login", "account_signup", "account_logout", "account_inactive", "account_email_verification_sent"),
    *("account_reset_password", "account_complete_password_reset", "account_password_reset_completed"),
    *("account_request_login_code", "account_confirm_login_code", "account_confirm_password_reset_code"),
    *("account_confirm_email", "account_reset_password_from_key"),
    *("mfa_authenticate", "mfa_login_webauthn", "mfa_trust"),
}
NOWHERE = {400, 401, 403, 404, 405, 409, 429}


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of everything that the project answers to."""
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), route


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))
OWNED = [(name, route) for name, route in ADDRESSES if "licence_key" in route or "document_id" in route]
OTHERS = [(name, route) for name, route in ADDRESSES if (name, route) not in OWNED]


def filled(route: str, document: Document) -> str:
    """A route with the owner's keys in it, and something that may well be there for all else."""
    values = {
        "<key:licence_key>": document.integration.licence_key,
        "<str:licence_key>": document.integration.licence_key,
        "<int:document_id>": str(document.pk),
        "<int:number>": "1",
        "<path:object_id>": str(document.integration_id),
        "<integration_id>": str(document.integration_id),
    }
    for written, value in values.items():
        route = route.replace(written, value)
    parts = [("1" if any(sign in part for sign in "<>()?[") else part) for part in route.split("/")]
    return "/" + "/".join(parts)


@pytest.fixture
def document(integration: Integration) -> Document:
    a_document(integration, "2026-4711", State.PROCESSED)
    return a_document(integration, "2026-4712", State.ERROR)


def marks(document: Document, owner: User) -> list[str]:
    """What would show that somebody sees something of the owner's."""
    made = document.integration
    return [made.name, made.licence_key, "2026-471", owner.email, document.customer_email, document.customer_name]


def rows_of_the_owner(document: Document) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of the integration."""
    kept = {"integration": list(Integration.objects.filter(pk=document.integration_id).values())}
    for model in apps.get_app_config("integrations").get_models():
        if any(isinstance(field, models.ForeignKey) and field.name == "integration" for field in model._meta.fields):
            kept[model.__name__] = list(model._default_manager.filter(integration=document.integration_id).values())
    return kept


def asked(client: Client, address: str) -> list[HttpResponse]:
    return [client.get(address), client.post(address, {"document": "1", "next": "/"})]  # type: ignore[list-item]


def shown(answer: HttpResponse) -> str:
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body.decode(errors="replace") + str(dict(answer.headers))


def test_the_walk_finds_the_whole_project() -> None:
    names = {name for name, _ in ADDRESSES}
    assert {"report", "document", "connect", "account_login", "webhook", "healthz"} <= names
    assert names >= OPEN_TO_ALL
    assert len(OWNED) > 15


def test_a_visitor_gets_nowhere(document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    for name, route in ADDRESSES:
        for answer in asked(Client(), filled(route, document)):
            is_sent_to_log_in = answer.status_code == 302 and "/login/" in answer["location"]
            assert name in OPEN_TO_ALL or is_sent_to_log_in or answer.status_code in NOWHERE, name
            if not is_sent_to_log_in:  # the address itself is repeated there, so that one comes back to it
                assert not [mark for mark in secrets if mark in shown(answer)], name
    assert rows_of_the_owner(document) == before


def test_a_stranger_finds_nothing_and_changes_nothing(stranger: Client, document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    for name, route in OWNED:
        address = filled(route, document)
        answers = asked(stranger, address)
        assert 404 in {answer.status_code for answer in answers} <= {404, 405}, name
        for answer in answers:
            assert not [mark for mark in secrets if mark in shown(answer).replace(address, "")], name
    assert rows_of_the_owner(document) == before


def test_a_stranger_sees_nothing_of_others_elsewhere(stranger: Client, document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    person = get_user(stranger)
    for name, route in OTHERS:
        for answer in asked(stranger, filled(route, document)):
            assert not [mark for mark in secrets if mark in shown(answer)], name
        stranger.force_login(person)  # one of these logs out
    assert rows_of_the_owner(document) == before


def test_the_admin_is_for_staff(client: Client, document: Document) -> None:
    for name, route in ADDRESSES:
        for answer in asked(client, filled(route, document)) if route.startswith("admin/") else ():
            assert answer.status_code in (302, 403, 404, 405), name
            assert document.number not in shown(answer), name


def test_a_former_member_is_a_stranger(client: Client, document: Document) -> None:
    document.integration.members.all().delete()
    for name, route in OWNED:
        assert {answer.status_code for answer in asked(client, filled(route, document))} <= {404, 405}, name


def test_the_owner_gets_in(client: Client, document: Document) -> None:
    """Each address answers a GET, or is there to change something."""
    for name, route in OWNED:
        assert client.get(filled(route, document)).status_code in (200, 302, 405), name


@pytest.mark.parametrize("name", ["errors-process", "document-process", "administration", "settings-file", "finish"])
def test_what_changes_something_is_no_link(client: Client, document: Document, name: str) -> None:
    (route,) = [route for found, route in ADDRESSES if found == name]
    assert client.get(filled(route, document)).status_code == 405


def test_no_form_is_taken_from_another_site(owner: User, document: Document) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    for _, route in OWNED:
        assert browser.post(filled(route, document)).status_code in (403, 405)


def test_a_licence_key_that_looks_wrong_is_not_found(client: Client, integration: Integration) -> None:
    for key in ("x", "abc", "ABCDE-" * 20, "..%2f"):
        assert client.get(f"/{key}/report/").status_code == 404


def test_a_person_without_an_integration_gets_nowhere_either(document: Document, owner: User) -> None:
    nobody = User.objects.create_user(username="n@example.nl", email="n@example.nl", password="koffie")
    browser = logged_in(nobody)
    for _, route in OWNED:
        assert {answer.status_code for answer in asked(browser, filled(route, document))} <= {404, 405}
