"""E-mails about the bookkeeping: digests in the morning, a new cause within minutes, a lost connection at once."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounting import connection
from dashboard import tasks
from dashboard.mails import alerts, digests
from integrations.models import Digest, Document, Event, Integration, Member, Role, State, ToldCause, User

from .world import STUCK, a_document, a_person

OTHER = {"code": "vat_setting_missing", "country": "FR", "rate": "20"}


@pytest.fixture
def member(integration: Integration, owner: User) -> Member:
    owner.language = "en"
    owner.save()
    return integration.members.get()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Thursday 12 November 2026, ten in the morning in the Netherlands."""
    with time_machine.travel("2026-11-12T09:00:00Z", tick=False) as traveller:
        yield traveller


def run(clock: time_machine.Traveller, moment: str) -> list[Any]:
    """What the task sends at a moment."""
    clock.move_to(datetime.fromisoformat(moment))
    mail.outbox.clear()
    tasks.tell_people()
    return list(mail.outbox)


def choose(member: Member, digest: str, until: str) -> None:
    Member.objects.filter(pk=member.pk).update(digest=digest, digest_until=datetime.fromisoformat(until))


def posted(integration: Integration, number: str, at: str) -> Document:
    return a_document(integration, number, changed_at=datetime.fromisoformat(at))


def told(integration: Integration) -> None:
    """So that only digests come."""
    for cause in set(integration.documents.filter(state=State.ERROR).values_list("cause", flat=True)):
        ToldCause.objects.get_or_create(integration=integration, cause=cause)


# When


@pytest.mark.parametrize(
    ("digest", "now", "due"),
    [
        ("daily", "2026-11-12T05:59:59Z", "2026-11-11T06:00:00Z"),
        ("daily", "2026-11-12T06:00:00Z", "2026-11-12T06:00:00Z"),
        ("wrong", "2026-11-12T22:59:00Z", "2026-11-12T06:00:00Z"),
        ("weekly", "2026-11-12T09:00:00Z", "2026-11-09T06:00:00Z"),
        ("weekly", "2026-11-16T05:59:00Z", "2026-11-09T06:00:00Z"),
        ("weekly", "2026-11-16T06:00:00Z", "2026-11-16T06:00:00Z"),
        ("weekly", "2026-11-15T23:30:00Z", "2026-11-09T06:00:00Z"),
        # Summer time begins on 29 March and ends on 25 October.
        ("daily", "2026-03-29T05:00:00Z", "2026-03-29T05:00:00Z"),
        ("daily", "2026-03-29T04:59:00Z", "2026-03-28T06:00:00Z"),
        ("weekly", "2026-03-30T05:00:00Z", "2026-03-30T05:00:00Z"),
        ("daily", "2026-10-25T05:59:00Z", "2026-10-24T05:00:00Z"),
        ("daily", "2026-10-25T06:00:00Z", "2026-10-25T06:00:00Z"),
        ("weekly", "2026-10-31T12:00:00Z", "2026-10-26T06:00:00Z"),
    ],
)
def test_it_goes_out_at_seven_in_the_netherlands(digest: str, now: str, due: str) -> None:
    found = digests.morning(digest, datetime.fromisoformat(now))
    assert found.astimezone(UTC) == datetime.fromisoformat(due)


@pytest.mark.parametrize(("before", "day"), [("2026-03-28", "2026-03-29"), ("2026-10-24", "2026-10-25")])
def test_each_document_is_told_once_over_a_change_of_the_clock(
    integration: Integration, member: Member, clock: time_machine.Traveller, before: str, day: str
) -> None:
    """A run each hour for three days: three e-mails, and each document in one of them."""
    start = datetime.fromisoformat(f"{before}T00:00:00Z")
    choose(member, "daily", f"{before}T00:00:00Z")
    for hour in range(72):
        posted(integration, f"n{hour}", (start + timedelta(hours=hour)).isoformat())
    sent = []
    for hour in range(73):
        sent += run(clock, (start + timedelta(hours=hour)).isoformat())
    assert len(sent) == 3
    counts = [int(message.body.split()[0]) for message in sent]
    first, second, third = counts
    assert second == (23 if day == "2026-03-29" else 25)
    assert third == 24
    assert first in (5, 6)


def test_daily_says_also_that_all_is_well(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    posted(integration, "before", "2026-11-12T05:59:00Z")
    posted(integration, "2026-1", "2026-11-12T06:00:00Z")
    posted(integration, "2026-2", "2026-11-13T05:59:00Z")
    posted(integration, "after", "2026-11-13T06:00:00Z")
    a_document(integration, "2026-3", State.OPEN)
    assert run(clock, "2026-11-13T05:59:00Z") == []
    (message,) = run(clock, "2026-11-13T06:10:00Z")
    assert message.subject == "Bakkerij Demo: 2 documents posted, nothing is stuck"
    text, page = message.body, message.alternatives[0][0]
    assert "2 documents were posted to Rompslomp, in all €242.00" in text
    assert "1 document waits" in text
    assert "Nothing is stuck." in text
    for part in ("2 documents were posted", "Nothing is stuck.", integration.licence_key):
        assert part in page
    assert run(clock, "2026-11-13T06:25:00Z") == []
    (message,) = run(clock, "2026-11-14T06:00:00Z")
    assert "1 document was posted to Rompslomp, in all €121.00" in message.body
    (message,) = run(clock, "2026-11-15T06:00:00Z")
    assert "Nothing was posted to Rompslomp from" in message.body


def test_it_says_what_is_stuck_by_cause(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    for number in range(3):
        a_document(integration, f"2026-{number}", State.ERROR)
    a_document(integration, "2026-9", State.ERROR, problems=[OTHER])
    told(integration)
    (message,) = run(clock, "2026-11-13T06:00:00Z")
    assert message.subject == "Bakkerij Demo: 4 documents are stuck"
    assert "3 documents, €363.00:" in message.body
    assert message.body.index("3 documents") < message.body.index("1 document, €121.00:")
    assert f"/{integration.licence_key}/errors/" in message.body
    assert "Germany" in message.body
    assert "Nothing is stuck" not in message.body


def test_weekly_comes_on_monday(integration: Integration, member: Member, clock: time_machine.Traveller) -> None:
    choose(member, "weekly", "2026-11-09T06:00:00Z")
    posted(integration, "2026-1", "2026-11-10T12:00:00Z")
    for day in range(13, 16):
        assert run(clock, f"2026-11-{day}T12:00:00Z") == []
    (message,) = run(clock, "2026-11-16T06:05:00Z")
    assert "1 document was posted" in message.body
    assert run(clock, "2026-11-17T06:05:00Z") == []


def test_only_when_something_is_wrong(integration: Integration, member: Member, clock: time_machine.Traveller) -> None:
    choose(member, "wrong", "2026-11-12T06:00:00Z")
    posted(integration, "2026-1", "2026-11-12T12:00:00Z")
    assert run(clock, "2026-11-13T06:05:00Z") == []
    a_document(integration, "2026-2", State.ERROR)
    told(integration)
    (message,) = run(clock, "2026-11-14T06:05:00Z")
    assert "1 document is stuck" in message.subject
    Document.objects.filter(state=State.ERROR).delete()
    assert run(clock, "2026-11-15T06:05:00Z") == []
    Integration.objects.update(books_lost_at=timezone.now())
    (message,) = run(clock, "2026-11-16T06:05:00Z")
    assert message.subject == "Bakkerij Demo: a connection is lost"
    assert "Not connected: Rompslomp." in message.body


def test_never_is_never(integration: Integration, member: Member, clock: time_machine.Traveller) -> None:
    choose(member, "never", "2026-11-12T06:00:00Z")
    a_document(integration, "2026-2", State.ERROR)
    assert run(clock, "2026-11-13T06:05:00Z") == []


# Once


def test_a_missed_morning_is_made_good_and_nothing_is_left_out(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    posted(integration, "2026-1", "2026-11-12T12:00:00Z")
    posted(integration, "2026-2", "2026-11-14T12:00:00Z")
    (message,) = run(clock, "2026-11-15T19:00:00Z")  # nothing ran for three days
    assert "2 documents were posted" in message.body
    assert run(clock, "2026-11-15T19:15:00Z") == []
    assert len(run(clock, "2026-11-16T06:00:00Z")) == 1


def test_of_two_runs_at_the_same_time_one_writes(integration: Integration, member: Member) -> None:
    row = Member.objects.get()
    until = timezone.now()
    assert digests.claim(row, until)
    assert not digests.claim(row, until + timedelta(seconds=1))


def test_what_was_not_taken_is_tried_again(
    integration: Integration, member: Member, clock: time_machine.Traveller, monkeypatch: Any
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    posted(integration, "2026-1", "2026-11-12T12:00:00Z")
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert run(clock, "2026-11-13T06:00:00Z") == []
    (message,) = run(clock, "2026-11-13T06:15:00Z")
    assert "1 document was posted" in message.body


def refuse(*_args: Any) -> None:
    raise smtplib.SMTPServerDisconnected


def test_a_first_digest_tells_of_the_time_after_it_was_chosen(
    client: Client, integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    posted(integration, "long ago", "2026-01-12T12:00:00Z")
    client.post(f"/{integration.licence_key}/profile/digest", {"digest": "daily"})
    assert run(clock, "2026-11-12T10:00:00Z") == []
    posted(integration, "2026-1", "2026-11-12T12:00:00Z")
    (message,) = run(clock, "2026-11-13T06:00:00Z")
    assert "1 document was posted" in message.body


def test_whoever_was_never_told_anything_hears_from_the_next_morning_on(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    Member.objects.update(digest="daily", digest_until=None)
    posted(integration, "2026-1", "2026-11-01T12:00:00Z")
    assert run(clock, "2026-11-12T10:00:00Z") == []
    (message,) = run(clock, "2026-11-13T06:00:00Z")
    assert "Nothing was posted" in message.body


@pytest.mark.parametrize(
    "values",
    [{"status": "stopped"}, {"status": "installing"}, {"status": "stopped", "archived_at": datetime.now(UTC)}],
)
def test_what_does_not_run_sends_nothing(
    integration: Integration, member: Member, clock: time_machine.Traveller, values: dict[str, Any]
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    a_document(integration, "2026-2", State.ERROR)
    Integration.objects.update(**values)
    assert run(clock, "2026-11-13T06:05:00Z") == []


@pytest.mark.rule("R401")
def test_everybody_gets_it_in_their_own_language_and_nobody_twice(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    since = datetime.fromisoformat("2026-11-12T06:00:00Z")
    choose(member, "daily", since.isoformat())
    values = {"language": "nl", "digest": "daily", "digest_until": since}
    for email in ("extra@example.nl", "owner@example.nl"):
        integration.mail_addresses.create(email=email, verified_at=since, **values)
    integration.mail_addresses.create(email="unsure@example.nl", **values)
    gone = a_person("gone@example.nl")
    gone.is_active = False
    gone.save()
    Member.objects.create(integration=integration, user=gone, digest="daily", digest_until=since)
    sent = {message.to[0]: message for message in run(clock, "2026-11-13T06:00:00Z")}
    assert sent.keys() == {"owner@example.nl", "extra@example.nl"}
    assert 'lang="en"' in sent["owner@example.nl"].alternatives[0][0]
    assert 'lang="nl"' in sent["extra@example.nl"].alternatives[0][0]


def test_it_names_the_way_out(
    client: Client, integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    choose(member, "daily", "2026-11-12T06:00:00Z")
    a_document(integration, "2026-2", State.ERROR)
    sent = run(clock, "2026-11-13T06:00:00Z")
    assert len(sent) == 2  # the cause, and the digest
    for message in sent:
        url = message.extra_headers["List-Unsubscribe"].strip("<>")
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert url in message.body
        assert url in message.alternatives[0][0]
    Client().post(url[url.index("/unsubscribe/") :], {"List-Unsubscribe": "One-Click"})
    assert run(clock, "2026-11-14T06:00:00Z") == []


# Causes


@pytest.mark.parametrize("digest", ["daily", "weekly", "wrong"])
def test_a_cause_is_told_once_and_not_for_each_document(
    integration: Integration, member: Member, clock: time_machine.Traveller, digest: str
) -> None:
    choose(member, digest, "2026-11-12T06:00:00Z")
    for number in range(3):
        a_document(integration, f"2026-{number}", State.ERROR)
    (message,) = run(clock, "2026-11-12T10:00:00Z")
    assert "Germany" in message.subject
    assert "3 documents, €363.00:" in message.body
    a_document(integration, "2026-9", State.ERROR)
    assert run(clock, "2026-11-12T10:15:00Z") == []


def test_several_new_causes_come_in_one_e_mail(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    a_document(integration, "2026-1", State.ERROR, problems=[STUCK])
    run(clock, "2026-11-12T10:00:00Z")
    for country in ("FR", "BE"):
        a_document(integration, country, State.ERROR, problems=[OTHER | {"country": country}])
    (message,) = run(clock, "2026-11-12T10:15:00Z")
    assert "France" in message.body
    assert "Belgium" in message.body
    assert "Germany" not in message.body


def test_it_is_news_again_when_it_comes_back_after_a_day(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    stuck = a_document(integration, "2026-1", State.ERROR)
    assert len(run(clock, "2026-11-12T10:00:00Z")) == 1
    for moment, told in (("2026-11-12T10:30:00Z", 0), ("2026-11-13T11:00:00Z", 1)):
        Document.objects.update(state=State.SKIPPED)
        assert run(clock, moment) == []
        Document.objects.filter(pk=stuck.pk).update(state=State.ERROR)
        assert len(run(clock, moment)) == told


def test_nobody_is_told_of_what_they_took_back_themselves(
    integration: Integration, member: Member, clock: time_machine.Traveller
) -> None:
    a_document(integration, "2026-1", State.ERROR, problems=[{"code": "undone"}])
    assert run(clock, "2026-11-12T10:00:00Z") == []


def test_a_cause_that_no_mail_server_took_is_told_later(
    integration: Integration, member: Member, clock: time_machine.Traveller, monkeypatch: Any
) -> None:
    a_document(integration, "2026-1", State.ERROR)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert run(clock, "2026-11-12T10:00:00Z") == []
    assert len(run(clock, "2026-11-12T10:15:00Z")) == 1


def test_one_integration_that_fails_keeps_no_other_waiting(
    integration: Integration, member: Member, owner: User, clock: time_machine.Traveller, monkeypatch: Any
) -> None:
    from .world import an_integration

    other = an_integration(owner, "Tweede winkel")
    for one in (integration, other):
        a_document(one, "2026-1", State.ERROR)
    first = integration.pk
    recipients_of = alerts.recipients_of

    def broken(asked: Integration) -> Any:
        if asked.pk == first:
            raise ValueError
        return recipients_of(asked)

    monkeypatch.setattr(alerts, "recipients_of", broken)
    (message,) = run(clock, "2026-11-12T10:00:00Z")
    assert "Tweede winkel" in message.subject


# Connections


def test_a_lost_connection_is_told_at_once_and_once(integration: Integration, member: Member) -> None:
    integration.mail_addresses.create(email="extra@example.nl", language="nl", verified_at=timezone.now())
    integration.mail_addresses.create(email="unsure@example.nl", language="nl")
    connection.lose(integration, "books", "401")
    assert [message.to for message in mail.outbox] == [["owner@example.nl"], ["extra@example.nl"]]
    message = mail.outbox[0]
    assert message.subject == "Bakkerij Demo: the connection with Rompslomp is lost"
    assert f"/{integration.licence_key}/configuration/#connections" in message.body
    assert "Nothing is lost" in message.alternatives[0][0]
    connection.lose(integration, "books")
    alerts.tell_connection_lost(integration.pk, "books")
    connection.tell_what_was_not_told()
    assert len(mail.outbox) == 2
    assert Event.objects.filter(kind="connection_lost_told").count() == 1
    connection.regain(integration, "books")
    alerts.tell_connection_lost(integration.pk, "books")
    assert len(mail.outbox) == 2
    connection.lose(integration, "books")
    connection.lose(integration, "shop")
    assert len(mail.outbox) == 6
    assert "the connection with your webshop is lost" in mail.outbox[4].subject


def test_never_spares_everybody_but_the_owner(integration: Integration, member: Member) -> None:
    Member.objects.update(digest=Digest.NEVER)
    guest = a_person("guest@example.nl")
    Member.objects.create(integration=integration, user=guest, role=Role.BOOKKEEPER, digest=Digest.NEVER)
    integration.mail_addresses.create(email="x@x.nl", language="nl", verified_at=timezone.now(), digest=Digest.NEVER)
    connection.lose(integration, "books")
    (message,) = mail.outbox
    assert message.to == ["owner@example.nl"]
    assert "List-Unsubscribe" not in message.extra_headers
    assert "because you own the integration" in message.body


def test_the_sweep_tells_what_no_mail_server_took(integration: Integration, member: Member, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        connection.lose(integration, "books")
    assert mail.outbox == []
    connection.tell_what_was_not_told()
    assert len(mail.outbox) == 1


def test_a_stopped_integration_has_nothing_to_tell(integration: Integration, member: Member) -> None:
    Integration.objects.update(status=Integration.Status.STOPPED, books_lost_at=timezone.now())
    connection.tell_what_was_not_told()
    alerts.tell_connection_lost(integration.pk, "books")
    assert mail.outbox == []
