"""One thing that is broken keeps nothing else from being posted, and what was undone is begun anew."""

import contextlib
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounting import settings_store
from integrations.models import Document, Intent, ProductLink, State, User
from tests.linked import link
from webshop import pressing

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


def arrives(linked, seed):
    """The document of a new order, after whatever the worker did about it."""
    order = linked.place_kind("simple", seed)
    linked.deliver(order["id"])
    with contextlib.suppress(Exception):  # what a task raises, Celery writes down; the next one is rung all the same
        linked.work()
    return Document.objects.filter(integration=linked.integration, remote_id=str(order["id"])).first()


def test_keys_that_can_not_be_read_hold_up_only_their_own_shop(linked, sandbox):
    broken, healthy = linked, link(sandbox.url, shop={"name": "Tweede"}, books=linked.books)
    with connection.cursor() as cursor:
        parameters = [broken.integration.pk]
        cursor.execute(
            "UPDATE integrations_credential SET secret = 'rubbish' WHERE integration_id = %s AND side = 'shop'",
            parameters,
        )
    assert arrives(broken, 1) is None
    document = arrives(healthy, 2)
    assert document
    assert document.state == State.PROCESSED
    assert broken.integration.deliveries.filter(handled_at=None).count() == 1


def test_a_document_that_can_not_be_read_again_holds_up_no_other(linked):
    waiting = linked.place_kind("simple", 1)
    linked.deliver(waiting["id"])
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": False})
    linked.work()
    tomorrow = timezone.now() + timedelta(days=1)
    Document.objects.update(state=State.QUEUED, next_attempt_at=tomorrow, source={"rubbish": 1})
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": True})
    linked.configure(line_names="nl")
    document = arrives(linked, 2)
    assert document
    assert document.state == State.PROCESSED


def test_a_concept_that_was_deleted_is_read_anew_once_the_settings_are_right(linked):
    right = settings_store.as_file(linked.integration.settings)["vat"]
    wrong = {"country": "NL", "rate": "21", "vat_code": str(linked.books["vat"]["NL 9"])}
    wrong["revenue"] = str(linked.books["revenue"]["webshop"])
    linked.configure(vat=[wrong, {**wrong, "rate": "9"}])
    documents = [arrives(linked, seed) for seed in range(1, 9)]
    document = next(document for document in documents if document.reason == "ledger_total_differs")
    linked.configure(vat=right)
    assert pressing.process(document, User.objects.create(username="eigenaar"))
    for _ in range(2):
        linked.work()
    document.refresh_from_db()
    assert (document.state, document.problems) == (State.PROCESSED, [])


def test_a_product_that_is_found_answers_the_intent_to_make_it(linked):
    arrives(linked, 1)
    for link_ in ProductLink.objects.all():
        Intent.objects.create(
            administration=link_.administration,
            step="product",
            reference=link_.ledger_code,
            started_at=timezone.now() - timedelta(hours=1),
        )
    ProductLink.objects.update(ledger_id="")
    assert arrives(linked, 1).state == State.PROCESSED
    assert not linked.ledger("repeats")
    assert not Intent.objects.exists()
