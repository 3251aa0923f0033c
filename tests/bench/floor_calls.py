"""The floor of the documents: a bare loop of ``requests`` that makes the calls our program makes, without a thought.

Bodies are made beforehand by our own code; signatures of the shop's calls, which hold the time, are made on the way.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import requests

from accounting.rompslomp import codes, payload
from accounting.settings_store import load
from integrations.models import CustomerLink, ProductLink
from tests.linked import Linked
from webshop.ccvshop.mapping import order_to_document
from webshop.ccvshop.signature import sign

TABLE = "CREATE TABLE floor_commit (id bigserial PRIMARY KEY, n integer NOT NULL)"
INSERT = "INSERT INTO floor_commit (n) VALUES (0) RETURNING id"
UPDATE = "UPDATE floor_commit SET n = n + 1 WHERE id = %s"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
PENDING = "new:"


@dataclass
class Job:
    """The calls of one document: targets to GET at the shop; searches, creates and the invoice at the books."""

    shop: dict[str, Any]
    token: str
    company: int
    order_id: int
    email: str
    contact: dict[str, Any] | None
    products: dict[str, dict[str, Any]]
    invoice: dict[str, Any]


def prepare(linked: Linked, order: dict[str, Any]) -> Job:
    """What has to be sent for an order, given what our program has learned of the books so far."""
    assert linked.integration.settings
    settings = load(linked.integration.settings)
    sold = order_to_document(order["order"], order["orderrows"], settings)
    mine = {"administration": linked.integration.administration_id}
    contact_id = CustomerLink.objects.filter(**mine, email=sold.customer.email).values_list("ledger_id", flat=True)
    known = dict(ProductLink.objects.filter(**mine).values_list("code", "ledger_id"))
    lines = {codes.product_key(line): line for line in sold.lines}
    ids = {key: known.get(key) or PENDING + codes.ledger_code(key) for key in lines}
    name = f"floor-{linked.shop['id']}-{order['order']['id']}"
    unknown = {key: codes.ledger_code(key) for key in lines if key not in known}
    return Job(
        shop=linked.shop,
        token=linked.books["token"]["access_token"],
        company=linked.company,
        order_id=order["order"]["id"],
        email=sold.customer.email,
        contact=None if contact_id else payload.contact(sold),
        products={code: payload.product(sold, lines[key], code, settings) for key, code in unknown.items()},
        invoice=payload.invoice(
            sold, settings, reference=name, customer=contact_id[0] if contact_id else PENDING, products=ids
        ),
    )


def run(jobs: list[list[Job]], threads: int, commits: int, database: str) -> int:
    """Work through the jobs of each integration, one integration a thread at a time; gives the number of calls."""
    local = threading.local()

    def work(mine: list[Job]) -> int:
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.connection = psycopg.connect(database, autocommit=True) if commits else None
        calls = 0
        for job in mine:
            calls += _post(job, local.session)
            if local.connection:
                _commit(local.connection, commits)
        return calls

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(work, jobs))


def _commit(connection: "psycopg.Connection[Any]", commits: int) -> None:
    row: Any = None
    for number in range(commits):
        if number % 2 == 0:
            row = connection.execute(INSERT).fetchone()
        else:
            connection.execute(UPDATE, row)


def _post(job: Job, session: requests.Session) -> int:
    calls = 0
    for target in (f"/orders/{job.order_id}", f"/orders/{job.order_id}/orderrows/?start=0&size=100"):
        _get_from_shop(job, target, session)
        calls += 1
    root = job.shop["api_root"].rstrip("/") + f"/api/v1/companies/{job.company}"
    headers = {**JSON, "Authorization": f"Bearer {job.token}"}

    def ask(method: str, path: str, body: Any = None) -> Any:
        nonlocal calls
        calls += 1
        data = None if body is None else json.dumps(body).encode()
        answer = session.request(method, root + path, data=data, headers=headers)
        assert answer.ok, answer.text[:500]
        return answer.json()

    found = dict[str, int]()
    if job.contact:
        ask("GET", f"/contacts?selection=all&search[contact_person_email_address]={job.email}&page=1&per_page=100")
        found[PENDING] = ask("POST", "/contacts", job.contact)["contact"]["id"]
    if job.products:
        search = "&".join(f"search[product_codes][]={code}" for code in job.products)
        ask("GET", f"/products?{search}&page=1&per_page=100")
    for code, body in job.products.items():
        found[PENDING + code] = ask("POST", "/products", body)["product"]["id"]
    made = ask("POST", "/sales_invoices", _filled_in(job.invoice, found))["sales_invoice"]
    ask("PATCH", f"/sales_invoices/{made['id']}", payload.publish())
    return calls


def _filled_in(body: dict[str, Any], found: dict[str, int]) -> dict[str, Any]:
    """The invoice with the ids of what was made for it just now."""
    if found:
        invoice = body["sales_invoice"]
        invoice["contact_id"] = found.get(invoice["contact_id"], invoice["contact_id"])
        for line in invoice["invoice_lines"]:
            line["product_id"] = found.get(line["product_id"], line["product_id"])
    return body


def _get_from_shop(job: Job, path: str, session: requests.Session) -> None:
    target, date = f"/api/rest/v1{path}", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    public, secret = job.shop["public"], job.shop["secret"]
    headers = {"x-public": public, "x-date": date, "x-hash": sign(secret, public, "GET", target, b"", date)}
    answer = session.get(job.shop["api_root"].rstrip("/") + target, headers=headers)
    assert answer.ok, answer.text[:500]
    answer.json()
