"""The setting that a group lacks, filled in on the Errors tab: saving it processes the whole group."""

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounting import settings_store
from integrations.models import Document, Event, Integration, Member, ProcessRun, ReferenceList, Role, State, User
from integrations.problems import Problem
from tests.conftest import Sandbox
from tests.linked import Linked, link
from webshop import runs, tasks

from .conftest import logged_in
from .test_payment_methods import a_contact
from .vat_page import with_codes

pytestmark = pytest.mark.django_db(transaction=True)

GERMANY = Problem("vat_setting_missing", country="DE", rate="19").cause


@pytest.fixture
def linked(sandbox: Sandbox, owner: User, settings: Any) -> Linked:
    """A shop that sells to Germany with 19%, for which the VAT table has no row."""
    sandbox.reset()
    cache.clear()
    settings.CCVSHOP_GETS_PER_MINUTE = 0
    made = link(sandbox.url, shop={"gets_per_minute": 0})
    Member.objects.create(integration=made.integration, user=owner)
    assert made.integration.settings
    rows = settings_store.as_file(made.integration.settings)["vat"]
    made.configure(vat=[row for row in rows if row["country"] != "DE"])
    return made


def sell(linked: Linked, count: int) -> list[int]:
    """Orders from Germany of 10.01, 10.02, 10.03 … incl. VAT, which get stuck."""
    customer = {"deliveryaddress": {"country_code": "DE", "street": "Weg", "city": "Bonn", "zipcode": "53111"}}
    ids = []
    for number in range(count):
        rows = [{"price": float(Decimal("10.01") + number * Decimal("0.01")), "tax": 19, "count": 1}]
        ids.append(linked.place(order={"customer": customer}, orderrows=rows, paid=True)["order"]["id"])
    linked.deliver(*ids)
    work(linked)
    assert set(Document.objects.values_list("state", "cause")) == {(State.ERROR, GERMANY)}
    return ids


def work(linked: Linked) -> None:
    """Until there is nothing to do."""
    while linked.integration.administration_id in tasks.with_work():
        linked.work()


def code_of(linked: Linked) -> str:
    return str(linked.books["vat"]["DE 19"])


def account_of(linked: Linked) -> str:
    return str(linked.books["revenue"]["webshop"])


def page_of(client: Client, linked: Linked) -> str:
    """The Errors tab, once the lists of the books were read, as the pages of Configuration do."""
    client.get(f"/{linked.integration.licence_key}/configuration/vat")
    return client.get(f"/{linked.integration.licence_key}/errors/").text


def fields(page: str) -> dict[str, str]:
    """What a browser sends of the first form that asks for a setting."""
    form = page[page.index('class="fill') :].split("</form>")[0]
    inputs = [dict(re.findall(r'([a-z-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input [^>]*>", form)]
    return {one["name"]: html.unescape(one.get("value", "")) for one in inputs}


def named(data: dict[str, str], name: str) -> str:
    return next(key for key in data if key.endswith(f"-{name}"))


def save(client: Client, linked: Linked, data: dict[str, str], **typed: str) -> Any:
    data = data | {named(data, name): value for name, value in typed.items()}
    return client.post(f"/{linked.integration.licence_key}/errors/group/setting", data, follow=True)


def row_of(linked: Linked) -> dict[str, str]:
    linked.integration.refresh_from_db()
    assert linked.integration.settings
    rows = settings_store.as_file(linked.integration.settings)["vat"]
    return next((row for row in rows if (row["country"], row["rate"]) == ("DE", "19")), {})


def heal(client: Client, linked: Linked, count: int) -> None:
    """So many documents get stuck on one missing row, which is filled in on the Errors tab: each is posted once."""
    sell(linked, count)
    page = page_of(client, linked)
    assert "There is no VAT setting for Germany with 19%." in page
    assert f"{count} documents" in page
    answer = save(client, linked, fields(page), vat_code=code_of(linked), revenue=account_of(linked))
    run = ProcessRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"/{linked.integration.licence_key}/errors/runs/{run.pk}/"
    assert f"Processing: 0 of {count} documents done." in answer.text
    work(linked)
    assert f"Done: all {count} documents." in client.get(answer.redirect_chain[-1][0]).text
    posted = sorted(Decimal(invoice["price_with_vat"]) for invoice in linked.ledger())
    assert posted == [Decimal("10.01") + number * Decimal("0.01") for number in range(count)]
    assert {document.state for document in Document.objects.all()} == {State.PROCESSED}


@pytest.mark.rule("R68", "R395", "R406")
def test_a_group_is_healed_by_filling_in_one_row(client: Client, linked: Linked) -> None:
    """More of them than are taken up at once; ``tests/soak`` does it with 500."""
    heal(client, linked, runs.SHARE + 10)


def test_what_is_proposed_is_saved_by_a_person_alone(client: Client, linked: Linked) -> None:
    sell(linked, 1)
    with_codes(linked, ("hoog", "21.00"), ("OSS Duitsland 19%", "19.00"))
    page = client.get(f"/{linked.integration.licence_key}/errors/").text
    assert "This is a suggestion." in page
    data = fields(page)
    assert data[named(data, "vat_code")] == "OSS Duitsland 19%"
    assert not row_of(linked)
    save(client, linked, data)
    assert row_of(linked)["vat_code"] == "12"
    assert row_of(linked)["revenue"] == account_of(linked)


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(client: Client, linked: Linked) -> None:
    sell(linked, 1)
    answer = save(client, linked, fields(page_of(client, linked)), vat_code="hoogst", revenue="")
    assert "Not found in the VAT codes of Rompslomp." in answer.text
    assert "Choose a revenue account." in answer.text
    assert 'value="hoogst"' in answer.text
    assert not row_of(linked)
    assert not ProcessRun.objects.exists()


def test_a_code_of_another_percentage_is_asked_about_once(client: Client, linked: Linked) -> None:
    sell(linked, 1)
    with_codes(linked, ("hoog", "21.00"), ("OSS", "19.00"))
    data = fields(client.get(f"/{linked.integration.licence_key}/errors/").text)
    answer = save(client, linked, data, vat_code="hoog")
    assert "This VAT code is one of 21%, the row is 19%." in answer.text
    assert not row_of(linked)
    save(client, linked, fields(answer.text))
    assert row_of(linked)["vat_code"] == "11"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(client: Client, linked: Linked) -> None:
    sell(linked, 1)
    data = fields(page_of(client, linked))
    assert linked.integration.settings
    rows = settings_store.as_file(linked.integration.settings)["vat"]
    linked.configure(margin_scheme=True, vat=[*rows, {"country": "DE", "rate": "19", "revenue": "78"}])
    answer = save(client, linked, data, vat_code=code_of(linked))
    assert "somebody else saved the settings meanwhile" in answer.text
    assert "In the settings now: VAT code none, revenue account 78" in answer.text
    assert row_of(linked)["vat_code"] == ""
    again = fields(answer.text)
    assert again[named(again, "vat_code")] == code_of(linked)
    save(client, linked, again)
    assert row_of(linked)["vat_code"] == code_of(linked)
    assert linked.integration.settings
    assert settings_store.as_file(linked.integration.settings)["margin_scheme"] is True


def test_a_row_that_is_there_keeps_its_other_accounts(client: Client, linked: Linked) -> None:
    assert linked.integration.settings
    rows = settings_store.as_file(linked.integration.settings)["vat"]
    linked.configure(vat=[*rows, {"country": "DE", "rate": "19", "shipping": "77", "revenue": "78"}])
    sell(linked, 1)
    data = fields(page_of(client, linked))
    assert data[named(data, "revenue")].startswith("78")
    save(client, linked, data, vat_code=code_of(linked), revenue=account_of(linked))
    assert (row_of(linked)["shipping"], row_of(linked)["revenue"]) == ("77", account_of(linked))


def test_a_reader_sees_the_group_and_changes_nothing(linked: Linked) -> None:
    sell(linked, 1)
    person = User.objects.create_user(username="r@example.nl", email="r@example.nl", password="koffie")
    Member.objects.create(integration=linked.integration, user=person, role=Role.READER)
    browser = logged_in(person)
    page = browser.get(f"/{linked.integration.licence_key}/errors/").text
    assert "There is no VAT setting for Germany with 19%." in page
    assert "group/setting" not in page
    for address in ("setting", "process"):
        answer = browser.post(f"/{linked.integration.licence_key}/errors/group/{address}", {"cause": GERMANY})
        assert answer.status_code == 403
    assert not ProcessRun.objects.exists()


def test_a_customer_without_an_address_gets_a_fixed_debtor(client: Client, linked: Linked) -> None:
    order = linked.place(
        order={"customer": {"email": ""}, "paymethod": "contant"}, orderrows=[{"price": 10, "tax": 21}], paid=True
    )["order"]
    linked.deliver(order["id"])
    work(linked)
    document = Document.objects.get()
    assert document.reason == "customer_email_missing"
    contact = a_contact(linked, "Kassa")
    page = client.get(f"/{linked.integration.licence_key}/errors/").text
    answer = save(client, linked, fields(page), debtor="Kassa")
    assert ProcessRun.objects.exists(), answer.text
    work(linked)
    document.refresh_from_db()
    assert document.state == State.PROCESSED
    (invoice,) = linked.ledger()
    assert invoice["contact_id"] == contact["id"]
    kept = ReferenceList.objects.get(administration=linked.integration.administration, kind="debtors")
    assert [row["full_name"] for row in kept.rows] == ["Kassa"]


def test_saving_in_a_stopped_integration_processes_nothing(client: Client, linked: Linked) -> None:
    sell(linked, 1)
    data = fields(page_of(client, linked))
    Integration.objects.update(status=Integration.Status.STOPPED)
    answer = save(client, linked, data, vat_code=code_of(linked))
    assert "Not processed: This licence is stopped." in answer.text
    assert not ProcessRun.objects.exists()
    assert row_of(linked)


def test_the_run_tells_how_far_it_is_and_what_is_stuck_again(client: Client, linked: Linked, owner: User) -> None:
    ids = sell(linked, 2)
    page = client.post(f"/{linked.integration.licence_key}/errors/group/process", {"cause": GERMANY}, follow=True)
    run = ProcessRun.objects.get()
    assert "every 2s" in page.text
    assert "Refresh" in page.text
    errors = client.get(f"/{linked.integration.licence_key}/errors/").text
    assert "Processing: 0 of 2 documents done." in errors
    work(linked)
    address = f"/{linked.integration.licence_key}/errors/runs/{run.pk}/"
    fragment = client.get(address, headers={"hx-request": "true"}).text
    assert "0 of 2 done, 2 stuck again." in fragment
    assert "every 2s" not in fragment
    assert "<html" not in fragment
    found = runs.progress_of(linked.integration, run.pk)
    assert found
    assert found.stuck == len(ids)
    assert set(Event.objects.filter(kind="processed_by").values_list("user", flat=True)) == {owner.pk}
