"""The map of the dashboard."""

from django.conf import settings
from django.urls import URLPattern, include, path, register_converter

from .views import (
    configuration,
    demo,
    documents,
    entry,
    errors,
    home,
    install,
    open,
    preferences,
    profile,
    report,
    search,
)


class LicenceKey:
    """Capitals, digits and hyphens, so that a key is never taken for one of the fixed addresses."""

    regex = "[A-Z0-9][A-Z0-9-]{7,29}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LicenceKey, "key")

of_an_integration: list[URLPattern] = [
    path("report/", report.report, name="report"),
    path("errors/", errors.errors, name="errors"),
    path("errors/process", errors.process_many, name="errors-process"),
    path("open/", open.waiting, name="open"),
    path("search/", search.search, name="search"),
    path("configuration/", configuration.configuration, name="configuration"),
    path("configuration/administration", configuration.administration, name="administration"),
    path("configuration/settings", configuration.settings_file, name="settings-file"),
    path("configuration/settings.json", configuration.download, name="settings-download"),
    path("configuration/check", configuration.check, name="check"),
    path("profile/", profile.profile_of, name="profile-of"),
    path("install/", install.steps, name="steps"),
    path("install/finish", install.finish, name="finish"),
    path("install/done", install.done, name="done"),
    path("install/return", install.back_to_shop, name="back-to-shop"),
]

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("<key:licence_key>/", include(of_an_integration)),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/process", documents.process, name="document-process"),
    path("install/", entry.start, name="install"),
    path("profile/", profile.profile, name="profile"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/order", demo.place_order, name="demo-order"),
        path("demo/invoice", demo.make_invoice, name="demo-invoice"),
    ]
