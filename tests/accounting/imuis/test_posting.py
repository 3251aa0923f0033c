"""The whole road: orders of the stand-in shop, in a stand-in administration of King."""

from datetime import timedelta
from decimal import Decimal

import pytest
import requests
from django.utils import timezone

from integrations.models import CustomerLink, Event, Intent, ProductLink, ReferenceList, State, UsedNumber
from tests.accounting.test_budget import order_of, row
from tests.king import amount, link_king

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def entries(sandbox):
    sandbox.reset()
    return link_king(sandbox.url)


@pytest.fixture
def orders(sandbox):
    sandbox.reset()
    return link_king(sandbox.url, "order")


def posted(king, **draft):
    order = king.place(**draft)["order"]
    king.deliver(order["id"])
    king.work()
    return king.document(order["id"])


def codes(document):
    return [problem["code"] for problem in document.problems]


def calls_for(king, sandbox, **draft):
    """What one document costs at King, by action."""
    order = king.place(**draft)["order"]
    king.deliver(order["id"])
    requests.delete(f"{king.url}/_sandbox/counters", timeout=10).raise_for_status()
    king.work()
    assert king.document(order["id"]).state == State.PROCESSED
    return {call.split()[-1]: times for call, times in sandbox.counters().items() if "ws1_api" in call}


# One document


@pytest.mark.rule("R33", "R328")
def test_an_order_becomes_one_entry(entries):
    document = entries.post()
    assert (document.state, document.problems) == (State.PROCESSED, [])
    (entry,) = entries.ledger()
    assert sum(amount(row["BEDRBOEK"]) for row in entry) == 0
    assert amount(entry[0]["BEDRBOEK"]) == Decimal(document.total_cents) / 100
    assert document.ledger_total_cents == document.total_cents
    assert document.ledger_number == entry[0]["FACT"]
    assert document.ledger_id == "/".join(entry[0][column] for column in ("DAGB", "JR", "PN", "RG"))


@pytest.mark.rule("R33", "R328", "R336", "R364", "R365")
def test_an_order_becomes_one_order_and_no_invoice(orders):
    document = orders.post()
    assert (document.state, document.problems) == (State.PROCESSED, [])
    (order,) = orders.ledger("orders")
    assert (order["ORDKOP"]["EXTORDNR"], order["ORDKOP"]["KENM"]) == (document.remote_id, document.number)
    assert document.ledger_id == document.ledger_number == order["ORDKOP"]["NR"]
    assert orders.ledger() == []


@pytest.mark.rule("R330", "R375")
def test_the_debtor_is_made_once_for_an_address(entries):
    for _ in range(2):
        assert posted(entries, **order_of("A")).state == State.PROCESSED
    (debtor,) = entries.ledger("debtors")
    assert (debtor["EMAIL"], CustomerLink.objects.get().ledger_id) == ("jan@voorbeeld.example", debtor["NR"])


@pytest.mark.rule("R53", "R335")
def test_a_debtor_and_an_item_that_are_there_are_used_as_they_are(orders):
    orders.control(
        "POST", f"imuis/administrations/{orders.company}/debtors", {"ZKSL": "jan", "EMAIL": "JAN@voorbeeld.example"}
    )
    item = {"NR": "MOK", "ZKSL": "MOK", "OMSCHR": "Anders", "ARTGRP": "29", "BTW": "H"}
    orders.control("POST", f"imuis/administrations/{orders.company}/items", item)
    assert posted(orders, **order_of("MOK")).state == State.PROCESSED
    assert [debtor["ZKSL"] for debtor in orders.ledger("debtors")] == ["jan"]
    assert [found["OMSCHR"] for found in orders.ledger("items")] == ["Anders"]


@pytest.mark.rule("R55", "R334")
def test_items_are_made_for_orders_alone_and_for_goods_alone(sandbox):
    sandbox.reset()
    draft = order_of("MOK", "KAN", total_shipping=6.95, paymethod_costs=0.5)
    entries, orders = link_king(sandbox.url), link_king(sandbox.url, "order")
    assert posted(entries, **draft).state == posted(orders, **draft).state == State.PROCESSED
    assert entries.ledger("items") == []
    assert [item["NR"] for item in orders.ledger("items")] == ["MOK", "KAN"]
    assert [item["ARTGRP"] for item in orders.ledger("items")] == ["29", "29"]


# What it costs


@pytest.mark.parametrize(("target", "action"), [("entry", "CREATEJOURNAALPOST"), ("order", "CREATEVERKOOPORDER")])
def test_a_known_customer_costs_one_call(sandbox, target, action):
    sandbox.reset()
    king = link_king(sandbox.url, target)
    posted(king, **order_of("MOK"))
    assert calls_for(king, sandbox, **order_of("MOK")) == {action: 1}


def test_a_new_customer_costs_two_calls_more(entries, sandbox):
    posted(entries, **order_of("MOK"))
    draft = order_of("MOK", email="nieuw@voorbeeld.example")
    spent = {"GETSTAMTABELRECORDS": 1, "CREATESTAMTABELRECORD": 1, "CREATEJOURNAALPOST": 1}
    assert calls_for(entries, sandbox, **draft) == spent


def test_new_items_cost_one_look_up_and_a_call_each(orders, sandbox):
    posted(orders, **order_of("MOK"))
    spent = {"GETSTAMTABELRECORDS": 1, "CREATESTAMTABELRECORD": 3, "CREATEVERKOOPORDER": 1}
    assert calls_for(orders, sandbox, **order_of("A1", "A2", "Z9")) == spent


def test_a_large_catalogue_is_not_read_for_two_items(orders, sandbox):
    items = [{"NR": f"M{number:04}", "ZKSL": f"M{number:04}", "OMSCHR": "x", "ARTGRP": "29"} for number in range(520)]
    for item in items:
        orders.control("POST", f"imuis/administrations/{orders.company}/items", item)
    posted(orders, **order_of("MOK"))
    assert calls_for(orders, sandbox, **order_of("A1", "M0007", "Z9"))["CREATESTAMTABELRECORD"] == 2


# What the books' own lists say against it


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [("journal", "99", "journal_missing"), ("debtors_account", "7777", "debtors_account_missing")],
)
@pytest.mark.rule("R338", "R340")
def test_a_journal_or_account_that_is_not_there_is_noticed_before_sending(entries, option, value, code):
    entries.configure(accounting={option: value})
    assert codes(entries.post()) == [code]
    assert entries.ledger() == []


@pytest.mark.rule("R350")
def test_a_blocked_revenue_account_is_noticed_before_sending(entries):
    rows = [{**setting, "revenue": entries.books["blocked"]["account"]} for setting in settings_rows(entries)]
    entries.configure(vat=rows)
    assert "ledger_account_gone" in codes(entries.post())


def settings_rows(king):
    return [
        {"country": "NL", "rate": rate, "vat_code": king.books["vat"][f"NL {rate}"], "revenue": "8000"}
        for rate in ("21", "9", "0")
    ]


@pytest.mark.rule("R83", "R85", "R333", "R363", "R386")
@pytest.mark.parametrize(
    ("lacking", "code"), [("item_group", "item_group_missing"), ("order_type", "order_type_missing")]
)
def test_what_orders_need_is_noticed_before_sending(sandbox, lacking, code):
    sandbox.reset()
    king = link_king(sandbox.url, "order", books={"without": [lacking]})
    assert codes(king.post()) == [code]
    assert king.ledger("debtors") == king.ledger("orders") == []


@pytest.mark.parametrize("switch", ["closed", "closed_for_users"])
def test_a_closed_period_is_noticed_before_sending(entries, switch):
    """King itself would take an entry in a period that is closed for users alone."""
    entries.change(**{switch: [2099, 12]})
    assert codes(entries.post()) == ["period_closed"]
    assert entries.ledger() == []


@pytest.mark.rule("R345")
@pytest.mark.parametrize(
    ("switches", "period"), [({"periods": 4}, "2"), ({"periods": 13}, "5"), ({"first_month": 4}, "2")]
)
def test_the_period_is_the_administrations_own(entries, switches, period):
    entries.change(**switches)
    document = posted(entries, **order_of("MOK", create_date="2026-05-10T10:00:00Z"))
    assert document.state == State.PROCESSED
    assert {row["PN"] for row in entries.ledger()[0]} == {period}


def test_a_blocked_debtor_is_named(sandbox):
    sandbox.reset()
    blocked = {"ZKSL": "jan", "EMAIL": "jan@voorbeeld.example", "BLOK": "J"}
    king = link_king(sandbox.url, books={"debtors": [blocked]})
    assert codes(posted(king, **order_of("A"))) == ["debtor_blocked"]


def test_a_debtor_that_was_blocked_later_is_named(entries):
    posted(entries, **order_of("A"))
    number = entries.ledger("debtors")[0]["NR"]
    entries.control("PATCH", f"imuis/administrations/{entries.company}/debtors/{number}", {"BLOK": "J"})
    assert codes(posted(entries, **order_of("A"))) == ["debtor_blocked"]


# Numbers and keys that fall together

A1001, B1001 = ({"ordernumber": 1001, "ordernumber_full": f"{letter}1001"} for letter in "AB")


@pytest.mark.rule("R342", "R355")
def test_a_second_document_with_the_same_digits_is_refused(entries):
    first = posted(entries, **order_of("A", **A1001))
    second = posted(entries, **order_of("A", **B1001))
    assert (first.state, codes(second)) == (State.PROCESSED, ["number_collision"])
    assert second.problems[0]["other"] == "A1001"
    assert len(entries.ledger()) == 1
    assert UsedNumber.objects.get().document == first
    assert not Intent.objects.exists()


def test_a_number_is_free_again_when_its_document_was_refused(entries):
    entries.control("POST", "faults", {"kind": "cs312", "body": "ACTIE=CREATEJOURNAALPOST"})
    refused = posted(entries, **order_of("A", **A1001))
    second = posted(entries, **order_of("A", **B1001))
    assert (codes(refused), second.state) == (["books_refused"], State.PROCESSED)


@pytest.mark.rule("R378")
def test_two_products_under_one_key_are_refused(orders):
    assert posted(orders, **order_of("LANGE-ARTIKELCODE-20-A")).state == State.PROCESSED
    second = posted(orders, **order_of("lange-artikelcode-20-B"))
    assert codes(second) == ["article_key_collision"]
    assert len(orders.ledger("items")) == len(orders.ledger("orders")) == 1


@pytest.mark.rule("R332", "R383")
def test_an_item_that_is_first_sold_without_vat_is_remarked_on(orders):
    document = orders.post("export")
    assert document.state == State.PROCESSED
    remarks = Event.objects.filter(document=document, kind="remark").values_list("data__code", flat=True)
    assert "item_without_vat" in remarks
    assert {item["BTW"] for item in orders.ledger("items")} == {"V"}


@pytest.mark.rule("R368")
def test_the_difference_with_the_shops_total_is_kept(orders):
    draft = order_of()
    draft["orderrows"] = [row("MOK", "1.00", count=7)]
    document = posted(orders, **draft)
    (order,) = orders.ledger("orders")
    assert document.state == State.PROCESSED
    net = amount(order["totals"]["net"])
    assert document.ledger_total_cents is None  # King's to compute
    (remark,) = Event.objects.filter(document=document, kind="remark", data__code="order_differs")
    assert Decimal(remark.data["by"]) == Decimal("5.79") - net


def test_products_are_remembered(orders):
    orders.post()
    assert set(ProductLink.objects.values_list("ledger_id", flat=True)) == {
        item["NR"] for item in orders.ledger("items")
    }


def test_an_item_group_that_was_added_meanwhile_is_found(sandbox):
    sandbox.reset()
    king = link_king(sandbox.url, "order", books={"without": ["item_group"]})
    document = king.post()
    group = {"NR": "29", "ZKSL": "webshop", "OMSCHR": "Webshopartikelen", "GRBOMZ": "8000"}
    king.control("POST", f"imuis/administrations/{king.company}/ARTGRP", group)
    ReferenceList.objects.update(fetched_at=timezone.now() - timedelta(minutes=2))
    king.deliver(int(document.remote_id), event="process")
    king.work()
    assert king.document(int(document.remote_id)).state == State.PROCESSED
