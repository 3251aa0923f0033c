"""A database as it is after years: a million documents of 200 shops, a tenth of them of one shop, in every state.

The rows are made by the database itself, from numbers; the counts too, since a million triggers take minutes.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from integrations import sales, tallies
from integrations.models import Document, Event, Integration, State, User
from integrations.problems import Problem
from tests.dashboard.world import an_integration, an_order

YEARS = 2
STUCK, WAITING, CAUSES = 2000, 3000, 12  # of the large shop
COUNTRIES = ["NL", "NL", "NL", "NL", "BE", "DE", "FR", "US"]
RATES = ["19", "7", "25", "24", "22", "20", "6", "5.5", "21", "12", "9", "13"]

DOCUMENTS = """
INSERT INTO integrations_document (
    integration_id, kind, remote_id, order_remote_id, sale, number, date, currency, total_cents, is_credit,
    customer_email, customer_name, country, treatment, state, reason, problems, cause, source, mapped,
    settings_version_id, arrived_at, changed_at, looked_at, next_attempt_at, attempts, is_stale, edition, target,
    ledger_id, ledger_number, ledger_url, ledger_total_cents, rounding_cents, shop_digest, shop_changes)
SELECT
    integration, CASE WHEN i %% 5 = 0 THEN 'invoice' ELSE 'order' END, i::text, '', '', '2026-' || i,
    moment::date, 'EUR', CASE WHEN i %% 33 = 0 THEN -1 ELSE 1 END * (500 + i %% 50000 * 7919 %% 50000), i %% 33 = 0,
    'klant' || i %% 40000 || '@example.nl', (ARRAY['Jansen', 'De Vries', 'Peeters', 'Müller'])[1 + i %% 4] || ' ' || i,
    (%(countries)s::text[])[1 + i %% 8], (ARRAY['home', 'home', 'home', 'eu', 'icp', 'world'])[1 + i %% 6], state,
    CASE state WHEN 'error' THEN 'vat_setting_missing' WHEN 'open' THEN 'not_paid' WHEN 'queued' THEN 'settling'
        WHEN 'skipped' THEN 'before_start_date' ELSE '' END,
    CASE WHEN state = 'error' THEN (%(problems)s::jsonb[])[1 + i / 500 %% 12] ELSE '[]'::jsonb END,
    CASE WHEN state = 'error' THEN (%(causes)s::text[])[1 + i / 500 %% 12] ELSE '' END,
    '{}'::jsonb, %(mapped)s::jsonb, %(version)s, moment, moment, moment,
    CASE WHEN state = 'queued' THEN now() + interval '1 day' END, 1, false, 1, 'invoice',
    CASE WHEN state = 'processed' THEN (900000 + i)::text ELSE '' END,
    CASE WHEN state = 'processed' THEN 'VF-' || i ELSE '' END,
    CASE WHEN state = 'processed' THEN 'https://app.rompslomp.nl/invoices/' || i ELSE '' END,
    CASE WHEN state = 'processed' THEN 500 + i %% 50000 * 7919 %% 50000 END, 0, '', '[]'::jsonb
FROM (
    SELECT i, CASE WHEN i %% 10 = 0 THEN %(large)s ELSE (%(others)s::bigint[])[1 + i %% %(count)s] END AS integration,
        now() - interval '1 minute' - (%(whole)s - i) * (interval '2 years' / %(whole)s) AS moment,
        CASE WHEN i / 10 %% 50 = 0 THEN 'error' WHEN i / 10 %% 100 IN (1, 2) THEN 'open'
            WHEN i / 10 %% 100 = 3 THEN 'queued' WHEN i / 10 %% 100 = 4 THEN 'skipped' ELSE 'processed' END AS state
    FROM generate_series(1, %(whole)s) AS i
) AS made
"""
COUNTS = """
INSERT INTO integrations_documenttally (integration_id, state, cause, month, documents, cents)
SELECT integration_id, state, cause, to_char(date, 'YYYY-MM'), count(*), sum(total_cents)
FROM integrations_document GROUP BY 1, 2, 3, 4
"""
VAT_AMOUNTS = """
INSERT INTO integrations_vatamount (
    integration_id, document_id, date, country, treatment, whose, rate, net_cents, vat_cents,
    vat_number, consultation_number)
SELECT integration_id, id, date, country, treatment, CASE treatment WHEN 'eu' THEN 'home' ELSE '' END,
    CASE WHEN treatment IN ('home', 'eu') THEN '21' ELSE '0' END,
    total_cents - vat, vat, CASE treatment WHEN 'icp' THEN 'BE' || id %% 500 ELSE '' END, ''
FROM (
    SELECT *, CASE WHEN treatment IN ('home', 'eu') THEN total_cents * 21 / 121 ELSE 0 END AS vat
    FROM integrations_document WHERE integration_id = %(large)s AND state = 'processed'
) AS posted
"""
INDEXES = """
SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = 'integrations_document'::regclass AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
EVENTS = """
INSERT INTO integrations_event (integration_id, document_id, at, kind, data)
SELECT integration_id, id, changed_at, (ARRAY['delivery', 'mapped', 'posted'])[nth], '{}'::jsonb
FROM integrations_document, generate_series(1, 3) AS nth WHERE integration_id = %(large)s
"""


@dataclass(frozen=True, kw_only=True)
class Large:
    """The large shop, somebody who may see it, and one of its documents with a long timeline."""

    integration: Integration
    owner: User
    document: Document


def fill(whole: int) -> Large:
    owner = User.objects.create_user(username="owner@example.nl", email="owner@example.nl")
    large = an_integration(owner, "Grote winkel")
    for name in ("Tweede winkel", "Derde winkel"):
        an_integration(owner, name, status=Integration.Status.ACTIVE)
    others = Integration.objects.bulk_create(Integration(name=f"Shop {number}") for number in range(199))
    problems = [{"code": "vat_setting_missing", "country": "DE", "rate": rate} for rate in RATES]
    values = {
        "countries": COUNTRIES,
        "problems": [json.dumps([one]) for one in problems],
        "causes": [Problem.load(one).cause for one in problems],
        "mapped": json.dumps(sales.dump(an_order("2026-1"))),
        "version": large.settings_id,
        "large": large.pk,
        "others": [one.pk for one in others],
        "count": len(others),
        "whole": whole,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("ALTER TABLE integrations_document DISABLE TRIGGER USER")
        with without_indexes(cursor):
            cursor.execute(DOCUMENTS, values)
        cursor.execute("ALTER TABLE integrations_document ENABLE TRIGGER USER")
        cursor.execute(COUNTS)
        cursor.execute(EVENTS, values)
        cursor.execute(VAT_AMOUNTS, values)
    document = Document.objects.filter(integration=large, state=State.PROCESSED).latest("id")
    Event.objects.bulk_create(
        Event(integration=large, document=document, at=document.changed_at, kind="processed_by", user=owner)
        for _ in range(20)
    )
    tallies.fold()
    unfolded(large)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does in its own time
    return Large(integration=large, owner=owner, document=document)


@contextmanager
def without_indexes(cursor: Any) -> Iterator[None]:
    """Indexes that are made afterwards, of all rows at once, take far less time than row by row."""
    cursor.execute(INDEXES)
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        cursor.execute(definition)


def unfolded(large: Integration) -> None:
    """What the triggers add between two foldings: by their hand, so that they count it right."""
    recent = Document.objects.filter(integration=large, state=State.PROCESSED).order_by("-id")[:50]
    for pk in list(recent.values_list("pk", flat=True)):
        Document.objects.filter(pk=pk).update(total_cents=12345)
