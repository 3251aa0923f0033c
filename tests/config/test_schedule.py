import pytest
from celery import Celery
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.schedule import Schedule

pytestmark = pytest.mark.django_db(transaction=True)  # the scheduler closes connections


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def start(entries):
    app = Celery("test", set_as_current=False)
    app.conf.beat_schedule = entries
    return Schedule(app=app)


def names():
    return set(PeriodicTask.objects.exclude(name__startswith="celery.").values_list("name", flat=True))


def test_an_entry_that_left_the_settings_disappears():
    start({"sweep": {"task": "sweep", "schedule": 60}, "nights": {"task": "nights", "schedule": 3600}})
    assert names() == {"sweep", "nights"}
    start({"sweep": {"task": "sweep", "schedule": 60}})
    assert names() == {"sweep"}


def test_what_staff_added_stays():
    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="days")
    PeriodicTask.objects.create(name="by hand", task="anything", interval=every)
    start({"sweep": {"task": "sweep", "schedule": 60}})
    assert names() == {"sweep", "by hand"}
