"""An app is installed, finished, repaired, installed again and removed, against the stand-in shop."""

from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounting import connection, settings_store
from integrations.failures import ConnectionLost, Refused, Temporary
from integrations.models import (
    Administration,
    Credential,
    Delivery,
    Event,
    Handshake,
    Integration,
    Member,
    Role,
    User,
    Webhook,
)
from webshop import handshakes, registration, shop_facts, views, webhooks
from webshop.sources import open_shop

ORDERS = {"orders.created", "orders.updated.ispaid", "orders.updated.status", "orders.deleted"}
INVOICES = {"invoices.created", "invoices.updated.status"}


@pytest.fixture(autouse=True)
def operator(settings):
    cache.clear()
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["*"]


class StandIn:
    """One stand-in shop, worked by its control path."""

    def __init__(self, url, **switches):
        self.url = url
        self.row = self.ask("POST", "", {"name": "Bakkerij Demo", "country": "BE", **switches})
        self.path = f"/{self.row['id']}"

    def ask(self, method, path, body=None):
        answer = requests.request(method, f"{self.url}/_sandbox/shops{path}", json=body, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def post(self, path, **body):
        return self.ask("POST", self.path + path, body)

    def patch(self, **switches):
        return self.ask("PATCH", self.path, switches)

    def webhooks(self):
        return self.ask("GET", f"{self.path}/webhooks")["webhooks"]

    def api(self):
        row = self.ask("GET", self.path)
        return registration.Shop(row["api_root"], row["public"], row["secret"])


@pytest.fixture
def stand_in(sandbox, live_server, settings):
    """A shop whose App Store has our app registered."""
    settings.PUBLIC_URL = live_server.url
    sandbox.reset()
    shop = StandIn(sandbox.url)
    shop.ask("PUT", "/app", {"url": live_server.url, "secret": settings.CCVSHOP_APP_SECRET})
    return shop


@pytest.fixture
def owner(transactional_db):
    return User.objects.create(username="owner")


def handed_over(stand_in, **options):
    """The handshake of a shop, after the App Store has called us."""
    made = stand_in.post("/install", **options)
    assert made["accepted"], made
    return Handshake.objects.get(api_public=made["public"])


@pytest.fixture
def integration(stand_in, owner):
    """Attached, with settings and an administration, not yet finished."""
    made = registration.attach(handed_over(stand_in), owner, "rompslomp")
    settings_store.save(made, {"accounting": {"system": "rompslomp"}})
    made.administration = Administration.objects.create(system="rompslomp", remote_id="1")
    made.save()
    return made


def process(integration, mode):
    settings_store.save(integration, {"shop": {"process": mode}, "accounting": {"system": "rompslomp"}})


def events_at(stand_in):
    return Counter(hook["event"] for hook in stand_in.webhooks())


@pytest.mark.rule("R90")
def test_it_installs_from_the_app_store(stand_in, owner):
    made = stand_in.post("/install", language="en")
    assert made["handshake"]["status"] == 200
    browser = Client()
    link = urlsplit(made["install_url"])
    answer = browser.get(link.path, {name: values[0] for name, values in parse_qs(link.query).items()})
    assert (answer.status_code, answer["Location"]) == (302, "/install/")
    handshake = Handshake.objects.get(pk=browser.session["handshake"])
    assert (handshake.api_public, handshake.return_url) == (made["public"], made["return_url"])


@pytest.mark.parametrize("hash_", ["wrong", "missing"])
def test_it_stores_nothing_of_a_forged_handshake(stand_in, owner, hash_):
    assert not stand_in.post("/install", hash=hash_)["accepted"]
    assert not Handshake.objects.exists()


def test_it_links_the_shop_to_the_account(stand_in, owner):
    handshake = handed_over(stand_in)
    integration = registration.attach(handshake, owner, "rompslomp")
    assert (integration.name, integration.status) == ("Bakkerij Demo", "installing")
    assert (integration.accounting_system, integration.shop_id != "") == ("rompslomp", True)
    assert integration.members.get().user == owner
    assert Credential.objects.get().secret == {"public": handshake.api_public, "secret": handshake.api_secret}
    assert Event.objects.get(kind="shop_connected").data["home_country"] == "BE"
    assert integration.country == "BE"
    assert integration.vat_number == shop_facts._vat_number(stand_in.api().merchant(integration.shop_id)["tax_number"])


@pytest.mark.parametrize(
    ("told", "kept"), [("NL 0012.34.567.B01", "NL001234567B01"), ("", ""), (None, ""), ("x" * 30, "X" * 20)]
)
def test_it_keeps_the_merchants_vat_number_plain(told, kept):
    assert shop_facts._vat_number(told) == kept


def test_a_connection_that_was_lost_is_regained_with_the_new_keys(stand_in, integration, owner):
    connection.lose(integration, "shop")
    registration.attach(handed_over(stand_in, fresh_keys=True), owner, "rompslomp")
    integration.refresh_from_db()
    assert integration.shop_lost_at is None


def test_it_links_nothing_to_keys_that_the_shop_refuses(stand_in, owner):
    handshake = handed_over(stand_in)
    handshake.api_secret = "wrong"
    with pytest.raises(ConnectionLost):
        registration.attach(handshake, owner, "rompslomp")
    assert not Integration.objects.exists()


def test_it_finishes_the_installation(stand_in, integration):
    registration.finish(integration)
    assert events_at(stand_in) == Counter(ORDERS)
    assert stand_in.ask("GET", stand_in.path)["is_installed"]
    integration.refresh_from_db()
    assert integration.status == "active"
    at_shop = {hook["address"]: hook for hook in stand_in.webhooks()}
    for row in integration.webhooks.all():
        hook = at_shop[webhooks._address(row)]
        assert (row.key, row.remote_id, hook["is_active"]) == (hook["key"], str(hook["id"]), True)
        assert hook["event"] == row.event
    assert Event.objects.filter(kind="call").count() > 5


def test_it_keeps_the_keys_of_webhooks_encrypted(stand_in, integration):
    registration.finish(integration)
    stored = Webhook.objects.extra(select={"raw": "key"}).values_list("raw", flat=True)
    assert not {hook["key"] for hook in stand_in.webhooks()} & set(stored)


def test_finishing_twice_changes_nothing(stand_in, integration, sandbox):
    registration.finish(integration)
    before = stand_in.webhooks()
    registration.finish(integration)
    assert stand_in.webhooks() == before
    calls = sandbox.counters()
    assert calls["POST /api/rest/v1/webhooks/"] == 4
    assert sum(count for call, count in calls.items() if call.startswith("PATCH /api/rest/v1/apps")) == 1


@pytest.mark.parametrize("apps", [0, 2])
def test_it_does_not_start_unless_the_shop_names_one_app(stand_in, integration, apps):
    stand_in.patch(apps=apps)
    with pytest.raises(Refused):
        registration.finish(integration)
    integration.refresh_from_db()
    assert integration.status == "installing"


@pytest.mark.parametrize("fault", ["500", "timeout_after_write", "429", "html", "empty"])
def test_it_finishes_after_a_failure_without_registering_anything_twice(
    stand_in, integration, sandbox, fault, settings
):
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind=fault, method="POST", path="/webhooks", skip=1, seconds=1.5)
    try:
        registration.finish(integration)
    except Temporary:
        cache.clear()
        registration.finish(integration)
    assert events_at(stand_in) == Counter(ORDERS)
    assert {webhooks._address(row) for row in integration.webhooks.all()} == {
        hook["address"] for hook in stand_in.webhooks()
    }


@pytest.mark.parametrize("hides", [True, False])
def test_it_reads_back_what_the_shop_does_not_tell(stand_in, integration, hides):
    stand_in.patch(post_answer=204, hides_webhook_keys=hides)
    registration.finish(integration)
    assert events_at(stand_in) == Counter(ORDERS)
    assert integration.webhooks.filter(key__isnull=hides).count() == 4
    registration.finish(integration)
    assert events_at(stand_in) == Counter(ORDERS)


def test_it_registers_again_what_was_made_by_a_call_whose_key_was_lost(stand_in, integration):
    registration.finish(integration)
    stand_in.patch(hides_webhook_keys=True)
    row = integration.webhooks.get(event="orders.created")
    Webhook.objects.filter(pk=row.pk).update(remote_id="", key=None)
    registration.repair_webhooks(integration)
    again = integration.webhooks.get(event="orders.created")
    assert again.key
    assert again.token != row.token
    assert events_at(stand_in) == Counter(ORDERS)


def test_it_repairs_what_is_missing_or_paused(stand_in, integration):
    registration.finish(integration)
    kept, paused, missing, _ = stand_in.webhooks()
    api = stand_in.api()
    api.patch(f"/webhooks/{paused['id']}", {"is_active": False})
    api.delete_webhook(missing["id"])
    registration.repair_webhooks(integration)
    now = {hook["id"]: hook for hook in stand_in.webhooks()}
    assert events_at(stand_in) == Counter(ORDERS)
    assert now[kept["id"]] == kept
    assert now[paused["id"]]["is_active"]
    assert missing["id"] not in now
    assert missing["address"] not in {hook["address"] for hook in now.values()}


def test_it_touches_no_address_of_somebody_else(stand_in, integration, settings):
    api = stand_in.api()
    stranger = api.create_webhook("orders.created", "https://elsewhere.example/hooks/ccvshop/1/orders.created/token")
    leftover = api.create_webhook("orders.created", f"{settings.PUBLIC_URL}/hooks/ccvshop/99/orders.created/{'x' * 43}")
    registration.finish(integration)
    listed = {hook["id"] for hook in stand_in.webhooks()}
    assert stranger["id"] in listed
    assert leftover["id"] not in listed
    webhooks.remove(integration, open_shop(integration))
    assert [hook["id"] for hook in stand_in.webhooks()] == [stranger["id"]]
    assert not integration.webhooks.exists()


@pytest.mark.rule("R36")
def test_it_follows_a_change_of_mode(stand_in, integration):
    registration.finish(integration)
    process(integration, "invoices")
    registration.repair_webhooks(integration)
    assert events_at(stand_in) == Counter(INVOICES)
    assert not webhooks.unannounced().exists()
    process(integration, "orders")
    registration.repair_webhooks(integration)
    assert events_at(stand_in) == Counter(ORDERS)
    assert set(integration.webhooks.values_list("event", flat=True)) == ORDERS


def test_it_asks_for_invoices_where_the_shop_does_not_announce_them(stand_in, integration):
    stand_in.patch(refuses_invoice_hook=True)
    process(integration, "invoices")
    registration.finish(integration)
    assert events_at(stand_in) == Counter({"invoices.updated.status": 1})
    assert webhooks.unannounced().get() == integration


def test_a_signed_message_of_the_shop_passes_the_gate(stand_in, integration, monkeypatch):
    monkeypatch.setattr(views, "ring", lambda _administration_id: None)
    registration.finish(integration)
    order = stand_in.post("/orders/kind", kind="simple")
    assert stand_in.post("/deliveries/wait", seconds=10)["idle"]
    arrived = Delivery.objects.filter(integration=integration)
    assert set(arrived.values_list("remote_id", "kind", "is_signed")) == {(str(order["id"]), "order", True)}
    assert Webhook.objects.filter(is_signed=True).count() == 4
    count = arrived.count()
    stand_in.post("/deliveries/replay")
    assert stand_in.post("/deliveries/wait", seconds=10)["idle"]
    assert arrived.count() == count


def test_a_webhook_that_is_made_again_demands_signatures_at_once_where_the_shop_is_known_to_sign(stand_in, integration):
    registration.finish(integration)
    integration.webhooks.update(is_signed=True)
    stand_in.api().delete_webhook(stand_in.webhooks()[0]["id"])
    registration.repair_webhooks(integration)
    assert integration.webhooks.filter(is_signed=True).count() == 4


def test_it_finds_the_same_integration_when_the_app_is_installed_again(stand_in, integration, owner):
    registration.finish(integration)
    assert stand_in.post("/uninstall")["accepted"]
    integration.refresh_from_db()
    assert integration.status == "stopped"
    handshake = handed_over(stand_in, fresh_keys=True)
    again = registration.attach(handshake, owner, "rompslomp")
    assert (again.pk, again.status) == (integration.pk, "installing")
    assert again.credentials.get(side="shop").secret["public"] == handshake.api_public
    registration.finish(again)
    assert events_at(stand_in) == Counter(ORDERS)


def test_new_keys_of_an_active_integration_register_its_webhooks_again(stand_in, integration, owner):
    registration.finish(integration)
    old = set(integration.webhooks.values_list("token", flat=True))
    first = integration.handshakes.get()
    registration.attach(handed_over(stand_in, fresh_keys=True), owner, "rompslomp")
    integration.refresh_from_db()
    assert integration.status == "active"
    assert events_at(stand_in) == Counter(ORDERS)
    assert not old & set(integration.webhooks.values_list("token", flat=True))
    assert not Handshake.objects.filter(pk=first.pk).exists()


def test_it_refuses_somebody_who_is_no_member(stand_in, integration, owner):
    before = integration.credentials.get(side="shop").secret
    handshake = handed_over(stand_in, fresh_keys=True)
    stranger = User.objects.create(username="stranger")
    with pytest.raises(Refused) as caught:
        registration.attach(handshake, stranger, "rompslomp")
    assert caught.value.problems[0].code == "shop_of_others"
    assert integration.members.get().user == owner
    assert integration.credentials.get(side="shop").secret == before


def typed_by(user, stand_in):
    """Keys that work, typed by somebody: whoever answers at the address says of itself which shop it is."""
    row = stand_in.ask("GET", stand_in.path)
    return handshakes.store(handshakes.by_hand(user, row["api_root"], row["public"], row["secret"]))


@pytest.fixture
def claimer(transactional_db):
    return User.objects.create(username="claimer")


@pytest.mark.rule("R29", "R90")
@pytest.mark.parametrize("had_stopped", [False, True])
def test_who_comes_from_the_app_store_gets_a_shop_that_somebody_else_only_typed(stand_in, owner, claimer, had_stopped):
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    claimed = registration.attach(typed_by(claimer, stand_in), claimer, "rompslomp")
    registration.finish(claimed)
    if had_stopped:
        registration.stop(claimed, "stopped", claimer)
    made = registration.attach(handed_over(stand_in, fresh_keys=True), owner, "rompslomp")
    claimed.refresh_from_db()
    assert made.pk != claimed.pk
    assert (claimed.status, claimed.shop_id, claimed.credentials.count()) == ("stopped", "", 0)
    assert claimed.events.filter(kind="taken_over").count() == 1
    assert ([m.user for m in made.members.all()], [m.user for m in claimed.members.all()]) == ([owner], [claimer])
    registration.finish(made)
    assert Integration.objects.exclude(status="stopped").get() == made
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    with pytest.raises(Refused):
        registration.attach(typed_by(claimer, stand_in), claimer, "imuis")


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_a_member_who_is_no_owner_takes_nothing_by_way_of_the_app_store(stand_in, owner, claimer, role):
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    mine = registration.attach(typed_by(owner, stand_in), owner, "rompslomp")
    Member.objects.create(integration=mine, user=claimer, role=role)
    with pytest.raises((PermissionDenied, Refused)):
        registration.attach(handed_over(stand_in, fresh_keys=True), claimer, "rompslomp")
    mine.refresh_from_db()
    assert (mine.status, mine.shop_id != "") == ("installing", True)
    assert mine.credentials.exists()


@pytest.mark.rule("R29")
@pytest.mark.parametrize("system", ["rompslomp", "imuis"])
def test_typed_keys_take_nothing_from_anybody(stand_in, integration, owner, claimer, system):
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    with pytest.raises(Refused):
        registration.attach(typed_by(claimer, stand_in), claimer, system)
    assert Integration.objects.get().members.get().user == owner


@pytest.mark.rule("R29")
def test_between_typed_claims_the_first_stays(stand_in, owner, claimer):
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    first = registration.attach(typed_by(claimer, stand_in), claimer, "rompslomp")
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    with pytest.raises(Refused):
        registration.attach(typed_by(owner, stand_in), owner, "imuis")
    first.refresh_from_db()
    assert first.status == "installing"


def test_what_came_from_the_app_store_once_is_not_lost_by_typing_keys_later(stand_in, integration, owner, claimer):
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    registration.attach(typed_by(owner, stand_in), owner, "rompslomp")
    with pytest.raises(Refused):
        registration.attach(handed_over(stand_in, fresh_keys=True), claimer, "rompslomp")
    integration.refresh_from_db()
    assert integration.status == "installing"


def test_a_part_in_one_integration_of_a_shop_gives_none_in_another(stand_in, integration, owner, claimer):
    second = registration.attach(handed_over(stand_in), owner, "imuis")
    second.members.create(user=claimer)
    with pytest.raises(Refused):
        registration.attach(handed_over(stand_in), claimer, "rompslomp")
    assert integration.members.get().user == owner


def test_a_handshake_of_another_shop_renews_nothing(stand_in, integration, owner, sandbox):
    other = StandIn(sandbox.url, name="Tweede")
    keys = stand_in.ask("GET", stand_in.path)
    stand_in.ask("POST", f"{stand_in.path}/keys", {})
    other.ask("POST", f"{other.path}/keys", {"public": keys["public"]})
    handshake = integration.handshakes.get()
    handshake.api_secret = other.ask("GET", other.path)["secret"]
    before = integration.credentials.get().secret
    with pytest.raises(Temporary):
        registration.renew(handshake, owner)
    assert integration.credentials.get().secret == before


@pytest.mark.rule("R25")
def test_another_shop_and_another_accounting_system_are_integrations_of_their_own(
    stand_in, integration, owner, sandbox
):
    other = StandIn(sandbox.url, name="Tweede")
    second = registration.attach(handed_over(other), owner, "rompslomp")
    third = registration.attach(handed_over(stand_in), owner, "imuis")
    assert len({integration.pk, second.pk, third.pk}) == 3
    assert owner.memberships.count() == 3
