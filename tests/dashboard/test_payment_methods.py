"""The page on which payment methods get a fixed debtor, or a clearing account."""

import html
import re
from typing import Any

import pytest
import requests
from django.core.cache import cache
from django.test import Client

from accounting import settings_store
from integrations.models import Integration, Member, State, User
from tests.conftest import Sandbox
from tests.king import King, link_king
from tests.linked import Linked, link

from .forms import sent

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    sandbox.reset()
    cache.clear()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


@pytest.fixture
def king(sandbox: Sandbox, owner: User) -> King:
    """Books with three debtors, one of them blocked."""
    sandbox.reset()
    cache.clear()
    debtors = [
        {"ZKSL": "ideal", "NAAM": "Webshop iDEAL", "PLAATS": "Utrecht"},
        {"ZKSL": "paypal", "NAAM": "Webshop PayPal", "PLAATS": "Arnhem"},
        {"ZKSL": "oud", "NAAM": "Webshop oud", "PLAATS": "Breda", "BLOK": "J"},
    ]
    made = link_king(sandbox.url, books={"debtors": debtors})
    Member.objects.create(integration=made.integration, user=owner)
    return made


def a_contact(linked: Linked, name: str) -> dict[str, Any]:
    """A debtor in Rompslomp that somebody made there by hand."""
    body = {"contact": {"company_name": name, "is_individual": False, "city": "Utrecht"}}
    return dict(ask_rompslomp(linked, "contacts", body)["contact"])


def ask_rompslomp(linked: Linked, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {linked.books['token']['access_token']}"}
    answer = requests.post(
        f"{linked.url}/api/v1/companies/{linked.company}/{path}", json=body, headers=headers, timeout=9
    )
    answer.raise_for_status()
    return answer.json()


class Methods:
    """The page as a person has it before them."""

    def __init__(self, client: Client, integration: Integration) -> None:
        self.client, self.integration = client, integration
        self.address = f"/{integration.licence_key}/configuration/payment-methods"
        self.take(client.get(self.address))

    def take(self, answer: Any) -> None:
        self.answer, self.text = answer, html.unescape(answer.text)
        self.data = sent(answer.text)

    def prefix(self, method: str) -> str:
        return next(name for name, value in self.data.items() if value == method).removesuffix("-method")

    def field(self, method: str, column: str = "debtor") -> str:
        return self.data[f"{self.prefix(method)}-{column}"]

    def fill(self, method: str, text: str, column: str = "debtor") -> None:
        self.data[f"{self.prefix(method)}-{column}"] = text

    def save(self, **more: str) -> None:
        """Save; also where the page asks whether what follows from it is meant."""
        answer = self.client.post(self.address, self.data | more, follow=True)
        context = answer.context
        if "proposed" in context:
            review = self.address.replace("payment-methods", "review")
            held = {"proposed": context["proposed"], "version": context["version"]}
            answer = self.client.post(review, held, follow=True)
        self.integration.refresh_from_db()
        self.answer, self.text = answer, html.unescape(answer.text)


def stored(integration: Integration) -> dict[str, dict[str, str]]:
    assert integration.settings
    return {row["method"]: row for row in settings_store.as_file(integration.settings)["payment_methods"]}


def test_the_methods_of_the_shop_are_there_and_what_counts_without_a_row_is_said(
    client: Client, linked: Linked
) -> None:
    linked.configure(payment_methods=[{"method": "Oude methode", "debtor": "77"}])
    page = Methods(client, linked.integration)
    methods = [value for name, value in page.data.items() if name.endswith("-method")]
    assert "DemoPSP-iDEAL" in methods
    assert methods.count("BankTransfer") == 1
    assert "banktransfer" not in methods
    assert methods[-6:] == ["ideal", "paypal", "afterpay", "mistercash", "creditcard", "default"]
    assert "If empty, what is set for “ideal” counts." in page.text
    assert "with “mister + cash” in their name." in page.text
    assert "Other payment methods" in page.text
    assert "Oude methode" in methods
    assert "Not in the list of the shop (any more)" in page.text


@pytest.mark.rule("R127", "R128", "R129")
def test_a_debtor_is_found_by_name_and_takes_every_document_of_the_method(client: Client, linked: Linked) -> None:
    contact = a_contact(linked, "Webshop iDEAL")
    page = Methods(client, linked.integration)
    page.fill("DemoPSP-iDEAL", "webshop ideal")
    page.save()
    assert stored(linked.integration)["DemoPSP-iDEAL"]["debtor"] == str(contact["id"])
    assert linked.post().state == State.PROCESSED
    assert [invoice["contact_id"] for invoice in linked.ledger()] == [contact["id"]]
    assert [one["id"] for one in linked.ledger("contacts")] == [contact["id"]]


@pytest.mark.rule("R127")
def test_the_name_of_the_chosen_debtor_is_shown_without_asking_again(
    client: Client, linked: Linked, sandbox: Sandbox
) -> None:
    contact = a_contact(linked, "Webshop iDEAL")
    page = Methods(client, linked.integration)
    page.fill("ideal", contact["contact_number"])
    page.save()
    assert "Webshop iDEAL, Utrecht" in page.text
    before = sandbox.counters()
    page = Methods(client, linked.integration)
    assert page.field("ideal") == f"{contact['contact_number']} Webshop iDEAL, Utrecht"
    page.save()
    searched = [path for path in sandbox.counters() if path.endswith("/contacts")]
    assert all(sandbox.counters()[path] == before[path] for path in searched)
    assert stored(linked.integration)["ideal"]["debtor"] == str(contact["id"])


@pytest.mark.rule("R127")
def test_of_several_debtors_one_is_picked_with_nothing_lost(client: Client, king: King) -> None:
    page = Methods(client, king.integration)
    page.fill("ideal", "Webshop")
    page.fill("paypal", "webshop paypal")
    answer = client.post(page.address, page.data)
    text = html.unescape(answer.text)
    assert "More than one debtor is found. Choose one below" in text
    offered = re.findall(r'<input type="radio" name="([^"]+)" value="(\d+)"> ([^<]+)<', text)
    assert [label for _, _, label in offered] == ["13317 Webshop iDEAL, Utrecht", "13318 Webshop PayPal, Arnhem"]
    assert 'value="webshop paypal"' in text
    assert stored(king.integration) == {}
    page.save(**{offered[0][0]: offered[0][1]})
    assert {name: row["debtor"] for name, row in stored(king.integration).items()} == {
        "ideal": "13317",
        "paypal": "13318",
    }


@pytest.mark.parametrize("wanted", ["Webshop oud", "13319", "99999", "nobody"])
def test_a_blocked_or_unknown_debtor_is_an_error_beside_the_field(client: Client, king: King, wanted: str) -> None:
    page = Methods(client, king.integration)
    page.fill("default", wanted)
    page.save()
    assert "No debtor found in King / iMUIS. Type its number, or a part of its name." in page.text
    assert f'value="{wanted}"' in page.text
    assert stored(king.integration) == {}


def test_a_number_is_taken_for_the_debtor_of_exactly_that_number(client: Client, king: King) -> None:
    page = Methods(client, king.integration)
    page.fill("default", "13318")
    page.save()
    assert stored(king.integration)["default"]["debtor"] == "13318"
    assert "Webshop PayPal, Arnhem" in page.text


@pytest.mark.rule("R127")
def test_a_part_of_a_name_or_number_is_offered_and_never_taken_even_where_only_one_has_it(
    client: Client, linked: Linked
) -> None:
    contact = a_contact(linked, "Webshop iDEAL")
    for text in ("e", "webshop", contact["contact_number"][-3:]):
        page = Methods(client, linked.integration)
        page.fill("ideal", text)
        page.save()
        assert "Is this the debtor that you mean?" in page.text
        assert stored(linked.integration) == {}
    (offered,) = re.findall(r'<input type="radio" name="([^"]+)" value="(\d+)">', page.text)
    page.save(**{offered[0]: offered[1]})
    assert stored(linked.integration)["ideal"]["debtor"] == str(contact["id"])


@pytest.mark.parametrize("field", ["id", "contact_number", "name"])
def test_a_whole_number_or_name_is_taken_for_the_one_debtor_that_has_it(
    client: Client, linked: Linked, field: str
) -> None:
    contact = a_contact(linked, "Webshop iDEAL")
    a_contact(linked, "Webshop iDEAL Belgie")
    page = Methods(client, linked.integration)
    page.fill("ideal", str(contact[field]))
    page.save()
    assert stored(linked.integration)["ideal"]["debtor"] == str(contact["id"])


def test_one_name_of_two_debtors_is_chosen_from(client: Client, linked: Linked) -> None:
    a_contact(linked, "Webshop iDEAL")
    a_contact(linked, "Webshop iDEAL")
    page = Methods(client, linked.integration)
    page.fill("ideal", "Webshop iDEAL")
    page.save()
    assert "More than one debtor is found." in page.text
    assert stored(linked.integration) == {}


def test_an_empty_field_takes_the_debtor_away_but_a_row_that_was_empty_before_stays(
    client: Client, linked: Linked
) -> None:
    """An empty row keeps a method out of its group: it was put there on purpose, in a file."""
    linked.configure(payment_methods=[{"method": "ideal", "debtor": "77"}, {"method": "DemoPSP-PayPal"}])
    page = Methods(client, linked.integration)
    page.fill("ideal", "")
    page.save()
    assert list(stored(linked.integration)) == ["DemoPSP-PayPal"]


def test_books_out_of_reach_are_said_beside_the_field_and_nothing_is_lost(
    client: Client, linked: Linked, sandbox: Sandbox
) -> None:
    page = Methods(client, linked.integration)
    page.fill("ideal", "Webshop")
    sandbox.fault(kind="503", path="/contacts", times=5)
    page.save()
    assert "Rompslomp can't be reached just now, so this debtor was not looked up." in page.text
    assert 'value="Webshop"' in page.text
    assert stored(linked.integration) == {}


@pytest.mark.parametrize(
    ("fault", "words"),
    [("503", "so this debtor was not looked up."), ("expired_token", "does not let us in any more.")],
)
def test_after_one_look_up_in_vain_the_books_are_not_asked_for_the_other_rows(
    client: Client, linked: Linked, sandbox: Sandbox, fault: str, words: str
) -> None:
    def calls_with(*methods: str) -> int:
        page = Methods(client, linked.integration)
        for method in methods:
            page.fill(method, f"Webshop {method}")
        before = sum(sandbox.counters().values())
        page.save()
        assert page.text.count(words) == len(methods)
        return sum(sandbox.counters().values()) - before

    sandbox.fault(kind=fault, path="/contacts", times=50)
    assert calls_with("ideal") == calls_with("ideal", "paypal", "default")


def test_rows_that_a_browser_does_not_send_are_no_reason_to_break(client: Client, linked: Linked) -> None:
    linked.configure(payment_methods=[{"method": "ideal", "debtor": "77"}])
    page = Methods(client, linked.integration)
    total = {"row-TOTAL_FORMS": "1", "row-INITIAL_FORMS": "0"}
    for row in ({}, {"row-0-method": "", "row-0-debtor": ""}, {"row-0-debtor": "77"}):
        answer = client.post(page.address, total | row)
        assert answer.status_code == 200
        assert "Not saved yet" in answer.text
    assert client.post(page.address, {}).status_code == 200
    assert stored(linked.integration)["ideal"]["debtor"] == "77"


def test_a_shop_out_of_reach_is_said_and_what_was_set_stays(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    linked.configure(payment_methods=[{"method": "DemoPSP-iDEAL", "debtor": "77"}])
    sandbox.fault(kind="503", path="/paymethods", times=5)
    page = Methods(client, linked.integration)
    assert "the payment methods of the shop itself are missing below" in page.text
    page.save()
    assert stored(linked.integration)["DemoPSP-iDEAL"]["debtor"] == "77"


@pytest.mark.rule("R130", "R132")
def test_icp_gets_the_customers_own_debtor_and_the_page_says_so(client: Client, linked: Linked) -> None:
    contact = a_contact(linked, "Webshop iDEAL")
    page = Methods(client, linked.integration)
    assert "ICP never goes to a fixed debtor" in page.text
    for method in ("DemoPSP-iDEAL", "default"):
        page.fill(method, "webshop ideal")
    page.save()
    document = linked.post("icp")
    assert document.state == State.PROCESSED
    (invoice,) = linked.ledger()
    assert invoice["contact_id"] != contact["id"]
    assert len(linked.ledger("contacts")) == 2


@pytest.mark.rule("R133")
def test_with_payments_each_method_gets_an_account_of_rompslomps_kind_for_that(client: Client, linked: Linked) -> None:
    linked.configure(payments=True)
    page = Methods(client, linked.integration)
    offered = re.findall(r'<option value="([^"]+)">', page.text.partition('id="payment_accounts"')[2])
    mollie = next(label for label in offered if "Mollie" in label)
    assert not any("Omzet" in label for label in offered)
    page.fill("DemoPSP-iDEAL", "Omzet", "clearing_account")
    page.save()
    assert "Not found in the payment method accounts of Rompslomp." in page.text
    page = Methods(client, linked.integration)
    page.fill("DemoPSP-iDEAL", mollie, "clearing_account")
    page.save()
    assert stored(linked.integration)["DemoPSP-iDEAL"]["clearing_account"].isdigit()


@pytest.mark.rule("R134")
def test_with_payments_fixed_debtors_are_closed_and_kept(client: Client, linked: Linked) -> None:
    linked.configure(payments=True, payment_methods=[{"method": "ideal", "debtor": "77"}])
    page = Methods(client, linked.integration)
    assert "While payments are posted, fixed debtors are not used" in page.text
    assert not [name for name in page.data if name.endswith("-debtor")]
    page.data[page.prefix("ideal") + "-debtor"] = "78"
    page.save()
    assert stored(linked.integration)["ideal"]["debtor"] == "77"


@pytest.mark.rule("R101")
def test_before_the_administration_is_chosen_nothing_can_be_set(client: Client, linked: Linked) -> None:
    page = Methods(client, linked.integration)
    Integration.objects.update(administration=None)
    for answer in (client.get(page.address), client.post(page.address, page.data)):
        assert "Connect it and choose the administration first" in answer.text
        assert "row-0-debtor" not in answer.text
    assert stored(linked.integration) == {}


def test_who_comes_back_from_the_review_finds_everything_typed(client: Client, linked: Linked) -> None:
    page = Methods(client, linked.integration)
    page.fill("ideal", "still typing")
    page.take(client.post(page.address, page.data | {"back": "1"}))
    assert page.field("ideal") == "still typing"
    assert "Not saved yet" not in page.text
