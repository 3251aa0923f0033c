"""What a new debtor is made of."""

from typing import Any

import pytest

from accounting.imuis.dataset import dataset, parse
from accounting.imuis.debtor import country_of, debtor, house_number_parts, search_key
from tests.accounting.imuis.books import columns, document, sample_order, settings
from tests.webshop.ccvshop.orders import a_customer

DELIVERY = {
    "full_name": "Magazijn Zeist",
    "company": "Visser B.V.",
    "street": "Kade",
    "housenumber": 5,
    "zipcode": "4321 ZX",
    "city": "Rotterdam",
    "country_code": "BE",
}


def a_debtor(
    customer: dict[str, Any] | None = None, *, country: str = "NL", address: str = "delivery"
) -> dict[str, str]:
    rows = debtor(document(customer=customer or a_customer()), settings(address=address), country=country)
    assert rows[0] == ("METADATA", {"TABLE": "DEB"})
    return columns(rows, "DATA")[0]


def with_billing(**changes: Any) -> dict[str, Any]:
    return a_customer(billingaddress=a_customer()["billingaddress"] | changes)


@pytest.mark.rule("R330", "R371", "R372", "R373", "R374")
def test_it_writes_a_person() -> None:
    assert a_debtor() == {
        "ZKSL": search_key("Noor Visser", "noor@mail.example"),
        "NAAM": "Noor Visser",
        "STRAAT": "Dorpsstraat",
        "ADRES": "Dorpsstraat 12 a",
        "HNR": "12",
        "HNRTV": "a",
        "POSTCD": "1234 CD",
        "PLAATS": "Zeist",
        "LAND": "NL",
        "EMAIL": "noor@mail.example",
        "TEL": "030",
    }


@pytest.mark.rule("R371", "R372", "R373", "R374")
def test_it_takes_the_delivery_address() -> None:
    found = a_debtor(a_customer(deliveryaddress=DELIVERY), country="B")
    assert found["NAAM"] == "Visser B.V., Magazijn Zeist"
    assert (found["STRAAT"], found["HNR"], found["POSTCD"]) == ("Kade", "5", "4321 ZX")
    assert (found["PLAATS"], found["LAND"]) == ("Rotterdam", "B")
    assert "HNRTV" not in found


@pytest.mark.rule("R374")
def test_it_takes_the_billing_address_when_told() -> None:
    found = a_debtor(a_customer(deliveryaddress=DELIVERY), address="billing")
    assert (found["NAAM"], found["STRAAT"], found["PLAATS"]) == ("Noor Visser", "Dorpsstraat", "Zeist")


@pytest.mark.rule("R372")
@pytest.mark.parametrize(("address", "country"), [("delivery", "BE"), ("billing", "NL")])
def test_it_tells_the_country_to_look_up(address: str, country: str) -> None:
    sold = document(customer=a_customer(deliveryaddress=DELIVERY))
    assert country_of(sold, settings(address=address)) == country


def test_it_takes_the_shops_country_for_an_address_without_one() -> None:
    assert country_of(document(customer=with_billing(country_code=None)), settings()) == "NL"


def test_it_leaves_out_a_country_that_the_books_do_not_know() -> None:
    assert "LAND" not in a_debtor(country="")


@pytest.mark.rule("R373")
@pytest.mark.parametrize(
    ("billing", "name"),
    [
        ({"company": "Visser B.V."}, "Visser B.V., Noor Visser"),
        ({"company": "Noor Visser"}, "Noor Visser"),
        ({"company": "Visser B.V.", "full_name": ""}, "Visser B.V."),
        ({"full_name": ""}, "Noor Visser"),
        ({"full_name": "", "first_name": "", "last_name": None}, "noor@mail.example"),
        ({"full_name": "N" * 60}, "N" * 50),
        ({"full_name": '"Piet" & <Co> ☕'}, '"Piet" & <Co> ☕'),
    ],
)
def test_it_names_a_debtor(billing: dict[str, Any], name: str) -> None:
    assert a_debtor(with_billing(**billing))["NAAM"] == name


def test_it_finds_a_name_elsewhere_when_the_delivery_has_none() -> None:
    nameless = DELIVERY | {"full_name": "", "company": ""}
    assert a_debtor(a_customer(deliveryaddress=nameless))["NAAM"] == "Noor Visser"


def test_it_cuts_what_is_too_long_and_keeps_whole_what_may_not_be_cut() -> None:
    billing = {"street": "S" * 60, "zipcode": "12345-6789", "city": "P" * 30, "telephone": "+31 (0)30 123 45 67"}
    customer = with_billing(**billing) | {"kvk": "1" * 16, "email": f"{'n' * 52}@mail.example"}
    found = a_debtor(customer)
    assert (found["STRAAT"], found["ADRES"]) == ("S" * 37, "S" * 50)
    assert (found["POSTCD"], found["PLAATS"]) == ("12345-67", "P" * 24)
    assert found["EMAIL"] == f"{'n' * 52}@mail.example"
    assert not {"TEL", "KVKNR"} & found.keys()


def test_it_gives_the_number_at_the_chamber_of_commerce() -> None:
    rows = debtor(sample_order(), settings(), country="NL")
    assert columns(rows, "DATA")[0]["KVKNR"] == "00000000"


@pytest.mark.parametrize(
    ("is_icp", "given", "number"),
    [
        (True, " de 136.695.976", "DE136695976"),
        (True, "136695976", "DE136695976"),
        (False, "DE136695976", None),
        (True, "x" * 20, None),
    ],
)
def test_it_gives_the_vat_number_of_an_intra_community_supply(is_icp: bool, given: str, number: str | None) -> None:
    sold = document(is_intra_community_order=is_icp, customer=a_customer("DE", btw=given))
    assert columns(debtor(sold, settings(), country="DE"), "DATA")[0].get("BTWNR") == number


def test_its_key_is_its_own() -> None:
    key = search_key("Koffiehuis De Vergulde Kan B.V.", "a@mail.example")
    assert key == "Koffiehuis De-uc2hfg"
    assert key == search_key("Koffiehuis De Vergulde Kan B.V.", "a@mail.example")
    others = {search_key("Koffiehuis De Vergulde Kan B.V.", f"{number}@mail.example") for number in range(2000)}
    assert len(others) == 2000
    assert max(len(other) for other in others) == 20


def test_it_has_a_key_without_a_name() -> None:
    assert len(search_key("", "a@mail.example")) == 7


@pytest.mark.rule("R371")
@pytest.mark.parametrize(
    ("house_number", "number", "addition"),
    [
        ("12", "12", ""),
        ("12 b", "12", "b"),
        ("12b", "12", "b"),
        ("12-III", "12", "III"),
        ("12 - 14", "12", "14"),
        ("12/2", "12", "2"),
        ("12 hs.", "12", "hs."),
        ("007", "7", ""),
        ("12345", "12345", ""),
        ("123456", "", "123456"),
        ("1234567", "", "123456"),
        ("b12", "", "b12"),
        ("12 achterhuis", "12", "achter"),
        ("t/o 12", "", "t/o 12"),
        ("٣", "", "٣"),
        ("12\t\x00b", "12", "b"),
        ("-", "", "-"),
        ("", "", ""),
    ],
)
def test_it_splits_a_house_number(house_number: str, number: str, addition: str) -> None:
    assert house_number_parts(house_number) == (number, addition)


@pytest.mark.rule("R371")
@pytest.mark.parametrize("house_number", [None, [], ["12"], {"a": 1}, False])
def test_it_leaves_out_a_house_number_that_is_no_text(house_number: Any) -> None:
    found = a_debtor(with_billing(housenumber=house_number, housenumber_suffix=""))
    assert not {"HNR", "HNRTV"} & found.keys()


def test_every_character_arrives() -> None:
    billing = {"full_name": "R&D <Café> €5 'x' \"y\" ☕", "street": "Ünter & Über", "city": "S\ud83cplit"}
    rows = debtor(document(customer=with_billing(**billing)), settings(), country="NL")
    assert parse(dataset(*rows).encode())[1] == ("DATA", columns(rows, "DATA")[0])
