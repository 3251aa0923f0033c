"""Whether payments are posted: owners ask for it, support staff turn it on and off, and nobody else does."""

import html
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from accounting import settings_store
from dashboard.payments import payments_switch
from integrations.models import Event, Integration, Member, Payment, Role, State, Ticket, User
from integrations.payment_methods import clearing_account
from tests.conftest import Sandbox
from tests.linked import Linked, link
from tests.paying import payment_of, post_payments, sell

from .conftest import logged_in
from .test_payment_methods import Methods, a_contact, stored
from .test_settings_review import confirmed, file_of, held, proposed
from .world import SETTINGS, a_document, a_person, an_integration

KEPT_OFF = "Payments stay switched off: only our support staff switch them on, when you ask for it."
KEPT_ON = "Payments stay switched on: only our support staff switch them off."


@pytest.fixture
def staff(db: None) -> Client:
    return logged_in(User.objects.create_superuser("staff", "staff@example.com", "correct horse battery staple"))


def are_on(integration: Integration) -> bool:
    integration.refresh_from_db()
    assert integration.settings
    return settings_store.load(integration.settings).posts_payments


def switch(staff: Client, integration: Integration, way: str) -> str:
    address = f"/admin/integrations/integration/{integration.pk}/payments/"
    return html.unescape(staff.post(address, {way: "x"}, follow=True).text)


@pytest.mark.rule("R5")
def test_payments_are_off_until_staff_switch_them_on(client: Client, staff: Client, integration: Integration) -> None:
    assert not are_on(integration)
    assert "Payments are posted." in switch(staff, integration, "on")
    assert are_on(integration)
    version, event = integration.settings, Event.objects.get(integration=integration, kind="payments_on")
    assert version is not None
    assert (version.number, version.author.email) == (2, "staff@example.com")
    assert (event.user, event.data) == (version.author, {"version": 2})
    switch(staff, integration, "on")
    assert integration.settings_versions.count() == 2
    switch(staff, integration, "off")
    assert not are_on(integration)
    assert Event.objects.filter(integration=integration, kind="payments_off").count() == 1
    address = f"/admin/integrations/integration/{integration.pk}/payments/"
    assert client.post(address, {"on": "x"}).status_code == 302
    assert not are_on(integration)


def test_staff_see_which_payment_methods_lack_an_account(staff: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", mapped={"payment_method": "paypal"})
    a_document(integration, "2026-2", mapped={"payment_method": "creditcard"})
    rows = [
        {"method": "ideal", "debtor": "4811220931", "clearing_account": ""},
        {"method": "creditcard", "debtor": "", "clearing_account": "77"},
    ]
    settings_store.save(integration, SETTINGS | {"payment_methods": rows})
    assert payments_switch.without_account(integration) == ["ideal", "paypal"]
    page = staff.get(f"/admin/integrations/integration/{integration.pk}/payments/").text
    assert "<li>ideal</li><li>paypal</li>" in page
    assert f'href="/admin/integrations/integration/{integration.pk}/payments/"' in (
        staff.get(f"/admin/integrations/integration/{integration.pk}/change/").text
    )


@pytest.mark.rule("R4")
def test_there_is_no_switch_for_king(staff: Client, integration: Integration) -> None:
    Integration.objects.filter(pk=integration.pk).update(accounting_system="imuis")
    address = f"/admin/integrations/integration/{integration.pk}/payments/"
    assert staff.get(address).status_code == staff.post(address, {"on": "x"}).status_code == 404
    assert address not in staff.get(f"/admin/integrations/integration/{integration.pk}/change/").text


@pytest.mark.rule("R5")
def test_an_owner_asks_once_and_finds_the_ticket_again(client: Client, integration: Integration, settings: Any) -> None:
    settings.SUPPORT_EMAIL = "support@example.com"
    for page in ("configuration/", "payments/"):
        assert "Ask for payments" in client.get(f"/{integration.licence_key}/{page}").text
    for words in ("Sent.", "You asked for this already. This is the ticket."):
        page = client.post(f"/{integration.licence_key}/payments/ask", follow=True).text
        assert words in page
        assert "Posting payments to Rompslomp" in page
    ticket = Ticket.objects.get(integration=integration)
    assert ticket.messages.count() == 1
    assert "Nothing is stuck on this any more." not in page
    settings_store.save(integration, SETTINGS | {"payments": True})
    assert "Ask for payments" not in client.get(f"/{integration.licence_key}/configuration/").text
    page = client.post(f"/{integration.licence_key}/payments/ask", follow=True).text
    assert "Payments are switched on already." in page
    assert Ticket.objects.count() == 1


def test_a_request_reaches_support(
    client: Client, integration: Integration, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SUPPORT_EMAIL = "support@example.com"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/{integration.licence_key}/payments/ask")
    assert [message.to for message in mail.outbox if "support@example.com" in message.to]


@pytest.mark.rule("R6")
def test_the_price_is_told_before_somebody_asks_and_kept_with_it(
    client: Client, integration: Integration, settings: Any
) -> None:
    address = f"/{integration.licence_key}/configuration/"
    assert "It costs extra: we tell you how much before we switch it on." in client.get(address).text
    settings.PAYMENTS_PRICE = Decimal("7.5")
    for page in (address, f"/{integration.licence_key}/payments/"):
        assert "It costs €7.50 a month, excl. VAT." in client.get(page).text
    client.post(f"/{integration.licence_key}/payments/ask")
    assert "this costs €7.50 a month, excl. VAT" in Ticket.objects.get().messages.get().text


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_only_an_owner_asks_for_what_costs_money(integration: Integration, role: Role) -> None:
    Member.objects.create(integration=integration, user=a_person("other@example.nl"), role=role)
    client = logged_in(User.objects.get(email="other@example.nl"))
    page = client.get(f"/{integration.licence_key}/configuration/").text
    assert "Only an owner can ask for it." in page
    assert "ask-for-payments" not in page
    assert client.post(f"/{integration.licence_key}/payments/ask").status_code == 403
    assert not Ticket.objects.exists()


@pytest.fixture
def linked(sandbox: Sandbox, client: Client, owner: User, transactional_db: None) -> Linked:
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    return made


@pytest.mark.rule("R5")
@pytest.mark.parametrize("is_on", [False, True])
def test_no_file_of_an_owner_turns_the_switch(client: Client, linked: Linked, is_on: bool) -> None:
    linked.configure(payments=is_on)
    for other in (not is_on, str(not is_on).lower(), int(not is_on)):
        page = proposed(client, linked, {**file_of(linked), "payments": other, "margin_scheme": True})
        assert (KEPT_ON if is_on else KEPT_OFF) in page
        assert are_on(linked.integration) is is_on
    confirmed(client, linked, page)
    assert are_on(linked.integration) is is_on
    assert file_of(linked)["margin_scheme"]


@pytest.mark.rule("R5")
def test_what_is_confirmed_is_not_believed_either(client: Client, linked: Linked) -> None:
    page = proposed(client, linked, {**file_of(linked), "payments": True})
    form = held(page)
    form["proposed"] = json.dumps({**json.loads(form["proposed"]), "payments": True})
    client.post(f"/{linked.integration.licence_key}/configuration/review", form)
    assert not are_on(linked.integration)


@pytest.mark.rule("R5")
def test_an_older_version_comes_back_without_its_switch(client: Client, linked: Linked) -> None:
    linked.configure(payments=True, margin_scheme=True)
    linked.configure(payments=False, margin_scheme=False)
    address = f"/{linked.integration.licence_key}/configuration/versions/2/restore"
    page = html.unescape(client.post(address, follow=True).text)
    assert KEPT_OFF in page
    confirmed(client, linked, page)
    assert not are_on(linked.integration)
    assert file_of(linked)["margin_scheme"]


@pytest.mark.rule("R5")
def test_the_settings_of_another_shop_are_copied_without_its_switch(
    client: Client, integration: Integration, owner: User
) -> None:
    other = an_integration(owner, "Andere winkel")
    settings_store.save(other, SETTINGS | {"payments": True, "margin_scheme": True})
    address = f"/{integration.licence_key}/configuration/copy"
    answer = client.post(address, {"from": other.licence_key}, follow=True)
    assert KEPT_OFF in answer.text
    assert json.loads(answer.context["proposed"])["payments"] is False


def test_the_operator_may_by_a_file(integration: Integration, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(SETTINGS | {"payments": True}))
    call_command("import_settings", integration.licence_key, str(file), verbosity=0)
    assert are_on(integration)


def test_a_file_for_king_says_nothing_of_payments(integration: Integration) -> None:
    Integration.objects.filter(pk=integration.pk).update(accounting_system="imuis")
    integration.refresh_from_db()
    file, words = payments_switch.kept(integration, SETTINGS | {"payments": True})
    assert (file["payments"], words) == (False, "")


@pytest.mark.rule("R134")
def test_fixed_debtors_rest_while_payments_are_posted_and_come_back_after(
    client: Client, staff: Client, linked: Linked
) -> None:
    debtor = a_contact(linked, "Webshop iDEAL")
    linked.configure(payment_methods=[{"method": "ideal", "debtor": str(debtor["id"])}])

    def debtor_of(number: int) -> bool:
        document = sell(linked, ordernumber=number, ordernumber_full=f"W{number}")
        invoice = next(one for one in linked.ledger() if str(one["id"]) == document.ledger_id)
        return bool(invoice["contact_id"] == debtor["id"])

    assert debtor_of(301)
    switch(staff, linked.integration, "on")
    linked.integration.refresh_from_db()
    page = Methods(client, linked.integration)
    assert "While payments are posted, fixed debtors are not used" in page.text
    offered = re.findall(r'<option value="([^"]+)">', page.text.partition('id="payment_accounts"')[2])
    mollie = next(label for label in offered if "Mollie" in label)
    page.fill("ideal", mollie, "clearing_account")
    page.save()
    assert not debtor_of(302)
    assert stored(linked.integration)["ideal"]["debtor"] == str(debtor["id"])
    assert Payment.objects.get().state == State.PROCESSED
    switch(staff, linked.integration, "off")
    linked.integration.refresh_from_db()
    assert debtor_of(303)
    row = stored(linked.integration)["ideal"]
    assert (row["debtor"], bool(row["clearing_account"])) == (str(debtor["id"]), True)
    assert Payment.objects.count() == 1


def test_what_is_stuck_for_the_account_goes_on_after_the_setting_is_made(client: Client, linked: Linked) -> None:
    """The link of the problem leads to the row of the method."""
    post_payments(linked, without=["ideal"])
    document = sell(linked)
    page = client.get(f"/documents/{document.pk}/").text
    address = f"/{linked.integration.licence_key}/configuration/payment-methods"
    assert f'href="{address}#at-ideal"' in page
    assert 'id="at-ideal"' in client.get(address).text
    post_payments(linked)
    assert linked.integration.settings is not None
    assert clearing_account("ideal", settings_store.load(linked.integration.settings))
    client.post(f"/{linked.integration.licence_key}/payments/process", {"one": payment_of(document).pk})
    linked.work()
    assert payment_of(document).state == State.PROCESSED


@pytest.mark.rule("R49")
def test_payments_of_unpaid_invoices_can_wait_until_they_are_paid(client: Client, linked: Linked) -> None:
    address = f"/{linked.integration.licence_key}/configuration/settings"
    assert "payments_only_when_paid" not in client.get(address).text
    linked.configure(payments=True)
    assert "payments_only_when_paid" in client.get(address).text
    shop = {"process": "orders", "home_country": "NL", "start_date": "2020-01-01", "open_days": "60"}
    client.post(address, {**shop, "line_names": "en", "number": "order", "payments_only_when_paid": "on"})
    assert file_of(linked)["payments_only_when_paid"]
