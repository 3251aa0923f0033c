"""Payments: those added to an invoice, and the loose ones that somebody still has to book."""

from decimal import Decimal

from django.http import HttpResponse

from integrations.sandbox import Row

from .access import Call, endpoint, listed, owned, selection
from .amounts import as_text
from .books import books
from .lines import find_account
from .parameters import Fields, decimal, identifier, midnight, moment, read, text, wrapped
from .reference import is_clearing
from .refusals import as_json, invalid

FIELDS: Fields = {
    "amount": decimal,
    "description": text,
    "account_id": identifier,
    "account_path": text,
    "paid_at": moment,
}
SELECTIONS = ("unbooked", "all_in_current_bookyear", "all", "booked", "duplicate_bank_mutations", "manual")


def build(company: Row, given: Row, old: Row | None = None) -> tuple[Row, list[str]]:
    """One payment and the reasons to refuse it: it needs an amount and a bank, cash or provider's account."""
    payment = (old or {"company": company["id"]} | dict.fromkeys(FIELDS)) | given
    reasons = []
    if payment["amount"] is None or Decimal(payment["amount"]) == 0:
        reasons.append("Bedrag moet opgegeven zijn")
    account, account_reasons = find_account(company, old or dict.fromkeys(FIELDS), given)
    if not account and not account_reasons:
        reasons.append("Rekening moet opgegeven zijn")
    elif account and not is_clearing(account):
        reasons.append("Rekening is geen betaalrekening")
    payment |= {"account_id": account.get("id"), "account_path": account.get("path")}
    payment |= {"paid_at": payment["paid_at"] or midnight(), "id": payment.get("id") or books.new_id()}
    return payment, [*reasons, *account_reasons]


def build_all(company: Row, given: list[Row]) -> tuple[list[Row], list[str]]:
    built = [build(company, payment) for payment in given]
    return [payment for payment, _ in built], [f"Betaling: {reason}" for _, reasons in built for reason in reasons]


def shown(payment: Row) -> Row:
    return {"id": payment["id"]} | {key: payment[key] for key in FIELDS} | {"amount": as_text(payment["amount"])}


def list_payments(call: Call) -> HttpResponse:
    chosen = selection(call, SELECTIONS, default="unbooked")
    rows = [] if chosen in ("booked", "duplicate_bank_mutations") else books.owned("payments", call.company_id)
    return listed(call, "payments", rows, shown)


def create_payment(call: Call) -> HttpResponse:
    return as_json({"payment": shown(store(call, None))}, status=201)


def show_payment(call: Call, row_id: str) -> HttpResponse:
    return as_json({"payment": shown(owned(call, "payments", row_id))})


def update_payment(call: Call, row_id: str) -> HttpResponse:
    return as_json({"payment": shown(store(call, owned(call, "payments", row_id)))})


def store(call: Call, old: Row | None) -> Row:
    given = read(wrapped(call.request, "payment"), FIELDS, "payment")
    payment, reasons = build(call.company, given, old)
    if reasons:
        raise invalid("Betaling", reasons)
    return books.put("payments", payment)


def delete_payment(call: Call, row_id: str) -> HttpResponse:
    books.drop("payments", owned(call, "payments", row_id))
    return HttpResponse(status=204)


payments_view = endpoint("manage:payments", GET=list_payments, POST=create_payment)
payment_view = endpoint("manage:payments", GET=show_payment, PATCH=update_payment, DELETE=delete_payment)
