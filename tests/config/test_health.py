from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def sweep():
    """Beat's row, as it stands when beat has just rung."""
    every, _ = IntervalSchedule.objects.get_or_create(every=60, period="seconds")
    return PeriodicTask.objects.create(
        name="sweep", task="webshop.tasks.sweep", interval=every, last_run_at=timezone.now()
    )


def test_it_is_alive_without_a_question_to_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_when_beat_has_just_rung(client, sweep):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_it_is_not_ready_when_beat_is_silent(client, sweep):
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(minutes=3))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": True, "migrations": True, "beat": False}


def test_it_is_not_ready_before_beat_has_ever_rung(client):
    assert client.get("/readyz").status_code == 503


def test_it_is_not_ready_while_a_migration_waits(client, sweep):
    MigrationRecorder(connection).migration_qs.filter(app="integrations").delete()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] is False
