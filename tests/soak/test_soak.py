"""A thousand mixed orders and invoices to each target, a third of them credits, with everything going wrong now and
then: each arrives once, to the cent."""

import threading
import time
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from django.conf import settings
from django.http import QueryDict

from dashboard.lists.filters import Period
from dashboard.lists.report_figures import figures_of
from integrations.models import Document, Event, Integration, Intent, State
from integrations.tallies import fold_one
from tests.chaos.fixtures import OAUTH
from tests.chaos.program import running, unfinished
from tests.full_count import counted, kept
from tests.linked import control
from tests.soak.faults import UNHEARD, sprinkle
from tests.soak.load import Load, how_many
from tests.soak.report import Bar, report
from tests.soak.targets import TARGETS

pytestmark = pytest.mark.soak
each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)

PATIENCE = {"SETTLE_SECONDS": 6, "CALL_DEADLINE_SECONDS": 3, "LEASE_SECONDS": 12}
LONGEST = 1800  # seconds


@pytest.fixture(scope="module")
def load(sandbox, database, tmp_path_factory):
    """The load, carried through to its end by web, workers and beat as they run for real; the sweep, which beat rings
    once a minute, is rung every second besides."""
    sandbox.reset()
    limit = control(sandbox.url, "POST", "shops", {})["gets_per_minute"]
    folder = tmp_path_factory.mktemp("program")
    environment = {**PATIENCE, **OAUTH, "CCVSHOP_GETS_PER_MINUTE": limit, "CACHE_URL": cache(folder)}
    with pytest.MonkeyPatch.context() as patch, running(sandbox.url, folder, **environment) as program:
        for name, value in {"PUBLIC_URL": program.url, **OAUTH}.items():
            patch.setattr(settings, name, value)
        load = Load(sandbox.url, how_many())
        load.open_shops()
        program.start("beat", "-m", "celery", "-A", "config", "beat", "-l", "info", "--pidfile", "")
        with program.workers(2, concurrency=4):
            sprinkle(sandbox.url, load.each, Random(1))
            carry_through(load, program)
        load.faults = control(sandbox.url, "GET", "faults")["faults"]
        yield load
        report(load)


def cache(folder):
    """Shared by the workers, since both count the calls to a shop."""
    return f"filecache://{folder}/cache"


def carry_through(load, program):
    bar = Bar(load.whole)
    placing = threading.Thread(target=load.place)
    placing.start()
    is_placing, waiting = True, {}
    while is_placing or any(waiting.values()):
        passed = time.monotonic() - bar.started
        assert passed < LONGEST, waiting
        program.raise_what_failed()
        program.sweep()
        is_placing = placing.is_alive()  # before looking: its last orders may wait
        waiting = {target.name: unfinished(load.shops_of(target)) for target in TARGETS}
        load.seconds |= {name: passed for name, left in waiting.items() if left}
        handled = Document.objects.exclude(state=State.QUEUED).count()
        bar.show(handled, f"handled, {sum(map(len, waiting.values()))} waiting")
        time.sleep(1)
    placing.join()


def test_every_document_ends_as_it_should(load):
    documents = load.documents()
    assert set(documents) == set(load.placed)
    wrong = {
        load.placed[key].number: (document.state, document.reason, "expected", load.placed[key].expected())
        for key, document in documents.items()
        if document.state != load.placed[key].expected()
    }
    assert wrong == {}


def test_every_error_was_to_be_expected(load):
    for key, document in load.documents().items():
        codes = {problem["code"] for problem in document.problems}
        assert not codes or load.placed[key].problem in codes, (document.number, codes, load.placed[key])


@each_target
def test_a_third_is_credited_in_whole_or_in_part(load, target):
    placed = [placed for placed in load.placed.values() if placed.seller.target is target]
    credits = [document for document in load.documents(target).values() if document.is_credit]
    assert len(placed) == load.each
    assert abs(len(credits) / len(placed) - 1 / 3) < 0.05
    sales = (document for document in load.documents(target).values() if not document.is_credit)
    sold = {document.order_remote_id: document.total_cents for document in sales}
    assert {-credit.total_cents == sold.get(credit.order_remote_id) for credit in credits} == {True, False}


@each_target
def test_every_document_is_in_the_books_once_and_to_the_cent(load, target):
    held, posted = load.held(target), load.posted(target)
    assert [name for name, count in Counter(name for name, _ in held).items() if count > 1] == []
    assert {name for name, _ in held} == set(posted)
    wrong = {}
    for name, found in held:
        placed, document = posted[name]
        faults = list(target.faults(found, document, placed.seller.linked))
        if (document.total_cents, document.is_credit) != (placed.total * 100, placed.is_credit):
            faults.append(f"{placed.total} in the shop, {document.total_cents} cents with us")
        if target.total(found, document) * 100 != document.total_cents + target.difference(document):
            faults.append(f"{target.total(found, document)} there, {document.total_cents} cents in the shop")
        wrong |= {name: faults} if faults else {}
    assert wrong == {}


@each_target
def test_the_books_add_up_to_what_the_shops_charged(load, target):
    """And to the differences that are shown, where there may be any."""
    posted = load.posted(target)
    charged = sum((placed.total for placed, _ in posted.values()), Decimal(0))
    shown = sum(target.difference(document) for _, document in posted.values())
    booked = sum((target.total(held, posted[name][1]) for name, held in load.held(target)), Decimal(0))
    assert booked == charged + Decimal(shown) / 100


@each_target
def test_nothing_was_made_twice(load, target):
    """But for a concept that was taken back, since the order changed before we knew that it had arrived."""
    again = Event.objects.filter(kind="taken_back").select_related("document__integration")
    taken_back = {target.name_of(event.document) for event in again}
    for linked in load.books(target):
        assert [repeat for repeat in linked.ledger("repeats") if repeat["value"] not in taken_back] == []
    assert not Intent.objects.exists()


def test_no_connection_was_lost_and_nothing_was_left_to_the_staff(load):
    assert not Integration.objects.exclude(books_lost_at=None, shop_lost_at=None).exists()
    assert not Event.objects.filter(kind="internal").exists()


def test_writes_arrived_unheard_at_every_place(load):
    played = {(fault["path"], fault["body"]) for fault in load.faults if fault["hits"]}
    assert {(fault["path"], fault.get("body", "")) for fault in UNHEARD} <= played


def test_every_way_of_rounding_was_used_with_lines_for_the_difference(load):
    (rompslomp,) = (target for target in TARGETS if target.name == "Rompslomp")
    ways = {linked.books["company"]["rounding"] for linked in load.books(rompslomp)}
    assert ways == set("ABCD")
    assert any(document.rounding_cents for document in load.documents(rompslomp).values())


@each_target
def test_counts_and_totals_are_those_of_a_full_count(load, target):
    """What the dashboard says there is, by state and cause, and what Report adds up to; folded or not."""
    for seller in load.of(target):
        integration = seller.linked.integration
        assert kept(integration) == counted(integration)
        fold_one(integration.pk)
        assert kept(integration) == counted(integration)
        posted = integration.documents.filter(state=State.PROCESSED)
        figures = figures_of(posted, Period(QueryDict()))
        assert figures.all.documents == figures.sales.documents + figures.credits.documents == len(posted)
        assert figures.all.cents == sum(document.total_cents for document in posted)
        assert figures.credits.cents == sum(document.total_cents for document in posted if document.is_credit)
