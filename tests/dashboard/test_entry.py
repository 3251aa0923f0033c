"""The ways in: from the App Store, again through Edit, after a removal, and to a second accounting system."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from dashboard.views.entry import TERMS
from integrations.models import Credential, Document, Handshake, Integration, State, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.linked import control
from webshop import registration
from webshop.ccvshop import signature
from webshop.handshakes import INSTALL

from .conftest import logged_in
from .installing import shaken
from .world import a_document, a_person

pytestmark = pytest.mark.broad

CHOSEN = {"system": "rompslomp", "terms": "on"}


@pytest.fixture
def shop(sandbox: Sandbox, db: None) -> dict[str, Any]:
    cache.clear()
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def handshake(shop: dict[str, Any]) -> Handshake:
    return shaken(shop)


def arrive(client: Client, handshake: Handshake, settings: Any) -> Any:
    """Press Install App or Edit in the App Store, which makes the same signed link for both."""
    proof = signature.sign(settings.CCVSHOP_APP_SECRET, settings.PUBLIC_URL + INSTALL, handshake.api_public)
    link = {"api_public": handshake.api_public, "language": "en", "x-hash": proof}
    return client.get("/ccvshop/install", link, follow=True)


def installed(client: Client, handshake: Handshake, settings: Any, system: str = "rompslomp") -> Integration:
    arrive(client, handshake, settings)
    client.post("/install/", {"system": system, "terms": "on"})
    return Integration.objects.get(accounting_system=system)


def run(integration: Integration) -> None:
    registration.finish(integration)


@pytest.mark.rule("R16", "R20", "R90")
def test_the_app_store_leads_a_visitor_into_the_wizard(handshake: Handshake, settings: Any) -> None:
    page = arrive(Client(), handshake, settings)
    assert page.redirect_chain[-1][0] == "/install/"
    assert f"Webshop found: {handshake.host}" in page.text
    assert 'action="/account/signup/"' in page.text
    assert "/account/login/?next=/install/" in page.text


@pytest.mark.rule("R17", "R18", "R19")
def test_it_says_where_the_app_is_in_the_app_store(client: Client) -> None:
    page = client.get("/install/").text
    assert "Choose the category Accounting" in page
    assert "blue gear" in page
    assert "press Install App" in page


def test_a_visitor_without_a_shop_logs_in_first(db: None) -> None:
    assert Client().get("/install/")["location"] == "/account/login/?next=/install/"


@pytest.mark.rule("R25", "R26")
def test_a_second_shop_is_added_while_logged_in(
    client: Client, owner: User, handshake: Handshake, sandbox: Sandbox, settings: Any
) -> None:
    first = installed(client, handshake, settings)
    second = shaken(control(sandbox.url, "POST", "shops", {"name": "Tweede winkel"}))
    arrive(client, second, settings)
    client.post("/install/", CHOSEN)
    assert {member.integration.name for member in owner.memberships.all()} == {"Bakkerij Demo", "Tweede winkel"}
    assert first.licence_key != Integration.objects.get(name="Tweede winkel").licence_key


@pytest.mark.rule("R26")
def test_a_shop_is_added_in_a_private_window(owner: User, handshake: Handshake, settings: Any) -> None:
    window = Client(headers={"accept-language": "en"})
    arrive(window, handshake, settings)
    window.force_login(owner)
    assert f"Webshop found: {handshake.host}" in window.get("/install/").text
    window.post("/install/", CHOSEN)
    assert Integration.objects.get().members.get().user == owner


def test_what_was_begun_in_one_browser_goes_on_in_another(
    client: Client, owner: User, handshake: Handshake, settings: Any
) -> None:
    arrive(client, handshake, settings)
    elsewhere = logged_in(owner)
    assert f"Webshop found: {handshake.host}" in elsewhere.get("/install/").text
    elsewhere.post("/install/", CHOSEN)
    assert Integration.objects.get().members.get().user == owner
    assert "Webshop found" not in logged_in(owner).get("/install/").text


def test_nobody_else_finds_it(client: Client, handshake: Handshake, settings: Any) -> None:
    arrive(client, handshake, settings)
    assert handshake.host not in logged_in(a_person("other@example.nl")).get("/install/").text


# Terms


@pytest.mark.rule("R94", "R95")
def test_the_terms_can_be_read_by_all_before_agreeing(client: Client, handshake: Handshake, settings: Any) -> None:
    assert 'href="/install/terms"' in arrive(client, handshake, settings).text
    page = Client(headers={"accept-language": "en"}).get("/install/terms").text
    assert f"Version {TERMS}" in page
    assert "general ICT terms of the industry organisation" in page
    assert "GDPR" in page


@pytest.mark.rule("R91", "R94")
def test_before_the_agreement_nothing_is_made_or_sent(
    client: Client, handshake: Handshake, sandbox: Sandbox, shop: dict[str, Any], settings: Any
) -> None:
    arrive(client, handshake, settings)
    client.post("/install/", {"system": "rompslomp"})
    assert not Integration.objects.exists()
    assert not Credential.objects.exists()
    assert not [call for call in sandbox.counters() if "/api/rest/" in call]


@pytest.mark.rule("R94")
def test_the_agreement_holds_person_version_time_and_the_address_that_the_proxy_saw(
    owner: User, handshake: Handshake, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client = logged_in(owner)
    arrive(client, handshake, settings)
    client.post("/install/", CHOSEN, headers={"x-forwarded-for": "10.1.1.1, 203.0.113.7"})
    agreement = TermsAcceptance.objects.get()
    assert (agreement.user, agreement.version, agreement.address) == (owner, TERMS, "203.0.113.7")
    assert agreement.accepted_at


# Edit, and installing again


@pytest.mark.rule("R22")
def test_edit_leads_to_the_open_step_of_an_installation(client: Client, handshake: Handshake, settings: Any) -> None:
    integration = installed(client, handshake, settings)
    answer = arrive(client, handshake, settings)
    assert answer.redirect_chain[-1][0] == f"/{integration.licence_key}/install/"


def test_edit_leads_to_the_configuration_and_installs_nothing(
    client: Client, handshake: Handshake, settings: Any
) -> None:
    integration = installed(client, handshake, settings)
    Integration.objects.update(status=Integration.Status.ACTIVE)
    answer = arrive(client, handshake, settings)
    assert answer.redirect_chain[-1][0] == f"/{integration.licence_key}/configuration/"
    assert Integration.objects.count() == 1
    assert "How to link your webshop" in client.get("/install/").text


@pytest.mark.rule("R22")
@pytest.mark.parametrize("status", ["active", "installing"])
def test_edit_hands_over_other_keys_to_all_that_runs_on_the_old_ones(
    client: Client, handshake: Handshake, sandbox: Sandbox, shop: dict[str, Any], settings: Any, status: str
) -> None:
    first = installed(client, handshake, settings)
    another = f"/{first.licence_key}/install/another"
    client.post(another, {"system": "imuis", "terms": "on", "another": "on"})
    Integration.objects.update(status=status, shop_lost_at=datetime.now(UTC))
    keys = {"public": shop["public"], "secret": "renewed-in-the-shop"}
    control(sandbox.url, "POST", f"shops/{shop['id']}/keys", keys)
    Handshake.objects.filter(pk=handshake.pk).update(api_secret=keys["secret"])
    page = arrive(client, handshake, settings)
    assert 'class="notice error"' not in page.text
    assert page.redirect_chain[-1][0].endswith("/configuration/" if status == "active" else "/install/")
    assert {held.secret["secret"] for held in Credential.objects.all()} == {keys["secret"]}
    assert not Integration.objects.exclude(shop_lost_at=None).exists()
    hooks = control(sandbox.url, "GET", f"shops/{shop['id']}/webhooks")["webhooks"]
    assert len(hooks) == (8 if status == "active" else 0)


@pytest.mark.rule("R22")
def test_edit_says_so_when_the_keys_do_not_work_and_keeps_the_old_ones(
    client: Client, handshake: Handshake, shop: dict[str, Any], settings: Any
) -> None:
    integration = installed(client, handshake, settings)
    Handshake.objects.filter(pk=handshake.pk).update(api_secret="wrong")
    page = arrive(client, handshake, settings)
    assert page.redirect_chain[-1][0] == f"/{integration.licence_key}/install/"
    assert "The shop does not accept the keys that it gave us." in page.text
    assert Credential.objects.get().secret["secret"] == shop["secret"]


@pytest.mark.rule("R22")
def test_edit_without_anything_new_asks_the_shop_nothing(
    client: Client, handshake: Handshake, sandbox: Sandbox, settings: Any
) -> None:
    installed(client, handshake, settings)
    asked = sandbox.counters()
    arrive(client, handshake, settings)
    assert sandbox.counters() == asked


def test_a_second_system_asks_the_shop_once_who_it_is(
    client: Client, handshake: Handshake, sandbox: Sandbox, settings: Any
) -> None:
    first = installed(client, handshake, settings)
    asked = sum(sandbox.counters().values())
    client.post(f"/{first.licence_key}/install/another", {"system": "imuis", "terms": "on", "another": "on"})
    assert sum(sandbox.counters().values()) - asked == 2  # the shop and its merchant


def test_who_typed_the_keys_of_a_shop_reads_why_it_went_to_its_owner(
    client: Client, owner: User, handshake: Handshake, settings: Any
) -> None:
    Handshake.objects.update(return_url="", claimed_by=owner)
    handshake.refresh_from_db()
    typed = registration.attach(handshake, owner, "rompslomp")
    Handshake.objects.update(return_url="https://shop.example/back", integration=None, claimed_by=None)
    merchant = logged_in(a_person("merchant@example.nl"))
    arrive(merchant, handshake, settings)
    merchant.post("/install/", CHOSEN)
    assert Integration.objects.get(status="installing").members.get().user.email == "merchant@example.nl"
    page = client.get(f"/{typed.licence_key}/profile/").text
    assert "somebody else linked this shop through its App Store" in page
    assert "To start again" not in page


def test_edit_of_somebody_who_is_no_member_shows_nothing(client: Client, handshake: Handshake, settings: Any) -> None:
    integration = installed(client, handshake, settings)
    stranger = logged_in(a_person("other@example.nl"))
    page = arrive(stranger, handshake, settings)
    assert integration.licence_key not in page.text
    assert 'class="notice error"' in stranger.post("/install/", CHOSEN).text
    assert integration.members.count() == 1


@pytest.mark.rule("R27")
def test_installing_again_finds_everything_back_and_asks_for_the_terms_again(
    client: Client, handshake: Handshake, sandbox: Sandbox, shop: dict[str, Any], settings: Any
) -> None:
    integration = installed(client, handshake, settings)
    run(integration)
    a_document(integration, "2026-1", State.PROCESSED)
    registration.uninstall(handshake.api_public)
    keys = control(sandbox.url, "POST", f"shops/{shop['id']}/keys", {})
    arrive(client, shaken(shop | {"public": keys["public"], "secret": keys["secret"]}), settings)
    assert "Without your agreement" in client.post("/install/", {"system": "rompslomp"}).text
    assert Integration.objects.get().status == "stopped"
    client.post("/install/", CHOSEN)
    again = Integration.objects.get()
    assert (again.pk, again.licence_key, again.status) == (integration.pk, integration.licence_key, "installing")
    assert Document.objects.get().integration == again
    assert again.terms.count() == 2


@pytest.mark.rule("R28")
def test_another_accounting_system_takes_one_clear_link(client: Client, handshake: Handshake, settings: Any) -> None:
    first = installed(client, handshake, settings)
    run(first)
    page = client.get("/install/").text
    address = f"/{first.licence_key}/install/another"
    assert f'href="{address}"' in page
    form = client.get(address).text
    assert 'value="imuis"' in form
    assert 'value="rompslomp"' not in form
    answer = client.post(address, {"system": "imuis", "terms": "on", "another": "on"})
    second = Integration.objects.get(accounting_system="imuis")
    assert answer["location"] == f"/{second.licence_key}/install/"
    assert second.shop_id == first.shop_id
    first.refresh_from_db()
    assert first.status == Integration.Status.ACTIVE
    run(second)
    assert address not in client.get("/install/").text


@pytest.mark.rule("R28")
def test_after_removing_the_app_another_accounting_system_is_just_chosen(
    client: Client, handshake: Handshake, sandbox: Sandbox, shop: dict[str, Any], settings: Any
) -> None:
    first = installed(client, handshake, settings)
    registration.uninstall(handshake.api_public)
    second = installed(client, shaken(shop), settings, "imuis")
    first.refresh_from_db()
    assert (first.status, second.status) == ("stopped", "installing")


def test_no_second_installation_by_accident(
    client: Client, handshake: Handshake, sandbox: Sandbox, shop: dict[str, Any], settings: Any
) -> None:
    installed(client, handshake, settings)
    keys = control(sandbox.url, "POST", f"shops/{shop['id']}/keys", {})
    arrive(client, shaken(shop | {"public": keys["public"], "secret": keys["secret"]}), settings)
    page = client.post("/install/", {"system": "imuis", "terms": "on"}).text
    assert "Bakkerij Demo is linked to Rompslomp already" in page
    assert Integration.objects.count() == 1
    client.post("/install/", {"system": "imuis", "terms": "on", "another": "on"})
    assert Integration.objects.count() == 2


def test_stopping_one_of_two_leaves_the_app_stores_way_to_the_other(
    client: Client, handshake: Handshake, settings: Any
) -> None:
    first = installed(client, handshake, settings)
    client.post(f"/{first.licence_key}/install/another", {"system": "imuis", "terms": "on", "another": "on"})
    registration.stop(Integration.objects.get(accounting_system="imuis"), "stopped")
    assert arrive(client, handshake, settings).redirect_chain[-1][0] == f"/{first.licence_key}/install/"
    registration.uninstall(handshake.api_public)
    first.refresh_from_db()
    assert first.status == "stopped"
