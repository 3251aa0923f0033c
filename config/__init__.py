"""Loads the Celery application with Django, so that ``@shared_task`` finds it in every process."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
