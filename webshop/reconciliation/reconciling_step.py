"""Some days of a reconciliation: shop, documents and books laid side by side. Nothing is changed anywhere."""

from collections.abc import Iterable

from accounting.books import Booked
from accounting.vat_amounts import by_rate
from integrations import sales
from integrations.models import Document, Integration, State
from integrations.money import to_cents
from integrations.sales import SalesDocument

from ..gate import KINDS
from ..webhooks import process_of
from . import reconciling_rest, reconciling_unposted
from .reconciling_books import Ledger, differs
from .reconciling_found import Days, Found
from .reconciling_shop import InShop, ShopSide, has_other_amounts

Key = tuple[str, str]  # kind and id in the shop


def compare(integration: Integration, shop: ShopSide, ledger: Ledger, days: Days) -> tuple[Found, dict[str, int]]:
    """What these days come to, and how many documents were compared, and entries of others left alone, with their
    total. Raises what ``integrations.failures`` names."""
    posted, mode = _posted(integration, days), KINDS[process_of(integration)]
    kinds = {mode, *(document.kind for document in posted)}
    listed = {
        (one.kind, one.remote_id): one for kind in sorted(kinds) for one in shop.listed(kind, days.since, days.until)
    }
    ledger.read(days.since, days.until)
    found = Found()
    _posted_documents(_Posted(shop, ledger, days, found), posted, listed)
    left = reconciling_rest.left(ledger, days, found, posted)
    keys = {_key(document) for document in posted}
    rest = [one for key, one in listed.items() if one.kind == mode and key not in keys]
    reconciling_unposted.tell(integration, shop, found, rest, left)
    others = {"other": len(left), "other_cents": sum(to_cents(one.total) for one in left)}
    return found, {"documents": len(posted), **others}


def _posted(integration: Integration, days: Days) -> list[Document]:
    mine = Document.objects.filter(integration=integration, state=State.PROCESSED, mapped__isnull=False)
    dated = mine.filter(date__range=(days.since, days.until)).select_related("settings_version")
    return list(dated.defer("source", "problems").order_by("date", "id"))


def _key(document: Document) -> Key:
    return document.kind, document.remote_id


def _posted_documents(side: "_Posted", posted: list[Document], listed: dict[Key, InShop]) -> None:
    changed = _changed_in_shop(posted, listed)
    for document in posted:
        sold = sales.load(document.mapped or {})
        side.found.figures.add("ours", sold.date, document.country, by_rate(sold), sold.total_incl)
        now = side.in_shop(document, sold, listed.get(_key(document)), is_changed=document.pk in changed)
        side.in_books(document, sold, now)


def _changed_in_shop(posted: Iterable[Document], listed: dict[Key, InShop]) -> set[int]:
    """Those of which the shop's list tells other amounts than they were read from."""
    pairs = {document.pk: listed[_key(document)] for document in posted if _key(document) in listed}
    sources = Document.objects.filter(pk__in=pairs).values_list("pk", "source")
    return {pk for pk, source in sources.iterator(chunk_size=200) if has_other_amounts(pairs[pk], source)}


class _Posted:
    """A posted document beside what the books and the shop have of it now."""

    def __init__(self, shop: ShopSide, ledger: Ledger, days: Days, found: Found) -> None:
        self.shop, self.ledger, self.days, self.found = shop, ledger, days, found

    def in_shop(
        self, document: Document, sold: SalesDocument, in_shop: InShop | None, *, is_changed: bool
    ) -> SalesDocument | None:
        """As the shop has it now; None when it has not any more."""
        if in_shop is None:
            if self.shop.still_has(document.kind, document.remote_id):
                return sold
            self.found.of_document("not_in_shop", document, self.ledger.find(document))
            return None
        now = (self.shop.read_whole(in_shop, self.ledger.settings_of(document)) if is_changed else None) or sold
        if (now.total_incl, by_rate(now)) != (sold.total_incl, by_rate(sold)):
            shop = to_cents(now.total_incl)
            self.found.of_document("shop_changed", document, self.ledger.find(document), shop)
        self.found.figures.add("shop", in_shop.day, document.country, by_rate(now), now.total_incl)
        return now

    def in_books(self, document: Document, sold: SalesDocument, now: SalesDocument | None) -> None:
        one = self.ledger.find(document)
        if one and one.day in self.days:
            self.found.add_booked(one, document.country)
        if kind := _what_is_wrong(document, sold, one):
            self.found.of_document(kind, document, one, to_cents(now.total_incl) if now else None)


def _what_is_wrong(document: Document, sold: SalesDocument, one: Booked | None) -> str:
    """The kind of a finding; "" when the books hold what was posted."""
    if one is None:
        return "deleted"
    if one.day != document.date:
        return "moved"
    if differs(document, sold, one):
        return "changed"
    return "draft" if one.is_draft else ""
