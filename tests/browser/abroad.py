"""A shop that sells to Germany, which the VAT table does not know: what it sells there gets stuck."""

from accounting import book_lists, settings_store
from integrations.models import Document, Member, User
from tests.linked import Linked, link
from webshop import tasks

CUSTOMER = {"deliveryaddress": {"country_code": "DE", "street": "Weg", "city": "Bonn", "zipcode": "53111"}}


def link_abroad(url: str, owner: User) -> Linked:
    """It may be asked as often as one likes."""
    made = link(url, shop={"gets_per_minute": 0})
    Member.objects.create(integration=made.integration, user=owner)
    rows = settings_store.current_file(made.integration)["vat"]
    made.configure(vat=[row for row in rows if row["country"] != "DE"])
    book_lists.reload(made.integration)
    return made


def sell(linked: Linked, *percentages: int) -> Document:
    """An order with a row for each percentage."""
    rows = [{"price": 10 + percentage, "tax": percentage, "count": 1} for percentage in percentages]
    order = linked.place(order={"customer": CUSTOMER}, orderrows=rows, paid=True)["order"]
    linked.deliver(order["id"])
    work(linked)
    return linked.document(order["id"])


def work(linked: Linked) -> None:
    """What a worker does, until there is nothing to do."""
    while linked.integration.administration_id in tasks.with_work():
        linked.work()
