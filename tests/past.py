"""Orders of the past in the stand-in shop, and what people and other programs booked of them by hand."""

from datetime import date, timedelta
from typing import Any

import requests

from integrations.models import Delivery, History, User
from tests.linked import Linked
from webshop import tasks
from webshop.past import history

SINCE, UNTIL = date(2026, 1, 1), date(2026, 3, 31)
START = "2026-07-01"  # the start date: what is dated before is not posted
UNBOOKABLE = 7  # percent VAT that no settings have


def place_past(linked: Linked, count: int, **more: Any) -> list[dict[str, Any]]:
    """Paid orders of 10.00, 11.00, … on days that follow each other, again from the first day on when they are over."""
    days = (UNTIL - SINCE).days + 1
    return [place_one(linked, SINCE + timedelta(days=n % days), 10 + n, **more) for n in range(count)]


def place_one(
    linked: Linked, day: date, price: int, *, tax: int = 21, paid: bool = True, **order: Any
) -> dict[str, Any]:
    row = {"price": price, "tax": tax, "count": 1, "product_number": "MOK"}
    draft = {"order": {"create_date": f"{day}T10:00:00Z", **order}, "orderrows": [row], "paid": paid}
    placed: dict[str, Any] = linked.place(**draft)["order"]
    return placed


class ByHand:
    """Somebody, or another program, at work in the books of a shop at Rompslomp."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        person = {"is_individual": True, "contact_person_name": "Balie", "country_code": "NL"}
        self.contact = self._post("contacts", "contact", person)["id"]

    def book(self, order: dict[str, Any], words: str, **changes: Any) -> dict[str, Any]:
        """Book an order of the shop under a description."""
        line = {"description": "Omzet", "quantity": "1", "price_per_unit": str(order["total_price"])}
        line |= {"vat_type_id": self.linked.books["vat"]["none"]}
        line |= {"account_id": self.linked.books["revenue"]["webshop"]}
        invoice = {"date": order["create_date"][:10], "description": words, "contact_id": self.contact}
        return self._post("sales_invoices", "sales_invoice", {**invoice, "invoice_lines": [line], **changes})

    def _post(self, collection: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(
            f"{self.linked.url}/api/v1/companies/{self.linked.company}/{collection}",
            json={name: body},
            headers={"Authorization": f"Bearer {self.linked.books['token']['access_token']}"},
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()[name]
        return made


def work(linked: Linked) -> None:
    """Until there is nothing to do."""
    for _ in range(200):
        if linked.integration.administration_id not in tasks.with_work():
            return
        linked.work()
    raise AssertionError("there is no end to it")


def take_up_a_share(linked: Linked) -> None:
    """Until the books were looked through and the first are on their way."""
    while not Delivery.objects.filter(event=history.EVENT).exists():
        linked.work()


def counted(linked: Linked, person: User, since: date = SINCE, until: date = UNTIL) -> History:
    """A period that was counted and waits to be started."""
    made = history.ask(linked.integration, person, since, until)
    assert made
    work(linked)
    made.refresh_from_db()
    assert made.state == History.State.COUNTED
    return made


def outcomes(made: History) -> dict[str, int]:
    """How many items there are of each outcome."""
    found = list(made.items.values_list("outcome", flat=True))
    return {one: found.count(one) for one in set(found)}


def progress(made: History) -> history.Progress:
    counts = outcomes(made)
    return history.progress_of(made, to_come=counts.get("ready", 0), asked=counts.get("asked", 0))
