"""The page of a document: why a line is booked as it is, the cents that were moved, what belongs to it, what the shop
sent, and what would be posted now."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounting import settings_store
from dashboard.documents.shop_and_books import explanations
from dashboard.documents.why_account import Why, labels_of, whys
from integrations import sales
from integrations.models import (
    Delivery,
    Document,
    Integration,
    Member,
    Payment,
    ReferenceList,
    Reversal,
    State,
    Ticket,
    TicketDocument,
    User,
)
from tests.webshop.ccvshop.orders import a_row
from tests.webshop.ccvshop.orders import an_order as a_shop_order

from .conftest import logged_in
from .test_queries import MOST, OF_THE_SESSION
from .world import NOON, SETTINGS, a_document, a_person, an_event, an_order

LINE = an_order("1").lines[0]
LISTS = {
    "vat_codes": [{"id": "4100200301", "name": "Verkoop 21%", "percentage": "21"}],
    "revenue_accounts": [{"id": "5464900002", "name": "Omzet webshop", "number": "8010"}],
}


def of(integration: Integration, sold: sales.SalesDocument, **fields: Any) -> Document:
    return a_document(integration, sold.number, mapped=sales.dump(sold), **fields)


def reasons(document: Document, sold: sales.SalesDocument) -> list[Why]:
    return list(whys(document, sold, labels_of(document)))


def with_lists(integration: Integration) -> None:
    for kind, rows in LISTS.items():
        ReferenceList.objects.create(administration=integration.administration, kind=kind, rows=rows)


def page_of(client: Client, document: Document, part: str = "") -> str:
    answer = client.get(f"/documents/{document.pk}/{part}")
    assert answer.status_code == 200
    return answer.text


def test_a_line_says_why_it_has_its_code_and_account(client: Client, integration: Integration) -> None:
    with_lists(integration)
    sold = an_order("2026-1")
    (why,) = reasons(of(integration, sold), sold)
    assert why.sale == "Delivery to Netherlands, 21%, goods"
    assert why.row == "Netherlands 21% in the VAT table, version 1 of the settings"
    assert why.codes == [("VAT code", "Verkoop 21%"), ("Ledger account", "8010 Omzet webshop")]
    assert (why.fallback, why.lacks) == ("", "")
    assert "8010 Omzet webshop" in page_of(client, Document.objects.get())


def test_costs_without_an_account_of_their_own_say_that_they_fall_back(integration: Integration) -> None:
    sold = replace(an_order("2026-1"), lines=(replace(LINE, type="shipping"),))
    (why,) = reasons(of(integration, sold), sold)
    assert why.fallback == "There is no account of its own for shipping costs, so the one for revenue is used."
    assert why.codes[1] == ("Ledger account", "5464900002")


@pytest.mark.parametrize(
    ("treatment", "words"),
    [
        (
            {"is_icp": True, "delivery_country": "DE"},
            "Delivery to a business in Germany (ICP): the VAT is reverse-charged",
        ),
        ({"is_international": True, "delivery_country": "CH"}, "Delivery to Switzerland, outside the EU: no VAT"),
        ({"is_marketplace": True}, "Sold through a marketplace, which pays the VAT"),
        ({"delivery_country": "DE"}, "Delivery to Germany"),
    ],
)
def test_whose_vat_is_due_is_told(integration: Integration, treatment: dict[str, Any], words: str) -> None:
    sold = replace(an_order("2026-1"), **treatment)
    (why,) = reasons(of(integration, sold), sold)
    assert why.sale.startswith(words)


def test_a_setting_that_is_missing_is_named_with_the_way_to_it(client: Client, integration: Integration) -> None:
    sold = replace(an_order("2026-1"), delivery_country="DE")
    document = of(integration, sold, state=State.ERROR)
    (why,) = reasons(document, sold)
    assert why.lacks == "The VAT table in version 1 of the settings has no VAT code for Germany 21%."
    assert f"/{integration.licence_key}/configuration/vat" in page_of(client, document)


def test_the_version_it_was_read_with_tells_why_and_not_the_one_in_use(integration: Integration) -> None:
    sold = an_order("2026-1")
    document = of(integration, sold)
    settings_store.save(integration, {**SETTINGS, "vat": []})
    (why,) = reasons(document, sold)
    assert why.codes[1] == ("Ledger account", "5464900002")


def test_a_moved_cent_is_told_in_words() -> None:
    moved = (sales.MovedCent(line=0, total="incl", amount=Decimal("0.01")),)
    (sentence,) = explanations(Document(), replace(an_order("1"), moved=moved))
    assert sentence == (
        "Rounded one by one, the lines add up to €120.99 and the shop charged €121.00. What the shop charged is what "
        "counts, so €0.01 was added to “Koffiemolen”."
    )


def test_moved_cents_of_vat_and_the_rounding_line_are_told_too() -> None:
    moved = tuple(sales.MovedCent(line=0, total="vat", amount=Decimal("-0.01")) for _ in range(2))
    sold = replace(an_order("1"), moved=moved, notes=("totals_other_way",))
    note, vat, rounding = explanations(Document(rounding_cents=-2), sold)
    assert "read the other way" in note
    assert "adds up to €21.02 and the shop counted €21.00" in vat
    assert "was changed by -€0.02" in vat
    assert "A rounding line of -€0.02" in rounding


def test_net_and_vat_of_the_shop_are_shown(client: Client, integration: Integration) -> None:
    shown = client.get(f"/documents/{a_document(integration, '1').pk}/").context["compared"]
    assert [(one.title, one.shop, one.books) for one in shown] == [
        ("Incl. VAT", 12100, 12100),
        ("Excl. VAT", 10000, None),
        ("VAT", 2100, None),
    ]


def a_sale(integration: Integration) -> tuple[Document, Document, Document]:
    """An order with its invoice, which is posted, and a credit invoice."""
    fields: dict[str, Any] = {"order_remote_id": "77", "sale": "77"}
    order = a_document(integration, "2026-1", State.SKIPPED, remote_id="77", reason="posted_as_invoice", **fields)
    invoice = a_document(integration, "F2026-12", kind="invoice", **fields)
    credit = a_document(integration, "F2026-13", kind="invoice", order_remote_id="77", is_credit=True)
    return order, invoice, credit


def test_an_order_and_its_invoices_lead_to_each_other(client: Client, integration: Integration) -> None:
    sale = a_sale(integration)
    a_document(integration, "2026-9", order_remote_id="78")
    for document in sale:
        others = client.get(f"/documents/{document.pk}/").context["connected"].others
        assert {other.pk for other in others} == {one.pk for one in sale} - {document.pk}
    page = page_of(client, sale[0])
    assert f'href="/documents/{sale[1].pk}/"' in page
    assert "Credit note" in page
    assert "in the books as VF-2026-0071" in page


def test_what_has_the_same_order_number_in_another_shop_does_not_belong_to_it(
    client: Client, integration: Integration, stranger: Client
) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    mine, theirs = (a_document(one, "1", order_remote_id="77", sale="77") for one in (integration, other))
    assert client.get(f"/documents/{mine.pk}/").context["connected"].others == []
    assert client.get(f"/documents/{theirs.pk}/").status_code == 404


def filled(integration: Integration, owner: User) -> Document:
    """A posted document of which there is everything: other documents, a payment, a ticket, a reversal, lists."""
    with_lists(integration)
    document = a_sale(integration)[1]
    now = timezone.now()
    Payment.objects.create(
        integration=integration, document=document, number="P-1", method="ideal", date=date(2026, 11, 12),
        amount_cents=12100, changed_at=now,
    )  # fmt: skip
    ticket = Ticket.objects.create(integration=integration, subject="Why?", changed_at=now)
    TicketDocument.objects.create(ticket=ticket, document=document)
    Reversal.objects.create(
        document=document, edition=1, user=owner, returns_to="error", outcome="countered", done_at=now,
        ledger_id="900100", ledger_number="VF-1", counter_id="900101", counter_number="VF-2",
        counter_url="https://app.rompslomp.nl/invoices/900101", words="wrong customer",
    )  # fmt: skip
    an_event(document, "processed_by", owner)
    return document


def test_payment_ticket_and_what_was_taken_back_are_there(
    client: Client, integration: Integration, owner: User
) -> None:
    document = filled(integration, owner)
    payment, page = page_of(client, document).split("Related")
    assert "P-1 · €121.00 · iDEAL" in payment
    assert f"/{integration.licence_key}/tickets/{Ticket.objects.get().pk}/" in page
    assert "Posting VF-1 was taken back by a counter-entry" in page
    assert 'href="https://app.rompslomp.nl/invoices/900101"' in page
    assert "By owner@example.nl: <q>wrong customer</q>." in page
    assert "Process the payment<" in payment
    assert "report-payment" not in payment


@pytest.mark.parametrize("state", [State.PROCESSED, State.ERROR])
def test_a_page_with_everything_asks_little(client: Client, integration: Integration, owner: User, state: str) -> None:
    document = filled(integration, owner)
    Document.objects.filter(pk=document.pk).update(state=state)
    Reversal.objects.update(document=a_document(integration, "other") if state == State.ERROR else document)
    page_of(client, document)
    for part in ("", "source"):
        with CaptureQueriesContext(connection) as captured:
            page_of(client, document, part)
        asked = [query["sql"] for query in captured if not OF_THE_SESSION.search(query["sql"])]
        assert len(asked) <= MOST, asked
        assert part or not [sql for sql in asked if '"integrations_document"."source"' in sql]


def test_what_the_shop_sent_is_shown_without_secrets(client: Client, integration: Integration) -> None:
    source = {"order": {"id": 1, "remark": "please ring", "api_secret": "s3cr3t", "customer": {"token": "t0k3n"}}}
    document = a_document(integration, "1", source=source)
    body = '{"id": 351, "customer_email": "a@b.nl", "key": "k3y"}'
    for number, sent in enumerate((body, "", "no JSON p4ss")):
        Delivery.objects.create(
            integration=integration, event="orders.created", kind="order", remote_id=document.remote_id,
            digest=str(number), body=sent, is_signed=bool(sent),
        )  # fmt: skip
    page = page_of(client, document, "source")
    assert "please ring" in page
    assert "a@b.nl" in page
    for secret in ("s3cr3t", "t0k3n", "k3y", "p4ss"):
        assert secret not in page
    assert "please ring" not in page_of(client, document)


def sourced(integration: Integration, state: str = State.ERROR, **fields: Any) -> Document:
    """A document with the JSON that a shop gives."""
    source = {"order": a_shop_order(), "orderrows": {"items": [a_row()]}}
    return a_document(integration, "2026-1042", state, source=source, **fields)


def ready(integration: Integration) -> None:
    """Settings that can post what the shop's JSON says."""
    settings_store.save(integration, SETTINGS | {"shop": SETTINGS["shop"] | {"start_date": "2020-01-01"}})
    integration.refresh_from_db()


def test_the_preview_shows_the_calls_that_would_be_made(client: Client, integration: Integration) -> None:
    ready(integration)
    with_lists(integration)
    answer = client.get(f"/documents/{sourced(integration).pk}/preview")
    titles = [call.title for call in answer.context["preview"].calls]
    assert titles[-2:] == ["Make the invoice", "Make the invoice final"]
    assert "Omzet webshop" in answer.text
    assert "/sales_invoices" in answer.text
    assert all(not problems for _label, problems in answer.context["preview"].checks)


def test_the_preview_says_which_check_fails(client: Client, integration: Integration) -> None:
    ready(integration)
    settings_store.save(integration, SETTINGS | {"vat": [], "shop": {"start_date": "2020-01-01"}})
    answer = client.get(f"/documents/{sourced(integration).pk}/preview")
    shown = answer.context["preview"]
    assert shown.calls == []
    assert "Like this nothing is posted" in answer.text
    assert {problem.code for problem in shown.problems} >= {"vat_setting_missing"}
    assert next(str(label) for label, problems in shown.checks if problems) == "Every line has a VAT code"


def test_the_preview_of_what_is_left_out_says_why(client: Client, integration: Integration) -> None:
    page = page_of(client, sourced(integration), "preview")
    assert "Dated before the start date" in page


def test_the_preview_of_a_posted_document_says_what_would_be_different(
    client: Client, integration: Integration
) -> None:
    ready(integration)
    document = sourced(integration, State.PROCESSED, settings_version=integration.settings)
    assert "Nothing: it would be posted the same way now." in page_of(client, document, "preview")
    vat = [{**row, "revenue": "5464900009"} for row in SETTINGS["vat"]]
    settings_store.save(integration, SETTINGS | {"vat": vat, "shop": {"start_date": "2020-01-01"}})
    page = page_of(client, document, "preview")
    assert "5464900002" in page
    assert "5464900009" in page
    assert "Ledger account of goods" in page


def test_there_is_no_preview_of_what_was_never_read(client: Client, integration: Integration) -> None:
    page = page_of(client, a_document(integration, "1", State.ERROR, mapped=None), "preview")
    assert "Nothing to go by yet" in page


@pytest.mark.parametrize("role", ["reader", "bookkeeper"])
def test_a_reader_sees_everything_and_presses_nothing(integration: Integration, role: str) -> None:
    person = a_person(f"{role}@example.nl")
    Member.objects.create(integration=integration, user=person, role=role)
    document = a_document(integration, "1", State.ERROR)
    browser = logged_in(person)
    for part in ("", "preview", "source"):
        page_of(browser, document, part)
    may = role == "bookkeeper"
    assert (f'action="/documents/{document.pk}/process"' in page_of(browser, document)) is may
    assert (browser.post(f"/documents/{document.pk}/process").status_code == 302) is may


@pytest.mark.rule("R409")
def test_the_number_in_the_books_can_be_copied_and_opened_there(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1")
    page = page_of(client, document)
    assert "<strong>VF-2026-0071</strong>" in page
    assert f'<code id="ledger-{document.pk}">900123</code>' in page
    assert f'data-copy="ledger-{document.pk}"' in page
    assert 'href="https://app.rompslomp.nl/invoices/900123"' in page


@pytest.mark.parametrize(
    ("state", "offered"),
    [(State.PROCESSED, {"undo", "report-problem"}), (State.ERROR, {"process", "skip", "report-problem"})],
)
def test_each_state_has_its_own_buttons(
    client: Client, integration: Integration, state: str, offered: set[str]
) -> None:
    page = page_of(client, a_document(integration, "1", state))
    buttons = {name for name in ("undo", "skip", "process", "report-problem") if f'id="{name}"' in page}
    assert buttons == offered


def test_a_document_without_a_number_is_named_by_its_id(client: Client, integration: Integration) -> None:
    document = a_document(integration, "", State.ERROR, mapped=None, date=None)
    page = page_of(client, document)
    assert f"<title>Order {document.remote_id}" in page
    assert "its number could not be read" in page


def test_a_posting_that_is_being_taken_back_keeps_the_page_up_to_date(
    client: Client, integration: Integration, owner: User
) -> None:
    document = a_document(integration, "1")
    assert client.get(f"/documents/{document.pk}/").context["is_live"] is False
    Reversal.objects.create(document=document, edition=1, user=owner, returns_to="error", ledger_id="900123")
    answer = client.get(f"/documents/{document.pk}/")
    assert answer.context["is_live"] is True
    Reversal.objects.update(outcome="deleted", done_at=NOON)
    asked = {"seen": answer.context["stamp"]}
    assert client.get(f"/documents/{document.pk}/", asked, headers={"hx-request": "true"}).status_code == 200


def test_what_stands_above_a_document_is_kept_up_to_date_with_it(
    client: Client, integration: Integration, owner: User
) -> None:
    document = a_document(integration, "1")
    Reversal.objects.create(document=document, edition=1, user=owner, returns_to="error", ledger_id="900123")
    page = client.get(f"/documents/{document.pk}/").text
    taken_along = re.search('hx-select-oob="([^"]+)"', page)
    assert taken_along
    parts = taken_along[1].split(",")
    assert parts == ["#messages", "#glance", "#dots", "#tabs"]
    assert all(page.count(f'id="{part[1:]}"') == 1 for part in parts)
