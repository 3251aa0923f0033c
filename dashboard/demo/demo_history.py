"""What the demo has behind it when somebody opens it: a month of orders, some of them stuck.

The orders are placed in the stand-in shops, and shops, worker and books do the rest, as they do for an order of today.
Only the moments are put back afterwards, to the days of the orders.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import requests
from django.db import connections
from django.db.models import F
from django.utils import timezone

from accounting import reversals
from integrations.models import Delivery, Document, Event, Integration, Payment, State, User
from webshop import skipping
from webshop.doorbell import ring
from webshop.webhooks import process_of

from ..payments import payments
from ..tickets import tickets
from .demo_books import control

Order = dict[str, Any]

PATIENCE = 300
PLACED = {"seed": 165, "mix": {"paid": 1, "features": {"bulk": 0.0, "fractional": 0.0}}}
PLACED_IN_PART = {**PLACED, "mix": {**PLACED["mix"], "paid": 0.7}}
MONTH, RECENT = timedelta(days=29), timedelta(days=3)
AUSTRIANS = ("Franz Gruber", "Maria Huber", "Lukas Wagner", "Anna Pichler", "Josef Steiner")
NAMELESS = ("Balieverkoop Nijmegen", "Balieverkoop Arnhem", "Afhaalpunt Wijchen")
CARD = {"paymethod_id": 23, "paymethod": "DemoPSP-Maestro", "paymethod_label": "Maestro"}
QUESTION = "Deze klanten betalen aan de balie en geven geen e-mailadres. Hoe boek ik ze toch?"
ANSWER = (
    "Dat kan: maak in je boekhouding een debiteur voor baliekopers, en kies die op Fouten als vaste debiteur voor "
    "betalingen met een pas. Dan is er geen e-mailadres meer nodig en worden ze meteen geboekt."
)


def make(user: User, integrations: list[Integration]) -> None:
    """Give these integrations a past; those whose shop has orders already keep the one that they have."""
    try:
        bare = [one for one in integrations if not orders_of(one)]
        for integration in bare:
            place(integration)
        for integration in bare:
            wait_for(integration)
            put_back(integration)
            if sells_most(integration):
                act(user, integration)
    except requests.RequestException:
        pass  # the stand-ins are gone: the demo was ended meanwhile
    finally:
        connections.close_all()


def sells_most(integration: Integration) -> bool:
    return integration.accounting_system == "rompslomp" and not payments.are_posted(integration)


def orders_of(integration: Integration) -> list[Order]:
    documents: list[Order] = control("GET", f"shops/{integration.shop_id}/totals")["orders"]["documents"]
    return documents


def place(integration: Integration) -> None:
    """The shop that sells most has what is stuck, too."""
    shop, now = f"shops/{integration.shop_id}", timezone.now()
    Integration.objects.filter(pk=integration.pk).update(created_at=now - MONTH)
    days = {"since": (now - MONTH).isoformat(), "until": (now - RECENT).isoformat()}
    placed = PLACED_IN_PART if payments.are_posted(integration) else PLACED
    made = control("POST", f"{shop}/orders/random", {**placed, **days, "count": 36 if sells_most(integration) else 10})
    if process_of(integration) == "invoices":
        for order in made["orders"]:
            ordered = control("GET", f"{shop}/orders/{order['id']}")["order"]["create_date"]
            control("POST", f"{shop}/orders/{order['id']}/invoice", {"type": "debit", "create_date": ordered})
    if sells_most(integration):
        given = list(stuck_orders())
        for place_of, order in enumerate(given):
            moment = now - RECENT * (len(given) - place_of) / (len(given) + 1)
            order["order"]["create_date"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            control("POST", f"{shop}/orders", order)


def stuck_orders() -> Iterator[Order]:
    for count, name in enumerate(AUSTRIANS, start=1):
        yield an_order(name, "AT", 20, count)
    for count, name in enumerate(NAMELESS, start=1):
        yield an_order(name, "NL", 21, count, email="", **CARD)
    yield an_order("Bob Example", "NL", 21, 1, currency="USD")
    for name in ("Sanne Voorbeeld", "Jan de Vries"):
        yield an_order(name, "NL", 21, 2) | {"paid": False}


def an_order(name: str, country: str, rate: int, count: int, *, email: str | None = None, **more: Any) -> Order:
    first, _, last = name.partition(" ")
    where = {"zipcode": "1010", "city": "Wien"} if country == "AT" else {"zipcode": "6511 HA", "city": "Nijmegen"}
    who = {"first_name": first, "last_name": last, "street": "Proefplein", "housenumber": 4, "country_code": country}
    mail = f"{last.replace(' ', '.').lower()}@voorbeeld.example" if email is None else email
    row = {"product_name": "Mokkenset", "product_number": "MOK-4", "price": 30, "count": count, "tax": rate}
    order = {"customer": {"email": mail, "billingaddress": who | where}, "total_shipping": 7.95, **more}
    return {"order": order | {"shipping_tax_percentage": rate}, "orderrows": [row], "paid": True}


def wait_for(integration: Integration) -> None:
    """Until everything that was placed has come to rest."""
    patience = time.monotonic() + PATIENCE
    control("POST", f"shops/{integration.shop_id}/deliveries/wait", {"seconds": 9})
    while time.monotonic() < patience and is_busy(integration):
        time.sleep(0.5)


def is_busy(integration: Integration) -> bool:
    documents = Document.objects.filter(integration=integration)
    return (
        Delivery.objects.filter(integration=integration, handled_at=None).exists()
        or documents.filter(state=State.QUEUED).exists()
        or documents.filter(state=State.OPEN, reason="reading").exists()
        or integration.payments.filter(state=State.QUEUED).exists()
    )


def put_back(integration: Integration) -> None:
    """To the moment of the order, and a little: that is when all this would have happened."""
    for document in Document.objects.filter(integration=integration).only("arrived_at", "source", "kind", "remote_id"):
        if not document.source.get("order"):
            continue
        ordered = datetime.fromisoformat(document.source["order"]["create_date"])
        back = document.arrived_at - ordered - timedelta(minutes=1)
        mine = {"integration": integration, "kind": document.kind, "remote_id": document.remote_id}
        Document.objects.filter(pk=document.pk).update(
            arrived_at=F("arrived_at") - back, changed_at=F("changed_at") - back
        )
        Event.objects.filter(document=document).update(at=F("at") - back)
        Payment.objects.filter(document=document).update(changed_at=F("changed_at") - back)
        Delivery.objects.filter(**mine).update(received_at=F("received_at") - back, handled_at=F("handled_at") - back)


def act(user: User, integration: Integration) -> None:
    """What a person did: one posting is taken back, one order skipped, and support answered a question."""
    documents = Document.objects.filter(integration=integration)
    posted = documents.filter(state=State.PROCESSED).order_by("-changed_at").first()
    if posted and integration.administration_id:
        reversals.ask(posted, user, returns_to=State.ERROR, words="De klant heeft de bestelling gewijzigd.")
        ring(integration.administration_id)
    dollars = documents.filter(state=State.ERROR, problems__0__code="currency_unsupported")
    skipping.skip(dollars, user, "In dollars betaald; met de hand geboekt.")
    nameless = list(documents.filter(state=State.ERROR, problems__0__code="customer_email_missing"))
    if nameless:
        support, _ = User.objects.get_or_create(
            username="support", defaults={"email": "support@example.com", "is_staff": True, "password": "!"}
        )
        with contextlib.suppress(tickets.TooMuch):
            ticket, _ = tickets.report(integration, nameless[0].cause, nameless, tickets.Said(user=user, text=QUESTION))
            tickets.answer(ticket, tickets.Said(user=support, text=ANSWER), is_staff=True)
