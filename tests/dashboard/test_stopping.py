"""An integration is stopped on Profile, its licence key archived, and both can be undone."""

import html

import pytest
from django.test import Client

from integrations.models import Credential, Document, Event, Handshake, Integration, Member, State, User
from tests.conftest import Sandbox
from tests.linked import Linked, control, link
from webshop import registration

from .world import a_document, a_person, an_integration


@pytest.fixture
def linked(sandbox: Sandbox, owner: User, transactional_db: None) -> Linked:
    """A shop and books that run, with webhooks at the shop."""
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    registration.repair_webhooks(made.integration)
    return made


def hooks(linked: Linked) -> list[object]:
    return list(control(linked.url, "GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"])


def stop(client: Client, integration: Integration) -> str:
    return html.unescape(client.post(f"/{integration.licence_key}/profile/stop", follow=True).text)


def remains(integration: Integration) -> dict[str, object]:
    """What tells a stopped integration from one that runs."""
    integration.refresh_from_db()
    return {
        "status": integration.status,
        "credentials": integration.credentials.count(),
        "webhooks": integration.webhooks.count(),
        "handshakes": integration.handshakes.count(),
        "settings": integration.settings_id is not None,
        "administration": integration.administration_id is not None,
        "documents": sorted(integration.documents.values_list("number", "state", "reason")),
    }


@pytest.mark.rule("R402")
def test_profile_asks_before_it_stops(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.OPEN)
    a_document(integration, "2026-2", State.ERROR)
    address = f"/{integration.licence_key}/profile/stop"
    assert f'href="{address}"' in client.get(f"/{integration.licence_key}/profile/").text
    page = html.unescape(client.get(address).text)
    assert "Nothing is posted to Rompslomp any more, starting now." in page
    assert "1 document that waits is not posted." in page
    assert "1 document that is stuck is not posted. It stays on Errors." in page
    assert "The history, the settings and the invoices stay readable here." in page
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE


@pytest.mark.rule("R27", "R402")
def test_stopping_wipes_the_keys_and_makes_the_shop_forget_us(client: Client, linked: Linked, owner: User) -> None:
    posted = linked.post()
    assert hooks(linked)
    page = stop(client, linked.integration)
    assert "Stopped. Nothing is posted any more" in page
    assert "could not be told" not in page
    assert hooks(linked) == []
    assert not Credential.objects.exists()
    assert Event.objects.get(kind="stopped").user == owner
    assert posted.number in client.get(f"/{linked.integration.licence_key}/report/").text
    assert client.get(f"/documents/{posted.pk}/").status_code == 200
    configuration = client.get(f"/{linked.integration.licence_key}/configuration/").text
    assert "VAT" in configuration
    assert "Run the self-test" not in configuration


@pytest.mark.rule("R27")
def test_what_comes_afterwards_is_not_posted_and_what_waits_says_why(client: Client, linked: Linked) -> None:
    waiting = a_document(linked.integration, "2026-9", State.QUEUED)
    stop(client, linked.integration)
    order = linked.place_kind("simple")
    linked.deliver(order["id"])
    linked.work()
    assert linked.ledger() == []
    assert not Document.objects.filter(remote_id=str(order["id"])).exists()
    assert "This integration was stopped." in client.get(f"/{linked.integration.licence_key}/open/").text
    waiting.refresh_from_db()
    assert waiting.reason == "stopped"


def test_what_waited_forgets_that_it_was_stopped_once_the_app_is_back(linked: Linked, owner: User) -> None:
    waiting = [a_document(linked.integration, state, state) for state in (State.OPEN, State.QUEUED)]
    keys = linked.shop
    registration.stop(linked.integration, "stopped", owner)
    again = Handshake.objects.create(
        api_public=keys["public"], api_secret=keys["secret"], api_root=keys["api_root"], return_url="https://shop.nl/"
    )
    registration.finish(registration.attach(again, owner, "rompslomp"))
    for document in waiting:
        document.refresh_from_db()
    assert [document.reason for document in waiting] == ["", ""]


@pytest.mark.rule("R27", "R402")
def test_both_ways_to_stop_end_in_the_same_state(
    client: Client, sandbox: Sandbox, owner: User, transactional_db: None
) -> None:
    sandbox.reset()
    ends = []
    for way in ("profile", "shop"):
        made = link(sandbox.url)
        Member.objects.create(integration=made.integration, user=owner)
        keys = made.integration.credentials.get(side="shop").secret
        made.integration.handshakes.create(
            api_public=keys["public"], api_secret=keys["secret"], api_root="https://x.nl"
        )
        registration.repair_webhooks(made.integration)
        for number, state in (("1", State.OPEN), ("2", State.QUEUED), ("3", State.PROCESSED), ("4", State.ERROR)):
            a_document(made.integration, number, state)
        if way == "profile":
            stop(client, made.integration)
        else:
            registration.uninstall(keys["public"])
        ends.append(remains(made.integration))
    assert ends[0] == ends[1]
    assert (ends[0]["status"], ends[0]["credentials"], ends[0]["webhooks"]) == ("stopped", 0, 0)


@pytest.mark.parametrize("fault", ["503", "timeout"])
def test_a_shop_out_of_reach_keeps_nobody_from_stopping(
    client: Client, linked: Linked, sandbox: Sandbox, settings: object, fault: str
) -> None:
    settings.CALL_DEADLINE_SECONDS = 1  # type: ignore[attr-defined]
    sandbox.fault(kind=fault, path="/api/rest/", times=20)
    page = stop(client, linked.integration)
    assert "The shop could not be told. What it still sends is refused" in page
    assert remains(linked.integration)["status"] == "stopped"


def test_a_second_integration_of_the_shop_keeps_its_messages(client: Client, linked: Linked) -> None:
    other = Integration.objects.create(
        shop_id=linked.integration.shop_id,
        api_root=linked.integration.api_root,
        accounting_system="imuis",
        status=Integration.Status.ACTIVE,
    )
    Credential.objects.create(
        integration=other, side="shop", secret=linked.integration.credentials.get(side="shop").secret
    )
    registration.repair_webhooks(other)
    before = len(hooks(linked))
    stop(client, linked.integration)
    assert len(hooks(linked)) == before // 2
    assert other.webhooks.count() == before // 2


@pytest.mark.rule("R27")
def test_a_stopped_integration_says_how_to_start_again(client: Client, integration: Integration) -> None:
    registration.stop(integration, "uninstalled")
    page = client.get(f"/{integration.licence_key}/profile/").text
    assert "To start again: remove the app in the App Store" in page
    assert "How to start again" in client.get(f"/{integration.licence_key}/report/").text
    assert client.get(f"/{integration.licence_key}/install/")["location"] == f"/{integration.licence_key}/profile/"
    assert client.post(f"/{integration.licence_key}/install/finish", {"start_date": "2026-11-01"}).status_code == 302
    integration.refresh_from_db()
    assert integration.status == Integration.Status.STOPPED


@pytest.mark.rule("R31")
def test_a_stopped_key_is_archived_and_shown_again(client: Client, owner: User, integration: Integration) -> None:
    gone = an_integration(owner, "Oude winkel")
    posted = a_document(gone, "2026-77")
    registration.stop(gone, "stopped", owner)
    address = f"/{gone.licence_key}/profile/archive"
    client.post(address)
    assert gone.licence_key not in client.get(f"/{integration.licence_key}/report/").text
    assert client.get("/")["location"] == f"/{integration.licence_key}/report/"
    assert posted.number in client.get(f"/{gone.licence_key}/report/").text
    profile = client.get(f"/{integration.licence_key}/profile/").text
    assert "Archived licence keys" in profile
    assert gone.licence_key in profile
    assert "Archived licence keys" not in client.get(f"/{gone.licence_key}/profile/").text
    client.post(address, {"show": "1"})
    assert gone.licence_key in client.get(f"/{integration.licence_key}/report/").text


@pytest.mark.rule("R31")
def test_one_that_runs_is_not_archived(client: Client, integration: Integration) -> None:
    page = client.post(f"/{integration.licence_key}/profile/archive", follow=True).text
    assert "Only a stopped integration can be archived." in page
    integration.refresh_from_db()
    assert integration.archived_at is None


def test_home_without_any_listed_key_shows_the_archived_ones(client: Client, integration: Integration) -> None:
    registration.stop(integration, "stopped")
    client.post(f"/{integration.licence_key}/profile/archive")
    page = client.get("/").text
    assert "No webshop is linked to your account yet" in page
    assert integration.licence_key in page


def test_a_stranger_stops_and_archives_nothing(stranger: Client, integration: Integration) -> None:
    for path in ("stop", "archive"):
        assert stranger.post(f"/{integration.licence_key}/profile/{path}").status_code == 404
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE


@pytest.mark.rule("R30")
def test_the_list_of_keys_tells_shop_system_and_status(client: Client, owner: User, integration: Integration) -> None:
    lost = an_integration(owner, "Kwijt", books_lost_at="2026-11-01T00:00:00Z")
    begun = an_integration(owner, "Begonnen", status=Integration.Status.INSTALLING)
    registration.stop(an_integration(owner, "Voorbij"), "stopped")
    an_integration(a_person("other@example.nl"), "Andermans")
    page = client.get(f"/{integration.licence_key}/errors/").text
    for words in ("Rompslomp · connection lost", "Rompslomp · installation not complete", "Rompslomp · stopped"):
        assert words in page
    assert "Rompslomp · in use" in page
    assert "Andermans" not in page
    assert f'href="/{lost.licence_key}/errors/"' in page
    assert f'href="/{begun.licence_key}/install/"' in page


@pytest.mark.rule("R30")
@pytest.mark.parametrize("tab", ["report", "errors", "open", "configuration", "profile"])
def test_another_key_opens_on_the_same_tab(client: Client, owner: User, integration: Integration, tab: str) -> None:
    other = an_integration(owner, "Andere winkel")
    assert f'href="/{other.licence_key}/{tab}/"' in client.get(f"/{integration.licence_key}/{tab}/").text


@pytest.mark.rule("R30")
def test_hundreds_of_keys_are_all_listed_at_the_cost_of_one(
    client: Client, owner: User, integration: Integration, django_assert_max_num_queries: object
) -> None:
    many = Integration.objects.bulk_create(Integration(name=f"Winkel {n}", shop_id=str(n)) for n in range(300))
    Member.objects.bulk_create(Member(integration=one, user=owner) for one in many)
    address = f"/{integration.licence_key}/report/"
    client.get(address)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        page = client.get(address).text
    assert page.count("Winkel ") == 300
    assert "Search in the list" in page


@pytest.mark.rule("R31")
def test_staff_archive_what_is_stopped(admin_client: Client, owner: User, integration: Integration) -> None:
    gone = an_integration(owner, "Oude winkel")
    registration.stop(gone, "stopped")
    for action, archived in (("archive", [gone]), ("show_again", [])):
        chosen = {"action": action, "_selected_action": [gone.pk, integration.pk]}
        assert admin_client.post("/admin/integrations/integration/", chosen).status_code == 302
        assert list(Integration.objects.exclude(archived_at=None)) == archived


@pytest.mark.rule("R31")
def test_installing_again_brings_an_archived_key_back(client: Client, linked: Linked, owner: User) -> None:
    shop, integration = linked.shop, linked.integration
    posted = linked.post()
    stop(client, integration)
    client.post(f"/{integration.licence_key}/profile/archive")
    again = Handshake.objects.create(
        api_public=shop["public"], api_secret=shop["secret"], api_root=shop["api_root"], return_url="https://shop.nl/"
    )
    assert registration.attach(again, owner, "rompslomp") == integration
    integration.refresh_from_db()
    assert (integration.archived_at, integration.status) == (None, Integration.Status.INSTALLING)
    assert integration.settings_id
    assert posted.number in client.get(f"/{integration.licence_key}/report/").text
