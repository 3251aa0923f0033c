"""A part of an order: some of its rows, in some quantity. An invoice that is not for the whole is made of it."""

from typing import Any

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.filling import row_prices, total
from webshop.ccvshop.sandbox.totals import cents, exact, number, total_price_and_tax

COSTS = ("total_shipping", "extra_payment_option_price", "paymethod_costs", "credit_point_discount", "extra_costs")


def part_of(record: Row, chosen: list[Row], has_costs: Any) -> tuple[Row, list[Row]]:
    """The order and its rows as if only these had been bought: ``chosen`` is ``[{"id": order row, "count": 1}]``, the
    whole quantity unless ``count`` says less. Costs belong to it only with ``has_costs``; of the discount the part that
    these goods are worth. Totals are computed anew."""
    by_id = {row["id"]: row for row in record["rows"]}
    unknown = [row["id"] for row in chosen if row["id"] not in by_id]
    if unknown or not chosen:
        raise ValueError(f"no such order rows: {unknown}")
    rows = [counted(by_id[row["id"]], row.get("count")) for row in chosen]
    order = dict(record["order"])
    worth = total(record["rows"], "total_price_with_attributes")
    if worth:
        share = total(rows, "total_price_with_attributes") / worth
        order["total_discounts"] = number(cents(exact(order["total_discounts"]) * share))
    if not has_costs:
        order |= dict.fromkeys(COSTS, 0) | {"extra_costs_description": "", "extra_payment_option": ""}
    price, tax = total_price_and_tax(order, rows)
    return order | {"total_price": number(price), "total_tax": number(tax)}, rows


def counted(row: Row, count: Any) -> Row:
    """The same row in another quantity."""
    if count is None:
        return row
    if not 0 < exact(count) <= exact(row["count"]):
        raise ValueError(f"row {row['id']} has a count of {row['count']}")
    return {**row, **row_prices({**row, "count": count}, row["attributes"]), "count": count}
