import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounting.connectors import read_settings
from integrations.settings_file import SettingsError
from tests.webshop.ccvshop.orders import SETTINGS, settings

LEAST: dict[str, Any] = {"accounting": {"system": "rompslomp"}}
IMUIS: dict[str, Any] = {
    "shop": {
        "system": "ccvshop",
        "home_country": "NL",
        "process": "invoices",
        "start_date": "2026-01-01",
        "open_days": 60,
    },
    "accounting": {
        "system": "imuis",
        "target": "entry",
        "journal": "41",
        "debtors_account": "2975",
        "amounts": "incl",
        "order_type": "webshoporder",
        "item_group": "29",
        "address": "delivery",
        "number": "order",
        "vat_kinds": {"19": "H", "7": "L"},
    },
    "payments": False,
    "margin_scheme": False,
    "line_names": "en",
    "vat": [],
    "payment_methods": [],
}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_it_fills_in_what_is_missing() -> None:
    read = read_settings(LEAST)
    assert (read.shop.home_country, read.shop.process, read.shop.open_days, read.shop.start_date) == (
        "NL",
        "orders",
        60,
        None,
    )
    assert read.accounting.model_dump() == {
        "system": "rompslomp",
        "number": "order",
        "administration": "",
        "layout": "",
        "publish": True,
        "rounding_account": "",
    }
    assert (read.payments, read.margin_scheme, read.line_names, read.vat, read.payment_methods) == (
        False,
        False,
        "en",
        (),
        (),
    )


@pytest.mark.parametrize("given", [SETTINGS, IMUIS])
def test_it_writes_what_it_read(given: dict[str, Any]) -> None:
    written = read_settings(given).as_file()
    assert read_settings(json.loads(json.dumps(written))).as_file() == written
    assert written["accounting"].items() >= given["accounting"].items()
    assert written["shop"].items() >= given["shop"].items()
    assert [row["rate"] for row in written["vat"]] == [row["rate"] for row in given["vat"]]


@pytest.mark.rule("R307")
def test_it_takes_two_values_for_the_number() -> None:
    assert read_settings({"accounting": {"system": "rompslomp", "number": "invoice"}}).accounting.number == "invoice"
    with pytest.raises(SettingsError, match=r"accounting\.number"):
        read_settings({"accounting": {"system": "rompslomp", "number": "both"}})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"colour": 1}, "colour: unknown key"),
        ({"shop": {"colour": 1}}, "shop.colour: unknown key"),
        ({"accounting": {"system": "rompslomp", "journal": "41"}}, "accounting.journal: unknown key"),
        ({"accounting": {"system": "imuis", "layout": "1"}}, "accounting.layout: unknown key"),
        ({"vat": [{"country": "NL", "rate": "21", "code": "1"}]}, "vat.0.code: unknown key"),
        ({"payment_methods": [{"method": "x", "iban": "1"}]}, "payment_methods.0.iban: unknown key"),
        ({"accounting": {"system": "exact"}}, "accounting.system: must be one of rompslomp, imuis"),
        ({"accounting": []}, "accounting: is missing"),
        ({"vat": [{"country": "Nederland", "rate": "21"}]}, "vat.0.country: is not a country code of two letters"),
        ({"shop": {"home_country": "ICP"}}, "shop.home_country: is not a country code of two letters"),
        ({"vat": [{"country": "NL", "rate": "21"}, {"country": "nl", "rate": 21}]}, "vat has NL with 21% twice"),
        ({"payment_methods": [{"method": "i-DEAL"}, {"method": "ideal"}]}, "payment_methods has ideal twice"),
        ({"shop": {"process": "both"}}, "shop.process: must be one of orders, invoices"),
        ({"shop": {"start_date": "31-01-2026"}}, "shop.start_date: must be a date such as 2026-01-31"),
        ({"shop": {"open_days": 0}}, "shop.open_days: must be 1 or more"),
        ({"shop": {"open_days": "many"}}, "shop.open_days: must be a whole number"),
        ({"payments": "perhaps"}, "payments: must be true or false"),
        ({"vat": {}}, "vat: must be a list: [ … ]"),
        ({"vat": [5]}, "vat.0: must be an object: { … }"),
        ({"vat": [{"country": "NL", "rate": "much"}]}, "vat.0.rate: must be a number"),
        ({"payment_methods": [{"method": ""}]}, "payment_methods.0.method: must not be empty"),
        ({"payment_methods": [{"method": "x" * 65}]}, "payment_methods.0.method: is longer than 64 characters"),
    ],
)
def test_it_names_what_it_refuses(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(LEAST | changes)
    assert caught.value.faults == [fault]


@pytest.mark.parametrize("rate", ["21%", "NaN", -1, 101, None, "veel", "9.12345"])
def test_it_refuses_rates_that_are_none(rate: Any) -> None:
    with pytest.raises(SettingsError, match=r"vat\.0\.rate"):
        read_settings(LEAST | {"vat": [{"country": "NL", "rate": rate}]})


@pytest.mark.parametrize("code", ["x" * 65, "4\x00", "1\n2", [], True])
def test_it_refuses_codes_that_cannot_be_stored(code: Any) -> None:
    with pytest.raises(SettingsError, match=r"vat\.0\.vat_code"):
        read_settings(LEAST | {"vat": [{"country": "NL", "rate": 21, "vat_code": code}]})


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_it_refuses_what_are_no_settings(data: Any) -> None:
    with pytest.raises(SettingsError):
        read_settings(data)


@pytest.mark.rule("R109", "R188", "R197", "R206", "R212")
def test_it_falls_back_to_the_revenue_account() -> None:
    row = settings().vat_setting("NL", Decimal("21.0"))
    assert row is not None
    assert [row.account(kind) for kind in ("goods", "surcharge", "discount", "shipping", "payment_costs")] == [
        *("5464900002", "5464900002", "5464900002", "5464900003", "5464900002")
    ]


@pytest.mark.rule("R115", "R201")
def test_it_knows_several_percentages_of_a_country() -> None:
    assert settings().highest_rate("NL") == 21
    assert settings().highest_rate("DE") == 19
    assert settings().highest_rate("FR") is None


@pytest.mark.rule("R4", "R134")
def test_it_posts_payments_only_where_the_books_can() -> None:
    assert read_settings(LEAST | {"payments": True}).posts_payments
    assert not read_settings({"accounting": {"system": "imuis"}, "payments": True}).posts_payments
