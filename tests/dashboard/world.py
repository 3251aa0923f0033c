"""A small world for the dashboard's tests: people, an integration that runs, and documents in every state."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounting import settings_store
from integrations import sales
from integrations.models import Administration, Credential, Document, Event, Integration, Member, State, User, Webhook
from integrations.problems import Problem
from webshop.webhooks import EVENTS

NOON = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)

SETTINGS = {
    "shop": {"system": "ccvshop", "home_country": "NL", "process": "orders"},
    "accounting": {"system": "rompslomp", "administration": "1290044715"},
    "vat": [
        {"country": "NL", "rate": "21", "vat_code": "4100200301", "revenue": "5464900002"},
        {"country": "NL", "rate": "9", "vat_code": "4100200302", "revenue": "5464900002"},
        {"country": "ICP", "rate": "0", "vat_code": "4100200304", "revenue": "5464900003"},
    ],
    "payment_methods": [{"method": "ideal", "debtor": "4811220931", "clearing_account": ""}],
}

STUCK = {"code": "vat_setting_missing", "country": "DE", "rate": "19"}


def a_person(email: str) -> User:
    return User.objects.create_user(username=email, email=email, password="correct horse battery staple")


def an_integration(owner: User, name: str = "Bakkerij Demo", **fields: Any) -> Integration:
    """One that runs: both sides connected, an administration, settings."""
    administration, _ = Administration.objects.get_or_create(
        system="rompslomp", remote_id="1290044715", defaults={"name": "Bakkerij Demo B.V."}
    )
    values = {
        "status": Integration.Status.ACTIVE,
        "shop_id": name,
        "accounting_system": "rompslomp",
        "administration": administration,
    }
    integration = Integration.objects.create(name=name, **(values | fields))
    Member.objects.create(integration=integration, user=owner)
    for side in ("shop", "books"):
        Credential.objects.create(integration=integration, side=side, secret={"access_token": "secret-of-" + side})
    for event in EVENTS["orders"]:
        Webhook.objects.create(integration=integration, event=event)
    settings_store.save(integration, SETTINGS, owner)
    return integration


def a_document(integration: Integration, number: str, state: str = State.PROCESSED, **fields: Any) -> Document:
    """A document that changed one minute after the one before it."""
    count = Document.objects.count()
    values: dict[str, Any] = {
        "kind": "order",
        "remote_id": f"35100{count:04}",
        "number": number,
        "date": date(2026, 11, 12),
        "total_cents": 121_00,
        "customer_name": "J. de Vries",
        "customer_email": "j.devries@example.nl",
        "country": "NL",
        "changed_at": NOON + timedelta(minutes=count),
        "mapped": sales.dump(an_order(number)),
        "settings_version": integration.settings,
    }
    values |= OF_STATE[State(state)] | fields
    if state == State.ERROR:
        values["cause"] = Problem.load(values["problems"][0]).cause if values["problems"] else ""
    return Document.objects.create(integration=integration, state=state, **values)


OF_STATE: dict[State, dict[str, Any]] = {
    State.PROCESSED: {
        "ledger_id": "900123",
        "ledger_number": "VF-2026-0071",
        "ledger_url": "https://app.rompslomp.nl/invoices/900123",
        "ledger_total_cents": 121_00,
    },
    State.ERROR: {"problems": [STUCK], "reason": "vat_setting_missing"},
    State.OPEN: {"reason": "not_paid"},
    State.QUEUED: {"reason": "settling", "next_attempt_at": NOON + timedelta(days=3650)},
    State.SKIPPED: {"reason": "before_start_date"},
}


def an_order(number: str) -> sales.SalesDocument:
    """One coffee grinder of 121.00 with 21% VAT."""
    line = sales.SalesLine(
        type="goods",
        source="order_row",
        name="Koffiemolen",
        code="MOL-1",
        quantity=Decimal(1),
        vat_rate=Decimal(21),
        prices_are="incl",
        unit_price_excl=Decimal("100.00"),
        unit_price_incl=Decimal("121.00"),
        total_excl=Decimal("100.00"),
        total_vat=Decimal("21.00"),
        total_incl=Decimal("121.00"),
    )
    return sales.SalesDocument(
        kind="order",
        remote_id="351000123",
        order_id="351000123",
        number=number,
        order_number=number,
        date=date(2026, 11, 12),
        currency="EUR",
        payment_method="ideal",
        delivery_country="NL",
        total_incl=Decimal("121.00"),
        total_excl=Decimal("100.00"),
        total_vat=Decimal("21.00"),
        lines=(line,),
        customer=sales.Party(email="j.devries@example.nl"),
    )


def an_event(document: Document, kind: str, user: User | None = None, **data: Any) -> Event:
    count = document.events.count()
    return Event.objects.create(
        integration=document.integration,
        document=document,
        user=user,
        at=NOON + timedelta(seconds=count),
        kind=kind,
        data=data,
    )
