"""Random but realistic orders, the same for the same seed.

``random_source(rng)`` gives a whole order as the API would serve it, with totals as a shop computes them. The kinds,
the features and how often each occurs are in ``drafts.KINDS`` and ``drafts.FEATURES``; a ``mix`` overrides them:
``{"kinds": {"icp": 1}, "features": {"coupon": 1.0}, "unbookable": 0.1, "paid": 0.8}``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

from integrations.sandbox import Row
from webshop.ccvshop.sandbox import spoiling
from webshop.ccvshop.sandbox.assortment import ARTICLES, CHEAP, DEPOSIT, Article, Person
from webshop.ccvshop.sandbox.buyers import add_customer, draw_person
from webshop.ccvshop.sandbox.drafts import EXCL, FEATURES, KINDS, Draft
from webshop.ccvshop.sandbox.filling import fill_order
from webshop.ccvshop.sandbox.rates import EU_RATES, standard_rate
from webshop.ccvshop.sandbox.reference import PAYMETHODS, combined_name
from webshop.ccvshop.sandbox.shops import stamp
from webshop.ccvshop.sandbox.totals import cents, exact, number


def draw_rate(draft: Draft, article: Article) -> str:
    """The rate of this article where it is sold: what is reduced at home is reduced abroad."""
    if draft.kind in ("icp", "export", "platform"):
        return "0"
    if draft.kind == "abroad":
        rates = EU_RATES[draft.person.country]
        return rates[0] if article.rate == "21" else rates[-1]
    return article.rate


def draw_price(draft: Draft, article: Article) -> Fraction:
    price = exact(article.price)
    if draft.kind not in (*EXCL, "icp", "export"):
        return price
    net = price / (1 + exact(article.rate) / 100)
    if draft.has("four_decimals") or price < 1:
        return cents(net * 100) / 100
    return cents(net)


def draw_count(draft: Draft, article: Article) -> Fraction:
    rng = draft.rng
    if article in CHEAP:
        return Fraction(rng.choice((1000, 1250, 2500, 5000, 7777)))
    if article.unit in ("kg", "m") and draft.has("fractional"):
        return Fraction(rng.choice(("0.5", "1.25", "0.333", "2.75", "12.4")))
    return Fraction(rng.choices((1, 2, 3, 4, 6, 12, 24), (50, 20, 10, 6, 6, 5, 3))[0])


def add_row(draft: Draft, article: Article) -> None:
    price = draw_price(draft, article)
    discount = Fraction()
    if price > 2 and draft.has("row_discount"):
        discount = cents(price * Fraction(draft.rng.choice((5, 10, 12, 25)), 100))
    attributes = []
    if price > 2 and draft.has("attributes"):
        attributes = [{"option_name": "Gravure", "value_name": "Ja", "price": number(draft.amount(50, 750))}]
    draft.rows.append(
        {
            "product_type": "deposit" if article is DEPOSIT else "product",
            "product_name": article.name,
            "product_number": article.code,
            "sub_product_number": f"{article.code}-{article.variant}" if article.variant else "",
            "product_id": 845000001 + sum(map(ord, article.code)),
            "count": number(draw_count(draft, article)),
            "price": number(price),
            "discount": number(discount),
            "tax": number(exact(draw_rate(draft, article))),
            "unit": article.unit,
            "weight": 0.4,
            "attributes": attributes,
        }
    )


def add_rows(draft: Draft) -> None:
    wanted = draft.rng.choices((1, 2, 3, 4, 5, 6), (35, 25, 18, 12, 6, 4))[0]
    for article in draft.rng.sample(ARTICLES, wanted):
        add_row(draft, article)
    if draft.has("fractional"):
        add_row(draft, draft.rng.choice([article for article in ARTICLES if article.unit in ("kg", "m")]))
    if draft.has("bulk"):
        add_row(draft, draft.rng.choice(CHEAP))
    if draft.kind in ("home", "home_excl") and draft.has("deposit"):
        add_row(draft, DEPOSIT)


def goods_worth(draft: Draft, *, highest_rate_only: bool = False) -> Fraction:
    highest = max(row["tax"] for row in draft.rows)
    rows = [row for row in draft.rows if row["tax"] == highest or not highest_rate_only]
    each = ((exact(row["price"]) - exact(row["discount"])) * exact(row["count"]) for row in rows)
    return sum(each, Fraction())


def add_costs(draft: Draft) -> None:
    """Shipping, payment costs, surcharges. Credits stay below the goods that share their rate."""
    order, room = draft.order, goods_worth(draft, highest_rate_only=True) / 4
    if draft.has("shipping"):
        order["total_shipping"] = number(draft.amount(295, 1495))
    if draft.kind != "platform" and draft.has("payment_costs"):
        order["paymethod_costs"] = number(draft.amount(10, 395))
    if draft.kind != "platform" and draft.has("payment_option"):
        order["extra_payment_option"] = "Verzekerd verzenden"
        order["extra_payment_option_price"] = number(draft.amount(100, 300))
    if draft.has("extra_costs"):
        costs = draft.amount(50, 900)
        is_credit = draft.rng.random() < 0.35 and costs < room
        order["extra_costs"] = number(-costs if is_credit else costs)
        order["extra_costs_description"] = draft.rng.choice(("", "Handlingkosten", "Korting à la carte"))
    if draft.has("credit_points"):
        credit = min(draft.amount(50, 1000), cents(room))
        order["credit_point_discount"] = number(-credit)


def add_coupon(draft: Draft) -> None:
    """An export whose rows still hold the VAT at home gets none: what it would be worth then is anybody's guess."""
    if draft.kind == "export_incl" or not draft.has("coupon"):
        return
    goods = goods_worth(draft)
    if draft.rng.random() < 0.5:
        percentage = draft.rng.choice((5, 10, 15))
        coupon: Row = {"code": f"MIN{percentage}", "discount": percentage, "type": "Procent"}
        discount = cents(goods * percentage / 100)
    else:
        discount = min(draft.rng.choice((Fraction(5), Fraction(10), Fraction("2.5"))), cents(goods / 5))
        coupon = {"code": "LENTE", "discount": number(discount), "type": "Price"}
    draft.order |= {"total_discounts": number(discount), "discountcoupon": coupon}


def add_payment_method(draft: Draft) -> None:
    drawn = draft.rng.choice(PAYMETHODS) if draft.has("odd_payment_method") else PAYMETHODS[0]
    method_id, psp, method, label, _is_on = drawn
    names = {"paymethod_id": method_id, "paymethod": combined_name(psp, method), "paymethod_label": label}
    draft.order |= names


def switches(kind: str, person: Person, *, prices_incl: bool) -> Row:
    """The tax switches that this kind of sale has in the shop."""
    highest = standard_rate(person.country) if person.country in EU_RATES else "21"
    incl = {"home": True, "abroad": True, "net_total": True, "shipping_untaxed": True, "platform": True}
    return {
        "order_row_taxes_included": {**incl, "export_incl": True, **dict.fromkeys(EXCL, False)}.get(kind, prices_incl),
        "taxes_included": kind not in ("hidden_vat", "net_total"),
        "shipping_taxes_included": kind != "shipping_untaxed",
        "shipping_tax_percentage": number(exact("0" if kind == "platform" else "21" if kind == "icp" else highest)),
        "is_intra_community_order": kind == "icp",
        "is_platform_sale": kind == "platform",
    }


def draw_kind(rng: Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def random_draft(rng: Random, mix: Row | None = None) -> Row:
    """``{"kind", "problem", "paid", "order", "orderrows"}`` as the control path takes it: without ids and totals.

    ``problem`` is the code of what should keep it from the books, or None; see ``spoiling``.
    """
    mix = mix or {}
    spoiled = rng.choice(list(spoiling.SPOILERS)) if rng.random() < mix.get("unbookable", 0) else None
    kind = spoiling.KIND_NEEDED.get(spoiled, "home") if spoiled else draw_kind(rng, mix.get("kinds", KINDS))
    draft = Draft(rng, kind, {**FEATURES, **mix.get("features", {})}, draw_person(rng, kind))
    draft.order.update(switches(kind, draft.person, prices_incl=rng.random() < 0.5))
    draft.order["status"] = rng.choice((1, 1, 1, 2, 5, 7))
    for step in (add_customer, add_payment_method, add_rows, add_costs, add_coupon):
        step(draft)
    source: Row = {"kind": kind, "problem": None, "order": draft.order, "orderrows": draft.rows}
    source["paid"] = rng.random() < mix.get("paid", 0.85)
    if spoiled:
        source |= {"kind": spoiled, "problem": spoiling.SPOILERS[spoiled][0]}
        spoiling.spoil(spoiled, source)
    return source


EXAMPLE_SHOP: Row = {"api_root": "https://bakkerij-demo.ccvshop.nl", "prices_incl": True}


def random_source(
    rng: Random, mix: Row | None = None, *, moment: datetime | None = None, ids: Iterator[int] | None = None
) -> Row:
    """One whole order, outside of any shop: ``{"kind", "problem", "order": {…}, "orderrows": {"items": […], …}}``."""
    numbers = ids or count(rng.randint(400_000_000, 900_000_000))
    draft = random_draft(rng, mix)

    def take_id(_kind: str) -> int:
        return next(numbers)

    given: Row = dict(draft["order"])
    given["create_date"] = stamp(moment or datetime(2026, 3, 2, 8, 41, tzinfo=UTC))
    given["paid"] = draft["paid"]
    ordernumber = rng.randint(1000, 99999)
    prefix = given["create_date"][:4]
    given |= {"ordernumber": ordernumber, "ordernumber_prefix": prefix, "ordernumber_full": f"{prefix}-{ordernumber}"}
    if given["paid"]:
        given["transaction_id"] = f"tr_{rng.getrandbits(40):010x}"
    order, rows = fill_order(EXAMPLE_SHOP, given, draft["orderrows"], take_id)
    spoiling.spoil_totals(draft["kind"], order, rows)
    href = f"{order['orderrows']['href']}?start=0&size=100"
    collection: dict[str, Any] = {"start": 0, "size": 100, "href": href}
    collection |= {"first": None, "previous": None, "next": None, "items": rows}
    return {"kind": draft["kind"], "problem": draft["problem"], "order": order, "orderrows": collection}
