"""What Rompslomp is sent, field by field. Whole bodies are in the golden files of the preview."""

from decimal import Decimal
from typing import Any

import pytest

from accounting.rompslomp import payload
from accounting.rompslomp.calls import creates
from accounting.rompslomp.codes import ledger_code, product_key
from integrations.payment_methods import fixed_debtor
from integrations.sales import SalesDocument
from tests.webshop.ccvshop.orders import SETTINGS, a_customer, a_row, an_order, mapped, sample_order, settings

D = Decimal


def an_invoice(document: SalesDocument, **changes: Any) -> dict[str, Any]:
    products = {product_key(line): "5022318844" for line in document.lines}
    chosen = settings(**changes)
    body = payload.invoice(document, chosen, reference="ccv-1-order-351", customer="4811220931", products=products)
    invoice: dict[str, Any] = body["sales_invoice"]
    return invoice


def accounting(**changes: Any) -> dict[str, Any]:
    return SETTINGS["accounting"] | changes


@pytest.mark.rule("R303", "R304", "R305", "R306", "R307", "R316", "R302")
def test_it_writes_the_head_of_an_invoice() -> None:
    invoice = an_invoice(mapped(an_order(create_date="2026-12-20T12:00:00Z"), a_row()))
    lines = invoice.pop("invoice_lines")
    assert len(lines) == 1
    assert invoice == {
        "date": "2026-12-20",
        "due_date": "2027-01-03",
        "contact_id": 4811220931,
        "currency": "eur",
        "description": "2026-1",
        "api_reference": "ccv-1-order-351",
        "sale_type": "supply",
        "distance_sale": False,
        "validates_vat_number": False,
        "sends_copy_by_email_on_publish": False,
        "template_id": 4460541002,
    }


@pytest.mark.rule("R302", "R316")
def test_it_leaves_the_layout_to_rompslomp_when_none_was_chosen() -> None:
    assert "template_id" not in an_invoice(mapped(an_order(), a_row()), accounting=accounting(layout=""))


@pytest.mark.rule("R309", "R310", "R311", "R312", "R313", "R314", "R315")
def test_it_writes_the_lines() -> None:
    lines = an_invoice(sample_order())["invoice_lines"]
    assert lines[0] == {
        "product_id": 5022318844,
        "description": "Espressobonen 1 kg",
        "quantity": "2",
        "price_per_unit": "20.59633",
        "vat_type_id": 4100200302,
        "vat_rate": "0.09",
        "account_id": 5464900002,
    }
    assert [line["account_id"] for line in lines[1:4]] == [5464900002, 5464900003, 5464900002]
    assert [line["price_per_unit"] for line in lines[5:]] == ["-4.13223", "-2.75229", "-1.65289"]


@pytest.mark.rule("R315")
def test_it_cuts_long_descriptions() -> None:
    document = mapped(an_order(), a_row(product_name="x" * 300))
    assert an_invoice(document)["invoice_lines"][0]["description"] == "x" * 255


@pytest.mark.rule("R314")
@pytest.mark.parametrize(
    ("count", "price"), [(1, "1.65289"), (999, "1.65289"), (1000, "1.652893"), (10_000, "1.6528926")]
)
def test_it_gives_large_quantities_more_decimals(count: int, price: str) -> None:
    document = mapped(an_order(2 * count, "1"), a_row(2, 21, count))
    assert an_invoice(document)["invoice_lines"][0]["price_per_unit"] == price


@pytest.mark.rule("R314")
def test_it_makes_the_price_of_a_line_that_took_a_cent_fit_its_total() -> None:
    document = mapped(an_order("10.01", "1.74"), a_row())
    price = D(an_invoice(document)["invoice_lines"][0]["price_per_unit"])
    assert price == D("8.27273")
    assert (price * D("1.21")).quantize(D("0.01")) == D("10.01")


@pytest.mark.rule("R307")
@pytest.mark.parametrize(("number", "text"), [("order", "2026-1"), ("invoice", "318")])
def test_it_describes_a_document_by_the_chosen_number(number: str, text: str) -> None:
    document = mapped(an_order(invoicenumber=318), a_row())
    assert an_invoice(document, accounting=accounting(number=number))["description"] == text


@pytest.mark.rule("R308")
def test_it_describes_a_credit_as_one() -> None:
    document = mapped(an_order(-10, "-1.74"), a_row(10, 21, -1))
    invoice = an_invoice(document)
    assert invoice["description"] == "Credit 2026-1"
    assert invoice["invoice_lines"][0]["quantity"] == "1"
    assert invoice["invoice_lines"][0]["price_per_unit"] == "-8.26446"


@pytest.mark.rule("R119", "R317")
def test_it_gives_the_vat_number_of_an_intra_community_supply() -> None:
    customer = a_customer("DE", btw=" de 136.695.976")
    document = mapped(an_order(10, 0, is_intra_community_order=True, customer=customer), a_row(10, 0))
    invoice = an_invoice(document)
    assert (invoice["vat_number"], invoice["validates_vat_number"]) == ("DE136695976", False)
    assert invoice["invoice_lines"][0]["vat_type_id"] == 4100200304
    assert payload.contact(document)["contact"]["vat_number"] == "DE136695976"
    assert "vat_number" not in an_invoice(mapped(an_order(), a_row()))


@pytest.mark.parametrize(
    ("country", "rate", "vat", "is_distance_sale"),
    [("NL", 21, "1.74", False), ("DE", 19, "1.60", True), ("BE", 21, "1.74", False), ("CH", 0, "0", False)],
)
def test_it_tells_a_distance_sale_by_the_vat_code(country: str, rate: int, vat: str, is_distance_sale: bool) -> None:
    document = mapped(an_order(10, vat, customer=a_customer(country)), a_row(10, rate))
    assert an_invoice(document)["distance_sale"] is is_distance_sale


@pytest.mark.rule("R318", "R319", "R320", "R321", "R323", "R324", "R325", "R326")
def test_it_writes_a_person() -> None:
    assert payload.contact(mapped(an_order(), a_row())) == {
        "contact": {
            "is_individual": True,
            "is_supplier": False,
            "company_name": None,
            "contact_person_name": "Noor Visser",
            "contact_person_email_address": "noor@mail.example",
            "address": "Dorpsstraat 12 a",
            "zipcode": "1234 CD",
            "city": "Zeist",
            "country_code": "NL",
            "kvk_number": None,
            "phone": "030",
            "vat_number": None,
        }
    }


@pytest.mark.rule("R224", "R319", "R322", "R323", "R324", "R327")
def test_it_writes_a_company_at_its_billing_address() -> None:
    contact = payload.contact(sample_order())["contact"]
    assert (contact["is_individual"], contact["company_name"]) == (False, "Voorbeeld Horeca B.V.")
    assert (contact["contact_person_name"], contact["kvk_number"]) == ("Sanne Voorbeeld", "00000000")
    assert (contact["address"], contact["vat_number"]) == ("Proeflaan 12 b", "NL000000000B00")


@pytest.mark.rule("R324")
@pytest.mark.parametrize(("full_name", "name"), [("N. Visser", "N. Visser"), ("", "noor@mail.example")])
def test_it_finds_another_name_for_a_person_without_one(full_name: str, name: str) -> None:
    billing = a_customer()["billingaddress"] | {"first_name": "", "last_name": None, "full_name": full_name}
    document = mapped(an_order(customer=a_customer(billingaddress=billing)), a_row())
    assert payload.contact(document)["contact"]["contact_person_name"] == name


@pytest.mark.rule("R292")
def test_it_has_fixed_products_for_costs() -> None:
    document = sample_order()
    assert [ledger_code(product_key(line)) for line in document.lines] == [
        *("KOF1000M", "MOK4", "SHIPPING", "PAYMENTCOSTS", "EXTRACOSTS", "SURCHARGE", "DISCOUNT", "DISCOUNT")
    ]
    plain = mapped(an_order(12, "2.08", extra_costs=2), a_row())
    assert ledger_code(product_key(plain.lines[1])) == "SURCHARGE"
    names = [
        payload.product(document, line, "X", settings())["product"]["invoice_line"] for line in document.lines[2:7]
    ]
    assert [name["description"] for name in names] == [
        *("Shipping costs", "Payment costs", "Extra costs", "Surcharge", "Discount")
    ]


@pytest.mark.rule("R290", "R294")
def test_it_writes_a_product() -> None:
    document = mapped(an_order(), a_row())
    assert payload.product(document, document.lines[0], "MOK1", settings()) == {
        "product": {
            "has_stock": False,
            "invoice_line": {
                "description": "Mok",
                "price_per_unit": "8.26446",
                "vat_type_id": 4100200301,
                "account_id": 5464900002,
                "product_code": "MOK1",
            },
        }
    }


def test_it_gives_a_product_the_price_of_a_debit() -> None:
    document = mapped(an_order(-10, "-1.74"), a_row(10, 21, -1))
    body = payload.product(document, document.lines[0], "MOK1", settings())
    assert body["product"]["invoice_line"]["price_per_unit"] == "8.26446"


@pytest.mark.rule("R128", "R129", "R132", "R134")
def test_it_has_a_fixed_debtor_per_payment_method() -> None:
    document = mapped(an_order(paymethod="Cash on Delivery"), a_row())
    assert fixed_debtor(document, settings()) == "4811220931"
    assert creates(document, settings(), {}, {})[0]["path"].endswith("/products")
    assert fixed_debtor(document, settings(payments=True)) == ""
    customer = a_customer("DE", btw="DE136695976")
    icp = mapped(
        an_order(10, 0, paymethod="Cash on Delivery", is_intra_community_order=True, customer=customer), a_row(10, 0)
    )
    assert fixed_debtor(icp, settings()) == ""
    assert creates(icp, settings(), {}, {})[0]["path"].endswith("/contacts")


@pytest.mark.rule("R51", "R287", "R291")
def test_it_creates_only_what_the_books_do_not_hold() -> None:
    document = mapped(an_order("16.05", "2.79", total_shipping="6.05"), a_row())

    def paths(customers: dict[str, str], products: dict[str, str]) -> list[str]:
        return [call["path"].rpartition("/")[2] for call in creates(document, settings(), customers, products)]

    assert paths({}, {}) == ["contacts", "products", "products", "sales_invoices", "new:document"]
    assert paths({"noor@mail.example": "1"}, {"MOK1": "2"}) == ["products", "sales_invoices", "new:document"]
    invoice = creates(document, settings(), {"noor@mail.example": "1"}, {"MOK1": "2"})[1]["body"]["sales_invoice"]
    assert invoice["contact_id"] == 1
    assert [line["product_id"] for line in invoice["invoice_lines"]] == [2, "new:product:SHIPPING"]


@pytest.mark.rule("R56", "R301")
@pytest.mark.parametrize("publish", [True, False])
def test_it_publishes_unless_told_otherwise(publish: bool) -> None:
    calls = creates(mapped(an_order(), a_row()), settings(accounting=accounting(publish=publish)), {}, {})
    assert (calls[-1]["body"] == {"sales_invoice": {"_publish": True}}) is publish
    invoice = calls[2]["body"]["sales_invoice"]
    assert invoice["sends_copy_by_email_on_publish"] is False
    assert "_publish" not in invoice


@pytest.mark.rule("R295", "R296", "R297", "R298", "R299")
def test_it_adds_a_payment_to_the_invoice() -> None:
    call = creates(mapped(an_order(), a_row()), settings(payments=True), {}, {})[-1]
    assert (call["method"], call["path"]) == ("PATCH", "/companies/1290044715/sales_invoices/new:document")
    assert call["body"] == {
        "sales_invoice": {
            "payments": [
                {
                    "amount": "10.00",
                    "description": "2026-1 tr_1",
                    "account_id": 5464901551,
                    "paid_at": "2026-03-02T00:00:00+01:00",
                }
            ]
        }
    }


def test_it_writes_a_rounding_line_and_finds_it_back() -> None:
    document = mapped(an_order(), a_row())
    body = payload.rounding(D("-0.01"), "4100200303", document, settings(accounting=accounting(rounding_account="77")))
    line = body["sales_invoice"]["invoice_lines"][0]
    assert line == {
        "description": "Rounding difference",
        "quantity": "1",
        "price_per_unit": "-0.01",
        "vat_type_id": 4100200303,
        "vat_rate": "0",
        "account_id": 77,
    }
    found = {"invoice_lines": [line | {"price_with_vat": "-0.01", "product_id": None}, {"description": "Mok"}]}
    assert payload.rounding_in(found, settings()) == D("-0.01")
    assert payload.rounding_in({"invoice_lines": []}, settings()) == 0
