"""The installation of King / iMUIS, which is connected with an environment code."""

import html
import json
from typing import Any

import pytest
from django.test import Client

from integrations.models import Integration
from tests.conftest import Sandbox
from tests.king import king_settings
from tests.linked import control

from .installing import begin, shaken

pytestmark = pytest.mark.broad

CODE = "9381240077"


@pytest.fixture
def shop(sandbox: Sandbox, db: None) -> dict[str, Any]:
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo"})


@pytest.fixture
def books(sandbox: Sandbox, shop: dict[str, Any]) -> dict[str, Any]:
    return control(sandbox.url, "POST", "imuis/administrations", {"name": "Bakkerij Demo B.V.", "code": CODE})


@pytest.fixture
def integration(client: Client, shop: dict[str, Any]) -> Integration:
    """One whose owner has just chosen King / iMUIS."""
    return begin(client, shaken(shop), "imuis")


def page(client: Client, integration: Integration) -> str:
    return html.unescape(client.get(f"/{integration.licence_key}/install/").text)


def connect(client: Client, integration: Integration, code: str) -> Any:
    """The form of the step, filled in; gives the page that follows."""
    return client.post(f"/connect/{integration.licence_key}", {"code": code}, follow=True)


def upload(client: Client, integration: Integration, books: dict[str, Any], **options: Any) -> Any:
    address = f"/{integration.licence_key}"
    file = king_settings(books, **options)  # without the percentage of before 2019, whose code is blocked
    file["vat"] = [row for row in file["vat"] if (row["country"], row["rate"]) != ("NL", "6")]
    given = {"text": json.dumps(file), "next": f"{address}/install/"}
    return client.post(f"{address}/configuration/file", given, follow=True)


def run_self_test(client: Client, integration: Integration) -> Any:
    address = f"/{integration.licence_key}"
    return client.post(f"{address}/configuration/check", {"next": f"{address}/install/"}, follow=True)


@pytest.mark.rule("R2", "R79")
def test_the_whole_way_with_an_environment_code(
    client: Client, integration: Integration, books: dict[str, Any], sandbox: Sandbox, shop: dict[str, Any]
) -> None:
    answer = connect(client, integration, CODE)
    assert "King / iMUIS is connected." in answer.text
    assert answer.context["current"] == "settings"
    integration.refresh_from_db()
    assert str(integration.administration) == "Bakkerij Demo B.V."
    assert upload(client, integration, books).context["current"] == "check"
    assert run_self_test(client, integration).context["current"] == "finish"
    answer = client.post(f"/{integration.licence_key}/install/finish", {"start_date": "2026-11-01"}, follow=True)
    assert "is posted to King / iMUIS" in answer.text
    assert control(sandbox.url, "GET", f"shops/{shop['id']}/webhooks")["webhooks"]
    for tab in ("install/", "configuration/", "report/", "profile/"):
        shown = client.get(f"/{integration.licence_key}/{tab}").text
        assert CODE not in shown
        assert "King / iMUIS" in shown


@pytest.mark.rule("R72", "R73", "R77", "R78", "R79")
def test_it_says_where_the_code_is_found(client: Client, integration: Integration) -> None:
    shown = page(client, integration)
    assert "open Management > My data / Subscription / Connections, and there the tab Connections" in shown
    assert "Click Connect next to the partner webwinkelfacturen" in shown
    assert "Copy the code, paste it here" in shown
    assert 'href="https://apps.imuisonline.com/"' in shown


@pytest.mark.rule("R74", "R75", "R76")
def test_it_says_who_takes_out_the_subscription(client: Client, integration: Integration) -> None:
    shown = page(client, integration)
    assert "Every administration needs a subscription to the module iMUIS Online Cloudswitch" in shown
    assert "Your accountant can select it for you in User Management" in shown
    assert "if you have no accountant, take out the subscription yourself" in shown


@pytest.mark.rule("R80", "R81")
def test_it_says_what_the_windows_version_needs(client: Client, integration: Integration) -> None:
    shown = page(client, integration)
    assert "need a licence for iMUIS Online, and iMUIS Online must be available on your own server" in shown
    assert "The way to the code is the same" in shown


@pytest.mark.rule("R82", "R83", "R84", "R85", "R86", "R87", "R88")
def test_the_settings_step_says_what_orders_need_beforehand(
    client: Client, integration: Integration, books: dict[str, Any]
) -> None:
    connect(client, integration, CODE)
    shown = page(client, integration)
    assert "Only if you have sales orders made" in shown
    assert "Add item group 29 and enter its revenue account. New products are put in this group" in shown
    assert "Add an order type webshoporder. Every order that we send gets this type." in shown
    assert 'Add a shipping method "Shipping Costs". Give it a default delivery condition and a preferred order' in shown
    assert "link it to the order type" in shown


@pytest.mark.rule("R83", "R85")
def test_what_king_lacks_is_said_at_once_and_keeps_nobody_from_going_on(
    client: Client, integration: Integration, sandbox: Sandbox
) -> None:
    lacking = {"name": "Nieuw", "code": CODE, "without": ["item_group", "order_type"]}
    books = control(sandbox.url, "POST", "imuis/administrations", lacking)
    connect(client, integration, CODE)
    answer = upload(client, integration, books, target="order")
    assert "Not everything is right in King / iMUIS yet: Item group 29; Order type webshoporder." in answer.text
    tested = html.unescape(run_self_test(client, integration).text)
    assert "Not found in King / iMUIS, or blocked there. Add it there" in tested
    assert "Go on anyway" in tested
    client.post(f"/{integration.licence_key}/configuration/check", {"go_on": "1"})
    assert client.get(f"/{integration.licence_key}/install/").context["current"] == "finish"


@pytest.mark.rule("R107")
@pytest.mark.parametrize("option", ["journal", "debtors_account"])
def test_entries_do_not_start_without_journal_and_debtors_account(
    client: Client, integration: Integration, books: dict[str, Any], option: str
) -> None:
    connect(client, integration, CODE)
    upload(client, integration, books, **{option: ""})
    answer = client.get(f"/{integration.licence_key}/install/")
    assert answer.context["current"] == "settings"
    client.post(f"/{integration.licence_key}/install/finish", {"start_date": "2026-11-01"})
    integration.refresh_from_db()
    assert integration.status == Integration.Status.INSTALLING


@pytest.mark.rule("R108")
def test_orders_need_neither(client: Client, integration: Integration, books: dict[str, Any]) -> None:
    connect(client, integration, CODE)
    answer = upload(client, integration, books, target="order", journal="", debtors_account="")
    assert answer.context["current"] == "check"
