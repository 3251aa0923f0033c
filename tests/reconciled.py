"""A period compared through the stand-ins, and what came of it."""

from django.utils import timezone

from accounting import reversals
from integrations.models import Finding, Reconciliation, Reversal, User
from webshop import tasks
from webshop.reconciliation import reconciling

OCTOBER = ("2026-10-01", "2026-10-31")
AT_TEN = "2026-10-{:02}T10:00:00Z"
FIFTH = AT_TEN.format(5)


def ordered(linked, created=FIFTH, **order):
    """A paid order that the shop made at this moment; its id and number."""
    made = linked.place_kind("simple")
    changed = {"order": {"create_date": created, **order}}
    linked.control("PATCH", f"shops/{linked.shop['id']}/orders/{made['id']}", changed)
    return made


def place(linked, created=FIFTH):
    """The same, posted; its document."""
    made = ordered(linked, created)
    linked.deliver(made["id"])
    linked.work()
    document = linked.document(made["id"])
    assert document.state == "processed", document.problems
    return document


def place_mixed(linked, count=6):
    """Orders of all kinds over October, posted."""
    asked = {"count": count, "seed": 5, "mix": {"paid": 1, "unbookable": 0}}
    days = {"since": "2026-10-02T08:00:00Z", "until": "2026-10-30T20:00:00Z"}
    orders = linked.control("POST", f"shops/{linked.shop['id']}/orders/random", {**asked, **days})["orders"]
    linked.deliver(*(order["id"] for order in orders))
    linked.work()
    documents = list(linked.integration.documents.order_by("id"))
    assert {document.state for document in documents} == {"processed"}
    return documents


def by_hand(linked, method, ledger_id, body=None):
    """As a person does it at Rompslomp."""
    return linked.control(method, f"ledger/companies/{linked.company}/sales_invoices/{ledger_id}", body)


def undo(linked, document):
    """Have a posting taken back, and not posted again."""
    user, _ = User.objects.get_or_create(username="boekhouder")
    reversals.ask(document, user, returns_to="skipped", words="", seen=None)
    Reversal.objects.update(next_attempt_at=timezone.now())
    linked.work()


def asked(linked, since=OCTOBER[0], until=OCTOBER[1]):
    user, _ = User.objects.get_or_create(username="boekhouder")
    row = reconciling.start(linked.integration, user, since, until)
    assert row
    return Reconciliation.objects.get(pk=row.pk)


def compared(linked, since=OCTOBER[0], until=OCTOBER[1], most=40):
    """Ask for a period, and let the worker come until it is done."""
    row = asked(linked, since, until)
    for _ in range(most):
        tasks.reconcile(row.pk)
        row.refresh_from_db()
        if row.state not in reconciling.WAITING:
            break
    assert row.state == "done", (row.state, row.reason, row.problems)
    return row


def told(row):
    """Kind and number of what was found."""
    return sorted((finding.kind, finding.number) for finding in row.findings.all())


def finding(row, kind):
    return Finding.objects.get(reconciliation=row, kind=kind)


def sums(row):
    """The total incl. VAT of each side, in cents."""
    return [sum(sum(figures[side]) for figures in row.figures) for side in ("shop", "ours", "books")]
