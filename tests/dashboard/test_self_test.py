"""The self-test against the stand-ins: what it asks, what it says, and what it keeps."""

import html
from typing import Any

import pytest
from django.test import Client

from accounting import settings_store
from accounting.rompslomp import preparation
from dashboard.settings import self_test
from integrations.models import Credential, Event, Integration, Member, User
from integrations.problems import Problem
from tests.conftest import Sandbox
from tests.king import link_king
from tests.linked import Linked, link
from webshop import registration, trial_document

from .world import a_person

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    """A shop and books that run."""
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    registration.repair_webhooks(made.integration)
    made.configure(vat=[row for row in settings_of(made)["vat"] if row["rate"] != "6"])  # not valid any more
    return made


@pytest.fixture
def order(linked: Linked) -> dict[str, Any]:
    """The only order of the shop."""
    return linked.place_kind("mixed", seed=3)


def address(linked: Linked) -> str:
    return f"/{linked.integration.licence_key}/configuration/check"


def run(client: Client, linked: Linked) -> str:
    """Press the button; gives the words of the page that follows."""
    return html.unescape(client.post(address(linked), follow=True).text)


def states(linked: Linked) -> dict[str, str]:
    linked.integration.refresh_from_db()
    result = self_test.last(linked.integration)
    assert result
    return {check.label: check.state for _, checks in result.groups for check in checks}


def bad(linked: Linked) -> list[str]:
    return [label for label, state in states(linked).items() if state == "bad"]


@pytest.mark.rule("R89")
def test_everything_right_is_said_of_each_thing(client: Client, linked: Linked, order: dict[str, Any]) -> None:
    page = run(client, linked)
    found = states(linked)
    assert set(found.values()) == {"good", "unknown"}
    for label in (
        "Connected to webshop Bakkerij",
        "The app may read what it needs: orders, invoices and notifications",
        "The shop reports its orders or invoices to us",
        "Connected to administration Boeken",
        "The European check of VAT numbers (VIES) answers",
        "VAT codes of the VAT table",
    ):
        assert found[label] == "good", label
    assert "Everything that could be checked is right." in page
    assert "all right" in page


@pytest.mark.rule("R89")
def test_a_look_at_the_page_asks_nothing(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    run(client, linked)
    before = sandbox.counters()
    assert "with settings version 2" in client.get(address(linked)).text
    assert sandbox.counters() == before


@pytest.mark.rule("R12")
def test_it_says_what_the_account_may_do_with_debtors_and_products(client: Client, linked: Linked) -> None:
    run(client, linked)
    assert states(linked)["Read and create debtors"] == "good"
    allowed = ["public", "manage:sales_invoices", "read:accounts", "manage:products"]
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"allowed_scopes": allowed})
    page = run(client, linked)
    assert bad(linked) == ["Read and create debtors"]
    assert "The accounting system does not allow this" in page
    allowed[-1] = "manage:contacts"
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"allowed_scopes": allowed})
    run(client, linked)
    assert bad(linked) == ["Read and create products"]


@pytest.mark.rule("R12")
def test_what_may_be_read_may_not_always_be_created(linked: Linked) -> None:
    """The stand-in allows both or neither: so it says what is allowed before it allows more, and reading succeeds."""
    account = f"ledger/companies/{linked.company}"
    allowed = ["public", "manage:sales_invoices", "manage:products", "read:accounts"]
    linked.control("PATCH", account, {"allowed_scopes": allowed})
    connected, debtors, *_ = preparation.questions(linked.integration)
    assert [check.state for check in connected.ask()] == ["good"]
    linked.control("PATCH", account, {"allowed_scopes": [*allowed, "manage:contacts"]})
    assert [(check.label, check.state) for check in debtors.ask()] == [("Read and create debtors", "bad")]


@pytest.mark.rule("R12")
def test_less_granted_at_the_consent_than_asked_is_noticed(client: Client, linked: Linked) -> None:
    held = Credential.objects.get(side="books")
    held.secret = {**held.secret, "scope": ["public", "manage:products", "manage:sales_invoices", "read:accounts"]}
    held.save()
    page = run(client, linked)
    assert bad(linked) == ["Read and create debtors"]
    assert "Connect again and allow everything that is asked" in page


@pytest.mark.rule("R13")
def test_the_free_plan_and_the_limits_of_a_trial_are_explained(client: Client, linked: Linked) -> None:
    assert "the trial that you use, lets you create enough debtors, products and invoices" in run(client, linked)
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": False})
    assert "gives programs no access; the free one never does" in run(client, linked)


def test_a_resource_that_the_keys_lack_is_named(client: Client, linked: Linked) -> None:
    linked.control("PATCH", f"shops/{linked.shop['id']}", {"hides": ["invoices", "webhooks"]})
    assert "The shop gives our keys no access to: invoices, webhooks." in run(client, linked)


def test_messages_that_the_shop_lost_are_registered_again(client: Client, linked: Linked) -> None:
    hooks = linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]
    row = linked.integration.webhooks.get(event="orders.created")
    row.remote_id, row.key = "1", ""
    row.token = "of-another-life"
    row.save()
    page = run(client, linked)
    assert "The shop did not report everything to us" in page
    assert "That was put right just now." in page
    run(client, linked)
    assert states(linked)["The shop reports its orders or invoices to us"] == "good"
    assert len(linked.control("GET", f"shops/{linked.shop['id']}/webhooks")["webhooks"]) == len(hooks)


@pytest.mark.parametrize(("side", "path"), [("shop", "/api/rest/"), ("books", "/api/v1/")])
def test_who_does_not_answer_is_not_called_wrong(
    client: Client, linked: Linked, sandbox: Sandbox, side: str, path: str
) -> None:
    sandbox.fault(kind="503", path=path, times=50)
    page = run(client, linked)
    assert "No answer came just now, so this could not be checked." in page
    assert bad(linked) == []


@pytest.mark.rule("R21", "R89")
@pytest.mark.parametrize("path", ["", "/api/rest/", "/api/v1/"])
def test_nobody_goes_on_without_an_answer_of_shop_and_books(
    client: Client, linked: Linked, sandbox: Sandbox, path: str
) -> None:
    Integration.objects.update(status=Integration.Status.INSTALLING)
    sandbox.fault(kind="503", path=path, times=200)
    page = run(client, linked)
    result = self_test.last(linked.integration)
    assert result
    assert result.blocking
    assert (result.is_passed, result.may_go_on) == (False, False)
    assert "Not everything could be checked. Run the self-test again in a minute." in page
    assert "Everything that could be checked is right." not in page
    steps = html.unescape(client.get(f"/{linked.integration.licence_key}/install/?step=check").text)
    assert "Go on anyway" not in steps


def test_vies_out_of_reach_could_not_be_checked(client: Client, linked: Linked) -> None:
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE"})
    run(client, linked)
    assert states(linked)["European check of VAT numbers (VIES)"] == "unknown"


def test_a_connection_that_is_refused_turns_its_dot_red_and_is_asked_nothing_more(
    client: Client, linked: Linked, sandbox: Sandbox
) -> None:
    Credential.objects.filter(side="books").update(secret={"access_token": "revoked"})
    page = run(client, linked)
    assert "The connection was refused. Connect again; nothing is lost by that." in page
    linked.integration.refresh_from_db()
    assert linked.integration.books_lost_at
    assert bad(linked) == ["Connection with Rompslomp"]


def test_a_connection_that_works_again_turns_its_dot_green(client: Client, linked: Linked) -> None:
    Integration.objects.update(books_lost_at="2026-11-01T00:00:00Z", shop_lost_at="2026-11-01T00:00:00Z")
    run(client, linked)
    linked.integration.refresh_from_db()
    assert (linked.integration.books_lost_at, linked.integration.shop_lost_at) == (None, None)


def test_the_newest_order_is_tried_without_posting_it(client: Client, linked: Linked, order: dict[str, Any]) -> None:
    page = run(client, linked)
    result = self_test.last(linked.integration)
    assert result
    assert result.document
    assert result.document["number"] == order["number"]
    assert {line["rate"] for line in result.document["lines"]} == {"9", "21"}
    assert all(line["vat_code"] and line["account"] for line in result.document["lines"])
    assert "Webshop" in result.document["lines"][0]["account"]
    assert f"How {order['number']} would be posted" in page
    assert linked.ledger() == []
    assert not linked.integration.documents.exists()


def test_what_the_newest_order_lacks_is_said_in_words(client: Client, linked: Linked, order: dict[str, Any]) -> None:
    linked.configure(vat=[row for row in settings_of(linked)["vat"] if row["country"] != "NL"])
    page = run(client, linked)
    assert "There is no VAT setting for Netherlands with" in page
    assert "would end on Errors" in page


def test_what_we_did_not_foresee_is_a_result_too(client: Client, linked: Linked, order: dict[str, Any]) -> None:
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"order": {"id": "geen nummer"}})
    page = run(client, linked)
    assert bad(linked) == ["Newest order or invoice"]
    assert "Something went wrong that we did not foresee." in page


def test_a_problem_is_told_without_what_may_be_of_a_person() -> None:
    told = trial_document._told(Problem("shop_refused", words="Jan Jansen bestaat niet", status=400))
    assert "Jan Jansen" not in str(told)
    told = trial_document._told(Problem("vat_setting_missing", country="DE", rate="19"))
    assert "Germany" in told["message"]
    assert "19" in told["message"]


@pytest.mark.parametrize("kind", ["simple", "icp"])
def test_nothing_of_the_customer_is_kept_or_shown(client: Client, linked: Linked, kind: str) -> None:
    placed = linked.place_kind(kind, seed=5)
    page = run(client, linked)
    kept = str(Event.objects.get(kind="self_test").data)
    source = linked.control("GET", f"shops/{linked.shop['id']}/orders/{placed['id']}")["order"]
    customer = source["customer"]
    personal = [customer["email"], customer["billingaddress"]["last_name"], customer["billingaddress"]["street"]]
    for text in filter(None, personal):
        assert text not in page
        assert text not in kept


def test_no_secret_is_kept_or_shown(client: Client, linked: Linked) -> None:
    run(client, linked)
    texts = [str(Event.objects.get(kind="self_test").data), client.get(address(linked) + ".html").text]
    for credential in Credential.objects.all():
        for secret in credential.secret.values():
            assert not any(str(secret) in text for text in texts)


def test_a_shop_without_orders_has_nothing_to_try(client: Client, linked: Linked) -> None:
    assert "Run the self-test again after the first order or invoice." in run(client, linked)


def test_it_stops_asking_after_a_while(client: Client, linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_test, "PATIENCE", -1)
    page = run(client, linked)
    assert "Not asked any more, since the answers took too long." in page
    assert bad(linked) == []


@pytest.mark.rule("R83", "R85", "R86", "R87", "R88")
def test_king_is_asked_for_what_orders_need(client: Client, sandbox: Sandbox, owner: User) -> None:
    sandbox.reset()
    king = link_king(sandbox.url, "order", books={"without": ["item_group", "order_type"]})
    Member.objects.create(integration=king.integration, user=owner)
    page = run(client, king)
    found = states(king)
    assert found["Item group 29"] == found["Order type webshoporder"] == "bad"
    assert found['Shipping method "Shipping Costs"'] == "unknown"
    assert found["Connected to administration Boeken"] == "good"
    assert "linked to order type webshoporder" in page


def test_it_is_out_of_date_after_a_change(client: Client, linked: Linked) -> None:
    run(client, linked)
    linked.configure(margin_scheme=True)
    assert "Settings or connections have changed since: run it again." in client.get(address(linked)).text


def test_without_settings_it_says_what_to_do_first(client: Client, linked: Linked, owner: User) -> None:
    Integration.objects.update(settings=None)
    assert "There are no settings yet. Fill them in first." in client.post(address(linked), follow=True).text
    assert not Event.objects.filter(kind="self_test").exists()


@pytest.mark.rule("R89")
def test_the_file_stands_on_its_own(client: Client, linked: Linked) -> None:
    assert client.get(address(linked) + ".html")["location"] == address(linked)
    run(client, linked)
    answer = client.get(address(linked) + ".html")
    assert answer["content-disposition"].startswith("attachment")
    text = html.unescape(answer.text)
    for part in ("Boeken", linked.integration.licence_key, "Self-test", "VAT settings", "Sales invoices", "Omzet"):
        assert part.lower() in text.lower(), part
    for outside in ("<script", "src=", "<link", "href=", "@import", "url("):
        assert outside not in answer.text


def test_a_stranger_finds_neither_result_nor_file(linked: Linked, stranger: Client) -> None:
    assert stranger.get(address(linked)).status_code == 404
    assert stranger.post(address(linked)).status_code == 404
    assert stranger.get(address(linked) + ".html").status_code == 404
    assert a_person("x@example.nl")


def settings_of(linked: Linked) -> dict[str, Any]:
    assert linked.integration.settings
    return settings_store.as_file(linked.integration.settings)
