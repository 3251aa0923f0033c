import pytest

from integrations.payment_methods import payment_method


@pytest.mark.rule("R154", "R155")
@pytest.mark.parametrize("name", ["Cash on Delivery", "cash-on-delivery", "CASHONDELIVERY", " cash on-delivery "])
def test_it_finds_a_configured_method_whatever_its_spelling(name: str) -> None:
    assert payment_method(name, {"cashondelivery"}) == "cashondelivery"


@pytest.mark.rule("R154")
def test_it_prefers_what_is_configured_to_the_words() -> None:
    assert payment_method("PayPal Express", {"paypalexpress", "paypal"}) == "paypalexpress"
    assert payment_method("PayPal Express", {"paypal"}) == "paypal"


@pytest.mark.rule("R156", "R157", "R158", "R159", "R160", "R161", "R162", "R246", "R247", "R248", "R249", "R250")
@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("BankTransfer", "banktransfer"),
        ("Vooraf per rekening", "banktransfer"),
        ("Pay by invoice", "banktransfer"),
        ("Overboeking via transfer", "banktransfer"),
        ("iDEAL via bank transfer", "banktransfer"),
        ("DemoPSP-iDEAL", "ideal"),
        ("i-DEAL", "ideal"),
        ("Pay Pal", "paypal"),
        ("PayPal iDEAL", "ideal"),
        ("After-Pay", "afterpay"),
        ("Mister Cash", "mistercash"),
        ("Bancontact/MisterCash", "mistercash"),
        ("Mister", "default"),
        ("Cash", "default"),
        ("Cashback", "default"),
        ("Credit card", "creditcard"),
        ("credit", "default"),
        ("giftcard", "default"),
        ("Maestro", "creditcard"),
        ("VISA", "creditcard"),
        ("MasterCard", "creditcard"),
        ("Bancontact", "default"),
        ("", "default"),
    ],
)
def test_it_tells_a_method_by_its_words(name: str, key: str) -> None:
    assert payment_method(name, ()) == key
