"""What an order or invoice is now: the shop's own JSON, asked for under the lease of the books."""

from contextlib import suppress

from accounting.leases import Lease
from integrations.failures import ConnectionLost, Gone
from integrations.models import Credential, Document, Integration
from integrations.timeline import Timeline

from .ccvshop.client import Shop
from .reading import Fields, order_of


def open_shop(integration: Integration) -> Shop:
    credential = Credential.objects.filter(integration=integration, side=Credential.Side.SHOP).first()
    if credential is None:
        raise ConnectionLost("shop")
    return Shop(integration.api_root, credential.secret["public"], credential.secret["secret"])


def source_of(document: Document, shop: Shop, lease: Lease, timeline: Timeline) -> Fields:
    """The shop's own JSON of an order or invoice; empty for an order that the customer has not finished."""
    if document.kind == Document.Kind.INVOICE:
        lease.cover_a_call()
        return invoice_source(document.remote_id, shop.invoice(document.remote_id), shop, lease)
    lease.cover_a_call()
    order = shop.order(document.remote_id)
    if order.get("is_completed") is False:
        timeline.add("not_completed")
        return {}
    lease.cover_a_call()
    return {"order": order, "orderrows": shop.order_rows(document.remote_id)}


def invoice_source(remote_id: str, invoice: Fields, shop: Shop, lease: Lease) -> Fields:
    """An invoice with its rows, and the order that it was made of, as far as it is still there."""
    lease.cover_a_call()
    source: Fields = {"invoice": invoice, "invoicerows": shop.invoice_rows(remote_id), "order": None}
    order_id = order_of(invoice)
    if order_id:
        lease.cover_a_call()
        with suppress(Gone):
            source["order"] = shop.order(order_id)
    return source
