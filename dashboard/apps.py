from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from . import tasks  # noqa: F401 so that who rings for one by its name finds it
