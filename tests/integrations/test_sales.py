from decimal import Decimal
from typing import Any

import pytest

from integrations.sales import SalesLine


def a_line(**changes: Any) -> SalesLine:
    fields: dict[str, Any] = {
        "type": "goods",
        "source": "orderrow",
        "name": "Mok",
        "quantity": Decimal(1),
        "vat_rate": Decimal(21),
        "prices_are": "incl",
        "unit_price_excl": Decimal("8.26446"),
        "unit_price_incl": Decimal(10),
        "total_excl": Decimal("8.26"),
        "total_vat": Decimal("1.74"),
        "total_incl": Decimal("10.00"),
    }
    return SalesLine(**fields | changes)


def test_it_holds_a_line_that_adds_up() -> None:
    assert a_line().total_incl == 10


@pytest.mark.parametrize("field", ["total_excl", "total_vat", "total_incl"])
def test_it_refuses_a_line_that_does_not_add_up(field: str) -> None:
    with pytest.raises(ValueError, match="is not gross"):
        a_line(**{field: Decimal("5.00")})


def test_it_refuses_parts_of_cents() -> None:
    with pytest.raises(ValueError, match="whole cents"):
        a_line(total_excl=Decimal("8.264"), total_vat=Decimal("1.736"))
