"""Every refusal that may be met while installing: each ends in a sentence and a next step, and nothing is lost."""

import html
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from accounting import settings_store
from integrations.models import Administration, Credential, Document, Handshake, Integration, State, User
from tests.conftest import Sandbox
from tests.king import king_settings
from tests.linked import control, settings_file

from .installing import choose_system, shaken
from .world import a_document

pytestmark = pytest.mark.broad

CODE = "9381240077"


@pytest.fixture
def shop(sandbox: Sandbox, transactional_db: None, settings: Any) -> dict[str, Any]:
    sandbox.reset()
    settings.CALL_DEADLINE_SECONDS = 1
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def handshake(shop: dict[str, Any]) -> Handshake:
    return shaken(shop)


@pytest.fixture
def rompslomp(client: Client, handshake: Handshake, sandbox: Sandbox, settings: Any) -> Integration:
    """An installation that is about to connect Rompslomp, which knows our program."""
    known = {"client_id": "us", "client_secret": "hush", "redirect_uri": f"{settings.PUBLIC_URL}/rompslomp/callback"}
    settings.ROMPSLOMP_CLIENT_ID, settings.ROMPSLOMP_CLIENT_SECRET = known["client_id"], known["client_secret"]
    control(sandbox.url, "POST", "ledger/clients", known)
    control(sandbox.url, "POST", "ledger/users", {"first_name": "Ada", "last_name": "Smit", "email": "ada@smit.nl"})
    choose_system(client, handshake, "rompslomp", follow=False)
    return Integration.objects.get()


@pytest.fixture
def king(client: Client, handshake: Handshake) -> Integration:
    """An installation that is about to connect King."""
    choose_system(client, handshake, "imuis", follow=False)
    return Integration.objects.get()


def words(answer: Any) -> str:
    assert answer.status_code == 200
    return html.unescape(answer.text)


def steps(client: Client, integration: Integration) -> Any:
    return client.get(f"/{integration.licence_key}/install/")


def decide(client: Client, integration: Integration, sandbox: Sandbox, **answer: Any) -> str:
    """Press Connect, let a person answer at Rompslomp, and come back; gives the words of the page."""
    control(sandbox.url, "POST", "ledger/settings", answer or {"auto": "allow"})
    leave = client.post(f"/connect/{integration.licence_key}")
    consent = requests.get(leave["location"], allow_redirects=False, timeout=10)
    back = urlsplit(consent.headers["location"])
    return come_back(client, **{name: values[0] for name, values in parse_qs(back.query).items()})


def come_back(client: Client, **query: str) -> str:
    return words(client.get("/rompslomp/callback", query, follow=True))


def companies(sandbox: Sandbox, *made: dict[str, Any]) -> list[dict[str, Any]]:
    return [control(sandbox.url, "POST", "ledger/companies", one) for one in made]


def connect_king(client: Client, integration: Integration, code: str = CODE) -> Any:
    return client.post(f"/connect/{integration.licence_key}", {"code": code}, follow=True)


def has_books(integration: Integration) -> bool:
    return integration.credentials.filter(side="books").exists()


def is_offered_to_connect(page: str) -> bool:
    return 'class="button connect"' in page


# The shop


@pytest.mark.parametrize("fault", ["503", "timeout", "html", "empty"])
def test_the_shop_is_out_of_reach_at_the_start(
    client: Client, handshake: Handshake, sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(kind=fault, path="/api/rest/", times=20)
    assert "Nothing is lost: try again in a minute." in words(choose_system(client, handshake, "rompslomp"))
    assert not Integration.objects.exists()


def test_the_shop_revoked_its_keys_before_the_start(
    client: Client, handshake: Handshake, shop: dict[str, Any], sandbox: Sandbox
) -> None:
    control(sandbox.url, "DELETE", f"shops/{shop['id']}/keys")
    page = words(choose_system(client, handshake, "rompslomp"))
    assert "Remove the app in its App Store and install it again." in page


@pytest.fixture
def ready(client: Client, rompslomp: Integration, sandbox: Sandbox) -> Integration:
    """An installation of which only the start is left."""
    books = companies(sandbox, {"name": "Boeken"})[0]
    decide(client, rompslomp, sandbox)
    address = f"/{rompslomp.licence_key}"
    client.post(f"{address}/configuration/administration", {"administration": books["company"]["id"]})
    rompslomp.refresh_from_db()
    file = settings_file(books)  # without the percentage of before 2019, whose code is not valid any more
    settings_store.save(rompslomp, {**file, "vat": [row for row in file["vat"] if row["rate"] != "6"]})
    client.post(f"{address}/configuration/check")
    shown = steps(client, rompslomp)
    assert shown.context["current"] == "finish", shown.context["tested"].bad
    return rompslomp


def finish(client: Client, integration: Integration) -> str:
    address = f"/{integration.licence_key}/install/finish"
    return words(client.post(address, {"start_date": "2026-11-01"}, follow=True))


def test_the_shop_is_out_of_reach_at_the_end(client: Client, ready: Integration, sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", path="/api/rest/", times=20)
    assert "The shop could not be reached just now." in finish(client, ready)
    ready.refresh_from_db()
    assert ready.status == Integration.Status.INSTALLING
    requests.delete(f"{sandbox.url}/_sandbox/faults", timeout=10)
    assert "Installed" in finish(client, ready)


def test_the_shop_revoked_its_keys_before_the_end(
    client: Client, ready: Integration, shop: dict[str, Any], sandbox: Sandbox
) -> None:
    control(sandbox.url, "DELETE", f"shops/{shop['id']}/keys")
    page = finish(client, ready)
    assert "The shop does not accept the keys that it gave us." in page
    assert "CCV Shop: connection lost" in page
    assert "Connect the webshop again." in page
    ready.refresh_from_db()
    assert ready.status == Integration.Status.INSTALLING
    assert has_books(ready)


def test_the_shop_names_no_app(client: Client, ready: Integration, shop: dict[str, Any], sandbox: Sandbox) -> None:
    control(sandbox.url, "PATCH", f"shops/{shop['id']}", {"apps": 0})
    assert "The shop names 0 apps for this key instead of one." in finish(client, ready)


# Rompslomp: consent and tokens


@pytest.mark.rule("R97", "R98")
def test_it_says_to_log_out_first(client: Client, rompslomp: Integration) -> None:
    page = words(steps(client, rompslomp))
    assert "First log out of Rompslomp" in page
    assert is_offered_to_connect(page)


@pytest.mark.rule("R92", "R96", "R97", "R99")
def test_connected_by_oauth_the_account_and_its_administrations_are_named(
    client: Client, rompslomp: Integration, sandbox: Sandbox
) -> None:
    companies(sandbox, {"name": "Bakkerij B.V."}, {"name": "Privé"})
    page = decide(client, rompslomp, sandbox)
    assert "Rompslomp is connected with the account of Ada Smit (ada@smit.nl)." in page
    assert "Bakkerij B.V." in page
    assert "Privé" in page
    assert "ada@smit.nl" in client.get(f"/{rompslomp.licence_key}/configuration/").text


def test_an_account_that_is_not_told_is_connected_all_the_same(
    client: Client, rompslomp: Integration, sandbox: Sandbox
) -> None:
    companies(sandbox, {"name": "Boeken"})
    sandbox.fault(kind="503", path="/api/v1/me", times=5)
    assert "Rompslomp is connected." in decide(client, rompslomp, sandbox)


@pytest.mark.rule("R99")
def test_consent_is_refused(client: Client, rompslomp: Integration, sandbox: Sandbox) -> None:
    companies(sandbox, {"name": "Boeken"})
    page = decide(client, rompslomp, sandbox, auto="deny")
    assert "Rompslomp was not connected, because access was refused. Press Connect to try again." in page
    assert is_offered_to_connect(page)
    assert not has_books(rompslomp)


def test_rompslomp_refuses_the_question_itself(client: Client, rompslomp: Integration) -> None:
    state = client.post(f"/connect/{rompslomp.licence_key}")["location"].rpartition("state=")[2]
    page = come_back(client, state=state, error="invalid_scope")
    assert "Rompslomp refused our request. Try again later, or ask us." in page


def test_an_answer_that_nobody_asked_for(client: Client, rompslomp: Integration) -> None:
    page = come_back(client, state="made-up", code="stolen")
    assert "This answer does not belong to a connection that you started. Press Connect again." in page
    assert not has_books(rompslomp)


def test_a_consent_that_took_too_long(client: Client, rompslomp: Integration, sandbox: Sandbox) -> None:
    companies(sandbox, {"name": "Boeken"})
    control(sandbox.url, "POST", "ledger/settings", {"code_seconds": 0})
    page = decide(client, rompslomp, sandbox)
    assert "Rompslomp did not accept the consent, perhaps because it took too long. Press Connect again." in page
    assert is_offered_to_connect(page)


@pytest.mark.parametrize("fault", ["503", "500", "429", "html", "empty"])
def test_the_token_endpoint_is_down(client: Client, rompslomp: Integration, sandbox: Sandbox, fault: str) -> None:
    companies(sandbox, {"name": "Boeken"})
    sandbox.fault(kind=fault, path="/oauth/token", times=5)
    page = decide(client, rompslomp, sandbox)
    assert "Rompslomp could not be reached just now. Wait a minute and press Connect again." in page
    assert not has_books(rompslomp)


def test_our_own_key_is_refused(client: Client, rompslomp: Integration, sandbox: Sandbox, settings: Any) -> None:
    companies(sandbox, {"name": "Boeken"})
    settings.ROMPSLOMP_CLIENT_SECRET = "out of date"
    page = decide(client, rompslomp, sandbox)
    assert "Rompslomp does not accept our program at the moment. Nothing is wrong with your account: ask us." in page


# Rompslomp: administrations


@pytest.mark.rule("R13")
def test_the_free_plan_cannot_be_chosen(client: Client, rompslomp: Integration, sandbox: Sandbox) -> None:
    free, paid = companies(sandbox, {"name": "Gratis", "api_accessible": False}, {"name": "Betaald"})
    page = decide(client, rompslomp, sandbox)
    assert "can't be used: its Rompslomp subscription gives no access to programs such as this one" in page
    address = f"/{rompslomp.licence_key}/configuration/administration"
    assert "Choose one of the administrations in the list." in words(
        client.post(address, {"administration": free["company"]["id"]}, follow=True)
    )
    client.post(address, {"administration": paid["company"]["id"]})
    rompslomp.refresh_from_db()
    assert str(rompslomp.administration) == "Betaald"


def test_an_account_with_two_administrations_has_to_choose(
    client: Client, rompslomp: Integration, sandbox: Sandbox
) -> None:
    companies(sandbox, {"name": "Een"}, {"name": "Twee"})
    decide(client, rompslomp, sandbox)
    answer = steps(client, rompslomp)
    assert answer.context["current"] == "administration"
    assert [company["name"] for company in answer.context["companies"]] == ["Een", "Twee"]
    assert "Choose one of the administrations in the list." in words(
        client.post(f"/{rompslomp.licence_key}/configuration/administration", {}, follow=True)
    )
    rompslomp.refresh_from_db()
    assert rompslomp.administration is None


def test_an_account_without_any_administration(client: Client, rompslomp: Integration, sandbox: Sandbox) -> None:
    user = control(sandbox.url, "POST", "ledger/users", {"companies": []})["user"]
    page = decide(client, rompslomp, sandbox, auto="allow", auto_user=user["id"])
    assert "The account that you connected has no administration. Connect with another account." in page
    assert is_offered_to_connect(page)


@pytest.mark.parametrize("fault", ["503", "429", "timeout", "html"])
def test_the_administrations_cannot_be_listed_now(
    client: Client, rompslomp: Integration, sandbox: Sandbox, fault: str
) -> None:
    companies(sandbox, {"name": "Boeken"})
    sandbox.fault(kind=fault, path="/api/v1/companies", times=5)
    page = decide(client, rompslomp, sandbox)
    assert "The list could not be fetched just now. Load this page again in a minute." in page
    assert has_books(rompslomp)


def test_access_to_the_books_was_revoked(client: Client, rompslomp: Integration, sandbox: Sandbox) -> None:
    companies(sandbox, {"name": "Boeken"})
    decide(client, rompslomp, sandbox)
    held = Credential.objects.get(side="books")
    for token in ("access_token", "refresh_token"):
        held.secret[token] = "revoked"
    held.save()
    page = words(steps(client, rompslomp))
    assert "Rompslomp: connection lost" in page
    assert is_offered_to_connect(page)
    assert "Rompslomp is connected" in decide(client, rompslomp, sandbox)
    rompslomp.refresh_from_db()
    assert rompslomp.books_lost_at is None


def test_an_account_of_other_books_takes_nothing_over(client: Client, ready: Integration, sandbox: Sandbox) -> None:
    """Once something was posted, an account that does not reach those books is not connected; before that the
    administration has to be chosen again."""
    posted = a_document(ready, "2026-1")
    (other,) = companies(sandbox, {"name": "Andermans boeken"})
    asked = {"email": "robin@elders.nl", "companies": [other["company"]["id"]]}
    robin = control(sandbox.url, "POST", "ledger/users", asked)["user"]
    before = Credential.objects.get(integration=ready, side="books").secret
    page = decide(client, ready, sandbox, auto="allow", auto_user=robin["id"])
    assert "this Rompslomp account does not reach the administration" in page
    assert Credential.objects.get(integration=ready, side="books").secret == before
    posted.delete()
    decide(client, ready, sandbox, auto="allow", auto_user=robin["id"])
    ready.refresh_from_db()
    assert ready.administration is None
    assert steps(client, ready).context["current"] == "administration"


def test_connecting_again_loses_nothing(client: Client, ready: Integration, sandbox: Sandbox) -> None:
    before = (ready.administration_id, settings_store.as_file(ready.settings))
    decide(client, ready, sandbox)
    ready.refresh_from_db()
    assert (ready.administration_id, settings_store.as_file(ready.settings)) == before
    assert steps(client, ready).context["current"] == "check"  # the new connection was not tested yet


# King / iMUIS


@pytest.fixture
def administration(sandbox: Sandbox, king: Integration) -> dict[str, Any]:
    return control(sandbox.url, "POST", "imuis/administrations", {"name": "Bakkerij B.V.", "code": CODE})


@pytest.mark.rule("R105", "R106")
def test_king_is_connected_with_the_red_button_and_a_code(
    client: Client, king: Integration, administration: dict[str, Any]
) -> None:
    page = words(steps(client, king))
    assert is_offered_to_connect(page)
    assert "Environment code" in page
    assert "King / iMUIS is connected." in words(connect_king(client, king))


def test_a_wrong_code(client: Client, king: Integration, administration: dict[str, Any]) -> None:
    answer = connect_king(client, king, "123")
    assert '“<span lang="nl">Inloggen niet mogelijk' in answer.text
    assert "King / iMUIS did not accept this environment code." in words(answer)
    assert answer.context["current"] == "books"
    assert not has_books(king)


def test_no_code(client: Client, king: Integration) -> None:
    assert "Enter the environment code." in words(connect_king(client, king, ""))


def test_a_code_that_is_far_too_long(client: Client, king: Integration) -> None:
    page = words(connect_king(client, king, "9" * 500))
    assert "64" in page
    assert is_offered_to_connect(page)


@pytest.mark.rule("R74")
def test_a_code_without_a_subscription_to_cloudswitch(
    client: Client, king: Integration, administration: dict[str, Any], sandbox: Sandbox
) -> None:
    path = f"imuis/administrations/{administration['administration']['id']}"
    control(sandbox.url, "PATCH", path, {"state": "no_subscription"})
    page = words(connect_king(client, king))
    assert "abonnement" in page
    assert "needs a subscription to the module iMUIS Online Cloudswitch" in page


def test_our_partner_key_is_refused(
    client: Client, king: Integration, administration: dict[str, Any], settings: Any
) -> None:
    settings.IMUIS_PARTNER_KEY = "out-of-date"
    page = words(connect_king(client, king))
    assert "King / iMUIS did not accept this environment code." in page
    assert "out-of-date" not in page


def test_king_is_out_of_reach(client: Client, king: Integration, settings: Any) -> None:
    settings.IMUIS_URL = "http://127.0.0.1:9"
    assert "King / iMUIS could not be reached just now. Try again in a minute." in words(connect_king(client, king))


@pytest.mark.parametrize("fault", ["503", "429", "timeout", "html", "empty"])
def test_king_gives_no_answer(
    client: Client, king: Integration, administration: dict[str, Any], sandbox: Sandbox, fault: str
) -> None:
    sandbox.fault(kind=fault, path="ws1_api", times=5)
    page = words(connect_king(client, king))
    assert "King / iMUIS could not be reached just now. Try again in a minute." in page
    assert not has_books(king)


def test_a_code_of_another_administration_than_that_of_the_documents(
    client: Client, king: Integration, administration: dict[str, Any], sandbox: Sandbox
) -> None:
    connect_king(client, king)
    king.refresh_from_db()
    settings_store.save(king, king_settings(administration))
    Integration.objects.update(status=Integration.Status.ACTIVE)
    king.refresh_from_db()
    a_document(king, "2026-1", State.PROCESSED)
    control(sandbox.url, "POST", "imuis/administrations", {"name": "Een ander", "code": "555666777"})
    page = words(connect_king(client, king, "555666777"))
    assert 'This environment code is of administration "Een ander"' in page
    assert 'Connect with a code of "Bakkerij B.V."' in page
    assert Credential.objects.get(side="books").secret["code"] == CODE
    assert Document.objects.get().ledger_id


def test_the_code_was_revoked(
    client: Client, king: Integration, administration: dict[str, Any], sandbox: Sandbox, owner: User
) -> None:
    connect_king(client, king)
    king.refresh_from_db()
    settings_store.save(king, king_settings(administration))
    path = f"imuis/administrations/{administration['administration']['id']}"
    control(sandbox.url, "PATCH", path, {"state": "unknown"})
    page = words(client.post(f"/{king.licence_key}/configuration/check", follow=True))
    assert "The connection was refused. Connect again; nothing is lost by that." in page
    assert "King / iMUIS: connection lost" in page
    control(sandbox.url, "PATCH", path, {"state": "active"})
    assert "King / iMUIS is connected." in words(connect_king(client, king))
    assert Administration.objects.count() == 1
