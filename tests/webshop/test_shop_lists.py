"""The lists of the shop that settings go by."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.conftest import Sandbox
from tests.linked import Linked, link
from webshop import shop_lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox: Sandbox) -> Iterator[Linked]:
    sandbox.reset()
    cache.clear()
    with translation.override("en"):
        yield link(sandbox.url)
    cache.clear()


def test_the_methods_are_those_that_are_switched_on(linked: Linked) -> None:
    methods, trouble = shop_lists.payment_methods(linked.integration)
    by_name = {method.name: method for method in methods}
    assert trouble == ""
    assert (by_name["DemoPSP-iDEAL"].label, by_name["DemoPSP-iDEAL"].key) == ("iDEAL", "demopspideal")
    assert "OudePSP-Sofort Banking" not in by_name


def test_the_percentages_are_exact_and_highest_first(linked: Linked) -> None:
    rates, trouble = shop_lists.rates_by_country(linked.integration)
    assert trouble == ""
    assert rates["DE"] == (Decimal(19), Decimal(7))
    assert rates["FR"] == (Decimal(20), Decimal(10), Decimal("5.5"))
    assert rates["US"] == (Decimal(0),)


def test_the_shop_is_asked_once_an_hour(linked: Linked, sandbox: Sandbox) -> None:
    for _ in range(3):
        shop_lists.payment_methods(linked.integration)
        shop_lists.rates_by_country(linked.integration)
    asked = {path: count for path, count in sandbox.counters().items() if "paymethods" in path or "geozone" in path}
    assert set(asked.values()) == {1}
    assert len(asked) == 2


def test_a_shop_that_does_not_answer_gives_an_empty_list_and_a_sentence(linked: Linked, sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", path="paymethods", times=10)
    methods, trouble = shop_lists.payment_methods(linked.integration)
    assert methods == []
    assert "did not answer" in trouble


def test_a_shop_that_refuses_our_keys_is_told_apart(linked: Linked) -> None:
    credential = linked.integration.credentials.get(side="shop")
    credential.secret = {"public": credential.secret["public"], "secret": "another"}
    credential.save()
    rates, trouble = shop_lists.rates_by_country(linked.integration)
    assert rates == {}
    assert "does not let us in" in trouble


def test_without_a_shop_nothing_is_asked(linked: Linked) -> None:
    linked.integration.api_root = ""
    assert shop_lists.payment_methods(linked.integration) == ([], "The webshop is not connected.")
