"""Members and roles: invited by e-mail, in with an account of that address, and never without an owner."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from dashboard.people import members
from dashboard.people.unasked import Refusal
from integrations.models import Digest, Event, Integration, Invitation, Member, Role, User

from .conftest import logged_in
from .test_accounts import choose_password, link_in_mail, sign_up
from .world import a_document, a_person, an_integration

NEW = "accountant@example.nl"


def verified(email: str) -> User:
    person = a_person(email)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def post(client: Client, integration: Integration, path: str, **data: Any) -> str:
    return client.post(f"/{integration.licence_key}/profile/{path}", data, follow=True).text


def invited(client: Client, integration: Integration, email: str = NEW, role: str = "reader") -> str:
    """Invite somebody; gives the address in the e-mail."""
    post(client, integration, "invite", email=email, role=role)
    return link(mail.outbox[-1])


def link(message: Any) -> str:
    (found,) = {word for word in message.body.split() if "/invitation/" in word}
    return urlsplit(found).path


def a_member(integration: Integration, email: str, role: Role) -> Member:
    return Member.objects.create(integration=integration, user=verified(email), role=role)


@pytest.mark.rule("R391")
@pytest.mark.parametrize("role", Role.values)
def test_who_was_invited_gets_in_with_that_role(client: Client, integration: Integration, role: str) -> None:
    a_document(integration, "2026-4711")
    address = invited(client, integration, NEW.upper(), role)
    message = mail.outbox[-1]
    assert message.to == [NEW]
    assert "owner@example.nl nodigt je uit" in message.body  # of someone without an account no language is known
    assert "Bakkerij Demo" in message.subject
    assert address in message.alternatives[0][0]
    guest = logged_in(verified(NEW))
    assert guest.get(f"/{integration.licence_key}/report/").status_code == 404
    page = guest.get(address).text
    assert "owner@example.nl invites you" in page
    name, may = members.ROLES[Role(role)]
    assert f'<strong>{name}</strong>: <span class="muted">{may}.</span>' in page
    assert not Member.objects.filter(user__email=NEW).exists()
    answer = guest.post(address, follow=True)
    assert "2026-4711" in answer.text
    assert Member.objects.get(user__email=NEW).role == role
    joined = Event.objects.get(kind="member_joined")
    assert (joined.user.email, joined.data["role"]) == (NEW, role)


def test_an_account_comes_first_and_leads_back(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    page = Client(headers={"accept-language": "en"}).get(address).text
    assert f'value="{NEW}"' in page
    assert f'name="next" value="{address}"' in page
    assert "Bakkerij" not in page
    assert "owner@example.nl" not in page


def test_somebody_without_an_account_makes_one_and_comes_back(client: Client, integration: Integration) -> None:
    address = invited(client, integration, role="bookkeeper")
    visitor = Client(headers={"accept-language": "en"})
    sign_up(visitor, NEW, next=address)
    page = choose_password(visitor, link_in_mail())
    assert page.redirect_chain[-1][0] == address
    assert "owner@example.nl invites you" in page.text
    visitor.post(address)
    assert Member.objects.get(user__email=NEW).role == Role.BOOKKEEPER


def test_a_link_works_for_who_reads_that_address_alone(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    other = verified("other@example.nl")
    EmailAddress.objects.create(user=other, email=NEW, verified=False)
    for answer in (logged_in(other).get(address), logged_in(other).post(address)):
        assert answer.status_code == 403
        assert "It was made for a…@example.nl." in answer.text
        assert "Bakkerij" not in answer.text
    assert integration.members.count() == 1
    EmailAddress.objects.filter(email=NEW).update(verified=True)
    assert logged_in(other).get(address).status_code == 200


def test_it_works_once(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    guest = logged_in(verified(NEW))
    guest.post(address)
    assert "You are a member of Bakkerij Demo already: Reader." in guest.get(address, follow=True).text
    Member.objects.filter(user__email=NEW).delete()
    for answer in (guest.get(address), guest.post(address)):
        assert answer.status_code == 403
        assert "It was used or withdrawn" in answer.text
    assert integration.members.count() == 1


def test_it_expires_after_fourteen_days_and_can_be_sent_again(
    client: Client, integration: Integration, owner: User
) -> None:
    address = invited(client, integration)
    guest, now = logged_in(verified(NEW)), timezone.now()
    with time_machine.travel(now + timedelta(days=13, hours=23)):
        assert guest.get(address).status_code == 200
    with time_machine.travel(now + timedelta(days=14, minutes=1)):
        client, guest = logged_in(owner), logged_in(User.objects.get(email=NEW))  # a session is over by now
        for answer in (guest.get(address), guest.post(address)):
            assert answer.status_code == 403
            assert "It has expired." in answer.text
        assert "the link has expired" in client.get(f"/{integration.licence_key}/profile/").text
        post(client, integration, "members", invitation=Invitation.objects.get().pk, renew="1")
        assert guest.get(link(mail.outbox[-1])).status_code == 200
    assert Invitation.objects.count() == 1


def test_a_withdrawn_invitation_does_nothing(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    guest = logged_in(verified(NEW))
    assert "was withdrawn" in post(client, integration, "members", invitation=Invitation.objects.get().pk)
    assert guest.post(address).status_code == 403
    assert integration.members.count() == 1
    assert Event.objects.filter(kind="invitation_withdrawn").exists()


def test_an_invitation_ends_with_the_ownership_of_who_sent_it(client: Client, integration: Integration) -> None:
    other = a_member(integration, "partner@example.nl", Role.OWNER)
    address = invited(logged_in(other.user), integration, role="owner")
    members.remove(other, integration.members.exclude(pk=other.pk).get().user)
    logged_in(verified(NEW)).post(address)
    assert not integration.members.filter(user__email=NEW).exists()


def test_a_link_that_was_changed_does_nothing(client: Client, integration: Integration) -> None:
    address, guest = invited(client, integration), logged_in(verified(NEW))
    for wrong in (f"{address}x", "/invitation/x", "/invitation/1:2:3"):
        assert guest.post(wrong).status_code == 403
    assert integration.members.count() == 1


def test_inviting_again_changes_the_role_and_makes_no_second_invitation(
    client: Client, integration: Integration
) -> None:
    first = invited(client, integration, role="reader")
    second = invited(client, integration, role="bookkeeper")
    assert Invitation.objects.count() == 1
    logged_in(verified(NEW)).post(first)
    assert Member.objects.get(user__email=NEW).role == Role.BOOKKEEPER
    assert second


def test_a_member_is_not_invited(client: Client, integration: Integration) -> None:
    a_member(integration, NEW, Role.READER)
    assert "accountant@example.nl is a member already: Reader." in post(
        client, integration, "invite", email=NEW.upper(), role="owner"
    )
    assert mail.outbox == []
    assert not Invitation.objects.exists()


def test_nobody_learns_whether_an_address_has_an_account(client: Client, integration: Integration) -> None:
    verified(NEW)
    known = post(client, integration, "invite", email=NEW, role="reader")
    unknown = post(client, integration, "invite", email="nobody00@example.nl", role="reader")
    said = f"{NEW} gets an e-mail with a link"
    assert said in known
    assert said.replace(NEW, "nobody00@example.nl") in unknown
    assert mail.outbox[0].body.count("\n") == mail.outbox[1].body.count("\n")


def test_what_is_no_address_or_no_role_is_refused(client: Client, integration: Integration) -> None:
    for email, role in (("x", "reader"), (NEW, "king"), ("", "")):
        assert "Nobody was invited" in post(client, integration, "invite", email=email, role=role)
    assert mail.outbox == []


def test_an_invitation_comes_in_the_language_of_who_invites(
    client: Client, integration: Integration, owner: User
) -> None:
    owner.language = "en"
    owner.save()
    invited(client, integration)
    assert "Invitation: the bookkeeping of Bakkerij Demo" in mail.outbox[-1].subject


def test_so_many_a_day_and_so_many_at_a_time(client: Client, integration: Integration, monkeypatch: Any) -> None:
    monkeypatch.setattr("dashboard.people.unasked.MOST_A_DAY", 3)
    monkeypatch.setattr("dashboard.people.members.MOST_OPEN", 2)
    invited(client, integration, "a@example.nl")
    invited(client, integration, "b@example.nl")
    assert "many open invitations" in post(client, integration, "invite", email="c@example.nl", role="reader")
    invited(client, integration, "a@example.nl")
    assert "today" in post(client, integration, "invite", email="a@example.nl", role="reader")
    assert len(mail.outbox) == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        invited(client, integration, "a@example.nl")
    assert len(mail.outbox) == 4


# Roles


def test_profile_lists_people_with_role_and_since_when(client: Client, integration: Integration) -> None:
    with time_machine.travel("2026-03-12T12:00:00Z"):
        address = invited(client, integration, role="bookkeeper")
        logged_in(verified(NEW)).post(address)
    page = client.get(f"/{integration.licence_key}/profile/").text
    assert NEW in page
    assert "12\N{NO-BREAK SPACE}Mar\N{NO-BREAK SPACE}2026" in page
    reader = logged_in(a_member(integration, "r@example.nl", Role.READER).user)
    page = reader.get(f"/{integration.licence_key}/profile/").text
    assert "owner@example.nl" in page
    assert "Invite somebody" not in page
    assert "Stop this integration</a>" not in page


def test_an_owner_changes_a_role(client: Client, integration: Integration) -> None:
    member = a_member(integration, NEW, Role.READER)
    assert f"{NEW} is now: Bookkeeper." in post(client, integration, f"members/{member.pk}", role="bookkeeper")
    member.refresh_from_db()
    assert member.role == Role.BOOKKEEPER
    event = Event.objects.get(kind="member_role")
    assert event.data == {"person": member.user_id, "role": "bookkeeper"}
    assert event.user.email == "owner@example.nl"
    assert "choose a role" in post(client, integration, f"members/{member.pk}", role="king")


def test_removing_is_asked_first_and_takes_the_access(client: Client, integration: Integration) -> None:
    member = a_member(integration, NEW, Role.BOOKKEEPER)
    guest = logged_in(member.user)
    page = post(client, integration, f"members/{member.pk}", remove="1")
    assert f"{NEW} loses access to Bakkerij Demo now" in page
    assert guest.get(f"/{integration.licence_key}/report/").status_code == 200
    post(client, integration, f"members/{member.pk}", remove="1", sure="1")
    assert guest.get(f"/{integration.licence_key}/report/").status_code == 404
    assert Event.objects.get(kind="member_removed").data["person"] == member.user_id


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_one_can_leave_oneself_and_nobody_else(integration: Integration, role: Role) -> None:
    member = a_member(integration, NEW, role)
    guest, owner = logged_in(member.user), integration.members.get(role=Role.OWNER)
    address = f"/{integration.licence_key}/profile/members/"
    assert guest.post(f"{address}{owner.pk}", {"remove": "1", "sure": "1"}).status_code == 403
    assert guest.post(f"{address}{member.pk}", {"role": "owner"}).status_code == 403
    member.refresh_from_db()
    assert member.role == role
    answer = guest.post(f"{address}{member.pk}", {"remove": "1", "sure": "1"}, follow=True)
    assert "has no access to Bakkerij Demo any more" in answer.text
    assert list(integration.members.all()) == [owner]
    assert Event.objects.filter(kind="member_left").exists()


def test_there_is_always_an_owner(client: Client, integration: Integration) -> None:
    a_member(integration, "r@example.nl", Role.BOOKKEEPER)
    mine = integration.members.get(role=Role.OWNER)
    for data in ({"role": "reader"}, {"remove": "1", "sure": "1"}):
        assert "There has to be an owner." in post(client, integration, f"members/{mine.pk}", **data)
    away = a_member(integration, "away@example.nl", Role.OWNER)
    User.objects.filter(pk=away.user_id).update(is_active=False)
    assert "There has to be an owner." in post(client, integration, f"members/{mine.pk}", role="reader")
    User.objects.filter(pk=away.user_id).update(is_active=True)
    post(client, integration, f"members/{mine.pk}", role="reader")
    mine.refresh_from_db()
    assert mine.role == Role.READER


def test_of_two_owners_who_leave_at_the_same_time_one_stays(transactional_db: None) -> None:
    first = an_integration(a_person("first@example.nl")).members.get()
    second = a_member(first.integration, "second@example.nl", Role.OWNER)
    start, refused = Barrier(2), []

    def leave(member: Member) -> None:
        start.wait()
        try:
            members.remove(member, member.user)
        except Refusal:
            refused.append(member)
        finally:
            connection.close()

    threads = [Thread(target=leave, args=[member]) for member in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Member.objects.all()) == refused


def test_an_owner_reaches_nobody_of_another_integration(client: Client, integration: Integration) -> None:
    other = an_integration(a_person("else@example.nl"), "Andermans winkel")
    member = a_member(other, NEW, Role.READER)
    waiting = other.invitations.create(email="x@example.nl", role=Role.READER, expires_at=timezone.now())
    address = other.mail_addresses.create(email="x@example.nl", language="nl")
    before = list(Member.objects.values())
    base = f"/{integration.licence_key}/profile/"
    for path, data in (
        (f"members/{member.pk}", {"role": "owner"}),
        (f"members/{member.pk}", {"remove": "1", "sure": "1"}),
        ("members", {"invitation": waiting.pk}),
        ("members", {"invitation": waiting.pk, "renew": "1"}),
        ("members", {"invitation": "x"}),
        (f"addresses/{address.pk}", {"remove": "1"}),
    ):
        assert client.post(base + path, data).status_code == 404
    assert list(Member.objects.values()) == before
    assert list(other.invitations.all()) == [waiting]
    assert list(other.mail_addresses.all()) == [address]


def test_a_new_member_gets_e_mails_only_when_something_is_wrong(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    logged_in(verified(NEW)).post(address)
    assert Member.objects.get(user__email=NEW).digest == Digest.WRONG


def test_events_hold_no_addresses(client: Client, integration: Integration) -> None:
    address = invited(client, integration)
    logged_in(verified(NEW)).post(address)
    post(client, integration, "addresses", email="extra@example.nl", language="nl", digest="daily")
    for event in integration.events.all():
        assert "@" not in str(event.data)


def test_the_page_asks_as_much_for_20_members_as_for_10(client: Client, integration: Integration) -> None:
    from .test_queries import MOST, queries

    def more(start: int) -> None:
        for number in range(start, start + 10):
            a_member(integration, f"m{number}@example.nl", Role.READER)
            integration.invitations.create(email=f"i{number}@x.nl", role="reader", expires_at=timezone.now())
            integration.mail_addresses.create(email=f"a{number}@x.nl", language="nl")

    address = f"/{integration.licence_key}/profile/"
    more(0)
    client.get(address)
    first = queries(client, address)
    more(10)
    assert queries(client, address) == first
    assert first <= MOST


def test_support_staff_see_members_in_the_admin(integration: Integration) -> None:
    a_member(integration, NEW, Role.READER)
    integration.invitations.create(email="invited@example.nl", role="reader", expires_at=timezone.now())
    integration.mail_addresses.create(email="extra@example.nl", language="nl")
    staff = logged_in(User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse"))
    page = staff.get(f"/admin/integrations/integration/{integration.pk}/change/").text
    assert "accountant@example.nl" in page
    assert "invited@example.nl" in page
    assert "extra@example.nl" in page
