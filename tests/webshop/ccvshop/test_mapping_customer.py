"""The customer of an order, and where it goes."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import as_json
from integrations.vat import treatment
from tests.webshop.ccvshop.orders import a_customer, a_row, an_order, mapped, sample_order

D = Decimal


@pytest.mark.rule("R222", "R223", "R225", "R226", "R228", "R229", "R230", "R231", "R232", "R233", "R235", "R236")
def test_it_reads_the_customer() -> None:
    customer = as_json(sample_order())["customer"]
    assert customer == {
        "email": "inkoop@voorbeeld.example",
        "first_name": "Sanne",
        "last_name": "Voorbeeld",
        "company": "Voorbeeld Horeca B.V.",
        "phone": "030-0000000",
        "coc_number": "00000000",
        "vat_number": "NL000000000B00",
        "billing": {
            "street": "Proeflaan",
            "line_2": "2e verdieping",
            "house_number": "12 b",
            "zipcode": "1234 AB",
            "city": "Utrecht",
            "country": "NL",
        },
        "delivery": {
            "street": "Testkade",
            "line_2": "",
            "house_number": "5",
            "zipcode": "4321 ZX",
            "city": "Rotterdam",
            "country": "NL",
        },
    }


@pytest.mark.rule("R53", "R236")
def test_it_writes_an_email_address_in_one_way() -> None:
    assert (
        mapped(an_order(customer=a_customer(email=" Noor@Mail.EXAMPLE\n")), a_row()).customer.email
        == "noor@mail.example"
    )


@pytest.mark.rule("R227")
def test_it_finds_the_chamber_of_commerce_number_in_both_places() -> None:
    billing = a_customer()["billingaddress"]
    on_customer = a_customer(kvk="111")
    on_address = a_customer(kvk="", billingaddress=billing | {"kvk": "222"})
    assert mapped(an_order(customer=on_customer), a_row()).customer.coc_number == "111"
    assert mapped(an_order(customer=on_address), a_row()).customer.coc_number == "222"


@pytest.mark.rule("R151", "R234")
@pytest.mark.parametrize("block", [None, [], {}, {"street": "", "zipcode": None, "city": "", "country_code": None}])
def test_it_delivers_to_the_billing_address_when_the_delivery_block_is_empty(block: Any) -> None:
    document = mapped(an_order(customer=a_customer("DE", deliveryaddress=block)), a_row())
    assert document.delivery_country == "DE"
    assert document.customer.delivery == document.customer.billing


@pytest.mark.rule("R151", "R187", "R234")
def test_it_goes_by_the_country_of_delivery() -> None:
    delivery = {"street": "Hauptstr.", "zipcode": "50667", "city": "Köln", "country_code": "de"}
    document = mapped(an_order(customer=a_customer("NL", deliveryaddress=delivery)), a_row())
    assert (document.delivery_country, treatment(document)) == ("DE", "DE")
    assert document.customer.billing.country == "NL"


def test_it_takes_the_home_country_of_a_customer_without_one() -> None:
    document = mapped(an_order(customer=None), a_row())
    assert document.delivery_country == "NL"
    assert document.notes == ("country_assumed",)


@pytest.mark.rule("R235")
@pytest.mark.parametrize(("number", "notes"), [("NL000000000B00", ("vat_number_unlikely",)), ("NL004495445B01", ())])
def test_it_checks_every_vat_number_but_blocks_nothing(number: str, notes: tuple[str, ...]) -> None:
    assert mapped(an_order(customer=a_customer(btw=number)), a_row()).notes == notes
