"""The steps of the installation: in their order, each with what is missing, to be left and taken up anywhere."""

import html
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting import settings_store
from accounting.renewal import Kept
from accounting.rompslomp import oauth
from integrations.models import Event, Integration, TermsAcceptance, User
from tests.conftest import Sandbox
from tests.linked import control, settings_file

from .conftest import logged_in
from .installing import RETURN, begin, shaken

pytestmark = pytest.mark.broad

ORDER = ["shop", "books", "administration", "settings", "vat", "methods", "check", "finish"]


@pytest.fixture
def shop(sandbox: Sandbox, transactional_db: None) -> dict[str, Any]:
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def books(sandbox: Sandbox, shop: dict[str, Any]) -> dict[str, Any]:
    return control(sandbox.url, "POST", "ledger/companies", {"name": "Boeken", "with_token": True})


@pytest.fixture
def integration(client: Client, shop: dict[str, Any]) -> Integration:
    """One whose owner has just agreed to the terms and chosen Rompslomp."""
    return begin(client, shaken(shop))


def steps(client: Client, integration: Integration, query: str = "") -> Any:
    return client.get(f"/{integration.licence_key}/install/{query}")


def current(client: Client, integration: Integration) -> str:
    return steps(client, integration).context["current"]


def connect(integration: Integration, books: dict[str, Any]) -> None:
    """What the round trip to the consent page leaves behind."""
    integration.credentials.create(side="books", secret={"access_token": books["token"]["access_token"]})


def choose(client: Client, integration: Integration, books: dict[str, Any]) -> None:
    given = {"administration": books["company"]["id"]}
    client.post(f"/{integration.licence_key}/configuration/administration", given)
    integration.refresh_from_db()


def settings_of(books: dict[str, Any]) -> dict[str, Any]:
    """Settings without the percentage of before 2019, whose VAT code is not valid any more."""
    file = settings_file(books)
    return {**file, "vat": [row for row in file["vat"] if row["rate"] != "6"]}


def save(integration: Integration, books: dict[str, Any], **changes: Any) -> None:
    integration.refresh_from_db()
    settings_store.save(integration, {**settings_of(books), **changes})


def run_self_test(client: Client, integration: Integration) -> None:
    client.post(f"/{integration.licence_key}/configuration/check")


def finish(client: Client, integration: Integration) -> Any:
    return client.post(f"/{integration.licence_key}/install/finish", {"start_date": "2026-11-01"}, follow=True)


@pytest.fixture
def ready(client: Client, integration: Integration, books: dict[str, Any]) -> Integration:
    connect(integration, books)
    choose(client, integration, books)
    save(integration, books)
    run_self_test(client, integration)
    assert current(client, integration) == "finish"
    return integration


@pytest.mark.rule("R20", "R92", "R93")
def test_the_steps_come_in_the_order_of_the_manuals(
    client: Client, integration: Integration, books: dict[str, Any]
) -> None:
    assert [step.name for step in steps(client, integration).context["steps"]] == ORDER
    assert current(client, integration) == "books"
    connect(integration, books)
    assert current(client, integration) == "administration"
    choose(client, integration, books)
    assert current(client, integration) == "settings"
    save(integration, books, vat=[])
    assert current(client, integration) == "vat"
    save(integration, books)
    assert current(client, integration) == "check"
    run_self_test(client, integration)
    assert current(client, integration) == "finish"
    assert "Installed" in finish(client, integration).text
    assert current(client, integration) == ""


@pytest.mark.rule("R20")
def test_a_table_without_the_home_country_is_not_done(
    client: Client, integration: Integration, books: dict[str, Any]
) -> None:
    connect(integration, books)
    choose(client, integration, books)
    abroad = [row for row in settings_of(books)["vat"] if row["country"] != "NL"]
    save(integration, books, vat=abroad)
    assert current(client, integration) == "vat"


def test_every_step_offers_what_it_needs(client: Client, integration: Integration, books: dict[str, Any]) -> None:
    key = integration.licence_key
    connect(integration, books)
    choose(client, integration, books)
    assert f'href="/{key}/configuration/settings"' in steps(client, integration).text
    assert "I have a settings file" in steps(client, integration).text
    save(integration, books, vat=[])
    assert f'href="/{key}/configuration/vat"' in steps(client, integration).text
    save(integration, books)
    assert "Run the self-test" in steps(client, integration).text
    assert f'href="/{key}/configuration/payment-methods"' in steps(client, integration, "?step=methods").text


@pytest.mark.rule("R21", "R22")
def test_what_is_missing_is_named_until_everything_is_there(
    client: Client, integration: Integration, books: dict[str, Any]
) -> None:
    page = html.unescape(steps(client, integration).text)
    assert "The installation is not finished yet, so nothing is posted." in page
    for words in ("Connect Rompslomp.", "Choose the administration.", "Fill in the settings."):
        assert words in page
    answer = html.unescape(finish(client, integration).text)
    assert "Not started, since something is still missing: Connect Rompslomp. Choose the administration." in answer
    integration.refresh_from_db()
    assert integration.status == Integration.Status.INSTALLING


@pytest.mark.rule("R21", "R22")
@pytest.mark.parametrize("missing", ["shop", "books", "administration", "settings", "vat", "check"])
def test_it_does_not_start_while_anything_is_missing(
    client: Client, ready: Integration, books: dict[str, Any], shop: dict[str, Any], sandbox: Sandbox, missing: str
) -> None:
    if missing in ("shop", "books"):
        ready.credentials.filter(side=missing).delete()
    elif missing == "administration":
        Integration.objects.update(administration=None)
    elif missing == "settings":
        Integration.objects.update(settings=None)
    elif missing == "vat":
        save(ready, books, vat=[])
    else:
        Event.objects.filter(kind="self_test").delete()
    assert "Not started, since something is still missing" in html.unescape(finish(client, ready).text)
    ready.refresh_from_db()
    assert ready.status == Integration.Status.INSTALLING
    assert control(sandbox.url, "GET", f"shops/{shop['id']}/webhooks")["webhooks"] == []


@pytest.mark.rule("R20")
def test_it_is_taken_up_again_on_another_device(
    client: Client, owner: User, integration: Integration, books: dict[str, Any]
) -> None:
    connect(integration, books)
    choose(client, integration, books)
    phone = logged_in(owner)
    assert phone.get("/")["location"] == f"/{integration.licence_key}/install/"
    assert current(phone, integration) == "settings"


def test_a_done_step_can_be_opened_again_and_a_later_one_cannot(
    client: Client, ready: Integration, books: dict[str, Any]
) -> None:
    assert steps(client, ready, "?step=administration").context["opened"] == "administration"
    assert "In which administration is posted?" in steps(client, ready, "?step=administration").text
    books_open = steps(client, ready, "?step=books").text
    assert 'class="button connect"' in books_open
    assert "Rompslomp is connected. Only connect again for another account." in books_open
    assert "Go on here" in books_open
    Event.objects.filter(kind="self_test").delete()
    answer = steps(client, ready, "?step=finish")
    assert (answer.context["opened"], answer.context["current"]) == ("check", "check")
    assert steps(client, ready, "?step=nothing").status_code == 200


def test_payment_methods_may_be_left_out(client: Client, ready: Integration) -> None:
    states = {step.name: step.state for step in steps(client, ready).context["steps"]}
    assert states["methods"] == "optional"
    assert states["finish"] == "current"


def test_a_change_of_the_settings_asks_for_a_new_self_test(
    client: Client, ready: Integration, books: dict[str, Any]
) -> None:
    save(ready, books, margin_scheme=True)
    assert current(client, ready) == "check"
    assert "Settings or connections changed after the last self-test. Run it again." in steps(client, ready).text


def test_what_is_red_but_not_blocking_may_be_accepted(
    client: Client, integration: Integration, books: dict[str, Any]
) -> None:
    connect(integration, books)
    choose(client, integration, books)
    save(integration, books, accounting={**settings_file(books)["accounting"], "layout": "12345"})
    run_self_test(client, integration)
    page = html.unescape(steps(client, integration).text)
    assert current(client, integration) == "check"
    assert "You can go on, but documents that need it will end on Errors." in page
    assert "Put right what the self-test found, and run it again." in page
    assert [step.name for step in steps(client, integration).context["steps"] if step.is_bad] == ["settings"]
    client.post(f"/{integration.licence_key}/configuration/check", {"go_on": "1"})
    assert current(client, integration) == "finish"
    run_self_test(client, integration)
    assert current(client, integration) == "check"


def test_what_blocks_cannot_be_accepted(client: Client, integration: Integration, books: dict[str, Any]) -> None:
    connect(integration, books)
    choose(client, integration, books)
    file = settings_of(books)
    save(integration, books, vat=[{**row, "vat_code": "12345"} for row in file["vat"]])
    run_self_test(client, integration)
    answer = steps(client, integration)
    assert "Go on anyway" not in answer.text
    assert [step.name for step in answer.context["steps"] if step.is_bad] == ["vat"]
    client.post(f"/{integration.licence_key}/configuration/check", {"go_on": "1"})
    assert current(client, integration) == "check"


@pytest.mark.rule("R21")
def test_the_two_dots_have_words(client: Client, ready: Integration) -> None:
    page = steps(client, ready).text
    assert "CCV Shop: connected" in page
    assert "Rompslomp: connected" in page
    Integration.objects.update(books_lost_at="2026-11-01T00:00:00Z")
    assert "Rompslomp: connection lost" in steps(client, ready).text
    assert current(client, ready) == "books"


@pytest.mark.rule("R23")
def test_the_last_page_says_where_to_log_in_and_what_happens_now(
    client: Client, ready: Integration, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    page = html.unescape(finish(client, ready).text)
    assert "Log in at this address and not through the App Store:" in page
    assert "https://koppeling.example.nl/" in page
    assert "CCV Shop: connected" in page
    assert "Rompslomp: connected" in page
    assert "Every order dated 1" in page
    assert "The trial ends on 1" in page
    assert f"/{ready.licence_key}/install/return" in page
    assert client.get(f"/{ready.licence_key}/install/return")["location"] == RETURN


def test_a_settings_file_leads_on_as_well(client: Client, integration: Integration, books: dict[str, Any]) -> None:
    connect(integration, books)
    choose(client, integration, books)
    address = f"/{integration.licence_key}"
    given = {"text": json.dumps(settings_of(books)), "next": f"{address}/install/"}
    client.post(f"{address}/configuration/file", given)
    assert current(client, integration) == "check"


# Terms


@pytest.mark.rule("R94")
def test_it_does_not_start_without_agreement_to_the_terms(client: Client, ready: Integration) -> None:
    TermsAcceptance.objects.all().delete()
    answer = html.unescape(finish(client, ready).text)
    assert "Not started, since something is still missing: Agree to the terms." in answer
    ready.refresh_from_db()
    assert ready.status == Integration.Status.INSTALLING


@pytest.mark.rule("R94")
def test_an_agreement_that_is_missing_is_given_on_the_first_step(
    client: Client, owner: User, ready: Integration
) -> None:
    TermsAcceptance.objects.all().delete()
    assert current(client, ready) == "shop"
    page = steps(client, ready).text
    address = f"/{ready.licence_key}/install/terms"
    assert f'action="{address}"' in page
    assert 'name="terms"' in page
    refused = html.unescape(client.post(address, follow=True).text)
    assert "Without your agreement to the terms nothing can be processed." in refused
    assert not TermsAcceptance.objects.exists()
    client.post(address, {"terms": "on"})
    agreed = TermsAcceptance.objects.get()
    assert (agreed.integration, agreed.user, agreed.version != "", agreed.address) == (ready, owner, True, "127.0.0.1")
    assert current(client, ready) == "finish"


def test_what_runs_is_not_asked_for_its_agreement(client: Client, ready: Integration) -> None:
    finish(client, ready)
    TermsAcceptance.objects.all().delete()
    answer = steps(client, ready, "?step=shop")
    assert (answer.context["current"], answer.context["missing"]) == ("", [])
    assert 'name="terms"' not in answer.text
    client.post(f"/{ready.licence_key}/install/terms", {"terms": "on"})
    assert not TermsAcceptance.objects.exists()


@pytest.mark.parametrize(("by_hand", "words"), [(False, "press Edit"), (True, "open the installation link")])
def test_a_lost_shop_says_how_it_is_connected_again(
    client: Client, ready: Integration, by_hand: bool, words: str
) -> None:
    held = ready.credentials.get(side="shop")
    held.secret = {**held.secret, "by_hand": by_hand}
    held.save()
    Integration.objects.update(shop_lost_at="2026-11-01T00:00:00Z")
    page = html.unescape(steps(client, ready).text)
    assert words in page
    assert "your settings stay as they are" in page.lower()


# The self-test belongs to the connections with which it was made


def test_another_account_asks_for_a_new_self_test(client: Client, ready: Integration, books: dict[str, Any]) -> None:
    oauth.connect(ready, {"access_token": books["token"]["access_token"], "expires_in": 3600})
    assert current(client, ready) == "check"
    assert "Not started" in finish(client, ready).text


def test_a_renewed_token_asks_for_none(client: Client, ready: Integration, books: dict[str, Any]) -> None:
    """The token runs out, and is renewed by whoever needs it next."""
    held = ready.credentials.get(side="books")
    Kept(ready.pk, "access_token", lambda old: ({**old, "renewed": True}, None))(held.secret["access_token"])
    held.refresh_from_db()
    assert held.secret["renewed"]
    assert current(client, ready) == "finish"


# The start date


def test_the_start_date_of_the_settings_is_the_one_of_the_last_step(client: Client, ready: Integration) -> None:
    chosen = {"process": "orders", "home_country": "NL", "open_days": "60", "line_names": "en", "number": "order"}
    client.post(f"/{ready.licence_key}/configuration/settings", {**chosen, "start_date": "2027-01-15"})
    ready.refresh_from_db()
    assert ready.settings
    number = ready.settings.number
    run_self_test(client, ready)
    assert 'value="2027-01-15"' in steps(client, ready).text
    client.post(f"/{ready.licence_key}/install/finish", {"start_date": "2027-01-15"})
    ready.refresh_from_db()
    assert (ready.status, ready.settings.number) == (Integration.Status.ACTIVE, number)


def test_what_runs_gets_no_other_start_date_here(client: Client, ready: Integration) -> None:
    finish(client, ready)
    ready.refresh_from_db()
    version = ready.settings
    assert 'name="start_date"' not in steps(client, ready, "?step=finish").text
    given = {"start_date": "2030-01-01"}
    answer = html.unescape(client.post(f"/{ready.licence_key}/install/finish", given, follow=True).text)
    assert "The start date is under Settings." in answer
    ready.refresh_from_db()
    assert ready.settings == version


def test_a_start_date_that_somebody_else_chose_meanwhile_is_not_overwritten(
    client: Client, ready: Integration, books: dict[str, Any]
) -> None:
    seen = steps(client, ready).context["version"].number
    save(ready, books, shop={**settings_of(books)["shop"], "start_date": "2027-03-01"})
    given = {"start_date": "2026-11-01", "version": str(seen)}
    answer = html.unescape(client.post(f"/{ready.licence_key}/install/finish", given, follow=True).text)
    assert "Somebody else changed the settings just now." in answer
    ready.refresh_from_db()
    assert ready.status == Integration.Status.INSTALLING
    assert ready.settings
    assert ready.settings.general["shop"]["start_date"] == "2027-03-01"


def test_the_end_of_the_trial_is_told_while_it_lies_ahead(client: Client, ready: Integration) -> None:
    finish(client, ready)
    pages = [f"/{ready.licence_key}/install/done", f"/{ready.licence_key}/profile/"]
    assert all("The trial ends on" in client.get(page).text for page in pages)
    Integration.objects.update(created_at="2025-01-10T12:00:00Z")
    assert not any("The trial ends on" in client.get(page).text for page in pages)


def test_what_is_done_is_looked_up_once(client: Client, ready: Integration) -> None:
    with CaptureQueriesContext(connection) as asked:
        steps(client, ready)
    assert len([one for one in asked.captured_queries if "'self_test'" in one["sql"]]) <= 2
