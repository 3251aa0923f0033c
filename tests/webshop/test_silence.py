"""A shop whose rhythm stops is asked once whether it has nothing to say."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from integrations.models import Delivery, Event, Integration, Member, State, User
from webshop import tasks
from webshop.watching import silence

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def heard(linked, *, count=12, gap=HOUR, last=7 * HOUR):
    """So many messages with such gaps between them, the newest so long ago."""
    linked.deliver(*range(900_000_000, 900_000_000 + count))
    now = timezone.now()
    for number, delivery in enumerate(Delivery.objects.order_by("-id")):
        moment = now - last - number * gap
        Delivery.objects.filter(pk=delivery.pk).update(received_at=moment, handled_at=moment)
    Integration.objects.update(heard_at=now - last)


def test_it_is_written_down_when_the_shop_called_last_with_what_came_of_it(linked):
    linked.post("simple")
    received = Delivery.objects.get().received_at
    assert Integration.objects.get().heard_at == received
    Delivery.objects.update(event="night", handled_at=None, received_at=timezone.now() + HOUR)
    linked.work()
    assert Integration.objects.get().heard_at == received


@pytest.mark.parametrize(
    ("rhythm", "is_silent"),
    [
        ({"last": 7 * HOUR}, True),
        ({"last": 5 * HOUR, "gap": HOUR / 60}, False),  # six hours at least
        ({"last": 11 * HOUR, "gap": 2 * HOUR}, False),  # six times the usual gap
        ({"last": 13 * HOUR, "gap": 2 * HOUR}, True),
        ({"last": 7 * HOUR, "count": 9}, False),  # too few to know a rhythm
        ({"last": 7 * HOUR, "count": 10}, True),
        ({"last": 40 * 24 * HOUR}, False),  # that was another time
    ],
)
def test_silent_is_who_is_not_heard_for_longer_than_the_rhythm_explains(linked, rhythm, is_silent):
    heard(linked, **rhythm)
    assert list(silence.silent()) == ([linked.integration.pk] if is_silent else [])


def test_a_silent_shop_is_asked_once_for_each_silence(linked, sandbox):
    heard(linked)
    tasks.listen()
    calls = sandbox.counters()
    assert [call for call in calls if "/orders/" in call]
    tasks.listen()
    assert sandbox.counters() == calls
    heard(linked, last=6.5 * HOUR)
    Integration.objects.update(silence_checked_at=timezone.now() - 8 * HOUR)
    tasks.listen()
    assert sandbox.counters() != calls


def test_what_was_sold_in_the_silence_is_posted_and_the_webhooks_are_repaired(linked):
    heard(linked)
    order = linked.place_kind("simple")
    tasks.listen()
    linked.work()
    assert linked.document(order["id"]).state == State.PROCESSED
    assert Event.objects.filter(kind="webhooks_repaired").exists()
    assert linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]
    assert not mail.outbox


def test_its_owner_is_told_once_when_the_connection_is_the_cause(linked):
    owner = User.objects.create_user(username="owner@example.nl", email="owner@example.nl")
    Member.objects.create(integration=linked.integration, user=owner)
    heard(linked)
    linked.control("DELETE", f"shops/{linked.shop['id']}/keys")
    for _hour in range(3):
        tasks.listen()
    assert Integration.objects.get().shop_lost_at
    assert len(mail.outbox) == 1


def test_a_shop_that_is_down_is_asked_again_the_next_hour(linked, sandbox):
    heard(linked)
    sandbox.fault(kind="503", path="/api/rest/v1/webhooks", times=1)
    tasks.listen()
    assert Integration.objects.get().silence_checked_at is None
    tasks.listen()
    assert Integration.objects.get().silence_checked_at


@pytest.mark.parametrize("status", ["stopped", "installing"])
def test_nobody_listens_to_who_does_not_run(linked, status):
    heard(linked)
    Integration.objects.update(status=status)
    assert not list(silence.silent())
