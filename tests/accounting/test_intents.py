"""Exactly once, enumerated: what becomes of a create at each moment and with each way to fail.

``Remote`` stands for any system that has no idempotency keys: it makes one thing more at each create.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounting import intents, leases
from accounting.intents import Create, Settling, create_once
from config import settings as ours
from integrations.failures import ConnectionLost, Gone, LeaseLost, Refused, Temporary, Unknown
from integrations.models import Administration, CustomerLink, Document, Integration, Intent
from integrations.problems import Problem

pytestmark = pytest.mark.django_db(transaction=True)

SETTLE = timedelta(seconds=90)
EMAIL = "jan@voorbeeld.example"

# Failures after which it is certain that nothing was made.
CERTAIN = {
    "busy": Temporary("books_busy", wait=timedelta(seconds=30), everything=True),
    "unreachable": Temporary("books_unreachable"),
    "connection lost": ConnectionLost("books"),
    "gone": Gone("404"),
}
# Ends of a create after which it may or may not have been made.
UNCERTAIN = {
    "killed": SystemExit(),
    "interrupted": KeyboardInterrupt(),
    "a fault of ours": RuntimeError("bug"),
    "lease lost": LeaseLost(),
}
EVERY = {**CERTAIN, **UNCERTAIN, "refused": Refused(Problem("books_refused")), "unknown": Unknown("no answer")}


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Remote:
    """``fails`` is raised by a create, after making the thing when it ``makes``; ``look_fails`` by a look."""

    fails: BaseException | None = None
    makes: bool = True
    look_fails: BaseException | None = None
    things: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    on_create: object = lambda: None

    def create(self):
        self.asked.append("create")
        self.on_create()
        if self.makes:
            self.things.append(f"thing {len(self.things) + 1}")
        if self.fails:
            raise self.fails
        return self.things[-1]

    def look(self):
        self.asked.append("look")
        if self.look_fails:
            raise self.look_fails
        return self.things[0] if self.things else None


@pytest.fixture(autouse=True)
def settle(settings):
    settings.SETTLE_SECONDS = 90


@pytest.fixture
def document():
    administration = Administration.objects.create(system="rompslomp", remote_id="1290044715")
    integration = Integration.objects.create(shop_id="24001", administration=administration)
    return Document.objects.create(
        integration=integration, kind="order", remote_id="351000200", state="open", changed_at=timezone.now()
    )


@pytest.fixture
def lease(document):
    return leases.take(document.integration.administration_id)


def attempt(lease, document, remote, *, looks_first=False, keep=None):
    def store(found):
        CustomerLink.objects.create(administration_id=lease.administration_id, email=EMAIL, ledger_id=found)

    wanted = Create(
        step="customer",
        reference=EMAIL,
        look=remote.look,
        create=remote.create,
        keep=keep or store,
        looks_first=looks_first,
    )
    return create_once(lease, document, wanted)


def left_behind(document, *, age=timedelta(), looked=None):
    """An intent that somebody left ``age`` ago; ``looked`` is how long ago it was looked for."""
    now = timezone.now()
    return Intent.objects.create(
        administration=document.integration.administration,
        step="customer",
        reference=EMAIL,
        document=document,
        started_at=now - age,
        looked_at=None if looked is None else now - looked,
    )


def kept():
    return list(CustomerLink.objects.values_list("ledger_id", flat=True))


def lose(lease):
    """Another worker has taken over."""
    Administration.objects.filter(pk=lease.administration_id).update(lease_number=lease.number + 1)


# Nothing happened before


def test_it_creates_and_keeps_and_leaves_no_intent(lease, document):
    remote = Remote()
    assert attempt(lease, document, remote) == "thing 1"
    assert (remote.asked, kept(), Intent.objects.count()) == (["create"], ["thing 1"], 0)


def test_the_intent_is_committed_before_the_create(lease, document):
    seen = []
    attempt(lease, document, Remote(on_create=lambda: seen.extend(Intent.objects.values_list("reference", "document"))))
    assert seen == [(EMAIL, document.pk)]


def test_no_transaction_is_open_while_it_creates(lease, document):
    open_ones = []
    attempt(lease, document, Remote(on_create=lambda: open_ones.append(connection.in_atomic_block)))
    assert open_ones == [False]


@pytest.mark.parametrize("things", [[], ["theirs"]])
def test_it_looks_first_when_told_to(lease, document, things):
    remote = Remote(things=things)
    attempt(lease, document, remote, looks_first=True)
    assert remote.asked == (["look"] if things == ["theirs"] else ["look", "create"])
    assert len(remote.things) == 1
    assert not Intent.objects.exists()


@pytest.mark.parametrize("name", EVERY)
def test_a_look_beforehand_that_fails_creates_nothing(lease, document, name):
    remote = Remote(look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote, looks_first=True)
    assert (remote.asked, Intent.objects.count()) == (["look"], 0)


# The create fails


@pytest.mark.parametrize("name", CERTAIN)
def test_a_create_that_certainly_failed_leaves_no_intent(lease, document, name):
    remote = Remote(fails=CERTAIN[name], makes=False)
    with pytest.raises(type(CERTAIN[name])) as caught:
        attempt(lease, document, remote)
    assert caught.value is CERTAIN[name]
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 0, [])


@pytest.mark.parametrize("name", UNCERTAIN)
@pytest.mark.parametrize("makes", [True, False])
def test_a_create_that_ended_midway_leaves_its_intent(lease, document, name, makes):
    remote = Remote(fails=UNCERTAIN[name], makes=makes)
    with pytest.raises(type(UNCERTAIN[name])):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 1, [])


@pytest.mark.parametrize("makes", [True, False])
def test_a_create_without_an_answer_settles_first(lease, document, makes):
    remote = Remote(fails=Unknown("no answer"), makes=makes)
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote)
    assert (caught.value.wait, caught.value.reason) == (SETTLE, "settling")
    assert (remote.asked, Intent.objects.count(), kept()) == (["create"], 1, [])


def test_a_refused_create_that_is_not_there_is_refused(lease, document):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False)
    with pytest.raises(Refused):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 0, [])


def test_a_refused_create_is_adopted_when_its_reference_is_there_already(lease, document):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False, things=["of an earlier life"])
    assert attempt(lease, document, remote) == "of an earlier life"
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 0, ["of an earlier life"])


@pytest.mark.parametrize("name", EVERY)
def test_a_refused_create_keeps_its_intent_when_the_look_fails(lease, document, name):
    remote = Remote(fails=Refused(Problem("books_refused")), makes=False, look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count(), kept()) == (["create", "look"], 1, [])


# Somebody left an intent behind

AGES = {
    "at once": (timedelta(), None, SETTLE),
    "just before it has settled": (SETTLE - timedelta(seconds=5), None, timedelta(seconds=5)),
    "just after the first look": (timedelta(hours=1), timedelta(), SETTLE),
    "just before the second look": (timedelta(hours=1), SETTLE - timedelta(seconds=5), timedelta(seconds=5)),
}


@pytest.mark.parametrize("name", AGES)
@pytest.mark.parametrize("looks_first", [True, False])
def test_before_its_time_nobody_is_asked(lease, document, name, looks_first):
    age, looked, left = AGES[name]
    left_behind(document, age=age, looked=looked)
    remote = Remote(things=["made"])
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote, looks_first=looks_first)
    assert left - timedelta(seconds=2) < caught.value.wait <= left
    assert remote.asked == []
    assert Intent.objects.count() == 1


@pytest.mark.parametrize("looked", [None, SETTLE])
def test_what_is_found_is_adopted(lease, document, looked):
    left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(things=["made by one who died"])
    assert attempt(lease, document, remote) == "made by one who died"
    assert (remote.asked, Intent.objects.count(), kept()) == (["look"], 0, ["made by one who died"])


def test_what_is_not_found_is_looked_for_once_more(lease, document):
    intent = left_behind(document, age=SETTLE)
    remote = Remote()
    with pytest.raises(Settling) as caught:
        attempt(lease, document, remote)
    intent.refresh_from_db()
    assert caught.value.wait == SETTLE
    assert timezone.now() - intent.looked_at < timedelta(seconds=2)
    assert remote.asked == ["look"]


def test_what_is_not_found_twice_is_made_under_a_new_intent(lease, document):
    left_behind(document, age=SETTLE * 2, looked=SETTLE)
    seen = []
    remote = Remote(on_create=lambda: seen.append(Intent.objects.get()))
    assert attempt(lease, document, remote) == "thing 1"
    assert remote.asked == ["look", "create"]
    assert seen[0].looked_at is None
    assert timezone.now() - seen[0].started_at < timedelta(seconds=2)
    assert (Intent.objects.count(), kept()) == (0, ["thing 1"])


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("looked", [None, SETTLE])
def test_a_look_that_fails_changes_nothing(lease, document, name, looked):
    before = left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(look_fails=EVERY[name])
    with pytest.raises(type(EVERY[name])):
        attempt(lease, document, remote)
    after = Intent.objects.get()
    assert (after.started_at, after.looked_at) == (before.started_at, before.looked_at)
    assert (remote.asked, kept()) == (["look"], [])


def test_an_intent_of_another_reference_step_or_administration_is_nobodys_business(lease, document):
    other = Administration.objects.create(system="rompslomp", remote_id="2")
    mine = document.integration.administration
    for administration, step, reference in (
        (other, "customer", EMAIL),
        (mine, "product", EMAIL),
        (mine, "customer", "x"),
    ):
        Intent.objects.create(administration=administration, step=step, reference=reference, started_at=timezone.now())
    assert attempt(lease, document, Remote()) == "thing 1"
    assert Intent.objects.count() == 3


def test_an_intent_outlives_the_document_it_was_made_for(lease, document):
    left_behind(document, age=SETTLE)
    Intent.objects.update(document=None)
    assert attempt(lease, document, Remote(things=["made"])) == "made"


# The lease goes while it works


def test_without_the_lease_nothing_is_sent(lease, document):
    lose(lease)
    remote = Remote()
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.asked, Intent.objects.count()) == ([], 0)


def test_a_lease_that_goes_during_the_create_leaves_the_intent_for_the_next(lease, document):
    remote = Remote(on_create=lambda: lose(lease))
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.things, Intent.objects.count(), kept()) == (["thing 1"], 1, [])


@pytest.mark.parametrize("name", ["busy", "gone", "refused"])
def test_a_lease_that_goes_during_a_failing_create_leaves_the_intent(lease, document, name):
    remote = Remote(fails=EVERY[name], makes=False, on_create=lambda: lose(lease))
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert Intent.objects.count() == 1


@pytest.mark.parametrize(("looked", "things"), [(None, []), (None, ["made"]), (SETTLE, []), (SETTLE, ["made"])])
def test_a_lease_that_goes_during_a_look_changes_nothing(lease, document, looked, things):
    before = left_behind(document, age=SETTLE, looked=looked)
    remote = Remote(things=list(things))
    real_look = remote.look

    def look():
        lose(lease)
        return real_look()

    remote.look = look
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    after = Intent.objects.get()
    assert (after.started_at, after.looked_at) == (before.started_at, before.looked_at)
    assert (remote.things, kept()) == (list(things), [])


def test_two_who_both_think_they_hold_the_lease_make_one_thing(lease, document):
    """The first is frozen in its create; the second waits, looks, and adopts; the first finds out before it writes."""
    remote = Remote()

    def meanwhile():
        remote.on_create = lambda: None
        remote.things.append("thing 1")
        remote.makes = False
        Administration.objects.update(leased_until=None)
        second = leases.take(lease.administration_id)
        with pytest.raises(Settling):
            attempt(second, document, remote)
        Intent.objects.update(started_at=timezone.now() - SETTLE)
        assert attempt(second, document, remote) == "thing 1"

    remote.on_create = meanwhile
    with pytest.raises(LeaseLost):
        attempt(lease, document, remote)
    assert (remote.things, kept(), Intent.objects.count()) == (["thing 1"], ["thing 1"], 0)


# Keeping


def test_a_keep_that_fails_leaves_the_intent_and_the_thing_is_found_again(lease, document):
    remote = Remote()

    def killed(found):
        CustomerLink.objects.create(administration_id=lease.administration_id, email=EMAIL, ledger_id=found)
        raise Killed

    with pytest.raises(Killed):
        attempt(lease, document, remote, keep=killed)
    assert (Intent.objects.count(), kept()) == (1, [])
    Intent.objects.update(started_at=timezone.now() - SETTLE)
    assert attempt(lease, document, remote) == "thing 1"
    assert (remote.things, kept(), Intent.objects.count()) == (["thing 1"], ["thing 1"], 0)


# Whole lives


def live(lease, document, remote, most=12):
    """Try until it is there, the settle time passing in between; how many attempts that took."""
    for number in range(1, most + 1):
        try:
            attempt(lease, document, remote)
        except (Settling, Temporary, Refused, Killed, Unknown):
            for intent in Intent.objects.all():
                passed = intents.settle_time(intent.attempts) + timedelta(seconds=1)
                intent.started_at -= passed
                intent.looked_at = intent.looked_at and intent.looked_at - passed
                intent.save()
        else:
            return number
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("deaths", [1, 2, 3])
@pytest.mark.parametrize("makes", [True, False])
@pytest.mark.parametrize("end", [Unknown("no answer"), Killed()], ids=["no answer", "killed"])
def test_however_often_it_dies_one_thing_is_made(lease, document, deaths, makes, end):
    remote = Remote(makes=makes, fails=end)
    left = iter(range(deaths))

    def once_less():
        if next(left, None) is None:
            remote.makes, remote.fails = True, None

    remote.on_create = once_less
    live(lease, document, remote)
    assert (len(remote.things), kept(), Intent.objects.count()) == (1, ["thing 1"], 0)


def test_a_server_that_is_still_writing_at_the_first_look_is_believed_at_the_second(lease, document):
    remote = Remote(makes=False, fails=Killed())
    with pytest.raises(Killed):
        attempt(lease, document, remote)
    Intent.objects.update(started_at=timezone.now() - SETTLE)
    with pytest.raises(Settling):
        attempt(lease, document, remote)
    remote.things.append("late")
    Intent.objects.update(looked_at=timezone.now() - SETTLE)
    assert attempt(lease, document, remote) == "late"
    assert remote.asked == ["create", "look", "look"]


def test_what_was_sent_in_vain_settles_longer_each_time(lease, document):
    remote = Remote(makes=False, fails=Unknown("no answer"))
    waits = []
    for _ in range(3):
        with pytest.raises(Settling) as caught:
            attempt(lease, document, remote)
        waits.append(caught.value.wait)
        long_ago = timezone.now() - intents.LONGEST_WAIT
        Intent.objects.update(started_at=long_ago, looked_at=long_ago)
    assert waits == [SETTLE, SETTLE * 2, SETTLE * 4]
    assert remote.asked == ["create", "look", "create", "look", "create"]


def test_it_never_settles_for_more_than_an_hour():
    assert [intents.settle_time(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7, 100)] == [
        *(90, 180, 360, 2880, 3600, 3600)
    ]


def test_it_settles_for_longer_than_a_call_may_take(settings):
    assert ours.SETTLE_SECONDS > ours.CALL_DEADLINE_SECONDS
    assert ours.LEASE_SECONDS > 2 * ours.CALL_DEADLINE_SECONDS
    settings.SETTLE_SECONDS = 7
    assert intents.settle_time() == timedelta(seconds=7)


def test_it_waits_longer_each_time_that_a_create_was_sent_in_vain_up_to_an_hour(settings):
    settings.SETTLE_SECONDS = 90
    waits = [intents.settle_time(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7, 50)]
    assert waits == [90, 180, 360, 2880, 3600, 3600]
