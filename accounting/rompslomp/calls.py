"""What Rompslomp needs before a document can be posted, and the calls that would then be made."""

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.money import plain_text
from integrations.payment_methods import clearing_account, fixed_debtor
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import Settings
from integrations.vat import rates_without_account, treatment

from . import payload
from .codes import codes_of, product_key


def problems(document: SalesDocument, settings: Settings) -> Iterator[Problem]:
    if not payload.options(settings).administration:
        yield Problem("administration_missing")
    for rate in rates_without_account(document, settings):
        yield Problem("ledger_account_missing", country=treatment(document), rate=plain_text(rate))
    for line in document.lines:
        if not product_key(line):
            yield Problem("product_code_missing", name=line.name)


def creates(
    document: SalesDocument, settings: Settings, customers: Mapping[str, str], products: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The calls that would be made, in their order, look-ups left out.

    ``customers`` (id by e-mail address) and ``products`` (id by code) are what the books hold.
    """
    company = f"/companies/{payload.options(settings).administration}"
    calls: list[dict[str, Any]] = []
    customer = fixed_debtor(document, settings) or customers.get(document.customer.email)
    if not customer:
        customer = "new:customer"
        calls.append(_call("POST", f"{company}/contacts", payload.contact(document)))
    ids = {key: products.get(code) or products.get(key) for key, code in codes_of(document).items()}
    for line in document.lines:
        key = product_key(line)
        if not ids[key]:
            code = codes_of(document)[key]
            ids[key] = f"new:product:{code}"
            calls.append(_call("POST", f"{company}/products", payload.product(document, line, code, settings)))
    body = payload.invoice(
        document,
        settings,
        reference=f"ccv-preview-{document.kind}-{document.remote_id}",
        customer=customer,
        products={key: product_id for key, product_id in ids.items() if product_id},
    )
    calls.append(_call("POST", f"{company}/sales_invoices", body))
    return calls + _afterwards(document, settings, f"{company}/sales_invoices/new:document")


def _afterwards(document: SalesDocument, settings: Settings, path: str) -> list[dict[str, Any]]:
    """Publishing, and the payment where those are posted."""
    calls = []
    if payload.options(settings).publish:
        calls.append(_call("PATCH", path, payload.publish()))
    if settings.posts_payments and document.payment:
        body = payload.payment(document.payment, clearing_account(document.payment.method, settings))
        calls.append(_call("PATCH", path, body))
    return calls


def _call(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": method, "path": path, "body": body}
