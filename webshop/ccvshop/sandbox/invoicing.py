"""Random invoices: orders are placed and invoiced, whole or in part, and some are credited, whole or in part."""

from random import Random

from integrations.sandbox import Row
from webshop.ccvshop.sandbox import orders
from webshop.ccvshop.sandbox.generator import random_draft
from webshop.ccvshop.sandbox.invoices import make_invoice
from webshop.ccvshop.sandbox.totals import exact, number

PARTIAL = 0.3  # how many of the invoices, and of the credits, are for a part


def random_invoices(shop: Row, asked: Row) -> list[Row]:
    """``asked``: ``count`` in all, of which the share ``credit`` are credits; ``seed`` and ``mix`` as for orders."""
    rng = Random(asked.get("seed", 1))  # noqa: S311 - test data, not a secret
    count = int(asked.get("count", 1))
    credits = round(count * float(asked.get("credit", 0.33)))
    if credits and credits == count:
        raise ValueError("a credit needs an invoice to credit")
    made: list[Row] = []
    sold: list[tuple[Row, Row, Row]] = []
    for _ in range(count - credits):
        draft = random_draft(rng, asked.get("mix"))
        order = orders.place_order(shop, draft)
        record = orders.find_order(shop, order["id"])
        assert record
        sold.append((draft, record, part(rng, draft, record["rows"])))
        made.append(invoiced(shop, *sold[-1]))
    for number_of_credit in range(credits):
        draft, record, bought = sold[number_of_credit % len(sold)]
        returned = part(rng, draft, bought.get("rows") or record["rows"]) or bought
        spelling = rng.choice(("negative", "positive"))
        made.append(invoiced(shop, draft, record, {**returned, "type": "credit", "spelling": spelling}))
    return made


def part(rng: Random, draft: Row, rows: list[Row]) -> Row:
    """Now and then a part of these rows: some of them, and of one only the half. What is spoiled stays whole."""
    if draft["problem"] or rng.random() >= PARTIAL:
        return {}
    chosen = [{"id": row["id"], "count": row["count"]} for row in rng.sample(rows, rng.randint(1, len(rows)))]
    halved = chosen[0]["count"]
    if halved == int(halved) and halved >= 2:
        chosen[0]["count"] = int(halved) // 2
    return {"rows": chosen, "costs": rng.random() < 0.5}


def invoiced(shop: Row, draft: Row, record: Row, asked: Row) -> Row:
    """Make an invoice, and say of it what a test wants to know."""
    invoice = make_invoice(shop, record, asked)
    return {
        "id": invoice["id"],
        "kind": draft["kind"],
        "number": invoice["invoicenumber_full"],
        "type": invoice["type"],
        "order": record["order"]["id"],
        "problem": draft["problem"],
        "total_incl": orders.money(invoice),
        "total_excl": f"{number(exact(invoice['total_price_exc_tax'])):.2f}",
        "shop": shop["id"],
    }
