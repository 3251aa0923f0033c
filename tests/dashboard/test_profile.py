"""Profile: our invoices, who has access, e-mails, language, and the end of an integration, for each role."""

import html

import pytest
from django.core import mail
from django.test import Client

from dashboard.mails import alerts
from integrations.models import Integration, Member, Role, User

from .conftest import logged_in
from .world import a_person


def page(client: Client, integration: Integration) -> str:
    return html.unescape(client.get(f"/{integration.licence_key}/profile/").text)


@pytest.mark.rule("R400")
def test_invoices_have_their_place_and_say_that_there_are_none_yet(client: Client, integration: Integration) -> None:
    shown = page(client, integration)
    assert 'id="invoices"' in shown
    assert "There are no invoices yet." in shown
    assert integration.licence_key in shown.split('id="invoices"')[1]


@pytest.mark.rule("R391", "R402")
def test_an_owner_finds_everything(client: Client, integration: Integration) -> None:
    shown = page(client, integration)
    for section in ("invoices", "people", "mails", "addresses", "display", "log-in", "stop"):
        assert f'id="{section}"' in shown, section
    for words in ("Invite somebody", "Add an address", "Change the password", "Nederlands"):
        assert words in shown, words
    assert f'href="/{integration.licence_key}/profile/stop"' in shown


@pytest.mark.rule("R402")
@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_others_are_shown_nothing_that_is_the_owners(integration: Integration, role: Role) -> None:
    person = a_person("guest@example.nl")
    Member.objects.create(integration=integration, user=person, role=role)
    shown = page(logged_in(person), integration)
    for words in ("Invite somebody", "Add an address", "/profile/stop", "/profile/archive", "<select"):
        assert words not in shown, words
    for words in ("Only an owner can stop it.", "What each role may do", "What you get by e-mail"):
        assert words in shown, words
    integration.status = Integration.Status.STOPPED
    integration.save()
    assert "/profile/archive" not in page(logged_in(person), integration)


def test_without_an_integration_there_is_the_log_in_and_the_display(db: None) -> None:
    shown = logged_in(a_person("new@example.nl")).get("/profile/").text
    assert 'id="log-in"' in shown
    assert 'id="people"' not in shown


def test_e_mails_come_in_the_language_that_was_chosen(client: Client, integration: Integration, owner: User) -> None:
    client.post("/language/", {"language": "en", "next": f"/{integration.licence_key}/profile/"})
    Integration.objects.update(books_lost_at="2026-11-20T10:00:00Z")
    alerts.tell_connection_lost(integration.pk, "books")
    assert "the connection with Rompslomp is lost" in mail.outbox[0].subject
