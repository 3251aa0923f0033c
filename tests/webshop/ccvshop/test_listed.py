"""What of an order or invoice counts as a change."""

from decimal import Decimal

import pytest

from webshop.ccvshop import listed

ORDER = {
    "id": 351000123,
    "total_price": Decimal("75.7"),
    "total_tax": Decimal("9.33"),
    "total_shipping": Decimal("6.95"),
    "currency": "EUR",
    "create_date": "2026-12-31T23:30:00Z",
    "paid": True,
    "status": 1,
    "is_intra_community_order": False,
    "track_and_trace_code": "",
    "customer": {
        "email": "Inkoop@voorbeeld.example",
        "btw": "",
        "billingaddress": {"full_name": "Sanne Voorbeeld", "company": "", "country_code": "NL"},
        "deliveryaddress": {"country_code": None},
    },
}
INVOICE = {"id": 88000456, "total_price": 30, "status": "unpaid", "currency": "EUR"}


def changed(one, **fields):
    return {**one, **fields}


@pytest.mark.parametrize(
    ("kind", "was", "fields", "expected"),
    [
        ("order", ORDER, {"total_price": 75}, {"field": "total_price", "was": "75.7", "now": "75"}),
        ("order", ORDER, {"currency": "usd"}, {"field": "currency", "was": "EUR", "now": "USD"}),
        ("order", ORDER, {"paid": False}, {"field": "paid", "was": "yes", "now": "no"}),
        ("order", ORDER, {"status": 8}, {"field": "cancelled", "was": "no", "now": "yes"}),
        ("order", ORDER, {"is_intra_community_order": 1}, {"field": "icp", "was": "no", "now": "yes"}),
        (
            "order",
            ORDER,
            {"create_date": "2026-12-31T22:30:00Z"},
            {"field": "date", "was": "2027-01-01", "now": "2026-12-31"},
        ),
        ("order", ORDER, {"total_price": "veel"}, {"field": "total_price", "was": "75.7", "now": "veel"}),
        ("invoice", INVOICE, {"status": "reimbursed"}, {"field": "refunded", "was": "no", "now": "yes"}),
        ("invoice", INVOICE, {"status": 3}, {"field": "refunded", "was": "no", "now": "yes"}),
    ],
)
def test_what_matters_for_the_books_is_a_change(kind, was, fields, expected):
    assert listed.differences(kind, was, changed(was, **fields)) == [expected]
    assert listed.digest(kind, was) != listed.digest(kind, changed(was, **fields))


@pytest.mark.parametrize(
    ("kind", "was", "fields"),
    [
        ("order", ORDER, {"track_and_trace_code": "3SABC"}),
        ("order", ORDER, {"status": 6}),
        ("order", ORDER, {"total_price": "75.70"}),  # as it is stored
        ("order", ORDER, {"create_date": "2027-01-01T08:00:00+00:00"}),  # the same day here
        ("order", ORDER, {"customer": {**ORDER["customer"], "email": "inkoop@voorbeeld.example"}}),
        ("invoice", INVOICE, {"status": "paid"}),
        ("invoice", INVOICE, {"external_reference": "VF-1"}),
    ],
)
def test_what_does_not_matter_is_none(kind, was, fields):
    assert listed.differences(kind, was, changed(was, **fields)) == []
    assert listed.digest(kind, was) == listed.digest(kind, changed(was, **fields))


def test_the_customer_counts_as_far_as_the_books_name_one():
    now = {"email": "a@b.nl", "btw": "NL1", "deliveryaddress": {"country_code": "be"}}
    now["billingaddress"] = {"full_name": "Jan", "company": "Jan BV", "country_code": "NL", "telephone": "1"}
    fields = [change["field"] for change in listed.differences("order", ORDER, changed(ORDER, customer=now))]
    assert fields == ["email", "vat_number", "name", "company", "delivery_country"]


@pytest.mark.parametrize("nothing", [None, [], "", {}, {"customer": "Jan"}, {"customer": {"billingaddress": []}}])
def test_what_is_not_there_tells_nothing(nothing):
    assert listed.differences("order", nothing, {"id": 1}) == []
    assert listed.differences("order", {"id": 1}, nothing) == []
    assert listed.digest("order", nothing) == listed.digest("order", nothing)
