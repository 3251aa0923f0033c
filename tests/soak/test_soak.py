"""A thousand mixed orders over many shops, with everything going wrong now and then: each arrives once, to the cent."""

import threading
import time
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from django.conf import settings

from accounting.posting import reference
from integrations.models import Document, Event, Integration, Intent, State
from tests.chaos.fixtures import OAUTH
from tests.chaos.program import running, unfinished
from tests.linked import control
from tests.soak.faults import sprinkle
from tests.soak.load import WAYS, Bar, Load, how_many

pytestmark = pytest.mark.soak

PATIENCE = {"SETTLE_SECONDS": 6, "CALL_DEADLINE_SECONDS": 3, "LEASE_SECONDS": 12}
LONGEST = 900  # seconds


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
            sprinkle(sandbox.url, load.orders, Random(1))
            carry_through(load, program)
        load.calls = sandbox.counters()
        load.faults = sum(fault["hits"] for fault in control(sandbox.url, "GET", "faults")["faults"])
        yield load
        report(load)


def cache(folder):
    """Shared by the workers, since both count the calls to a shop."""
    return f"filecache://{folder}/cache"


def carry_through(load, program):
    bar = Bar(load.orders)
    placing = threading.Thread(target=load.place)
    placing.start()
    while placing.is_alive() or unfinished(load.shops):
        assert time.monotonic() - bar.started < LONGEST, unfinished(load.shops)[:20]
        program.raise_what_failed()
        program.sweep()
        handled = Document.objects.exclude(state=State.QUEUED).count()
        bar.show(handled, f"handled, {len(unfinished(load.shops))} waiting")
        if handled >= 0.9 * load.orders and not load.most:
            load.most = time.monotonic() - bar.started
        time.sleep(1)
    placing.join()
    load.seconds = time.monotonic() - load.started


def by_reference(load):
    """Invoices of all companies; a reference that is there twice is a fault."""
    found = [(invoice["api_reference"], invoice) for linked in load.books() for invoice in linked.ledger()]
    assert [name for name, count in Counter(name for name, _ in found).items() if count > 1] == []
    return dict(found)


def test_every_order_ends_as_it_should(load):
    documents = load.documents()
    assert set(documents) == set(load.placed)
    wrong = {
        load.placed[key]["number"]: (document.state, document.reason, "expected", load.expected[key])
        for key, document in documents.items()
        if document.state != load.expected[key]
    }
    assert wrong == {}


def test_every_error_was_to_be_expected(load):
    for key, document in load.documents().items():
        codes = {problem["code"] for problem in document.problems}
        assert not codes or load.placed[key]["problem"] in codes, (document.number, codes, load.placed[key])


def test_every_order_is_in_the_books_once_and_to_the_cent(load):
    invoices, documents = by_reference(load), load.documents()
    posted = {reference(documents[key]): order for key, order in load.placed.items() if load.is_to_be_posted(key)}
    assert set(invoices) == set(posted)
    assert {invoice["status"] for invoice in invoices.values()} == {"published"}
    off = {
        name: (invoices[name]["price_with_vat"], order["total_incl"])
        for name, order in posted.items()
        if Decimal(invoices[name]["price_with_vat"]) != Decimal(order["total_incl"])
    }
    assert off == {}


def test_the_books_add_up_to_what_the_shops_charged(load):
    assert sum((linked.ledger_total() for linked in load.books()), Decimal(0)) == load.total()


def test_nothing_was_made_twice(load):
    for linked in load.books():
        assert linked.ledger("repeats") == []
    assert not Intent.objects.exists()


def test_no_connection_was_lost_and_nothing_was_left_to_the_staff(load):
    assert not Integration.objects.exclude(books_lost_at=None, shop_lost_at=None).exists()
    assert not Event.objects.filter(kind="internal").exists()


def test_every_way_of_rounding_was_used_with_lines_for_the_difference(load):
    assert set(rounded(load)) == set(WAYS)
    assert sum(rounded(load).values()) > 0


def rounded(load):
    """How many documents needed a rounding line, by the way in which the books round."""
    way = {linked.shop["id"]: linked.books["company"]["rounding"] for linked in load.shops}
    needed = Counter(dict.fromkeys(way.values(), 0))
    needed.update(way[shop] for (shop, _order), document in load.documents().items() if document.rounding_cents)
    return needed


def report(load):
    """What the operator wants to know of it."""
    documents = load.documents().values()
    posted = [document for document in documents if document.state == State.PROCESSED]
    calls = {name: sum(n for call, n in load.calls.items() if name in call) for name in ("/api/rest/", "/api/v1/")}
    errors = Counter(document.reason for document in documents if document.state == State.ERROR)
    lines = [
        ("orders", f"{len(load.placed)} in {len(load.shops)} shops, {len(list(load.books()))} companies"),
        ("documents", ", ".join(f"{n} {state}" for state, n in Counter(d.state for d in documents).most_common())),
        ("took", f"{load.seconds:.0f} s; nine in ten within {load.most:.0f} s, {0.9 * load.orders / load.most:.1f}/s"),
        ("faults played", str(load.faults)),
        ("calls to the shops", f"{calls['/api/rest/']}, {calls['/api/rest/'] / len(documents):.2f} a document"),
        ("calls to the books", f"{calls['/api/v1/']}, {calls['/api/v1/'] / len(posted):.2f} a posting"),
        ("errors", ", ".join(f"{code} {n}" for code, n in errors.most_common()) or "none"),
        ("rounding lines", ", ".join(f"{way} {n}" for way, n in sorted(rounded(load).items()))),
        ("in the books", f"{sum((linked.ledger_total() for linked in load.books()), Decimal(0))} euro"),
    ]
    print("\n" + "\n".join(f"{name:<20}{value}" for name, value in lines))  # noqa: T201
