"""What a payment costs in remote calls, by the stand-ins' own counters."""

import pytest

from integrations.models import Document, Payment, State
from tests.accounting.test_budget import KNOWN, counted, forget_calls
from tests.linked import link
from tests.paying import (
    delete_invoice,
    invoice_by_hand,
    pay_by_hand,
    post_payments,
    sell,
    sell_before_it_is_paid,
    state,
    work,
)

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

READ, WRITTEN = {"GET sales_invoices": 1}, {"PATCH sales_invoices": 1}


@pytest.fixture
def paying(sandbox):
    """The customer and the product are known, and the lists of the books were read."""
    sandbox.reset()
    linked = post_payments(link(sandbox.url))
    sell(linked)
    return linked


def cost_of(linked, sandbox):
    """The calls that the payments that wait cost."""
    forget_calls(linked)
    work(linked)
    return counted(sandbox)


def test_an_order_costs_one_read_and_one_write_more_than_without_its_payment(paying, sandbox):
    forget_calls(paying)
    sell(paying)
    assert counted(sandbox) == {**KNOWN, "GET sales_invoices": 1, "PATCH sales_invoices": 2}


def test_a_payment_costs_one_read_and_one_write(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    assert cost_of(paying, sandbox) == {**READ, **WRITTEN}
    assert state(document)[0] == State.PROCESSED


def test_the_budget_holds_for_each_of_many(paying, sandbox):
    for number in range(10):
        sell_before_it_is_paid(paying, ordernumber=number)
    assert cost_of(paying, sandbox) == {"GET sales_invoices": 10, "PATCH sales_invoices": 10}
    assert not Payment.objects.exclude(state=State.PROCESSED).exists()


def test_what_was_paid_there_already_costs_one_read(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    pay_by_hand(paying, document.ledger_id, "30.00")
    assert cost_of(paying, sandbox) == READ


def test_an_invoice_that_is_found_by_our_reference_costs_one_read_more(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    Document.objects.filter(pk=document.pk).update(ledger_id="1234567890123")
    assert cost_of(paying, sandbox) == {"GET sales_invoices": 2, **WRITTEN}


def test_one_that_a_person_made_costs_two_reads_more_and_one_that_is_missing_no_write(paying, sandbox):
    document = sell_before_it_is_paid(paying)
    delete_invoice(paying, document.ledger_id)
    assert cost_of(paying, sandbox) == {"GET sales_invoices": 3}
    invoice_by_hand(paying, document)
    Payment.objects.exclude(state=State.PROCESSED).update(state=State.QUEUED)
    assert cost_of(paying, sandbox) == {"GET sales_invoices": 3, **WRITTEN}


def test_an_answer_that_did_not_come_costs_one_read_more_when_it_had_arrived(paying, sandbox, settings):
    settings.CALL_DEADLINE_SECONDS, settings.SETTLE_SECONDS = 0.5, 0
    sell_before_it_is_paid(paying)
    sandbox.fault(kind="timeout_after_write", method="PATCH", path="/sales_invoices/", seconds=0.8)
    assert cost_of(paying, sandbox) == {**READ, **WRITTEN}
    assert cost_of(paying, sandbox) == READ


def test_nothing_that_waits_costs_a_call(paying, sandbox):
    sell_before_it_is_paid(paying)
    forget_calls(paying)
    paying.work()
    assert counted(sandbox) == {}
