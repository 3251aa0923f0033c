"""The products of a document's lines in the books; products are only ever created, never changed."""

import hashlib

from integrations.models import Intent, ProductLink
from integrations.sales import SalesDocument, SalesLine

from .books import Catalogue
from .desk import Desk
from .intents import Create

LONGEST_KEY = 200


def products_of(sold: SalesDocument, desk: Desk) -> dict[str, str]:
    """Product id by the key of a line. What we don't remember is asked for in one call; what the books don't know
    either is made. Empty where the books post without products."""
    catalogue = desk.books.catalogue
    if catalogue is None:
        return {}
    lines = _lines(sold, catalogue)
    links = _links(desk, set(lines))
    for key in lines:
        if key not in links:
            links[key] = desk.products[key] = _with_code_of_its_own(key, desk, catalogue)
    unknown = [link for link in links.values() if not link.ledger_id]
    found = catalogue.find_products([link.ledger_code for link in unknown]) if unknown else {}
    for link in unknown:
        if link.ledger_code in found:
            with desk.lease.writing():
                _keep(link, found[link.ledger_code])
                Intent.objects.filter(
                    administration=desk.lease.administration_id, step="product", reference=link.ledger_code
                ).delete()
        else:
            _create(sold, lines[link.code], link, desk, catalogue)
    return {catalogue.product_key(line): links[key].ledger_id for key, line in lines.items()}


def _lines(sold: SalesDocument, catalogue: Catalogue) -> dict[str, SalesLine]:
    """The lines that have a product, by what tells it from others."""
    return {_key(line, catalogue): line for line in sold.lines if catalogue.product_key(line)}


def _key(line: SalesLine, catalogue: Catalogue) -> str:
    """What tells the line's product from others, in at most as many characters as its column has."""
    key = catalogue.product_key(line)
    return key if len(key) <= LONGEST_KEY else f"{key[:100]}#{hashlib.sha256(key.encode()).hexdigest()}"


def _links(desk: Desk, keys: set[str]) -> dict[str, ProductLink]:
    """What we remember of these products, by key."""
    unread = keys - set(desk.products)
    if unread:
        found = ProductLink.objects.filter(administration=desk.lease.administration_id, code__in=unread)
        desk.products.update({link.code: link for link in found})
    return {key: desk.products[key] for key in keys & set(desk.products)}


def _with_code_of_its_own(key: str, desk: Desk, catalogue: Catalogue) -> ProductLink:
    """Reserve a code in the books for a code of the shop; two that the books can't tell apart get different ones."""
    mine = ProductLink.objects.filter(administration=desk.lease.administration_id)
    start = catalogue.product_code(key, taken=set())
    taken = set(mine.filter(ledger_code__istartswith=start[:50]).values_list("ledger_code", flat=True))
    with desk.lease.writing():
        return ProductLink.objects.create(
            administration_id=desk.lease.administration_id,
            code=key,
            ledger_code=catalogue.product_code(key, taken=taken),
        )


def _create(sold: SalesDocument, line: SalesLine, link: ProductLink, desk: Desk, catalogue: Catalogue) -> None:
    code = link.ledger_code
    desk.create_once(
        Create(
            step="product",
            reference=code,
            look=lambda: catalogue.find_products([code]).get(code),
            create=lambda: catalogue.create_product(sold, line, code),
            keep=lambda ledger_id: _keep(link, ledger_id),
        )
    )


def _keep(link: ProductLink, ledger_id: str) -> None:
    link.ledger_id = ledger_id
    link.save(update_fields=["ledger_id"])


def forget_if_gone(sold: SalesDocument, desk: Desk) -> bool:
    """Whether products we remember were deleted in the books; then they are searched or made again."""
    catalogue = desk.books.catalogue
    if catalogue is None:
        return False
    links = [link for link in _links(desk, set(_lines(sold, catalogue))).values() if link.ledger_id]
    found = catalogue.find_products([link.ledger_code for link in links]) if links else {}
    gone = [link for link in links if found.get(link.ledger_code) != link.ledger_id]
    for link in gone:
        _keep(link, "")
    return bool(gone)
