"""The versions of the settings: listed, compared, and brought back."""

import html
import json
import re

import pytest
from django.test import Client

from accounting import settings_store
from integrations.models import Administration, Integration, State, User

from .world import SETTINGS, a_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(integration: Integration, owner: User) -> Integration:
    """One with a second version, with Dutch names and another revenue account."""
    vat = [{**SETTINGS["vat"][0], "revenue": "5464900009"}, *SETTINGS["vat"][1:]]  # type: ignore[dict-item,index]
    a_document(integration, "2026-1")
    settings_store.save(integration, {**SETTINGS, "line_names": "nl", "vat": vat}, owner)
    return integration


def address(integration: Integration, rest: str = "") -> str:
    return f"/{integration.licence_key}/configuration/versions/{rest}"


def words(client: Client, integration: Integration, rest: str = "") -> str:
    page = html.unescape(client.get(address(integration, rest)).text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_versions_are_listed_with_who_when_and_how_many_documents(client: Client, second: Integration) -> None:
    page = words(client, second)
    assert re.search(r"Version 2 in use today \d\d:\d\d owner@example.nl 0", page)
    assert re.search(r"Version 1 today \d\d:\d\d owner@example.nl 1", page)


def test_a_version_tells_what_it_changed(client: Client, second: Integration) -> None:
    page = words(client, second, "2/")
    assert "Changed since version 1" in page
    assert re.search(r"Saved by owner@example.nl, today \d\d:\d\d. It was not used for any document yet.", page)
    assert "It was used for 1 document." in words(client, second, "1/")
    assert "VAT Netherlands 21%: Revenue 5464900002 5464900009" in page
    assert "Language of our own lines English Dutch" in page
    assert "Restore" not in page


def test_an_old_version_is_compared_with_the_one_in_use_and_downloaded(client: Client, second: Integration) -> None:
    page = words(client, second, "1/")
    assert "The first version" in page
    assert "VAT Netherlands 21%: Revenue 5464900009 5464900002" in page
    file = json.loads(client.get(address(second, "1/") + "?download=1").content)
    assert file["vat"][0]["revenue"] == "5464900002"


@pytest.mark.rule("R125")
def test_an_old_version_is_restored_as_the_newest(client: Client, second: Integration) -> None:
    answer = client.post(address(second, "1/restore"), follow=True)
    assert "Saved as version 3." in answer.text
    second.refresh_from_db()
    first = second.settings_versions.get(number=1)
    assert second.settings is not None
    assert settings_store.as_file(second.settings) == settings_store.as_file(first)


def test_a_version_of_other_books_is_not_restored_once_documents_were_posted(
    client: Client, second: Integration
) -> None:
    other, _ = Administration.objects.get_or_create(system="rompslomp", remote_id="77")
    accounting = {**second.settings.general["accounting"], "administration": "77"}  # type: ignore[union-attr]
    second.settings.general = {**second.settings.general, "accounting": accounting}  # type: ignore[union-attr]
    second.settings.save()  # type: ignore[union-attr]
    Integration.objects.update(administration=other)
    page = html.unescape(client.post(address(second, "1/restore"), follow=True).text)
    assert "Not saved: " in page
    assert "can't be changed" in page
    assert second.settings_versions.count() == 2


def test_a_document_leads_to_the_version_that_it_was_read_with(client: Client, second: Integration) -> None:
    document = a_document(second, "2026-2", State.ERROR)
    page = client.get(f"/documents/{document.pk}/").text
    assert f'<a href="{address(second, "2/")}">Read with version 2' in page


def test_a_version_that_does_not_exist_is_not_found(client: Client, second: Integration) -> None:
    assert client.get(address(second, "9/")).status_code == 404
    assert client.post(address(second, "9/restore")).status_code == 404
    assert client.get(address(second, "1/restore")).status_code == 405


def test_before_anything_was_saved_it_says_what_will_appear(client: Client, integration: Integration) -> None:
    Integration.objects.update(settings=None)
    integration.settings_versions.all().delete()
    assert "Nothing was saved yet." in words(client, integration)


def test_a_stranger_sees_and_restores_nothing(stranger: Client, second: Integration) -> None:
    for rest in ("", "1/", "1/?download=1"):
        assert stranger.get(address(second, rest)).status_code == 404
    assert stranger.post(address(second, "1/restore")).status_code == 404
