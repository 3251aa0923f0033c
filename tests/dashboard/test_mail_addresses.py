"""Extra e-mail addresses: confirmed by somebody there, each with a choice and a language; and the way out."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from dashboard.people import recipients
from integrations.models import Digest, Event, Integration, MailAddress, Member, Role, User

from .conftest import logged_in
from .world import a_person

NEW = "books@example.nl"


def post(client: Client, integration: Integration, path: str = "", **data: Any) -> str:
    return client.post(f"/{integration.licence_key}/profile/addresses{path}", data, follow=True).text


def add(client: Client, integration: Integration, email: str = NEW, **other: str) -> MailAddress:
    post(client, integration, **({"email": email, "language": "en", "digest": "daily"} | other))
    return integration.mail_addresses.get(email=email.lower())


def link(name: str) -> str:
    (found,) = set(re.findall(rf"https?://\S+/{name}/\S+", str(mail.outbox[-1].body)))
    return urlsplit(found).path


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.mark.rule("R401")
def test_an_address_is_added_and_confirmed_by_a_button(
    client: Client, visitor: Client, integration: Integration
) -> None:
    address = add(client, integration, NEW.upper())
    assert (address.language, address.digest, address.verified_at) == ("en", "daily", None)
    (message,) = mail.outbox
    assert message.to == [NEW]
    assert "Confirm: e-mails about Bakkerij Demo" in message.subject
    assert link("address") in message.alternatives[0][0]
    assert "not confirmed yet" in client.get(f"/{integration.licence_key}/profile/").text
    page = visitor.get(link("address")).text  # as a mail program does by itself
    assert f"May we send {NEW} e-mails about the bookkeeping of Bakkerij Demo?" in page
    address.refresh_from_db()
    assert address.verified_at is None
    assert f"{NEW} gets the e-mails" in visitor.post(link("address"), follow=True).text
    address.refresh_from_db()
    assert address.verified_at
    assert recipients.recipients_of(integration)[-1].email == NEW
    assert not [one for one in client.get(f"/{integration.licence_key}/profile/").text.split() if one == "not"]


@pytest.mark.rule("R401")
def test_until_then_it_is_no_recipient(client: Client, integration: Integration) -> None:
    add(client, integration)
    assert [one.email for one in recipients.recipients_of(integration)] == ["owner@example.nl"]


def test_the_link_works_for_seven_days(client: Client, visitor: Client, integration: Integration) -> None:
    add(client, integration)
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=7, minutes=1)):
        for answer in (visitor.get(link("address")), visitor.post(link("address"))):
            assert answer.status_code == 403
            assert "This link does not work" in answer.text
    with time_machine.travel(now + timedelta(days=6, hours=23)):
        assert visitor.post(link("address")).status_code == 302
    assert integration.mail_addresses.get().verified_at


def test_a_wrong_link_confirms_nothing(client: Client, visitor: Client, integration: Integration) -> None:
    address = add(client, integration)
    for wrong in (f"{link('address')}x", "/address/1", "/address/a:b:c", f"/address/{recipients.token_of(address)}"):
        assert visitor.post(wrong).status_code == 403
    post(client, integration, f"/{address.pk}", remove="1")
    assert visitor.post(link("address")).status_code == 403
    again = add(client, integration)
    assert visitor.post(link("address")).status_code == 302
    again.refresh_from_db()
    assert again.verified_at


def test_language_and_choice_are_changed_and_an_address_is_removed(client: Client, integration: Integration) -> None:
    address = add(client, integration)
    assert f"Saved for {NEW}." in post(client, integration, f"/{address.pk}", language="nl", digest="weekly")
    address.refresh_from_db()
    assert (address.language, address.digest) == ("nl", "weekly")
    assert "Nothing was changed" in post(client, integration, f"/{address.pk}", language="xx", digest="weekly")
    assert f"{NEW} was removed." in post(client, integration, f"/{address.pk}", remove="1")
    assert not MailAddress.objects.exists()
    kinds = list(Event.objects.filter(kind__startswith="address").values_list("kind", flat=True))
    assert kinds == ["address_added", "address_changed", "address_removed"]


def test_the_question_comes_in_the_language_of_the_address(client: Client, integration: Integration) -> None:
    add(client, integration, language="nl")
    add(client, integration, "other@example.nl", language="en")
    assert 'lang="nl"' in str(mail.outbox[0].alternatives[0][0])
    assert 'lang="en"' in str(mail.outbox[1].alternatives[0][0])


def test_the_link_is_sent_again_only_while_it_is_needed(
    client: Client, visitor: Client, integration: Integration
) -> None:
    address = add(client, integration)
    post(client, integration, f"/{address.pk}", ask="1")
    assert len(mail.outbox) == 2
    visitor.post(link("address"))
    post(client, integration, f"/{address.pk}", ask="1")
    assert len(mail.outbox) == 2


def test_what_is_there_already_is_not_added(client: Client, integration: Integration) -> None:
    add(client, integration)
    for email, words in (
        (NEW, "is in the list already"),
        ("OWNER@example.nl", "belongs to a member"),
        ("x", "Not added"),
    ):
        assert words in post(client, integration, email=email, language="nl", digest="daily")
    assert "Not added" in post(client, integration, email="a@b.nl", language="de", digest="daily")
    assert MailAddress.objects.count() == len(mail.outbox) == 1


def test_there_can_be_ten_and_so_many_a_day(client: Client, integration: Integration, monkeypatch: Any) -> None:
    for number in range(10):
        add(client, integration, f"a{number}@example.nl")
    assert "There can be 10 extra addresses." in post(client, integration, email=NEW, language="nl", digest="daily")
    assert "There can be 10." in client.get(f"/{integration.licence_key}/profile/").text
    monkeypatch.setattr("dashboard.people.unasked.MOST_A_DAY", 11)
    address = integration.mail_addresses.first()
    assert address
    post(client, integration, f"/{address.pk}", ask="1")
    assert "today" in post(client, integration, f"/{address.pk}", ask="1")
    assert len(mail.outbox) == 11


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_others_than_owners_see_them_and_change_nothing(client: Client, integration: Integration, role: Role) -> None:
    address = add(client, integration)
    guest = logged_in(Member.objects.create(integration=integration, user=a_person("g@x.nl"), role=role).user)
    page = guest.get(f"/{integration.licence_key}/profile/").text
    assert NEW in page
    assert "Add an address" not in page
    base = f"/{integration.licence_key}/profile/addresses"
    for path in (base, f"{base}/{address.pk}"):
        assert guest.post(path, {"remove": "1"}).status_code == 403


# What one gets oneself


@pytest.mark.parametrize("role", Role.values)
def test_everybody_chooses_what_they_get(integration: Integration, role: str) -> None:
    member = Member.objects.create(integration=integration, user=a_person("g@x.nl"), role=role)
    guest, address = logged_in(member.user), f"/{integration.licence_key}/profile/digest"
    assert "Saved: what you get" in guest.post(address, {"digest": "weekly"}, follow=True).text
    member.refresh_from_db()
    assert member.digest == Digest.WEEKLY
    assert "Nothing was changed" in guest.post(address, {"digest": "hourly"}, follow=True).text
    assert integration.members.get(user__email="owner@example.nl").digest == Digest.WRONG


# The way out


def unsubscribe(row: Member | MailAddress) -> str:
    return f"/unsubscribe/{recipients.token_of(row)}"


@pytest.fixture
def member(integration: Integration) -> Member:
    return integration.members.get()


def test_one_click_of_a_mail_program_is_enough(member: Member) -> None:
    """https://www.rfc-editor.org/rfc/rfc8058: no cookie, no token of ours in the form, no page."""
    program = Client(enforce_csrf_checks=True)
    answer = program.post(unsubscribe(member), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content) == (200, b"")
    member.refresh_from_db()
    assert member.digest == Digest.NEVER


def test_people_get_a_page_that_undoes_it_too(
    client: Client, visitor: Client, integration: Integration, owner: User
) -> None:
    address = add(client, integration)
    visitor.post(link("address"))
    page = visitor.get(unsubscribe(address)).text  # a mail program looks
    assert "E-mails about Bakkerij Demo" in page
    address.refresh_from_db()
    assert address.digest == Digest.DAILY
    done = visitor.post(unsubscribe(address), {"digest": "never"}, follow=True).text
    assert "You no longer get e-mails about Bakkerij Demo." in done
    address.refresh_from_db()
    assert address.digest == Digest.NEVER
    visitor.post(unsubscribe(address), {"digest": "weekly"})
    address.refresh_from_db()
    assert address.digest == Digest.WEEKLY


def test_an_owner_reads_what_still_comes(member: Member, visitor: Client) -> None:
    words = "Only when a connection is lost"
    assert words in visitor.post(unsubscribe(member), {"digest": "never"}, follow=True).text
    Member.objects.update(role=Role.READER)
    assert words not in visitor.get(unsubscribe(member)).text


def test_a_wrong_link_changes_nothing(member: Member, visitor: Client) -> None:
    for wrong in (f"{unsubscribe(member)}x", "/unsubscribe/1", "/unsubscribe/a:b:c"):
        assert visitor.post(wrong).status_code == 404
    member.refresh_from_db()
    assert member.digest == Digest.WRONG
    known = unsubscribe(member)
    member.delete()
    answer = visitor.get(known)
    assert answer.status_code == 404
    assert "Bakkerij" not in answer.text


def test_it_is_for_one_integration(member: Member, visitor: Client, owner: User) -> None:
    from .world import an_integration

    other = an_integration(owner, "Tweede winkel")
    visitor.post(unsubscribe(member), {"digest": "never"})
    assert other.members.get().digest == Digest.WRONG


def test_links_are_not_in_the_log(member: Member, visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    token = recipients.token_of(member)
    with caplog.at_level("INFO"):
        visitor.get(f"/unsubscribe/{token}x")
        visitor.get(f"/address/{token}")
        visitor.get(f"/invitation/{token}")
    assert "/unsubscribe/..." in caplog.text
    assert token not in caplog.text
