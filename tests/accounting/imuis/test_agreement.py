"""What is in the books is taken for ours only where it agrees, and what was told before goes on to count."""

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from accounting.imuis import session
from integrations.failures import Refused
from integrations.models import CustomerLink, Document, Intent, ReferenceList, State
from tests.accounting.test_budget import order_of, row
from tests.king import link_king

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]

ENTRY, ORDER = "ACTIE=CREATEJOURNAALPOST", "ACTIE=CREATEVERKOOPORDER"
EMAIL = "jan@voorbeeld.example"
UNCERTAIN = (State.ERROR, ["posting_uncertain"])
POSTED = (State.PROCESSED, [])
JULY = {"create_date": "2026-07-10T10:00:00Z"}


@pytest.fixture
def hurried(settings, sandbox):
    """Nothing has to settle."""
    settings.SETTLE_SECONDS = 0
    sandbox.reset()


@pytest.fixture
def entries(hurried, sandbox):
    return link_king(sandbox.url)


@pytest.fixture
def orders(hurried, sandbox):
    return link_king(sandbox.url, "order")


def posted(king, **draft):
    order = king.place(**draft)["order"]
    king.deliver(order["id"])
    king.work()
    return king.document(order["id"])


def fault(king, body, kind="cs312", **more):
    king.control("POST", "faults", {"kind": kind, "body": body, **more})


def unanswered(king, call):
    """A document that was written in the books, of which a gateway says that it had no answer."""
    fault(king, call, "timeout_after_write", seconds=0)
    document = posted(king, **order_of("MOK"))
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    return document


def settle(king, document, most=6):
    """Work until it is decided; its outcome."""
    for _ in range(most):
        Document.objects.filter(pk=document.pk).update(next_attempt_at=timezone.now())
        king.work()
        document.refresh_from_db()
        if document.state != State.QUEUED:
            break
    return outcome(document)


def outcome(document):
    return document.state, [problem["code"] for problem in document.problems]


def change(king, table, key, **columns):
    """As a person does it in King."""
    url = f"{king.url}/_sandbox/imuis/administrations/{king.company}/{table}/{key}"
    requests.patch(url, json=columns, timeout=10).raise_for_status()


def change_entry(king, *rows, **columns):
    for booked in rows:
        change(king, "BOE", "%09".join(booked[column] for column in ("DAGB", "JR", "PN", "RG")), **columns)


def add_debtor(king, email="ander@voorbeeld.example"):
    path = f"imuis/administrations/{king.company}/debtors"
    return king.control("POST", path, {"ZKSL": email.split("@")[0], "EMAIL": email})["row"]["NR"]


def age_lists(king):
    """What was read of the books is too old to be used unasked."""
    lists = ReferenceList.objects.filter(administration=king.integration.administration_id)
    lists.update(fetched_at=timezone.now() - timedelta(days=2))


# What agrees, and what does not


@pytest.mark.parametrize("column", ["DAT", "REK", "BEDRBOEK"])
def test_an_entry_that_differs_in_one_column_is_for_a_person_to_decide(entries, column):
    document = unanswered(entries, ENTRY)
    value = add_debtor(entries) if column == "REK" else {"DAT": "01-01-2026", "BEDRBOEK": "12,11"}[column]
    change_entry(entries, entries.ledger()[0][0], **{column: value})
    assert settle(entries, document) == UNCERTAIN
    assert len(entries.ledger()) == 1


def test_an_entry_in_another_journal_is_not_ours(entries):
    document = unanswered(entries, ENTRY)
    change_entry(entries, *entries.ledger()[0], DAGB="40")
    assert settle(entries, document) == POSTED
    assert [rows[0]["DAGB"] for rows in entries.ledger()] == ["40", "41"]


@pytest.mark.parametrize("moved", [{"PN": "3"}, {"JR": "2027", "PN": "1"}])
def test_an_entry_that_was_moved_to_another_period_is_taken_for_ours(entries, moved):
    document = unanswered(entries, ENTRY)
    change_entry(entries, *entries.ledger()[0], **moved)
    assert settle(entries, document) == POSTED
    ((total, *_details),) = entries.ledger()
    assert document.ledger_id == "/".join(total[column] for column in ("DAGB", "JR", "PN", "RG"))


@pytest.mark.parametrize("column", ["DAT", "DEB", "BEDRORDKST"])
def test_an_order_that_differs_in_one_column_is_for_a_person_to_decide(orders, column):
    document = unanswered(orders, ORDER)
    value = add_debtor(orders) if column == "DEB" else {"DAT": "01-01-2026", "BEDRORDKST": "1,50"}[column]
    change(orders, "ORDKOP", orders.ledger("orders")[0]["ORDKOP"]["NR"], **{column: value})
    assert settle(orders, document) == UNCERTAIN
    assert len(orders.ledger("orders")) == 1


def test_an_order_with_another_number_of_the_shop_is_not_ours(orders):
    document = unanswered(orders, ORDER)
    change(orders, "ORDKOP", orders.ledger("orders")[0]["ORDKOP"]["NR"], KENM="van een ander")
    assert settle(orders, document) == POSTED
    assert [order["ORDKOP"]["KENM"] for order in orders.ledger("orders")] == ["van een ander", document.number]


# Periods, once they were told


@pytest.mark.parametrize("body", ["ACTIE=GETADMINFO", "PERIODEDATUMS", "PERIODEINFO"])
def test_periods_that_were_told_count_while_they_are_refused(entries, body):
    entries.change(first_month=4, closed=[2026, 2])
    assert outcome(posted(entries, **order_of("MOK", **JULY))) == POSTED
    age_lists(entries)
    fault(entries, body, times=50)
    assert outcome(posted(entries, **order_of("MOK", **JULY))) == POSTED
    assert [(rows[0]["JR"], rows[0]["PN"]) for rows in entries.ledger()] == [("2026", "4")] * 2
    may = posted(entries, **order_of("MOK", create_date="2026-05-10T10:00:00Z"))
    assert outcome(may) == (State.ERROR, ["period_closed"])


# Numbers that the books can't keep whole


def test_two_long_numbers_that_begin_alike_are_told_apart(entries):
    """The books keep 20 characters of a number; the second document is not taken for the first."""
    first, second = (
        {"ordernumber": digits, "ordernumber_full": f"BAKKERIJ-DE-KORST-2026-{digits}"} for digits in (1001, 1002)
    )
    assert outcome(posted(entries, **order_of("MOK", **first))) == POSTED
    fault(entries, ENTRY, "timeout", seconds=0)
    document = posted(entries, **order_of("MOK", **second))
    assert settle(entries, document) == POSTED
    assert [entry[0]["FACT"] for entry in entries.ledger()] == ["20261001", "20261002"]


TEA = row("", product_id=1234, product_name="Thee", product_number="")
BOOK = row("1234", product_id=99, product_name="Boek")


@pytest.mark.parametrize("products", [(TEA, BOOK), (BOOK, TEA)])
def test_a_product_without_a_code_and_one_whose_code_is_its_id_are_told_apart(orders, products):
    first, second = (posted(orders, **order_of() | {"orderrows": [sold]}) for sold in products)
    assert outcome(first) == POSTED
    assert outcome(second) == (State.ERROR, ["article_key_collision"])
    assert [item["OMSCHR"] for item in orders.ledger("items")] == [products[0]["product_name"]]
    assert len(orders.ledger("orders")) == 1


# Another code


@pytest.mark.parametrize("name", ["Boeken", "Andere boeken"])
@pytest.mark.parametrize("emails", [[], ["vreemd@voorbeeld.example"], ["vreemd@voorbeeld.example", EMAIL]])
def test_a_code_of_books_without_our_debtors_is_refused(entries, name, emails):
    assert outcome(posted(entries, **order_of("MOK"))) == POSTED
    debtors = [{"ZKSL": email.split("@")[0], "EMAIL": email} for email in emails]
    other = entries.control("POST", "imuis/administrations", {"name": name, "debtors": debtors})
    with pytest.raises(Refused) as caught:
        session.connect(entries.integration, other["administration"]["code"])
    assert [problem.code for problem in caught.value.problems] == ["other_administration"]
    entries.integration.refresh_from_db()
    assert outcome(posted(entries, **order_of("MOK"))) == POSTED
    assert len(entries.ledger()) == 2


def test_a_new_code_of_the_same_books_is_accepted_and_shared(entries, sandbox):
    assert outcome(posted(entries, **order_of("MOK"))) == POSTED
    before = entries.integration.administration_id
    entries.change(code="480022")
    session.connect(entries.integration, "480022")
    entries.integration.refresh_from_db()
    second = link_king(sandbox.url, books=entries.control("GET", f"imuis/administrations/{entries.company}"))
    assert entries.integration.administration_id == second.integration.administration_id == before
    numbered = order_of("MOK", ordernumber=9001, ordernumber_full="B9001")
    assert outcome(posted(second, **numbered)) == POSTED
    assert (CustomerLink.objects.count(), len(entries.ledger("debtors"))) == (1, 1)


def test_a_new_code_is_accepted_where_one_of_our_debtors_is_left(entries):
    posted(entries, **order_of("MOK"))
    posted(entries, **order_of("MOK", email="nieuw@voorbeeld.example"))
    first, _second = entries.ledger("debtors")
    change(entries, "debtors", first["NR"], EMAIL="verhuisd@voorbeeld.example")
    entries.change(code="480022")
    session.connect(entries.integration, "480022")
    assert outcome(posted(entries, **order_of("MOK", email="nieuw@voorbeeld.example"))) == POSTED


# What the books say when they refuse


def refused(king, **draft):
    fault(king, ENTRY)
    document = posted(king, **draft)
    assert "CS312" in document.problems[0]["words"]
    return outcome(document)


def test_a_refusal_with_a_fixed_debtor_is_not_blamed_on_the_customers_own(entries):
    posted(entries, **order_of("MOK"))
    change(entries, "debtors", CustomerLink.objects.get().ledger_id, BLOK="J")
    cash = add_debtor(entries, "kas@voorbeeld.example")
    methods = [{"method": "ideal", "debtor": cash}, {"method": "default", "debtor": cash}]
    entries.configure(payment_methods=methods)
    assert refused(entries, **order_of("MOK")) == (State.ERROR, ["books_refused"])


def test_a_refusal_is_told_although_somebody_elses_entry_has_the_number(entries):
    posted(entries, **order_of("MOK", email="ander@voorbeeld.example"))
    change_entry(entries, *entries.ledger()[0], BOEKSTUK="2002")
    draft = order_of("MOK", ordernumber=2002, ordernumber_full="2002")
    assert refused(entries, **draft) == (State.ERROR, ["books_refused"])
    assert len(entries.ledger()) == 1
    assert not Intent.objects.exists()
