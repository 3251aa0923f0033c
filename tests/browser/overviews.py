"""What the pages of Report show beside documents: payments, sums of VAT, comparisons with the books and past orders."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounting import settings_store
from integrations.models import Document, Integration, Payment, State, VatAmount
from tests.dashboard.test_history import a_history
from tests.dashboard.test_reconciliation import a_comparison
from tests.dashboard.test_shop_changes import CHANGES
from tests.dashboard.world import a_document

NUMBERS = "2026-7"
LATER = timedelta(days=7)
UNCERTAIN = {"code": "payment_uncertain", "number": "VF-2026-0071", "before": "121.00", "open": "60.50"}
PAYMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    (State.PROCESSED, {"ledger_id": "900123", "ledger_number": "VF-2026-0071"}),
    (State.PROCESSED, {"reason": "already_paid", "ledger_id": "900124", "ledger_number": "VF-2026-0072"}),
    (State.ERROR, {"problems": [{"code": "clearing_account_missing", "method": "ideal"}]}),
    (State.ERROR, {"reason": "invoice_not_found", "problems": [{"code": "invoice_not_found"}], "nights": 1}),
    (State.ERROR, {"reason": "payment_uncertain", "problems": [UNCERTAIN]}),
    (State.OPEN, {"reason": "not_paid"}),
    (State.QUEUED, {"reason": "books_busy"}),
    (State.SKIPPED, {"reason": "by_hand"}),
)
SOLD: tuple[tuple[Any, ...], ...] = (
    ("home", "21", "NL", 1_234_50, 259_25),
    ("home", "9", "NL", 87_15, 7_84),
    ("icp", "0", "BE", 899_90, 0),
    ("world", "0", "US", 310_00, 0),
    ("eu", "21", "DE", 6_412_00, 1_346_52, "home"),
    ("eu", "19", "DE", 1_450_00, 275_50, "theirs"),
    ("eu", "20", "FR", 1_200_00, 240_00, "theirs"),
    ("margin", "0", "NL", 50_00, 0),
    ("market", "0", "DE", 75_00, 0),
)
KINDS = ("deleted", "double", "changed", "moved", "unknown", "shop_changed", "not_in_shop", "missing", "waiting")


def fill(integration: Integration) -> None:
    """Something on every one of these pages."""
    document = a_document(integration, f"{NUMBERS}001", shop_changes=CHANGES, shop_changed_at=timezone.now())
    settings_store.save(integration, settings_store.current_file(integration) | {"payments": True})
    integration.refresh_from_db()
    for number, (state, fields) in enumerate(PAYMENTS):
        pay(a_document(integration, f"{NUMBERS}1{number:02}"), state, **fields)
    for number, sale in enumerate(SOLD):
        count(a_document(integration, f"{NUMBERS}2{number:02}", date=timezone.localdate()), *sale)
    compare(document)
    a_history(integration)
    a_history(integration, "done", ended_at=timezone.now())


def addresses(integration: Integration) -> list[tuple[str, str]]:
    """What there is to see of it beside one page of each name."""
    home = f"/{integration.licence_key}"
    paid = integration.payments.order_by("pk").values_list("document_id", flat=True)
    changed = integration.documents.filter(shop_changed_at__isnull=False).values_list("pk", flat=True)
    found = [("document", f"/documents/{key}/") for key in (*paid, *changed)]
    found += [("payments", f"{home}/payments/?list={name}") for name in ("errors", "open", "skipped") if paid]
    found += [("reconciliation", f"{home}/report/compare/{one.pk}/") for one in integration.reconciliations.all()]
    for past in integration.histories.all():
        found.append(("history-one", f"{home}/past-orders/{past.pk}/"))
        found += [
            ("history-items", f"{home}/past-orders/{past.pk}/items?outcome={name}") for name in ("ready", "in_books")
        ]
    return found


def pay(document: Document, state: str, **fields: Any) -> Payment:
    values = {"number": f"P-{document.number}", "method": "ideal", "date": document.date, "amount_cents": 12100}
    values |= {"transaction_id": f"tr_{document.pk}WDqYK6vllg", "changed_at": document.changed_at}
    if state == State.QUEUED:
        values["next_attempt_at"] = timezone.now() + LATER
    return Payment.objects.create(integration=document.integration, document=document, state=state, **(values | fields))


def count(document: Document, treatment: str, rate: str, country: str, net: int, vat: int, whose: str = "") -> None:
    fields: dict[str, Any] = {"treatment": treatment, "rate": rate, "country": country, "whose": whose}
    if treatment == "icp":
        asked = {"consultation_number": "WAPIAAAAYt4bXqRl", "vat_checked_at": datetime(2026, 11, 12, tzinfo=UTC)}
        fields |= {"vat_number": "BE0428759497", **asked}
    of = {"integration": document.integration, "document": document, "date": document.date}
    VatAmount.objects.create(**of, **fields, net_cents=net, vat_cents=vat)


def compare(document: Document) -> None:
    """One comparison with a finding of every kind, one that agrees, one that failed and one that is going on."""
    found = a_comparison(document.integration)
    for number, kind in enumerate(KINDS):
        cents = {"shop_cents": 121_00, "ours_cents": 121_00, "books_cents": 120_00}
        data = {"booked_on": "2026-10-09", "booked_number": "VF-2026-0071"} if kind in ("double", "moved") else {}
        known = {} if kind in ("missing", "unknown") else {"document": document}
        found.findings.create(kind=kind, number=f"2026-90{number}", date=date(2026, 10, 5), data=data, **cents, **known)
    a_comparison(document.integration)
    a_comparison(document.integration, state="failed", reason="books_busy")
    a_comparison(document.integration, state="running", cursor={"until": "2026-10-11"}, reason="books_busy")
