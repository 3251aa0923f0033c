"""Which past orders or invoices are in the books already, by whatever way they came there.

Our own reference is certain. What a person or another program booked is recognised by its number in the description or
the number of the entry, the same total but for some cents, and a date nearby. It is better to leave one out, where
people see it, than to book it twice; so the last digits of a number will do when all else agrees to the cent. One entry
stands for one only.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from accounting.books import Booked
from integrations.models import HistoryItem
from integrations.money import to_cents

NEAR = timedelta(days=31)  # between the shop's date and that of who booked it
BETWEEN = " / "  # the number of an invoice and that of its order
OURS = re.compile(r"ccv-[0-9]+-(order|invoice)-")
LEAST_DIGITS = 4  # of a number that is told apart by its digits alone

CENTS_OFF = 5  # of a total that the books worked out themselves

Matched = tuple[HistoryItem, Booked]
IsNamed = Callable[[str, str], bool]


def matched(
    items: Iterable[HistoryItem], booked: Iterable[Booked], name: Callable[[HistoryItem], str]
) -> list[Matched]:
    """Pairs of an item and what the books hold of it. ``name`` is our reference for an item."""
    waiting, left, found = list(items), [], []
    ours = {name(item): item for item in waiting}
    for one in booked:
        # Later postings of a document have a number behind the name.
        item = ours.get(one.reference) or ours.get(one.reference.rpartition("-")[0])
        if item:
            found.append((item, one))
        elif not OURS.match(one.reference):
            left.append(one)
    for is_named, slack in ((_by_number, CENTS_OFF), (_by_digits, CENTS_OFF), (_by_last_digits, 0)):
        taken = {item.pk for item, _one in found}, {one.ledger_id for _item, one in found}
        candidates = [item for item in waiting if item.pk not in taken[0]]
        found += _pairs(candidates, [one for one in left if one.ledger_id not in taken[1]], is_named, slack)
    return list({item.pk: (item, one) for item, one in reversed(found)}.values())


def _pairs(items: list[HistoryItem], booked: list[Booked], is_named: IsNamed, slack: int) -> Iterator[Matched]:
    """The nearest date first, each item and each entry once; totals may differ by ``slack`` cents."""
    by_total: dict[int, list[HistoryItem]] = defaultdict(list)
    for item in items:
        by_total[item.total_cents].append(item)
    near = [
        (abs((item.date - one.day).days), index, item, one)
        for index, one in enumerate(booked)
        for cents in range(to_cents(one.total) - slack, to_cents(one.total) + slack + 1)
        for item in by_total.get(cents, ())
        if item.date and abs(item.date - one.day) <= NEAR and _is_named(item, one, is_named)
    ]
    taken: set[tuple[str, str]] = set()
    for _days, _index, item, one in sorted(near, key=lambda pair: (pair[0], pair[1], pair[2].pk)):
        mine = {("item", str(item.pk)), ("entry", one.ledger_id)}
        if not mine & taken:
            taken |= mine
            yield item, one


def _is_named(item: HistoryItem, one: Booked, is_named: IsNamed) -> bool:
    text = f"{one.description} {one.number}".casefold()
    return any(is_named(number.casefold(), text) for number in item.number.split(BETWEEN) if number)


def _by_number(number: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(number)}(?!\w)", text) is not None


def _by_digits(number: str, text: str) -> bool:
    digits = "".join(letter for letter in number if letter.isdigit())
    return len(digits) >= LEAST_DIGITS and _has(digits, text)


def _by_last_digits(number: str, text: str) -> bool:
    found = re.search("[0-9]+$", number)
    return found is not None and _has(found.group(), text)


def _has(digits: str, text: str) -> bool:
    return re.search(rf"(?<!\d){digits}(?!\d)", text) is not None
