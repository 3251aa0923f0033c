"""The Celery application, and the door of the worker (beat's is ``config.schedule``)."""

import os

from celery import Celery
from celery.signals import celeryd_init
from django_structlog.celery.steps import DjangoStructLogInitStep

from config import broker
from config.settings_guard import exit_with_demo_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
broker.register()

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@celeryd_init.connect
def refuse_to_start(**_kwargs: object) -> None:
    exit_with_demo_secrets()
