"""E-mails as they go out: text and HTML, in the language of who reads them, once; and those about tickets."""

import smtplib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from dashboard import tasks
from dashboard.mails import mail, ticket_mails
from dashboard.tickets import tickets
from integrations.models import Integration, Member, Role, State, Ticket, TicketMessage, User

from .world import a_document, a_person

Commits = Callable[..., AbstractContextManager[list[Any]]]


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.SUPPORT_EMAIL = "support@koppeling.example"
    settings.PUBLIC_URL = "https://koppeling.example"
    settings.DEFAULT_FROM_EMAIL = "noreply@koppeling.example"
    cache.clear()


@pytest.fixture
def ticket(integration: Integration, owner: User) -> Ticket:
    made = Ticket.objects.create(integration=integration, user=owner, subject="Two books", changed_at=timezone.now())
    TicketMessage.objects.create(ticket=made, user=owner, text="Can I?", mailed_at=timezone.now())
    return made


def says(ticket: Ticket, user: User, text: str, *, is_staff: bool = False) -> TicketMessage:
    return TicketMessage.objects.create(ticket=ticket, user=user, text=text, is_staff=is_staff)


def parts(message: Any) -> tuple[str, str]:
    assert isinstance(message, EmailMultiAlternatives)
    (html,) = message.alternatives
    assert html.mimetype == "text/html"
    return str(message.body), str(html.content)


def staff_member() -> User:
    return User.objects.create_superuser("staff@koppeling.example", "staff@koppeling.example", "correct horse")


# How any e-mail is made


def send(ticket: Ticket, language: str = "en", **how: str) -> EmailMultiAlternatives:
    message = ticket.messages.order_by("id").first()
    context = {"ticket": ticket, "message": message, "licence_key": "ABCDE-12345", "link": "https://x.example/t"}
    mail.send("owner@example.nl", "ticket_answered", context, language, **how)
    sent = django_mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    return sent


def test_an_email_has_a_text_and_a_page_and_says_whose_it_is(ticket: Ticket) -> None:
    sent = send(ticket)
    assert sent.from_email == "Koppeling <noreply@koppeling.example>"
    assert sent.to == ["owner@example.nl"]
    for part in parts(sent):
        assert "Can I?" in part
        assert "https://x.example/t" in part
        assert "ABCDE-12345" in part
        assert "https://koppeling.example" in part
    text, html = parts(sent)
    assert "<" not in text
    assert html.startswith("<!doctype html>")
    assert 'style="' not in html
    assert "prefers-color-scheme: dark" in html
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in sent.extra_headers


def test_an_email_that_can_be_stopped_says_how(ticket: Ticket) -> None:
    sent = send(ticket, unsubscribe_url="https://koppeling.example/unsubscribe/abc")
    assert sent.extra_headers["List-Unsubscribe"] == "<https://koppeling.example/unsubscribe/abc>"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert all("https://koppeling.example/unsubscribe/abc" in part for part in parts(sent))


@pytest.mark.parametrize(("language", "opening"), [("nl", '<html lang="nl">'), ("en", '<html lang="en">')])
def test_an_email_is_in_the_language_of_who_reads_it(ticket: Ticket, language: str, opening: str) -> None:
    assert opening in parts(send(ticket, language))[1]


def test_who_has_chosen_no_language_reads_dutch(ticket: Ticket) -> None:
    assert '<html lang="nl">' in parts(send(ticket, ""))[1]


def test_what_people_write_is_text_in_the_text_and_escaped_in_the_page(ticket: Ticket) -> None:
    words = 'A & B <script>alert("é ☕")</script>\nsecond line'
    ticket.messages.update(text=words)
    text, html = parts(send(ticket))
    assert words in text
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<br>second line" in html


def test_no_subject_makes_a_header(ticket: Ticket) -> None:
    ticket.subject = "x\r\nBcc: everybody@example.nl\n<b>& é"
    sent = send(ticket)
    assert sent.subject == f"[#{ticket.pk}] x Bcc: everybody@example.nl <b>& é"
    assert sent.message()["Bcc"] is None


# Both ways


@pytest.mark.rule("R412")
def test_support_gets_what_an_owner_asks(
    client: Client, integration: Integration, django_capture_on_commit_callbacks: Commits
) -> None:
    data = {"about": "question", "subject": "Two books", "text": "Can I post to two books?"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/{integration.licence_key}/tickets/new", data)
    (sent,) = django_mail.outbox
    ticket = Ticket.objects.get()
    assert sent.to == ["support@koppeling.example"]
    assert sent.reply_to == ["owner@example.nl"]
    assert sent.subject == f"[#{ticket.pk}] Two books (Bakkerij Demo)"
    for part in parts(sent):
        assert "Can I post to two books?" in part
        assert integration.licence_key in part
        assert f"https://koppeling.example/admin/integrations/ticket/{ticket.pk}/change/" in part
    assert ticket.messages.get().mailed_at


def test_nothing_of_a_document_is_in_an_email(
    client: Client, integration: Integration, django_capture_on_commit_callbacks: Commits
) -> None:
    words = [{"code": "books_refused", "words": "Debtor J. de Vries is closed", "status": 422}]
    document = a_document(integration, "2026-4711", State.ERROR, problems=words)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/{integration.licence_key}/errors/report?document={document.pk}", {"text": "Help"})
    (sent,) = django_mail.outbox
    text, html = parts(sent)
    for part in (str(sent.subject), text, html):
        assert "Vries" not in part
        assert "121" not in part


@pytest.mark.rule("R411")
def test_who_asked_and_who_wrote_along_get_the_answer_as_long_as_they_are_members(
    ticket: Ticket, integration: Integration
) -> None:
    people = [a_person(f"{name}@example.nl") for name in ("reader", "gone", "silent")]
    for person in people:
        Member.objects.create(integration=integration, user=person, role=Role.READER)
    User.objects.filter(pk=people[0].pk).update(language="en")
    for person in people[:2]:
        says(ticket, person, "Me too")
    integration.members.filter(user=people[1]).delete()
    tasks.mail_message(says(ticket, staff_member(), "Yes, you can", is_staff=True).pk)
    sent = {message.to[0]: message for message in django_mail.outbox}
    assert set(sent) == {"owner@example.nl", "reader@example.nl"}
    for address, language in (("owner@example.nl", "nl"), ("reader@example.nl", "en")):
        text, html = parts(sent[address])
        assert f'<html lang="{language}">' in html
        for part in (text, html):
            assert "Yes, you can" in part
            assert f"https://koppeling.example/{integration.licence_key}/tickets/{ticket.pk}/" in part
            assert "staff@koppeling.example" not in part


def test_a_message_is_mailed_once(ticket: Ticket, owner: User) -> None:
    message = says(ticket, staff_member(), "Yes", is_staff=True)
    for _ in range(3):
        tasks.mail_message(message.pk)
    assert len(django_mail.outbox) == 1


def test_without_an_address_of_support_it_waits_in_the_admin(ticket: Ticket, owner: User, settings: Any) -> None:
    settings.SUPPORT_EMAIL = ""
    message = says(ticket, owner, "Hello?")
    tasks.mail_message(message.pk)
    assert django_mail.outbox == []
    assert Ticket.objects.get().messages.filter(pk=message.pk).exists()


# A mail server that does not take it


class Stubborn(EmailBackend):
    """Refuses those that are in ``refused``, once each."""

    refused: list[str] = []

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if message.to[0] in self.refused:
                self.refused.remove(message.to[0])
                raise smtplib.SMTPServerDisconnected("busy")
        return int(super().send_messages(messages))


@pytest.fixture
def refused(settings: Any) -> list[str]:
    settings.EMAIL_BACKEND = f"{__name__}.Stubborn"
    Stubborn.refused = []
    return Stubborn.refused


def test_what_was_refused_is_mailed_later(ticket: Ticket, owner: User, refused: list[str]) -> None:
    refused.append("support@koppeling.example")
    message = says(ticket, owner, "Hello?")
    tasks.mail_message(message.pk)
    assert django_mail.outbox == []
    tasks.mail_messages()
    assert django_mail.outbox == []  # somebody may be at it
    TicketMessage.objects.filter(pk=message.pk).update(written_at=timezone.now() - timedelta(minutes=5))
    for _ in range(2):
        tasks.mail_messages()
    assert len(django_mail.outbox) == 1


def test_who_was_not_reached_is_tried_again_and_the_others_are_not(
    ticket: Ticket, integration: Integration, refused: list[str]
) -> None:
    reader = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=reader, role=Role.READER)
    says(ticket, reader, "Me too")
    refused.append("reader@example.nl")
    tasks.mail_message(says(ticket, staff_member(), "Yes", is_staff=True).pk)
    assert [message.to for message in django_mail.outbox] == [["owner@example.nl"], ["reader@example.nl"]]


def test_an_old_message_is_not_mailed_any_more(ticket: Ticket, owner: User) -> None:
    message = says(ticket, owner, "Hello?")
    TicketMessage.objects.filter(pk=message.pk).update(written_at=timezone.now() - timedelta(days=3))
    assert list(ticket_mails.waiting()) == []


def test_an_answer_that_closes_says_so(ticket: Ticket, django_capture_on_commit_callbacks: Commits) -> None:
    User.objects.update(language="en")
    said = tickets.Said(user=staff_member(), text="Done")
    with django_capture_on_commit_callbacks(execute=True):
        tickets.answer(ticket, said, is_staff=True, close=True)
    (sent,) = django_mail.outbox
    assert "With this the ticket is closed" in parts(sent)[0]
