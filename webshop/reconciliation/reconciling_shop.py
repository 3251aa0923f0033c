"""The shop's side of a reconciliation: what its own list says of a period, and what it comes to."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from integrations import sales
from integrations.failures import Gone
from integrations.money import ZERO, to_cents
from integrations.problems import Unreadable
from integrations.sales import SalesDocument
from integrations.settings_file import Settings

from ..ccvshop import listed
from ..ccvshop.client import Json, Shop
from ..ccvshop.fields import flag, identifier, local_date, number, text
from ..preview import document_of
from ..reading import order_of, storable
from .reconciling_answers import Answers

A_DAY = timedelta(days=1)
OF_MONEY = {*listed.AMOUNTS, "currency"}

Cover = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class InShop:
    """An order or invoice as the list of the shop has it. ``total`` is incl. VAT, negative for a credit; ``is_final``
    tells that it is to be in the books: an invoice always, an order once it is paid."""

    kind: str
    remote_id: str
    number: str
    day: date
    total: Decimal
    is_final: bool
    is_credit: bool
    item: Json

    @property
    def cents(self) -> int:
        return to_cents(self.total)

    @property
    def order_id(self) -> str:
        return self.remote_id if self.kind == "order" else order_of(self.item)


class ShopSide:
    """The shop, of which the same is asked once. ``cover`` is called before each question."""

    def __init__(self, shop: Shop, cover: Cover, answers: Answers) -> None:
        self.shop, self.cover, self.answers = shop, cover, answers

    def listed(self, kind: str, since: date, until: date) -> Iterator[InShop]:
        """What is dated in these days. The shop counts days in UTC, so the first hours of a day here are of the day
        before there. What can't be read has no place in a period."""
        days = {"min_create_date": (since - A_DAY).isoformat(), "max_create_date": until.isoformat()}
        for one in self.shop.pages(f"/{kind}s/", {**days, "orderby": "create_date"}):
            self.cover()
            with suppress(Unreadable):
                found = _read(kind, storable(one))
                if since <= found.day <= until:
                    yield found

    def still_has(self, kind: str, remote_id: str) -> bool:
        """Whether what the list does not have is there all the same, of another day or not completed."""
        return bool(self.answers.to(f"{kind} {remote_id} is there", lambda: self._has(kind, remote_id)))

    def read_whole(self, found: InShop, settings: Settings) -> SalesDocument | None:
        """It with its rows, read under the settings; None when it can't be read, or is gone by now."""
        kept = self.answers.to(f"{found.kind} {found.remote_id}", lambda: self._whole(found, settings))
        return sales.load(kept) if kept else None

    def _has(self, kind: str, remote_id: str) -> bool:
        self.cover()
        try:
            self.shop.order(remote_id) if kind == "order" else self.shop.invoice(remote_id)
        except Gone:
            return False
        return True

    def _whole(self, found: InShop, settings: Settings) -> Json | None:
        self.cover()
        with suppress(Unreadable, Gone):
            return sales.dump(document_of(storable(_source(self.shop, found)), settings))
        return None


def _read(kind: str, one: Json) -> InShop:
    total = number(one, "total_price") + (ZERO if flag(one, "taxes_included") else number(one, "total_tax", ZERO))
    is_credit = text(one, "type").lower() == "credit"
    return InShop(
        kind=kind,
        remote_id=identifier(one.get("id"), "id"),
        number=text(one, f"{kind}number_full") or text(one, f"{kind}number"),
        day=local_date(one, "create_date"),
        total=-abs(total) if is_credit else total,
        is_credit=is_credit or total < 0,
        is_final=total != 0 and (kind == "invoice" or flag(one, "paid")),
        item=one,
    )


def has_other_amounts(found: InShop, source: Json) -> bool:
    """Whether the list tells other amounts than the source that a document was read from."""
    changes = listed.differences(found.kind, source.get(found.kind), found.item)
    return any(change["field"] in OF_MONEY for change in changes)


def _source(shop: Shop, found: InShop) -> Json:
    if found.kind == "order":
        return {"order": found.item, "orderrows": shop.order_rows(found.remote_id)}
    order = None
    with suppress(Gone):
        order = shop.order(found.order_id) if found.order_id else None
    return {"invoice": found.item, "invoicerows": shop.invoice_rows(found.remote_id), "order": order}
