"""Turnover and VAT of what is posted, through the stand-ins: those of the documents' lines, for as long as the posting
stands."""

from collections import Counter
from decimal import Decimal

import pytest
from django.utils import timezone

from accounting import reversals
from integrations.models import Document, State, User, VatAmount, VatCheck
from integrations.money import from_cents
from tests.king import link_king
from tests.linked import link
from webshop import pressing, tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox):
    sandbox.reset()
    return link(sandbox.url)


def kept():
    """Net and VAT by treatment, country and rate, as it is kept."""
    sums = Counter()
    for row in VatAmount.objects.all():
        place = row.treatment, row.country, Decimal(row.rate)
        sums[*place, "net"] += from_cents(row.net_cents)
        sums[*place, "vat"] += from_cents(row.vat_cents)
    return {key: cents for key, cents in sums.items() if cents}


def counted(treatment=lambda document: document.treatment):
    """The same, by every line of every posted document."""
    sums = Counter()
    for document in Document.objects.filter(state=State.PROCESSED):
        for line in document.mapped["lines"]:
            place = treatment(document), document.country, Decimal(line["vat_rate"])
            sums[*place, "net"] += Decimal(line["total_excl"])
            sums[*place, "vat"] += Decimal(line["total_vat"])
    return {key: amount for key, amount in sums.items() if amount}


def of_marketplace(document):
    return "market" if document.mapped["is_marketplace"] else document.treatment


def placed(linked, count, **kinds):
    orders = linked.place_random(count, kinds=kinds, paid=1)
    linked.deliver(*(one["id"] for one in orders))
    work(linked)
    return orders


def work(linked):
    """What a worker does, until there is nothing to do."""
    while linked.integration.administration_id in tasks.with_work():
        linked.work()


def sold(linked, *rows, **order):
    """The document of a paid order with these (price incl. VAT, percentage)."""
    goods = [{"price": price, "tax": rate, "count": 1} for price, rate in rows]
    placed = linked.place(order=order, orderrows=goods, paid=True)["order"]
    linked.deliver(placed["id"])
    linked.work()
    return linked.document(placed["id"])


def test_they_are_those_of_every_line_whatever_the_kind_of_sale(linked):
    orders = placed(linked, 40, home=3, home_excl=1, abroad=3, icp=2, export=2, platform=1)
    assert Document.objects.filter(state=State.PROCESSED).count() == len(orders)
    assert {treatment for treatment, *_ in kept()} == {"home", "eu", "icp", "world", "market"}
    assert kept() == counted(of_marketplace)


def test_what_credit_invoices_take_off_is_taken_off(linked):
    linked.process("invoices")
    invoices = linked.place_random_invoices(20, credit=0.5)
    linked.deliver(*(one["id"] for one in invoices), kind="invoice")
    work(linked)
    assert Document.objects.filter(state=State.PROCESSED, is_credit=True).exists()
    assert VatAmount.objects.filter(net_cents__lt=0).exists()
    assert kept() == counted(of_marketplace)


@pytest.mark.parametrize("target", ["entry", "order"])
def test_those_of_king_are_kept_too(sandbox, target):
    sandbox.reset()
    placed(link_king(sandbox.url, target), 10, home=2, abroad=1, icp=1)
    assert kept()
    assert kept() == counted()


def test_to_the_cent_by_percentage(linked):
    """12 x 1.99 at 9% is 1.97 of VAT, and one of 19.99 at 21% is 3.47."""
    document = sold(linked, (23.88, 9), (19.99, 21))
    assert document.state == State.PROCESSED, document.problems
    rows = VatAmount.objects.values_list("country", "treatment", "rate", "net_cents", "vat_cents").order_by("rate")
    assert list(rows) == [("NL", "home", "21", 16_52, 3_47), ("NL", "home", "9", 21_91, 1_97)]


@pytest.mark.parametrize(("is_on", "treatment"), [(True, "margin"), (False, "home")])
def test_a_margin_sale_is_told_from_what_is_sold_at_nothing(linked, is_on, treatment):
    linked.configure(margin_scheme=is_on)
    document = sold(linked, (50, 0))
    assert document.state == State.PROCESSED, document.problems
    assert kept() == {(treatment, "NL", Decimal(0), "net"): Decimal(50)}


def test_what_is_taken_back_is_no_turnover_until_it_is_posted_anew(linked):
    document, user = linked.post("abroad"), User.objects.create(username="boekhouder")
    before = kept()
    assert before
    reversals.ask(document, user, returns_to="error", words="Verkeerd", seen=None)
    linked.work()
    document.refresh_from_db()
    assert (document.state, kept()) == (State.ERROR, {})
    assert pressing.process(document, user)
    linked.work()
    document.refresh_from_db()
    assert (document.state, kept()) == (State.PROCESSED, before)


def test_what_is_stuck_or_waits_is_no_turnover(linked):
    assert linked.post("unpaid").state == State.OPEN
    assert sold(linked, (10, 21), currency="USD").state == State.ERROR
    assert not VatAmount.objects.exists()


def test_an_icp_document_has_the_number_and_what_vies_said_of_it(linked):
    linked.post("icp")
    row, check = VatAmount.objects.get(), VatCheck.objects.get()
    assert (row.treatment, row.rate, row.vat_cents) == ("icp", "0", 0)
    assert (row.vat_number, row.consultation_number, row.vat_checked_at) == (
        check.number,
        check.consultation_number,
        check.checked_at,
    )
    VatCheck.objects.update(checked_at=timezone.now(), consultation_number="a later one")
    row.refresh_from_db()
    assert row.consultation_number != "a later one"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-12-31T22:59:59Z", "2025-12-31"),
        ("2025-12-31T23:30:00Z", "2026-01-01"),
        ("2026-06-30T21:59:59Z", "2026-06-30"),
        ("2026-06-30T22:00:00Z", "2026-07-01"),
    ],
)
def test_they_are_of_the_day_that_it_was_in_the_netherlands(linked, moment, day):
    sold(linked, (10, 21), (10, 9), create_date=moment)
    assert {str(one) for one in VatAmount.objects.values_list("date", flat=True)} == {day}
