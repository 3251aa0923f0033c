"""Payments have their own list under each tab, and are shown with their order or invoice."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from accounting import settings_store
from dashboard.mails import digests
from dashboard.payments import payments_export
from integrations.models import Integration, Payment, State

from .test_queries import MOST, queries
from .world import NOON, SETTINGS, a_document


def a_payment(integration: Integration, number: str, state: str, **fields: Any) -> Payment:
    """A payment of a posted document of its own."""
    values: dict[str, Any] = {
        "number": f"P-{number}", "method": "ideal", "date": date(2026, 11, 12), "amount_cents": 12100,
        "transaction_id": f"tr_{number}", "changed_at": NOON,
    }  # fmt: skip
    document = a_document(integration, number)
    return Payment.objects.create(integration=integration, document=document, state=state, **(values | fields))


def listed(client: Client, integration: Integration, name: str) -> Any:
    return client.get(f"/{integration.licence_key}/payments/?list={name}")


@pytest.mark.rule("R70")
def test_payments_can_be_reviewed_by_state(client: Client, integration: Integration) -> None:
    problem = {"code": "clearing_account_missing", "method": "ideal"}
    a_payment(integration, "2026-1", State.PROCESSED)
    a_payment(integration, "2026-2", State.ERROR, problems=[problem])
    a_payment(integration, "2026-3", State.OPEN)
    a_payment(integration, "2026-4", State.QUEUED, reason="books_busy", next_attempt_at=NOON)
    for name, numbers in (("report", ["2026-1"]), ("errors", ["2026-2"]), ("open", ["2026-4", "2026-3"])):
        answer = listed(client, integration, name)
        assert [payment.document.number for payment in answer.context["page"].rows] == numbers
        for payment in answer.context["page"].rows:
            assert f'href="/documents/{payment.document_id}/"' in answer.text
            assert payment.transaction_id in answer.text
    assert "It waits until its order or invoice is posted." in listed(client, integration, "open").text
    assert "The books asked us to slow down." in listed(client, integration, "open").text
    assert "iDEAL" in listed(client, integration, "errors").text


def test_the_tab_counts_stuck_payments_with_stuck_documents(client: Client, integration: Integration) -> None:
    a_payment(integration, "2026-1", State.ERROR)
    a_document(integration, "2026-2", State.ERROR)
    address = f"/{integration.licence_key}/errors/"
    for headers in ({}, {"hx-request": "true"}):
        page = client.get(address, headers=headers).text
        assert re.search(r'id="count-errors"[^>]*>2</span>', page)


@pytest.mark.rule("R70")
def test_a_payment_is_shown_on_its_document(client: Client, integration: Integration) -> None:
    payment = a_payment(integration, "2026-1", State.PROCESSED)
    page = client.get(f"/documents/{payment.document_id}/").text
    assert "P-2026-1 · €121.00 · iDEAL" in page


def test_there_is_a_way_to_them_where_there_are_any(client: Client, integration: Integration) -> None:
    address = f"/{integration.licence_key}/open/"
    assert "Payments (" not in client.get(address).text
    a_payment(integration, "2026-1", State.OPEN)
    way = f'href="/{integration.licence_key}/payments/?list=open">Payments (1)'
    before_filters, _, after = client.get(address).text.partition('class="above-list"')
    assert way in before_filters
    assert way not in after
    assert way in client.get(address, headers={"hx-request": "true"}).text


@pytest.mark.rule("R70")
@pytest.mark.parametrize(("tab", "state"), [("report", State.PROCESSED), ("errors", State.ERROR), ("open", State.OPEN)])
def test_each_tab_leads_to_its_own_list(client: Client, integration: Integration, tab: str, state: str) -> None:
    settings_store.save(integration, SETTINGS | {"payments": True})
    a_payment(integration, "2026-1", state)
    link = f"/{integration.licence_key}/payments/?list={tab}"
    assert f'href="{link}"' in client.get(f"/{integration.licence_key}/{tab}/").text
    assert client.get(link, headers={"hx-request": "true"}).text.strip() == "Payments (1)"


def test_there_is_a_way_to_them_where_they_are_posted(client: Client, integration: Integration) -> None:
    settings_store.save(integration, SETTINGS | {"payments": True})
    assert "Payments (0)" in client.get(f"/{integration.licence_key}/open/").text
    assert "its payment is added to the invoice there" in listed(client, integration, "report").text


@pytest.mark.parametrize("name", ["", "moon", "%00"])
def test_another_list_is_that_of_the_posted_ones(client: Client, integration: Integration, name: str) -> None:
    assert "No payment was posted" in listed(client, integration, name).text


def test_payments_of_others_are_not_shown(client: Client, integration: Integration, stranger: Client) -> None:
    other = Integration.objects.exclude(pk=integration.pk).get()
    a_payment(other, "2026-1", State.PROCESSED)
    assert listed(client, integration, "report").context["page"].rows == []
    assert listed(stranger, integration, "report").status_code == 404


def test_there_are_pages(client: Client, integration: Integration) -> None:
    for number in range(30):
        a_payment(integration, f"2026-{number}", State.PROCESSED)
    address = f"/{integration.licence_key}/payments/?list=report"
    first = client.get(address).context["page"]
    second = client.get(f"{address}&after={first.after}").context["page"]
    assert len({payment.pk for payment in first.rows + second.rows}) == 30
    assert queries(client, address) <= MOST


@pytest.mark.rule("R70")
def test_a_list_says_when_and_how_each_was_paid_and_where_it_is_booked(
    client: Client, integration: Integration
) -> None:
    paid = {"ledger_id": "900123", "ledger_number": "VF-2026-0071", "nights": 1}
    a_payment(integration, "2026-1", State.PROCESSED, **paid)
    a_payment(integration, "2026-2", State.PROCESSED, **paid, reason="already_paid")
    a_payment(integration, "2026-3", State.SKIPPED, reason="by_hand")
    page = listed(client, integration, "report").text
    for words in ("P-2026-1", "2026-1", "iDEAL", "tr_2026-1", "€121.00", "12\xa0Nov\xa02026", "VF-2026-0071"):
        assert words in page
    assert page.count("https://app.rompslomp.nl/invoices/900123") == 2
    assert page.count("It was paid in the books already, so nothing was added.") == 1
    assert "Skipped (1)" in page
    skipped = listed(client, integration, "skipped").text
    assert "until somebody presses Process" in skipped
    assert 'aria-label="Pages of Report"' in skipped


@pytest.mark.rule("R59")
@pytest.mark.parametrize(
    ("nights", "words", "other"),
    [
        (0, "We look for it again on two nights.", "Night 0"),
        (1, "Night 1 of 2: looked for, not found.", "It is not looked for"),
        (2, "Night 2 of 2: looked for, not found. It is not looked for by itself any more", "Night 1"),
    ],
)
def test_it_says_on_which_night_the_invoice_was_looked_for(
    client: Client, integration: Integration, nights: int, words: str, other: str
) -> None:
    problem = {"code": "invoice_not_found", "number": "VF-1"}
    fields = {"reason": "invoice_not_found", "problems": [problem], "nights": nights}
    payment = a_payment(integration, "2026-1", State.ERROR, **fields)
    for page in (listed(client, integration, "errors"), client.get(f"/documents/{payment.document_id}/")):
        assert words in page.text
        assert other not in page.text


def test_a_stuck_payment_leads_to_the_setting_of_its_method(client: Client, integration: Integration) -> None:
    problem = {"code": "clearing_account_missing", "method": "ideal"}
    a_payment(integration, "2026-1", State.ERROR, reason=problem["code"], problems=[problem])
    editor = f"/{integration.licence_key}/configuration/payment-methods"
    assert f'href="{editor}#at-ideal"' in listed(client, integration, "errors").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("text=tr_2026-1", ["2026-1"]),
        ("text=vf-77", ["2026-2"]),
        ("text=2026", ["2026-2", "2026-1"]),
        ("text=nothing", []),
        ("since=2026-11-13", []),
        ("until=2026-11-12", ["2026-2", "2026-1"]),
        ("since=moon", ["2026-2", "2026-1"]),
    ],
)
def test_a_list_is_filtered_and_stays_the_same_list(
    client: Client, integration: Integration, asked: str, found: list[str]
) -> None:
    a_payment(integration, "2026-1", State.QUEUED)
    a_payment(integration, "2026-2", State.OPEN, ledger_number="VF-77")
    answer = client.get(f"/{integration.licence_key}/payments/?list=open&{asked}")
    assert [payment.document.number for payment in answer.context["page"].rows] == found
    assert '<input type="hidden" name="list" value="open">' in answer.text
    assert answer.context["page"].kept.startswith("list=open")
    if not found:
        assert 'href="?list=open"' in answer.text.split("Nothing fits these filters")[1]


def test_a_list_is_downloaded_in_the_language_of_who_asks(client: Client, integration: Integration) -> None:
    a_payment(integration, "2026-1", State.ERROR, problems=[{"code": "clearing_account_missing", "method": "ideal"}])
    a_payment(integration, "2026-2", State.PROCESSED)
    address = f"/{integration.licence_key}/payments/export.csv"
    answer: Any = client.get(address, {"list": "errors"})
    assert 'filename="payments-bakkerij-demo-' in answer["Content-Disposition"]
    with translation.override("nl"):  # rows are written when the page is over
        head, *rows = answer.getvalue().decode().splitlines()
    assert head.startswith('\ufeff"Number";"Order or invoice";"Method";"Date";"Amount"')
    (row,) = rows
    assert '"P-2026-1";"2026-1";"ideal";"2026-11-12";"121,00";"tr_2026-1";"Stuck"' in row
    assert "There is no clearing account for payment method iDEAL." in row
    assert client.get(address, {"list": "errors", "since": "moon"}).status_code == 302


def test_a_file_has_every_payment_once(
    client: Client, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payments_export, "SHARE", 3)
    for number in range(7):
        a_payment(integration, f"2026-{number}", State.PROCESSED)
    answer: Any = client.get(f"/{integration.licence_key}/payments/export.csv")
    rows = answer.getvalue().decode().splitlines()[1:]
    assert [row.split('";"')[1] for row in rows] == [f"2026-{number}" for number in reversed(range(7))]


@pytest.mark.parametrize(("count", "words"), [(1, "1 payment is stuck."), (2, "2 payments are stuck.")])
def test_the_first_sentence_counts_them(client: Client, integration: Integration, count: int, words: str) -> None:
    for number in range(count):
        a_payment(integration, f"2026-{number}", State.ERROR, problems=[{"code": "payments_off"}])
    glance = client.get(f"/{integration.licence_key}/report/").context["glance"]
    assert (glance.text, glance.is_good) == (words, False)
    assert glance.url == f"/{integration.licence_key}/payments/?list=errors"
    a_document(integration, "2026-9", State.ERROR)
    both = client.get(f"/{integration.licence_key}/report/").context["glance"].text
    assert both.startswith("1 document is stuck:")
    assert both.endswith(words)


def test_the_digest_counts_them(integration: Integration) -> None:
    for number in range(2):
        a_payment(integration, f"2026-{number}", State.ERROR, problems=[{"code": "payments_off"}])
    summary = digests.summary_of(integration, NOON, NOON + timedelta(days=1))
    assert (summary.payments, summary.is_wrong) == (2, True)


def test_a_list_of_stuck_ones_asks_no_more_than_8_times(client: Client, integration: Integration) -> None:
    settings_store.save(integration, SETTINGS | {"payments": True})
    for number in range(20):
        problem = {"code": "clearing_account_missing", "method": "ideal"}
        a_payment(integration, f"2026-{number}", State.ERROR, problems=[problem])
    address = f"/{integration.licence_key}/payments/?list=errors"
    client.get(address)
    assert queries(client, address) <= MOST


@pytest.mark.rule("R4")
def test_king_shows_nothing_of_payments(client: Client, integration: Integration) -> None:
    a_payment(integration, "2026-1", State.ERROR)
    Integration.objects.filter(pk=integration.pk).update(accounting_system="imuis", settings=None)
    integration.credentials.filter(side="books").update(secret={"code": "demo"})
    key = integration.licence_key
    for page in ("", "export.csv"):
        assert client.get(f"/{key}/payments/{page}").status_code == 404
    for page in ("process", "skip", "ask"):
        assert client.post(f"/{key}/payments/{page}").status_code == 404
    for page in ("report", "open", "errors", "configuration", "search", "profile"):
        text = client.get(f"/{key}/{page}/").text
        assert "/payments/" not in text
        assert "Ask for payments" not in text
