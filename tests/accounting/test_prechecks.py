from datetime import date
from typing import Any

import pytest

from accounting.prechecks import Known, payment_problems, problems, skip_reason, vat_settings
from integrations.sales import SalesDocument
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, mapped, sample, settings
from webshop.ccvshop.mapping import invoice_to_document


def codes(document: SalesDocument, known: Known | None = None, **changes: Any) -> list[str]:
    return [problem.code for problem in problems(document, settings(**changes), known)]


def an_icp_order(number: str, country: str = "DE", **changes: Any) -> SalesDocument:
    customer = a_customer(country, btw=number)
    return mapped(an_order(10, 0, is_intra_community_order=True, customer=customer, **changes), a_row(10, 0))


@pytest.mark.rule("R42")
def test_it_finds_nothing_wrong_with_an_ordinary_order() -> None:
    assert codes(mapped(an_order(), a_row())) == []


@pytest.mark.rule("R42")
def test_it_finds_every_problem_at_once() -> None:
    order = an_order(99, "0.01", currency="USD", customer=a_customer(email=" "))
    found = codes(mapped(order, a_row()), accounting={"system": "rompslomp"}, vat=[])
    assert found == [
        "totals_differ",
        "vat_totals_differ",
        "currency_unsupported",
        "customer_email_missing",
        "vat_setting_missing",
        "administration_missing",
    ]


@pytest.mark.rule("R43", "R66")
def test_it_shows_both_sums_and_every_line() -> None:
    problem = problems(mapped(an_order("20.00", "1.74"), a_row()), settings())[0]
    assert (problem.code, problem.params["shop_total"], problem.params["lines_total"]) == (
        "totals_differ",
        "20.00",
        "10.00",
    )
    assert [line["total_incl"] for line in problem.params["lines"]] == ["10.00"]


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("total", "count", "found"),
    [
        ("10.01", 1, []),
        ("9.99", 1, []),
        ("10.02", 1, ["totals_differ"]),
        ("60.05", 6, []),
        ("60.06", 6, ["totals_differ"]),
    ],
)
def test_it_allows_a_cent_a_line_and_five_at_most(total: str, count: int, found: list[str]) -> None:
    vat = {1: "1.74", 6: "10.44"}[count]
    assert codes(mapped(an_order(total, vat), *[a_row()] * count)) == found


@pytest.mark.rule("R43")
@pytest.mark.parametrize(("vat", "found"), [("1.75", []), ("1.73", []), ("1.76", ["vat_totals_differ"])])
def test_it_allows_the_same_for_vat(vat: str, found: list[str]) -> None:
    assert codes(mapped(an_order(10, vat), a_row())) == found


@pytest.mark.rule("R152")
@pytest.mark.parametrize(("currency", "found"), [("EUR", []), ("eur", []), ("USD", ["currency_unsupported"])])
def test_it_takes_euros_only(currency: str, found: list[str]) -> None:
    assert codes(mapped(an_order(currency=currency), a_row())) == found


@pytest.mark.rule("R53", "R128")
@pytest.mark.parametrize(
    ("method", "payments", "found"),
    [
        ("ideal", False, ["customer_email_missing"]),
        ("cash on delivery", False, []),
        ("cash on delivery", True, ["customer_email_missing"]),
    ],
)
def test_it_needs_an_email_address_or_a_fixed_debtor(method: str, payments: bool, found: list[str]) -> None:
    document = mapped(an_order(paymethod=method, customer=a_customer(email=None)), a_row())
    assert codes(document, payments=payments) == found


@pytest.mark.rule("R130")
def test_it_takes_no_fixed_debtor_for_an_intra_community_supply() -> None:
    customer = a_customer("DE", btw="DE136695976", email="")
    order = an_order(10, 0, paymethod="cash on delivery", is_intra_community_order=True, customer=customer)
    assert codes(mapped(order, a_row(10, 0))) == ["customer_email_missing"]


@pytest.mark.rule("R45", "R120", "R131")
@pytest.mark.parametrize(
    ("number", "country", "found"),
    [
        ("DE136695976", "DE", []),
        ("136695976", "DE", []),
        ("EL094259216", "GR", []),
        ("XI432525179", "GB", []),
        ("DE136695976", "BE", []),
        ("", "DE", ["vat_number_missing"]),
        ("DE136695977", "DE", ["vat_number_invalid"]),
        ("GB980780684", "GB", ["vat_number_invalid"]),
        ("NL004495445B01", "DE", ["icp_not_abroad"]),
    ],
)
def test_it_checks_the_vat_number_of_an_intra_community_supply(number: str, country: str, found: list[str]) -> None:
    assert codes(an_icp_order(number, country)) == found


@pytest.mark.rule("R44")
def test_it_checks_the_total_of_an_invoice_as_it_does_that_of_an_order() -> None:
    source = sample("invoice")
    source["invoice"]["total_price"] = 76
    document = invoice_to_document(source["invoice"], source["invoicerows"], source["order"], settings())
    assert "totals_differ" in codes(document)


@pytest.mark.rule("R45")
@pytest.mark.parametrize(("answer", "found"), [(True, []), (False, ["vat_number_invalid"]), (None, [])])
def test_it_believes_vies(answer: bool | None, found: list[str]) -> None:
    assert codes(an_icp_order("DE136695976"), Known(vat_number_is_valid=answer)) == found


@pytest.mark.rule("R118", "R123", "R187", "R197", "R206", "R212")
def test_it_takes_the_vat_setting_of_the_treatment() -> None:
    shop = settings()
    costs = {"total_shipping": 6, "paymethod_costs": 1, "extra_costs": 1}

    def keys(document: SalesDocument) -> list[tuple[str, int]]:
        return [(row.country, int(row.rate)) for row in vat_settings(document, shop)]

    mixed = mapped(an_order(38, "5.79", **costs), a_row(20, 21), a_row(10, 9))
    assert keys(mixed) == [("NL", 21), ("NL", 9)]
    assert keys(an_icp_order("DE136695976")) == [("ICP", 0)]
    abroad = an_order(18, 0, customer=a_customer("CH"), **costs)
    assert keys(mapped(abroad, a_row(10, 0))) == [("INTERNATIONAL", 0)]
    platform = an_order(18, 0, customer=a_customer("CH"), is_platform_sale=True, **costs)
    assert keys(mapped(platform, a_row(10, 0))) == [("MARKETPLACE", 0)]


@pytest.mark.rule("R46", "R126")
@pytest.mark.parametrize(
    ("country", "rate", "vat", "problem"),
    [
        ("DE", 7, "0.65", {"code": "vat_setting_missing", "country": "DE", "rate": "7"}),
        ("NL", "5.5", "0.52", {"code": "vat_setting_missing", "country": "NL", "rate": "5.5"}),
        ("BE", 0, "0", {"code": "zero_vat_without_icp", "country": "BE"}),
    ],
)
def test_it_misses_a_vat_setting(country: str, rate: Any, vat: str, problem: dict[str, str]) -> None:
    document = mapped(an_order(10, vat, customer=a_customer(country)), a_row(10, rate))
    assert [found.dump() for found in problems(document, settings())] == [problem]


@pytest.mark.rule("R46")
@pytest.mark.parametrize("key", ["ICP", "INTERNATIONAL", "MARKETPLACE"])
def test_it_misses_the_setting_of_a_special_treatment(key: str) -> None:
    customer = a_customer({"ICP": "DE", "INTERNATIONAL": "US", "MARKETPLACE": "DE"}[key], btw="DE136695976")
    flags = {"is_intra_community_order": key == "ICP", "is_platform_sale": key == "MARKETPLACE"}
    document = mapped(an_order(10, 0, customer=customer, **flags), a_row(10, 0))
    found = problems(document, settings(vat=[]))
    assert [problem.dump() for problem in found] == [{"code": "vat_setting_missing", "country": key, "rate": "0"}]


def test_it_books_zero_percent_in_the_eu_with_a_setting_for_it() -> None:
    row = {"country": "BE", "rate": "0", "vat_code": "1", "revenue": "2"}
    assert codes(mapped(an_order(10, 0, customer=a_customer("BE")), a_row(10, 0)), vat=[row]) == []


@pytest.mark.rule("R46")
@pytest.mark.parametrize(("known", "found"), [({"4100200301"}, []), ({"1"}, ["vat_code_gone"]), (None, [])])
def test_it_notices_that_a_vat_code_is_gone(known: set[str] | None, found: list[str]) -> None:
    assert codes(mapped(an_order(), a_row()), Known(vat_codes=known)) == found


@pytest.mark.rule("R46")
def test_it_takes_a_setting_without_a_vat_code_for_none() -> None:
    row = {"country": "NL", "rate": "21", "vat_code": "", "revenue": "3"}
    assert codes(mapped(an_order(), a_row()), vat=[row]) == ["vat_setting_missing"]


@pytest.mark.rule("R122")
@pytest.mark.parametrize(("country", "found"), [("CH", ["international_with_vat"]), ("NL", [])])
def test_it_expects_no_vat_outside_the_eu(country: str, found: list[str]) -> None:
    assert codes(mapped(an_order(customer=a_customer(country)), a_row())) == found


def test_it_needs_a_revenue_account() -> None:
    row = {"country": "NL", "rate": "21", "vat_code": "1", "shipping": "2"}
    document = mapped(an_order("16.05", "2.79", total_shipping="6.05"), a_row())
    assert codes(document, vat=[row]) == ["ledger_account_missing"]
    assert codes(document, vat=[row | {"revenue": "3"}]) == []


@pytest.mark.rule("R177")
def test_it_needs_something_to_know_a_product_by() -> None:
    bare = {"product_number": "", "product_id": None}
    assert codes(mapped(an_order(), a_row(**bare))) == ["product_code_missing"]
    assert codes(mapped(an_order(), a_row(**bare | {"product_id": 5}))) == []


@pytest.mark.rule("R133")
def test_it_needs_a_clearing_account_only_for_payments() -> None:
    document = mapped(an_order(paymethod="paypal"), a_row())
    assert payment_problems(document, settings()) == []
    assert [problem.code for problem in payment_problems(document, settings(payments=True))] == [
        "clearing_account_missing"
    ]
    assert payment_problems(mapped(an_order(), a_row()), settings(payments=True)) == []


@pytest.mark.parametrize(
    ("total", "start", "reason"),
    [
        ("10.00", None, ""),
        ("0.00", None, "zero_total"),
        ("10.00", date(2026, 3, 2), ""),
        ("10.00", date(2026, 3, 3), "before_start_date"),
    ],
)
def test_it_skips_what_need_not_be_posted(total: str, start: date | None, reason: str) -> None:
    discount = 10 if total == "0.00" else 0
    document = mapped(an_order(total, 0 if discount else "1.74", total_discounts=discount), a_row())
    assert skip_reason(document, start) == reason
