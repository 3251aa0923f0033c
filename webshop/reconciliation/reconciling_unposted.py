"""What the shop has and we did not post: it waits here, somebody else booked it, it was left out, or it was missed.

What waited in vain, or was called off, and is sold after all by what the shop says now, was missed as well.
"""

import re
from collections.abc import Iterable

from accounting import settings_store
from accounting.books import Booked
from accounting.vat_amounts import by_rate
from integrations.models import Document, Integration, State
from integrations.money import to_cents
from integrations.sales import SalesDocument

from ..finding import start_date
from ..watching.comparing import REVIVED
from .reconciling_found import Found
from .reconciling_shop import InShop, ShopSide

UNPOSTED = (State.QUEUED, State.ERROR, State.OPEN)
MISSED = (*REVIVED, "zero_total")  # reasons to skip that no longer hold of what is paid and has a total
OTHER = {"order": "invoice", "invoice": "order"}
MOST_READ = 25  # with its rows, of some days: of more it is not told what is of which rate


def tell(integration: Integration, shop: ShopSide, found: Found, rest: Iterable[InShop], left: list[Booked]) -> None:
    """``rest`` is what the shop has without a posting. What others booked is taken out of ``left``, the entries that
    are not of us."""
    start = start_date(integration)
    final = {one.remote_id: one for one in rest if one.is_final}
    documents = _documents(integration, final)
    otherwise = _posted_otherwise(integration, final.values())
    read = 0
    for remote_id, one in final.items():
        document = documents.get(one.kind, {}).get(remote_id)
        if _is_posted_otherwise(one, otherwise) or (document is None and one.day < start):
            continue
        if document and document.state == State.PROCESSED:
            continue  # by us, on another day
        entry = None if document and document.state in UNPOSTED else _booked_by_others(one, left)
        if kind := _what_became_of_it(document, entry):
            found.of_shop(kind, one, document, entry)
        read += 1
        sold = _read(integration, shop, one) if read <= MOST_READ else None
        _add(found, one, sold, entry)


def _documents(integration: Integration, remote_ids: Iterable[str]) -> dict[str, dict[str, Document]]:
    """By kind and id in the shop."""
    mine = Document.objects.filter(integration=integration, remote_id__in=list(remote_ids)).defer("source", "mapped")
    named: dict[str, dict[str, Document]] = {}
    for document in mine:
        named.setdefault(document.kind, {})[document.remote_id] = document
    return named


def _what_became_of_it(document: Document | None, entry: Booked | None) -> str:
    """The kind of a finding; "" when others booked what we would have."""
    if document and document.state in UNPOSTED:
        return "waiting"
    if document and document.reason not in MISSED:
        return "left_out"
    return "" if entry else "missing"


def _posted_otherwise(integration: Integration, found: Iterable[InShop]) -> set[tuple[str, str]]:
    """Kind and order of what was posted of these sales."""
    ids = {one.order_id for one in found if not one.is_credit} - {""}
    posted = Document.objects.filter(integration=integration, state=State.PROCESSED, sale__in=ids)
    return set(posted.values_list("kind", "sale"))


def _is_posted_otherwise(one: InShop, posted: set[tuple[str, str]]) -> bool:
    """Whether the other document of its sale was posted: of an order its invoice, of a first invoice its order."""
    return not one.is_credit and (OTHER[one.kind], one.order_id) in posted


def _booked_by_others(found: InShop, left: list[Booked]) -> Booked | None:
    """An entry with its number and its total."""
    for one in left:
        if to_cents(one.total) == found.cents and _is_named(one, found.number):
            left.remove(one)
            return one
    return None


def _is_named(one: Booked, number: str) -> bool:
    """Whether people called it by this number: a word of its description, or its own number in digits."""
    if not number:
        return False
    is_word = re.search(rf"(?<!\w){re.escape(number)}(?!\w)", one.description) is not None
    return is_word or one.number == re.sub("[^0-9]", "", number)


def _read(integration: Integration, shop: ShopSide, one: InShop) -> SalesDocument | None:
    assert integration.settings is not None
    return shop.read_whole(one, settings_store.load(integration.settings))


def _add(found: Found, one: InShop, sold: SalesDocument | None, entry: Booked | None) -> None:
    country = sold.delivery_country[:2] if sold else ""
    found.figures.add("shop", one.day, country, by_rate(sold) if sold else {}, one.total)
    if entry:
        found.add_booked(entry, country)
