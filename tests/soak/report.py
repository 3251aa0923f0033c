"""What the operator sees of a load: how far it is, and what came of it."""

import sys
import time
from collections import Counter
from collections.abc import Iterator

from integrations.models import Event, State
from tests.soak.load import Load
from tests.soak.targets import TARGETS, Target


class Bar:
    """A progress bar on standard error, past whatever pytest captures."""

    def __init__(self, whole: int) -> None:
        self.whole = whole
        self.started = time.monotonic()

    def show(self, done: int, words: str) -> None:
        passed = time.monotonic() - self.started
        filled = "#" * (40 * min(done, self.whole) // self.whole)
        line = f"\r[{filled:<40}] {done}/{self.whole} {words}, {passed:.0f} s"
        print(f"{line:<100}", end="", file=sys.__stderr__, flush=True)


def report(load: Load) -> None:
    print()  # noqa: T201
    for name, value in (*lines(load), *(line for target in TARGETS for line in lines_of(load, target))):
        print(f"{name:<16}{value}")  # noqa: T201


def lines(load: Load) -> Iterator[tuple[str, str]]:
    seconds = max(load.seconds.values())
    yield "all", f"{load.whole} documents of {len(load.sellers)} shops in {seconds:.0f} s, {load.whole / seconds:.1f}/s"
    played = Counter(fault["kind"] for fault in load.faults if fault["hits"])
    words = ", ".join(f"{kind} {count}" for kind, count in played.most_common())
    yield "faults played", f"{sum(played.values())} of {len(load.faults)}: {words}"


def lines_of(load: Load, target: Target) -> Iterator[tuple[str, str]]:
    documents = list(load.documents(target).values())
    states = Counter(document.state for document in documents)
    posted = [document for document in documents if document.state == State.PROCESSED]
    credits, seconds = sum(document.is_credit for document in documents), load.seconds[target.name]
    errors = Counter(document.reason for document in documents if document.state == State.ERROR)
    calls, shop_calls = (calls_of(load, target, path) for path in (target.calls, "/api/rest/"))
    off = [document for document in posted if target.difference(document)]
    rounded = sum(bool(document.rounding_cents) for document in posted)
    cents = sum(document.total_cents + target.difference(document) for document in posted)
    yield target.name, f"{len(documents)} documents, {credits} credits, in {len(load.books(target))} administrations"
    yield "", f"{len(posted)} posted, {states['skipped']} skipped, {states['open']} open, in {seconds:.0f} s"
    yield "", f"{states['error']} errors, expected: {', '.join(f'{code} {n}' for code, n in errors.most_common())}"
    yield "", f"{calls / len(posted):.2f} calls a posting, {shop_calls / len(documents):.2f} to the shop a document"
    yield "", f"{cents / 100:.2f} euro, {rounded} with a line for the difference, {len(off)} off by what they show"


def calls_of(load: Load, target: Target, path: str) -> int:
    """How many calls the timelines show."""
    mine = [seller.linked.integration.pk for seller in load.of(target)]
    return Event.objects.filter(kind="call", integration__in=mine, data__path__startswith=path).count()
