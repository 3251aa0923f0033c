"""What keeps a document from being posted to iMUIS, and the calls that a preview lists."""

from typing import Any

import pytest
from defusedxml import ElementTree
from django.utils import translation

from accounting.imuis.calls import creates, problems
from integrations.sales import SalesDocument
from tests.accounting.imuis.books import SETTINGS, document, sample_order, settings
from tests.webshop.ccvshop.orders import a_customer, a_row

LONG_EMAIL = f"{'n' * 52}@mail.example"


def codes(sold: SalesDocument, **changes: Any) -> list[str]:
    return [problem.code for problem in problems(sold, settings(**changes))]


def found(sold: SalesDocument, **changes: Any) -> list[dict[str, Any]]:
    return [problem.dump() for problem in problems(sold, settings(**changes))]


@pytest.mark.parametrize("target", ["entry", "order"])
def test_nothing_is_wrong_with_an_ordinary_order(target: str) -> None:
    assert codes(sample_order(), target=target) == []


@pytest.mark.rule("R82", "R107", "R108")
@pytest.mark.parametrize(
    ("empty", "of_entries", "of_orders"),
    [
        ("journal", ["journal_missing"], []),
        ("debtors_account", ["debtors_account_missing"], []),
        ("order_type", [], ["order_type_missing"]),
        ("item_group", [], ["item_group_missing"]),
    ],
)
def test_each_target_needs_its_own_settings(empty: str, of_entries: list[str], of_orders: list[str]) -> None:
    assert codes(document(), target="entry", **{empty: ""}) == of_entries
    assert codes(document(), target="order", **{empty: ""}) == of_orders


@pytest.mark.parametrize(("target", "expected"), [("entry", ["ledger_account_missing"]), ("order", [])])
def test_an_entry_needs_accounts(target: str, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bare = [row | {"revenue": ""} if row["rate"] == "9" else row for row in SETTINGS["vat"]]
    monkeypatch.setitem(SETTINGS, "vat", bare)
    assert codes(sample_order(), target=target) == expected


@pytest.mark.rule("R342", "R355")
@pytest.mark.parametrize("number", ["ABC", "1" * 21])
def test_an_entry_needs_digits_in_its_number(number: str) -> None:
    sold = document(ordernumber_full=number)
    assert found(sold) == [{"code": "text_not_expressible", "text": number}]
    assert codes(sold, target="order") == []


@pytest.mark.parametrize("target", ["entry", "order"])
def test_an_address_that_does_not_fit_is_not_cut(target: str) -> None:
    sold = document(customer=a_customer(email=LONG_EMAIL))
    assert found(sold, target=target) == [{"code": "text_not_expressible", "text": f"{LONG_EMAIL[:60]}…"}]
    assert codes(document(customer=a_customer(email=LONG_EMAIL[1:])), target=target) == []
    to_fixed_debtor = document(customer=a_customer(email=LONG_EMAIL), paymethod="Cash on Delivery")
    assert codes(to_fixed_debtor, target=target) == []


@pytest.mark.rule("R384")
def test_an_order_needs_a_vat_kind_for_each_percentage_of_goods() -> None:
    rows = [a_row(10, 20), a_row(10, 20, product_number="B"), a_row(10, "5.5", product_number="C"), a_row(10, 19)]
    sold = document(*rows, total=45, tax=0, total_shipping=5, shipping_tax_percentage=12)
    assert found(sold, target="order") == [
        {"code": "vat_kind_unknown", "rate": "5.5"},
        {"code": "vat_kind_unknown", "rate": "20"},
    ]
    assert codes(sold, target="order", vat_kinds={"20": "H", "5.5": "L", "19": "H"}) == []
    assert codes(sold) == []


def test_an_order_needs_products_that_have_a_number() -> None:
    sold = document(a_row(product_number="", product_id=None))
    assert found(sold, target="order") == [{"code": "product_code_missing", "name": "Mok"}]
    assert codes(sold) == []


@pytest.mark.rule("R378")
@pytest.mark.parametrize(
    ("numbers", "collides"),
    [
        (["A" * 20 + "1", "A" * 20 + "2"], True),
        (["A" * 20, "A" * 20 + "2"], True),
        (["mok-1", "MOK-1"], True),
        (["A" * 19 + "1", "A" * 19 + "2"], False),
        (["A" * 21, "A" * 21], False),
        (["MOK-1", "MOK1"], False),
    ],
)
def test_two_products_may_not_become_one(numbers: list[str], collides: bool) -> None:
    sold = document(*(a_row(product_number=number) for number in numbers), total=20, tax="3.47")
    expected = {"code": "article_key_collision", "number": numbers[1], "other": numbers[0]}
    assert found(sold, target="order") == ([expected] if collides else [])
    assert codes(sold) == []


def test_a_collision_is_told_in_words() -> None:
    sold = document(a_row(product_number="a"), a_row(product_number="A"), total=20, tax="3.47")
    (problem,) = problems(sold, settings(target="order"))
    with translation.override("en"):
        assert problem.message == '"A" and "a" become the same product number in the books.'


def calls(sold: SalesDocument, target: str, customers: Any = (), products: Any = ()) -> list[tuple[str, str]]:
    """Action and the table that it writes in."""
    made = creates(sold, settings(target=target), dict(customers), dict(products))
    assert all(set(call) == {"action", "xml"} for call in made)
    roots = [ElementTree.fromstring(call["xml"]) for call in made]
    return [
        (call["action"], root.findtext("METADATA/TABLE") or root[0].tag) for call, root in zip(made, roots, strict=True)
    ]


DEBTOR, ITEM = ("CREATESTAMTABELRECORD", "DEB"), ("CREATESTAMTABELRECORD", "ART")
ENTRY, ORDER = ("CREATEJOURNAALPOST", "BOE"), ("CREATEVERKOOPORDER", "ORDKOP")


@pytest.mark.rule("R33", "R34", "R51", "R55", "R328", "R330", "R336")
def test_it_creates_customer_products_and_document_in_this_order() -> None:
    assert calls(sample_order(), "entry") == [DEBTOR, ENTRY]
    assert calls(sample_order(), "order") == [DEBTOR, ITEM, ITEM, ORDER]


@pytest.mark.rule("R51", "R330", "R335")
def test_it_creates_only_what_the_books_do_not_hold() -> None:
    customers = {"inkoop@voorbeeld.example": "13317"}
    assert calls(sample_order(), "entry", customers) == [ENTRY]
    assert calls(sample_order(), "order", customers, {"MOK-4": "MOK-4"}) == [ITEM, ORDER]
    xml = creates(sample_order(), settings(target="order"), customers, {"MOK-4": "MOK-4"})[1]["xml"]
    assert "<DEB>13317</DEB>" in xml
    assert "<ART>new:product:KOF-1000-M</ART>" in xml
    assert "<ART>MOK-4</ART>" in xml


def test_it_creates_a_product_once() -> None:
    sold = document(a_row(), a_row(5), total=15, tax="2.61")
    assert calls(sold, "order") == [DEBTOR, ITEM, ORDER]


def test_it_knows_a_product_by_its_whole_code_or_by_its_number() -> None:
    sold = document(a_row(product_number="K" * 30))
    for known in ("K" * 30, "K" * 20):
        made = creates(sold, settings(target="order"), {"noor@mail.example": "1"}, {known: "K" * 20})
        assert [call["action"] for call in made] == ["CREATEVERKOOPORDER"]


@pytest.mark.rule("R128", "R129")
@pytest.mark.parametrize(("target", "document_call", "column"), [("entry", ENTRY, "REK"), ("order", ORDER, "DEB")])
def test_a_fixed_debtor_takes_the_document(target: str, document_call: tuple[str, str], column: str) -> None:
    sold = document(paymethod="Cash on Delivery")
    assert calls(sold, target, products={"MOK-1": "MOK-1"}) == [document_call]
    made = creates(sold, settings(target=target), {}, {"MOK-1": "MOK-1"})
    assert f"<{column}>10007</{column}>" in made[-1]["xml"]


@pytest.mark.rule("R345", "R372")
def test_a_preview_takes_the_month_and_the_country_code() -> None:
    debtor, entry = creates(document(customer=a_customer("BE")), settings(), {}, {})
    assert "<LAND>BE</LAND>" in debtor["xml"]
    assert "<REK>new:customer</REK>" in entry["xml"]
    assert "<JR>2026</JR><PN>3</PN>" in entry["xml"]
