"""Find my order in the shop itself: where it is and why it is not here, and taking it in."""

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from integrations.models import Delivery, Document, Event, Integration, Member, State, User
from tests.conftest import Sandbox
from tests.linked import Linked, link
from webshop import finding

from .conftest import logged_in
from .world import a_person


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    """A shop and books that run. Nothing of it has arrived."""
    sandbox.reset()
    cache.clear()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


def asked(client: Client, linked: Linked, number: str) -> tuple[list[str], str]:
    """The sentences about what the shop has, and the page."""
    answer = client.post(f"/{linked.integration.licence_key}/search/shop", {"q": number})
    assert answer.status_code == 200
    page = html.unescape(answer.text)
    return [one.words for one in answer.context.get("in_shop") or ()], page


def take(client: Client, linked: Linked, what: str) -> Any:
    form = {"q": "2026-1", "take": what}
    return client.post(f"/{linked.integration.licence_key}/search/shop", form)


def number_of(order: dict[str, Any]) -> str:
    return str(order["number"])


@pytest.mark.rule("R414")
def test_a_paid_order_whose_message_was_lost_is_found_and_taken_in(client: Client, linked: Linked) -> None:
    order = linked.place_kind("simple")
    (words,), page = asked(client, linked, f"#{number_of(order)} ")
    assert words == (
        f"Order {number_of(order)} is in the shop and should be here, but the shop never told us about it."
    )
    (what,) = re.findall(r'name="take" value="([^"]+)"', page)
    assert not Document.objects.exists()
    assert not Delivery.objects.exists()
    answer = take(client, linked, what)
    assert "being read from the shop" in client.get(answer["location"]).text
    linked.work()
    assert linked.document(order["id"]).state == State.PROCESSED
    assert len(linked.ledger()) == 1
    assert Event.objects.get(kind="taken_in").user
    assert asked(client, linked, number_of(order))[0][0].startswith(f"Order {number_of(order)} is in the books as ")


@pytest.mark.rule("R414")
def test_an_order_that_is_not_paid_cancelled_or_too_old_is_told_so(client: Client, linked: Linked) -> None:
    order = linked.place_kind("unpaid")
    (words,), page = asked(client, linked, number_of(order))
    assert "is in the shop and is not paid yet" in words
    assert 'name="take"' in page
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{order['id']}", {"status": 8})
    (words,), page = asked(client, linked, number_of(order))
    assert "was cancelled there" in words
    assert 'name="take"' not in page
    linked.configure(shop={"start_date": "2099-01-01"})
    (words,), page = asked(client, linked, number_of(order))
    assert "before the start date, 1\xa0Jan\xa02099" in words
    assert 'name="take"' not in page


def test_while_invoices_are_posted_an_order_is_told_by_its_invoice(client: Client, linked: Linked) -> None:
    linked.process("invoices")
    order = linked.place_kind("simple")
    (words,), page = asked(client, linked, number_of(order))
    assert "the shop has made none of it yet" in words
    assert 'name="take"' not in page
    invoice = linked.place_invoice(order["id"])
    for number in (number_of(order), invoice["invoicenumber_full"]):
        (of_order, of_invoice), page = asked(client, linked, number)
        assert "so it is its invoice that counts" in of_order
        assert of_invoice.startswith(f"Invoice {invoice['invoicenumber_full']} is in the shop and should be here")
        assert re.findall(r'name="take" value="([^"]+)"', page) == [f"invoice-{invoice['id']}"]


def test_while_orders_are_posted_an_invoice_is_told_by_its_order(client: Client, linked: Linked) -> None:
    document = linked.post("simple")
    linked.place_invoice(int(document.remote_id))
    linked.place_invoice(int(document.remote_id), type="credit")
    first, second, third = asked(client, linked, document.number)[0]
    assert first.startswith(f"Order {document.number} is in the books as ")
    assert "so it is its order that counts" in second
    assert "and no credit notes" in third


def test_what_waits_for_a_look_is_told_so(client: Client, linked: Linked) -> None:
    order = linked.place_kind("simple")
    linked.deliver(order["id"])
    Delivery.objects.update(reason="shop_busy")
    (words,), page = asked(client, linked, number_of(order))
    assert "a message about it waits here. The shop asked us to slow down." in words
    assert 'name="take"' not in page


def test_a_number_of_another_year_is_not_taken_for_it(client: Client, linked: Linked) -> None:
    order = linked.place_kind("simple")
    digits = number_of(order).partition("-")[2]
    assert asked(client, linked, f"1999-{digits}")[0] == []
    assert len(asked(client, linked, digits)[0]) == 1


@pytest.mark.parametrize("wanted", ["Jansen", "a@b.nl", "", "2026-99999", "9" * 99, "%00", "x" * 500])
def test_what_the_shop_does_not_have_is_told_so(client: Client, linked: Linked, wanted: str) -> None:
    linked.place_kind("simple")
    words, page = asked(client, linked, wanted)
    assert words == []
    assert not wanted or "The shop has no order or invoice with this number" in page


def test_a_shop_that_can_not_be_asked_is_told_in_words(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", path="/orders", times=3)
    words, page = asked(client, linked, "2026-1")
    assert words == []
    assert "The shop did not answer in time. Try again in a minute." in page
    linked.integration.credentials.filter(side="shop").delete()
    assert "Open the app again in its App Store" in asked(client, linked, "2026-1")[1]


def test_the_shop_is_not_asked_without_end(client: Client, linked: Linked) -> None:
    for _ in range(finding.MOST_A_MINUTE):
        assert "so many questions a minute" not in asked(client, linked, "2026-1")[1]
    assert "The shop allows only so many questions a minute." in asked(client, linked, "2026-1")[1]


def test_only_what_is_not_here_and_is_posted_is_taken_in(client: Client, linked: Linked) -> None:
    document = linked.post("simple")
    Delivery.objects.all().delete()
    for what in (f"order-{document.remote_id}", "invoice-77", "order-0", "order-x", "x", "-", "order-" + "9" * 40):
        assert take(client, linked, what).status_code == 302
    Integration.objects.update(status="stopped")
    take(client, linked, "order-77")
    assert not Delivery.objects.exists()


def test_taking_in_twice_asks_once(client: Client, linked: Linked) -> None:
    for _ in range(2):
        take(client, linked, "order-77")
    assert Delivery.objects.get().remote_id == "77"
    address = take(client, linked, "order-77")["location"]
    linked.work()
    assert not Document.objects.exists()
    assert "nothing came of it" in client.get(address).text


def test_a_reader_looks_and_takes_nothing_in(linked: Linked) -> None:
    person = a_person("reader@example.nl")
    Member.objects.create(integration=linked.integration, user=person, role="reader")
    browser, order = logged_in(person), linked.place_kind("simple")
    (words,), page = asked(browser, linked, number_of(order))
    assert "should be here" in words
    assert 'name="take"' not in page
    assert "may fetch it" in page
    assert take(browser, linked, f"order-{order['id']}").status_code == 403
    assert not Delivery.objects.exists()


def test_a_stranger_asks_nothing(stranger: Client, linked: Linked) -> None:
    for form in ({"q": "1"}, {"q": "1", "take": "order-1"}):
        answer = stranger.post(f"/{linked.integration.licence_key}/search/shop", form)
        assert answer.status_code == 404
    assert not Delivery.objects.exists()
