"""What the kept counts and the totals of Report have to agree with: every document looked at, one by one."""

from collections import Counter

from django.db.models import Sum

from integrations.models import Document, DocumentTally, Integration, State

Key = tuple[str, str, str]


def counted(integration: Integration) -> dict[Key, tuple[int, int]]:
    """By state, cause and month: how many documents there are, and their total in cents."""
    documents: Counter[Key] = Counter()
    cents: Counter[Key] = Counter()
    for one in Document.objects.filter(integration=integration):
        cause = one.cause if one.state == State.ERROR else ""
        key = (one.state, cause, f"{one.date:%Y-%m}" if one.date else "")
        documents[key] += 1
        cents[key] += one.total_cents if one.currency == "EUR" else 0
    return {key: (documents[key], cents[key]) for key in documents}


def kept(integration: Integration) -> dict[Key, tuple[int, int]]:
    """The same, as the database keeps it."""
    rows = DocumentTally.objects.filter(integration=integration).values_list("state", "cause", "month")
    summed = rows.annotate(Sum("documents"), Sum("cents")).order_by()
    return {(state, cause, month): (count, cents) for state, cause, month, count, cents in summed if count}
