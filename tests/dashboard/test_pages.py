"""First glance, first page, Configuration, Profile, preferences, and the pages for when something is wrong."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from dashboard.frame import dots_of, glance
from integrations.models import Integration, Role, State, User
from integrations.tallies import tallies_of

from .conftest import logged_in
from .world import SETTINGS, a_document, an_integration


def sentence(integration: Integration) -> str:
    integration.role = Role.OWNER  # as it is loaded for a person
    return glance(integration, tallies_of(integration), dots_of(integration)).text


def test_first_glance_counts_what_was_posted_this_month(integration: Integration) -> None:
    for number in ("1", "2"):
        a_document(integration, number, date=timezone.localdate())
    a_document(integration, "3", date=timezone.localdate() - timezone.timedelta(days=40))
    a_document(integration, "4", State.OPEN)
    month = timezone.localtime().strftime("%B")
    assert sentence(integration) == f"2 documents of {month} are in Rompslomp, nothing is stuck. 1 is waiting."


def test_first_glance_says_what_is_stuck_and_why(integration: Integration) -> None:
    a_document(integration, "1", State.ERROR)
    a_document(integration, "2", State.ERROR)
    text = sentence(integration)
    assert text == "2 documents are stuck: There is no VAT setting for Germany with 19%."


def test_first_glance_names_what_most_are_stuck_on(integration: Integration) -> None:
    for number in ("1", "2"):
        a_document(integration, number, State.ERROR)
    a_document(integration, "3", State.ERROR, problems=[{"code": "internal"}])
    assert sentence(integration) == (
        "3 documents are stuck, for 2 reasons. First: There is no VAT setting for Germany with 19%."
    )


def test_first_glance_has_a_filled_button_where_it_is_the_thing_to_do(client: Client, integration: Integration) -> None:
    a_document(integration, "1", State.ERROR)
    key = integration.licence_key
    filled = f'<a class="button primary" href="/{key}/errors/">Solve this</a>'
    assert filled in client.get(f"/{key}/report/").text
    assert filled.replace(" primary", "") in client.get(f"/{key}/configuration/").text


@pytest.mark.parametrize(
    ("change", "start"),
    [
        ({"status": "stopped"}, "This integration is stopped"),
        ({"status": "installing"}, "The installation is not finished"),
        ({"books_lost_at": timezone.now()}, "Rompslomp: connection lost. 1 document waits"),
        ({"shop_lost_at": timezone.now()}, "CCV Shop: connection lost. 1 document waits"),
    ],
)
def test_first_glance_names_the_most_urgent_thing(
    integration: Integration, change: dict[str, object], start: str
) -> None:
    a_document(integration, "1", State.QUEUED)
    a_document(integration, "2", State.ERROR)
    for name, value in change.items():
        setattr(integration, name, value)
    assert sentence(integration).startswith(start)


def test_the_dots_have_words(client: Client, integration: Integration) -> None:
    page = client.get(f"/{integration.licence_key}/report/").text
    assert "CCV Shop: connected" in page
    assert "Rompslomp: connected" in page
    integration.credentials.filter(side="books").delete()
    assert "Rompslomp: not connected" in client.get(f"/{integration.licence_key}/report/").text


def test_the_first_page_leads_to_my_integration(client: Client, integration: Integration) -> None:
    assert client.get("/")["location"] == f"/{integration.licence_key}/report/"
    Integration.objects.update(status="installing")
    assert client.get("/")["location"] == f"/{integration.licence_key}/install/"


def test_without_an_integration_it_says_what_to_do(client: Client) -> None:
    assert "App Store" in client.get("/").text


def test_configuration_shows_the_settings_in_use_and_no_secret(client: Client, integration: Integration) -> None:
    page = client.get(f"/{integration.licence_key}/configuration/").text
    assert "Version 1" in page
    assert "4100200304" in page
    assert "4811220931" in page
    assert "secret-of" not in page


def test_a_settings_file_is_uploaded_as_a_new_version(client: Client, integration: Integration) -> None:
    changed = SETTINGS | {"margin_scheme": True}
    file = SimpleUploadedFile("settings.json", json.dumps(changed).encode())
    answer = client.post(f"/{integration.licence_key}/configuration/file", {"file": file}, follow=True)
    assert "Saved as version 2." in answer.text
    integration.refresh_from_db()
    assert integration.settings.number == 2
    assert integration.settings.general["margin_scheme"] is True


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Choose a file or paste its text."),
        ("{", "not readable as JSON"),
        ("[]", "Not saved:"),
        ('{"accounting": {"system": "rompslomp"}, "vatt": []}', "vatt: unknown key"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_the_reason(
    client: Client, integration: Integration, text: str, words: str
) -> None:
    answer = client.post(f"/{integration.licence_key}/configuration/file", {"text": text}, follow=True)
    assert words in answer.text
    integration.refresh_from_db()
    assert integration.settings.number == 1


def test_profile_shows_my_address(client: Client, integration: Integration) -> None:
    for address in ("/profile/", f"/{integration.licence_key}/profile/"):
        assert "<strong>owner@example.nl</strong>" in client.get(address).text


def test_the_language_is_kept(client: Client, integration: Integration, owner: User) -> None:
    answer = client.post("/language/", {"language": "nl", "next": f"/{integration.licence_key}/open/"})
    assert answer["location"] == f"/{integration.licence_key}/open/"
    assert '<html lang="nl"' in client.get("/profile/").text
    owner.refresh_from_db()
    assert owner.language == "nl"


@pytest.mark.parametrize("theme", ["light", "dark", ""])
def test_the_colours_are_kept(client: Client, theme: str) -> None:
    client.post("/theme/", {"theme": theme})
    page = client.get("/").text
    assert (f'data-theme="{theme}"' in page) == bool(theme)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "x"])
def test_nobody_is_sent_elsewhere_after_a_form(client: Client, address: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": address})["location"] == "/"


def test_an_unknown_address_gives_a_page_with_a_way_on(client: Client) -> None:
    answer = client.get("/there/is/nothing/here")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.text


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_the_pages_for_trouble_need_nothing(name: str) -> None:
    assert "<h1>" in render_to_string(f"{name}.html")


def test_a_form_without_token_gives_a_sentence(owner: User) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    strict.force_login(owner)
    answer = strict.post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.text


def test_two_integrations_keep_their_documents_apart(client: Client, integration: Integration, owner: User) -> None:
    other = an_integration(owner, "Tweede winkel")
    a_document(other, "OTHER-1")
    assert "OTHER-1" not in client.get(f"/{integration.licence_key}/report/").text
    assert "OTHER-1" in logged_in(owner).get(f"/{other.licence_key}/report/").text
