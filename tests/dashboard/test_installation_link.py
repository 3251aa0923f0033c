"""Installing without the App Store: a link of support staff, and keys that the merchant made in the shop."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from dashboard.install import installation_links
from integrations.failures import Refused
from integrations.models import Credential, Event, Handshake, Integration, User
from tests.conftest import Sandbox
from tests.linked import control
from webshop import registration

from .conftest import logged_in
from .world import a_person

pytestmark = pytest.mark.rule("R29")

EMAIL = "bakker@example.nl"


@pytest.fixture(autouse=True)
def _own_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def verified(email: str) -> User:
    person = a_person(email)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


@pytest.fixture
def owner(db: None) -> User:
    """The one for whom the links are made."""
    return verified(EMAIL)


@pytest.fixture
def shop(sandbox: Sandbox, db: None) -> dict[str, Any]:
    """A shop that has no app of ours."""
    sandbox.reset()
    return control(sandbox.url, "POST", "shops", {"name": "Bakkerij Demo", "apps": 0})


def link(email: str = EMAIL, **made: Any) -> str:
    return urlsplit(installation_links.make(email, **made)).path


def keys(shop: dict[str, Any], **other: str) -> dict[str, str]:
    return {"address": shop["api_root"], "api_public": shop["public"], "api_secret": shop["secret"]} | other


def installed(client: Client, shop: dict[str, Any]) -> Integration:
    client.post(link(), keys(shop))
    client.post("/install/", {"system": "rompslomp", "terms": "on"})
    return Integration.objects.get()


def test_a_visitor_makes_an_account_or_logs_in_first(db: None) -> None:
    address = link()
    page = Client(headers={"accept-language": "en"}).get(address).text
    assert f'value="{EMAIL}"' in page
    assert f'name="next" value="{address}"' in page
    assert f"/account/login/?next={address}".split(":")[0] in page


def test_with_keys_that_work_it_goes_on_as_from_the_app_store(client: Client, shop: dict[str, Any]) -> None:
    assert client.get(link()).status_code == 200
    answer = client.post(link(system="imuis"), keys(shop), follow=True)
    assert f"Webshop found: {urlsplit(shop['api_root']).netloc}" in answer.text
    assert 'value="imuis" required checked' in answer.text
    assert shop["secret"] not in answer.text
    client.post("/install/", {"system": "rompslomp", "terms": "on"})
    integration = Integration.objects.get()
    assert integration.name == "Bakkerij Demo"
    assert Credential.objects.get().secret["secret"] == shop["secret"]


def test_it_finishes_without_an_app_to_mark_and_records_that(client: Client, shop: dict[str, Any]) -> None:
    integration = installed(client, shop)
    registration.finish(integration)
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE
    assert Event.objects.get(kind="installed").data == {"app": False}


def test_keys_of_the_app_store_must_still_name_their_app(owner: User, shop: dict[str, Any]) -> None:
    handshake = Handshake.objects.create(
        api_public=shop["public"],
        api_secret=shop["secret"],
        api_root=shop["api_root"],
        return_url="https://shop.example/back",
    )
    integration = registration.attach(handshake, owner, "rompslomp")
    with pytest.raises(Refused):
        registration.finish(integration)
    integration.refresh_from_db()
    assert integration.status == Integration.Status.INSTALLING


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"api_secret": "wrong-secret"}, "The shop does not accept these keys."),
        ({"address": "http://192.168.1.1"}, "There is no shop at this address."),
        ({"address": "https://127.0.0.1:1"}, "There is no shop at this address."),
        ({"address": "file:///etc/passwd"}, "There is no shop at this address."),
        ({"address": "https://[bad"}, "There is no shop at this address."),
        ({"address": "https://shop:x"}, "There is no shop at this address."),
        ({"api_public": "é"}, "A key holds letters, digits and signs only."),
    ],
)
def test_what_does_not_work_is_said_beside_its_field_and_nothing_is_kept(
    client: Client, shop: dict[str, Any], other: dict[str, str], words: str
) -> None:
    page = client.post(link(), keys(shop, **other)).text
    assert words in page
    assert keys(shop, **other)["api_secret"] not in page
    assert not Handshake.objects.exists()


def test_a_shop_that_is_out_of_reach_gives_a_sentence(client: Client, shop: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", times=20)
    assert "No CCV Shop answers at this address just now." in client.post(link(), keys(shop)).text
    sandbox.reset()


def test_keys_with_which_somebody_else_came_are_refused(client: Client, shop: dict[str, Any]) -> None:
    other = verified("other@example.nl")
    logged_in(other).post(link(other.email), keys(shop))
    kept = Handshake.objects.values().get()
    assert "These keys are in use already." in client.post(link(), keys(shop, api_secret="mine")).text
    assert Handshake.objects.values().get() == kept


def test_an_address_is_taken_as_it_was_copied(client: Client, shop: dict[str, Any]) -> None:
    client.post(link(), keys(shop, address=f"{shop['api_root']}/webshop/?from=mail#top"))
    assert Handshake.objects.get().api_root == shop["api_root"]


def test_a_corrected_secret_mends_what_is_linked_already(
    client: Client, shop: dict[str, Any], sandbox: Sandbox
) -> None:
    integration = installed(client, shop)
    Integration.objects.update(shop_lost_at=datetime.now(UTC))
    new = {"public": shop["public"], "secret": "made-again"}
    control(sandbox.url, "POST", f"shops/{shop['id']}/keys", new)
    answer = client.post(link(), keys(shop | new), follow=True)
    assert answer.redirect_chain[-1][0] == f"/{integration.licence_key}/install/"
    integration.refresh_from_db()
    assert integration.shop_lost_at is None
    assert Credential.objects.get().secret["secret"] == "made-again"


# Whose link it is


@pytest.mark.parametrize("is_verified", [None, False])
def test_somebody_else_is_told_to_log_in_with_the_address_it_was_made_for(
    shop: dict[str, Any], is_verified: bool | None
) -> None:
    other = verified("other@example.nl")
    if is_verified is not None:
        EmailAddress.objects.create(user=other, email=EMAIL, verified=is_verified)
    for answer in (logged_in(other).get(link()), logged_in(other).post(link(), keys(shop))):
        assert answer.status_code == 403
        assert "It was made for b…@example.nl." in answer.text
        assert EMAIL not in answer.text
    assert not Handshake.objects.exists()


def test_any_verified_address_of_a_person_will_do(shop: dict[str, Any]) -> None:
    other = verified("other@example.nl")
    EmailAddress.objects.create(user=other, email=EMAIL.upper(), verified=True)
    assert logged_in(other).get(link()).status_code == 200


def test_logging_in_with_the_other_address_comes_back_to_the_link(db: None) -> None:
    other, address = logged_in(verified("other@example.nl")), link()
    assert f'name="next" value="{address}"' in other.get(address).text
    assert f'value="{EMAIL}"' in other.post("/account/logout/", {"next": address}, follow=True).text


def test_a_link_is_not_in_the_log(shop: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    other, address = logged_in(verified("other@example.nl")), link()
    with caplog.at_level("INFO"):
        assert other.get(address).status_code == 403
        assert other.get(f"{address}x").status_code == 403
        assert other.get(f"{address}/wrong").status_code == 404
        assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    assert "Forbidden: /install/link/..." in caplog.text
    assert "Forbidden (CSRF" in caplog.text
    assert "Not Found: /install/link/..." in caplog.text
    assert address.rsplit("/", 1)[-1][:20] not in caplog.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_expired_link_says_whom_to_ask(db: None, language: str) -> None:
    address = link(days=2)
    visitor = Client(headers={"accept-language": language})
    now = datetime.now(UTC)
    with time_machine.travel(now + timedelta(days=2, minutes=-1)):
        assert visitor.get(address).status_code == 200
    with time_machine.travel(now + timedelta(days=2, minutes=1)):
        answer = visitor.get(address)
    assert answer.status_code == 403
    if language == "en":
        assert "has expired. Ask whoever sent it to you" in answer.text


def test_a_link_that_was_changed_does_nothing(client: Client, shop: dict[str, Any]) -> None:
    for address in ("/install/link/x", f"{link()}x", "/install/link/a:b:c"):
        answer = client.post(address, keys(shop))
        assert answer.status_code == 403
        assert "lost on the way" in answer.text
    assert not Handshake.objects.exists()


def test_it_holds_for_fourteen_days_unless_told_otherwise(settings: Any) -> None:
    assert settings.INSTALLATION_LINK_DAYS == 14
    token = link().rsplit("/", 1)[-1]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=13, hours=23)):
        assert installation_links.read(token).email == EMAIL
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=14, minutes=1)),
        pytest.raises(installation_links.NotValid),
    ):
        installation_links.read(token)


def test_staff_make_one_on_the_screen(db: None, settings: Any) -> None:
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    staff = logged_in(User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse"))
    assert "Make an installation link" in staff.get("/admin/integrations/integration/").text
    address = "/admin/integrations/integration/installation-link/"
    assert staff.get(address).status_code == 200
    page = staff.post(address, {"email": EMAIL, "system": "imuis", "days": "3"}).text
    made = page.split("https://koppeling.example.nl/install/link/")[1].split("<")[0]
    assert installation_links.read(made) == installation_links.Invitation(email=EMAIL, system="imuis")
    noted = LogEntry.objects.get()
    assert (noted.user.email, noted.object_repr) == ("staff@example.nl", EMAIL)
    assert made not in noted.change_message
    assert "/install/link/" not in staff.post(address, {"email": "x", "days": "3"}).text


def test_nobody_else_makes_one(client: Client) -> None:
    answer = client.post("/admin/integrations/integration/installation-link/", {"email": EMAIL, "days": "3"})
    assert answer.status_code == 302
    assert "/login/" in answer["location"]


def test_the_command_prints_one(settings: Any) -> None:
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    out = StringIO()
    call_command("installation_link", EMAIL, "--days", "2", stdout=out)
    address = out.getvalue().strip()
    assert address.startswith("https://koppeling.example.nl/install/link/")
    assert installation_links.read(address.rsplit("/", 1)[-1]).email == EMAIL
    for wrong in (["no-address"], [EMAIL, "--system", "other"], [EMAIL, "--days", "0"]):
        with pytest.raises(CommandError):
            call_command("installation_link", *wrong, stdout=out)
