"""The versions of the settings: who saved what, and the way back to one."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounting import checking, settings_store
from integrations.models import Document, Integration, Role, SettingsVersion

from .. import access
from ..frame import frame
from ..settings.settings_change import propose
from ..settings.settings_difference import Difference, differences
from ..settings.settings_page import names_of
from .settings import as_download

AT_MOST = 200  # in the list


def versions(request: HttpRequest, licence_key: str) -> HttpResponse:
    """All versions, the newest first, with the number of documents that were read under each."""
    integration = access.integration_for(request.user, licence_key)
    context = frame(request.user, integration, "configuration")
    found = list(integration.settings_versions.select_related("author").order_by("-number")[: AT_MOST + 1])
    counts = _counts(integration)
    context["versions"] = [(version, counts.get(version.pk, 0)) for version in found[:AT_MOST]]
    context["has_older"] = len(found) > AT_MOST
    return render(request, "dashboard/versions.html", context)


def version(request: HttpRequest, licence_key: str, number: int) -> HttpResponse:
    """One version: what it changed, and how it differs from the one in use."""
    integration = access.integration_for(request.user, licence_key)
    found = get_object_or_404(integration.settings_versions.select_related("author"), number=number)
    if "download" in request.GET:
        return as_download(settings_store.as_file(found), f"settings-{licence_key}-version-{number}.json")
    before = integration.settings_versions.filter(number__lt=number).order_by("-number").first()
    context = frame(request.user, integration, "configuration")
    context |= {
        "version": found,
        "before": before,
        "changed": _between(integration, before, found) if before else [],
        "is_in_use": found == integration.settings,
        "to_restore": _between(integration, integration.settings, found),
        "count": _counts(integration).get(found.pk, 0),
    }
    return render(request, "dashboard/version.html", context)


@require_POST
def restore(request: HttpRequest, licence_key: str, number: int) -> HttpResponse:
    """Save an old version as the newest. The start date stays: what was sold before it may be in the books by hand."""
    integration = access.integration_for(request.user, licence_key, Role.BOOKKEEPER)
    found = get_object_or_404(integration.settings_versions, number=number)
    now, file = settings_store.current_file(integration), settings_store.as_file(found)
    file["shop"] = {**file["shop"], "start_date": now["shop"].get("start_date")}
    return propose(request, integration, file)


def _between(integration: Integration, old: SettingsVersion | None, new: SettingsVersion) -> list[Difference]:
    assert old is not None
    names = names_of(checking.rows(checking.kept(integration)))
    return differences(settings_store.load(old), settings_store.load(new), names)


def _counts(integration: Integration) -> dict[int | None, int]:
    of_versions = Document.objects.filter(integration=integration).order_by().values_list("settings_version")
    return dict(of_versions.annotate(Count("id")))
