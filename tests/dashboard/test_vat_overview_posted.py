"""The VAT overview of what was really posted, through the stand-ins."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounting import reversals, settings_store
from integrations.models import Document, Member, State, User, VatCheck
from integrations.wording import day
from tests.conftest import Sandbox
from tests.linked import Linked, link
from webshop import tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox: Sandbox, owner: User) -> Linked:
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


def work(linked: Linked) -> None:
    """What a worker does, until there is nothing to do."""
    while linked.integration.administration_id in tasks.with_work():
        linked.work()


def shown(client: Client, linked: Linked, part: str = "", **asked: str) -> Any:
    answer = client.get(f"/{linked.integration.licence_key}/report/vat/{part}", asked)
    assert answer.status_code == 200
    return answer


def test_the_sums_are_those_of_every_line_of_every_posted_document(client: Client, linked: Linked) -> None:
    linked.process("invoices")
    invoices = linked.place_random_invoices(25, credit=0.3, kinds={"home": 2, "abroad": 2, "icp": 1, "export": 1})
    linked.deliver(*(one["id"] for one in invoices), kind="invoice")
    work(linked)
    posted = list(Document.objects.filter(state=State.PROCESSED))
    assert len(posted) == len(invoices)
    overview = shown(client, linked, period="2026").context["overview"]
    lines = [line for one in posted for line in one.mapped["lines"]]  # type: ignore[index]
    assert Decimal(overview.sums.net) == sum(Decimal(line["total_excl"]) for line in lines) * 100
    assert Decimal(overview.sums.vat) == sum(Decimal(line["total_vat"]) for line in lines) * 100
    assert sum(section.sums.gross for section in overview.sections) == overview.sums.gross
    for section in overview.sections:
        assert section.sums.net == sum(row.net for row in section.rows)
        assert section.sums.vat == sum(row.vat for row in section.rows)


def test_an_order_at_half_past_eleven_utc_on_new_years_eve_is_of_the_new_year(client: Client, linked: Linked) -> None:
    for moment in ("2025-12-31T22:30:00Z", "2025-12-31T23:30:00Z"):
        order = {"create_date": moment}
        placed = linked.place(order=order, orderrows=[{"price": 121, "tax": 21, "count": 1}], paid=True)["order"]
        linked.deliver(placed["id"])
    work(linked)
    for period in ("2025", "2025-Q4", "2025-12", "2026", "2026-Q1", "2026-01"):
        sums = shown(client, linked, period=period).context["overview"].sums
        assert (sums.net, sums.vat) == (100_00, 21_00), period


def test_what_is_taken_back_is_gone_from_it(client: Client, linked: Linked, owner: User) -> None:
    document = linked.post("icp")
    assert document.state == State.PROCESSED, document.problems
    assert len(shown(client, linked, "icp", period="2026").context["customers"]) == 1
    reversals.ask(document, owner, returns_to="error", words="Verkeerd", seen=None)
    linked.work()
    assert shown(client, linked, "icp", period="2026").context["customers"] == []
    assert shown(client, linked, period="2026").context["overview"].sections == []


def test_what_was_posted_stays_where_it_was_when_the_vat_table_changes(client: Client, linked: Linked) -> None:
    """Belgian 21% with the Dutch code until the yearly amount is reached, and with the Belgian one from then on."""
    domestic, belgian = ("eu-home", 100_00, 21_00), ("eu-theirs", 100_00, 21_00)
    for code, expected in (("NL 21", [domestic]), ("BE 21", [domestic, belgian])):
        linked.configure(vat=with_code(linked, "BE", "21", str(linked.books["vat"][code])))
        sell_to(linked, "BE")
        overview = shown(client, linked, period="2026").context["overview"]
        assert [(one.key, one.sums.net, one.sums.vat) for one in overview.sections] == expected
        assert [(box.key, box.net, box.vat) for box in overview.boxes] == [("1a", 100_00, 21_00)]
    (country,) = shown(client, linked, "distance-sales", period="2026").context["meter"].countries
    assert (country.home, country.theirs, country.unknown) == (100_00, 100_00, 0)


def with_code(linked: Linked, country: str, rate: str, code: str) -> list[dict[str, str]]:
    """The VAT table with another code for one percentage."""
    assert linked.integration.settings
    table: list[dict[str, str]] = settings_store.as_file(linked.integration.settings)["vat"]
    return [row | {"vat_code": code} if (row["country"], row["rate"]) == (country, rate) else row for row in table]


def sell_to(linked: Linked, country: str) -> None:
    """One article of 121.00 with 21% VAT, posted."""
    customer = {"email": "jan@voorbeeld.example", "billingaddress": {"country_code": country}}
    goods = [{"price": 121, "tax": 21, "count": 1}]
    order = {"create_date": "2026-03-01T12:00:00Z", "customer": customer}
    placed = linked.place(order=order, orderrows=goods, paid=True)["order"]
    linked.deliver(placed["id"])
    work(linked)
    document = linked.document(placed["id"])
    assert document.state == State.PROCESSED, document.problems


def test_an_icp_customer_is_shown_with_what_vies_answered(client: Client, linked: Linked) -> None:
    document, check = linked.post("icp"), VatCheck.objects.get()
    answer = shown(client, linked, "icp", period="2026")
    (customer,) = answer.context["customers"]
    assert (customer.number, customer.cents, customer.documents) == (check.number, document.total_cents, 1)
    assert customer.consultation_number == check.consultation_number
    assert f"{check.number[:2]} {check.number[2:]}" in answer.text
    assert f"Valid, asked {day(check.checked_at)}" in answer.text
    assert check.consultation_number in answer.text
