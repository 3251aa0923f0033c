import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models.functions import Now

from accounting import leases
from integrations.failures import LeaseLost
from integrations.models import Administration, Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administration():
    return Administration.objects.create(system="rompslomp", remote_id="1290044715")


def expire(administration):
    Administration.objects.filter(pk=administration.pk).update(leased_until=Now() - timedelta(seconds=1))


def test_it_gives_the_lease_to_one_worker(administration):
    assert leases.take(administration.pk)
    assert leases.take(administration.pk) is None


def test_it_gives_the_lease_again_after_release(administration):
    leases.take(administration.pk).release()
    assert leases.take(administration.pk).number == 2


def test_it_gives_an_expired_lease_to_the_next_with_a_higher_number(administration):
    first = leases.take(administration.pk)
    expire(administration)
    second = leases.take(administration.pk)
    assert second.number > first.number


def test_a_worker_whose_lease_was_taken_over_writes_nothing(administration):
    frozen = leases.take(administration.pk)
    expire(administration)
    leases.take(administration.pk)
    with pytest.raises(LeaseLost), frozen.writing():
        raise AssertionError("the block must not run")
    assert not Event.objects.exists()


def test_a_worker_whose_lease_ran_out_writes_nothing_even_if_nobody_took_it(administration):
    frozen = leases.take(administration.pk)
    expire(administration)
    with pytest.raises(LeaseLost), frozen.writing():
        pass


def test_releasing_a_lost_lease_leaves_the_new_one_alone(administration):
    frozen = leases.take(administration.pk)
    expire(administration)
    leases.take(administration.pk)
    frozen.release()
    assert leases.take(administration.pk) is None


def test_a_call_is_covered_without_a_query_while_much_is_left(administration, django_assert_num_queries):
    lease = leases.take(administration.pk)
    with django_assert_num_queries(0):
        lease.cover_a_call()


def test_a_call_is_covered_by_a_renewal_when_little_is_left(administration, settings):
    lease = leases.take(administration.pk)
    lease.renewed -= settings.LEASE_SECONDS - settings.CALL_DEADLINE_SECONDS
    before = lease.renewed
    lease.cover_a_call()
    assert lease.renewed > before


def test_a_call_is_forbidden_when_the_lease_was_lost(administration, settings):
    lease = leases.take(administration.pk)
    lease.renewed -= settings.LEASE_SECONDS
    expire(administration)
    with pytest.raises(LeaseLost):
        lease.cover_a_call()


def test_of_many_workers_at_once_one_gets_the_lease(administration):
    taken, start = [], threading.Barrier(8)

    def take():
        start.wait()
        taken.append(leases.take(administration.pk))
        connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in taken if lease]) == 1
