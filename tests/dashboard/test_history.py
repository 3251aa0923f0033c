"""Past orders on screen: what was counted and what it costs, who may decide, how far it is."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.models import Document, Event, History, HistoryItem, Integration, Member, Role, State, User
from integrations.problems import Problem

from .conftest import logged_in
from .test_queries import MOST, queries
from .world import a_document, a_person

pytestmark = pytest.mark.broad

DAYS = {"since": "2026-01-01", "until": "2026-03-31"}


def address(integration: Integration, what: str = "") -> str:
    return f"/{integration.licence_key}/past-orders/{what}"


def a_history(integration: Integration, state: str = "counted", **fields: Any) -> History:
    """12 ready, 2 blocked on one cause, 3 in the books, 1 not paid."""
    days = {"since": date(2026, 1, 1), "until": date(2026, 3, 31)}
    if state not in ("counting", "counted"):
        fields = {"started_at": timezone.now(), "price_cents": 67_50, **fields}
    made = History.objects.create(integration=integration, kind="order", state=state, **days, **fields)
    cause = Problem("vat_setting_missing", country="DE", rate="19").cause
    parts = [("ready", {})] * 12 + [("blocked", {"cause": cause})] * 2
    parts += [("in_books", {"ledger_id": "9", "ledger_number": "VF-7"})] * 3 + [("left_out", {"reason": "not_paid"})]
    for number, (outcome, more) in enumerate(parts):
        known = {"number": f"2026-{number}", "date": date(2026, 2, 1), "total_cents": 100_00}
        made.items.create(remote_id=str(number), outcome=outcome, **known, **more)
    return made


def with_role(integration: Integration, role: Role) -> Client:
    person = a_person(f"{role}@example.nl")
    Member.objects.create(integration=integration, user=person, role=role)
    return logged_in(person)


@pytest.mark.rule("R418")
def test_an_owner_asks_for_a_period_and_sees_it_being_counted(
    client: Client, integration: Integration, owner: User
) -> None:
    page = client.get(address(integration)).text
    assert "costs €67.50 excl. VAT for every 1,000 orders" in page
    answer = client.post(address(integration), DAYS, follow=True)
    made = History.objects.get()
    assert answer.redirect_chain[-1][0] == address(integration, f"{made.pk}/")
    assert (made.user, made.since, made.until, made.kind) == (owner, date(2026, 1, 1), date(2026, 3, 31), "order")
    assert "Being counted" in answer.text
    assert 'hx-trigger="every 2s"' in answer.text
    assert Event.objects.filter(kind="history_asked", user=owner).exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": "", "until": "2026-03-31"}, "Choose a day."),
        ({"since": "2026-04-01", "until": "2026-03-31"}, "This day is before the first one."),
        ({"since": "x", "until": "2026-03-31"}, "This is no date."),
        ({"since": "2026-01-01", "until": "2098-01-01"}, "This day has not come yet."),
    ],
)
def test_a_period_that_is_wrong_is_said_to_be(
    client: Client, integration: Integration, given: dict[str, str], words: str
) -> None:
    assert words in client.post(address(integration), given).text
    assert not History.objects.exists()


def test_there_is_no_second_one_before_the_first_has_ended(client: Client, integration: Integration) -> None:
    a_history(integration)
    assert 'name="since"' not in client.get(address(integration)).text
    assert "Another period has not ended yet." in client.post(address(integration), DAYS).text
    assert History.objects.count() == 1


def test_of_a_stopped_integration_nothing_is_carried_over(client: Client, integration: Integration) -> None:
    Integration.objects.update(status="stopped")
    assert "while this integration does not run" in client.post(address(integration), DAYS).text
    assert not History.objects.exists()


@pytest.mark.rule("R419")
def test_the_preview_shows_the_counts_the_causes_and_the_price(client: Client, integration: Integration) -> None:
    made = a_history(integration)
    page = client.get(address(integration)).text
    for words in ("€1,200.00", "€67.50", "There is no VAT setting for Germany with 19%.", "Not paid in the shop."):
        assert words in page
    assert f"{address(integration, str(made.pk))}/items?outcome=in_books" in page
    assert "Go to the setting" in page
    for words in (">12 orders</a>", ">2 orders<span", ">3 orders</a>", ">1 order<span"):
        assert words in page


def test_what_is_in_the_books_is_listed_with_its_number_there(client: Client, integration: Integration) -> None:
    made = a_history(integration)
    page = client.get(address(integration, f"{made.pk}/items?outcome=in_books")).text
    assert page.count("<strong>VF-7</strong>") == 3
    assert "Back to past orders of 1\xa0Jan\xa02026" in page
    assert client.get(address(integration, f"{made.pk}/items?outcome=nothing")).status_code == 404


def test_a_long_list_goes_on_on_a_next_page(client: Client, integration: Integration) -> None:
    made = a_history(integration)
    more = [HistoryItem(history=made, remote_id=f"m{n}", number=f"M-{n}", outcome="ready") for n in range(100)]
    HistoryItem.objects.bulk_create(more)
    first = client.get(address(integration, f"{made.pk}/items?outcome=ready")).text
    assert "start=100" in first
    second = client.get(address(integration, f"{made.pk}/items?outcome=ready&start=100")).text
    assert second.count('role="rowheader"') == 12
    assert "start=" not in second.partition("<h1")[2].partition("</main>")[0]


@pytest.mark.rule("R419")
def test_it_is_started_after_a_page_that_says_how_many_and_at_what_price(
    client: Client, integration: Integration
) -> None:
    made = a_history(integration)
    said = client.get(address(integration, f"{made.pk}/start")).text
    assert "12 orders from" in said
    assert "This costs €67.50 excl. VAT." in said
    client.post(address(integration, f"{made.pk}/start"), {"items": "12"})
    made.refresh_from_db()
    assert (made.state, made.price_cents) == ("running", 67_50)


def test_it_is_not_started_when_the_count_is_another_by_then(client: Client, integration: Integration) -> None:
    made = a_history(integration)
    answer = client.post(address(integration, f"{made.pk}/start"), {"items": "11"})
    assert "12 orders from" in answer.text
    made.refresh_from_db()
    assert made.state == "counted"


@pytest.mark.parametrize(
    ("state", "act", "becomes"),
    [
        *(("counted", "again", "counting"), ("running", "pause", "paused"), ("counting", "pause", "paused")),
        *(("paused", "resume", "running"), ("running", "stop", "stopped"), ("paused", "stop", "stopped")),
        *(("counted", "stop", "stopped"), ("done", "stop", "done"), ("stopped", "resume", "stopped")),
        *(("running", "again", "running"), ("done", "pause", "done")),
    ],
)
def test_an_owner_decides(client: Client, integration: Integration, state: str, act: str, becomes: str) -> None:
    made = a_history(integration, state)
    answer = client.post(address(integration, f"{made.pk}/change"), {"act": act}, follow=True)
    made.refresh_from_db()
    assert made.state == becomes
    assert ("look how it is now" in answer.text) == (state == becomes)


@pytest.mark.parametrize("state", ["running", "paused"])
def test_what_was_started_is_stopped_after_a_page_that_says_what_that_does(
    client: Client, integration: Integration, state: str
) -> None:
    made = a_history(integration, state)
    asking = address(integration, f"{made.pk}/stop")
    page = client.get(address(integration)).text
    assert f'href="{asking}"' in page
    assert 'value="stop"' not in page
    said = client.get(asking).text
    for words in ("0 of 12 are posted.", "12 are not taken up any more", "stays €67.50 excl. VAT", 'value="stop"'):
        assert words in said
    assert client.post(asking).status_code == 405
    made.refresh_from_db()
    assert made.state == state


@pytest.mark.parametrize(("state", "fields"), [("counted", {}), ("done", {"ended_at": timezone.now()})])
def test_what_does_not_run_leads_back_from_the_page_that_asks(
    client: Client, integration: Integration, state: str, fields: dict[str, Any]
) -> None:
    made = a_history(integration, state, **fields)
    answer = client.get(address(integration, f"{made.pk}/stop"))
    assert answer.headers["location"] == address(integration, f"{made.pk}/")


def test_an_act_that_does_not_exist_is_not_found(client: Client, integration: Integration) -> None:
    made = a_history(integration)
    assert client.post(address(integration, f"{made.pk}/change"), {"act": "x"}).status_code == 404


def test_the_bar_shows_how_far_it_is_and_what_got_stuck(client: Client, integration: Integration) -> None:
    made = a_history(integration, "running")
    for number, state in enumerate((State.PROCESSED, State.PROCESSED, State.ERROR, State.QUEUED)):
        a_document(integration, f"P-{number}", state, history=made)
    made.items.filter(pk__in=made.items.filter(outcome="ready").values("pk")[:4]).update(outcome="asked")
    page = client.get(address(integration, f"{made.pk}/"), headers={"hx-request": "true"}).text
    assert "3 of 12 handled: 2 posted, 1 stuck." in page
    assert '<progress id="progress" value="3" max="12">' in page
    assert f"/{integration.licence_key}/errors/" in page
    assert "<html" not in page


@pytest.mark.parametrize("state", ["counted", "paused", "stopped", "done"])
def test_what_does_not_move_is_not_asked_for_again(client: Client, integration: Integration, state: str) -> None:
    a_history(integration, state)
    assert 'hx-trigger="every 2s" hx-select="#history"' not in client.get(address(integration)).text


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_others_look_on(integration: Integration, role: Role) -> None:
    made = a_history(integration)
    browser = with_role(integration, role)
    page = browser.get(address(integration)).text
    assert "Only an owner can start, pause or stop it." in page
    assert "€67.50" in page
    assert browser.post(address(integration), DAYS).status_code == 403
    assert browser.post(address(integration, f"{made.pk}/start"), {"items": "12"}).status_code == 403
    assert browser.get(address(integration, f"{made.pk}/stop")).status_code == 403
    assert browser.post(address(integration, f"{made.pk}/change"), {"act": "stop"}).status_code == 403
    made.refresh_from_db()
    assert made.state == "counted"


@pytest.mark.parametrize(
    ("reason", "words"),
    [("books_busy", "The books asked us to slow down. That went on for so many attempts"), ("internal", "on our side")],
)
def test_what_was_tried_in_vain_says_why_and_waits_for_resume(
    client: Client, integration: Integration, reason: str, words: str
) -> None:
    a_history(integration, "paused", reason=reason)
    page = client.get(address(integration)).text
    assert words in page
    assert "Resume" in page


def test_a_stranger_finds_none_of_it(stranger: Client, integration: Integration) -> None:
    made = a_history(integration)
    other = Integration.objects.exclude(pk=integration.pk).get()
    for what in ("", f"{made.pk}/", f"{made.pk}/start", f"{made.pk}/stop", f"{made.pk}/items?outcome=ready"):
        assert stranger.get(address(integration, what)).status_code == 404
        assert what == "" or stranger.get(address(other, what)).status_code == 404
    assert stranger.post(address(other, f"{made.pk}/change"), {"act": "stop"}).status_code == 404


@pytest.mark.parametrize("state", History.State.values)
def test_no_page_of_it_asks_more_than_8_times(client: Client, integration: Integration, state: str) -> None:
    for _ in range(3):
        a_history(integration, "done")
    made = a_history(integration, state)
    a_document(integration, "1", State.ERROR, history=made)
    for what in ("", f"{made.pk}/", f"{made.pk}/items?outcome=ready", f"{made.pk}/start", f"{made.pk}/stop"):
        client.get(address(integration, what))
        if client.get(address(integration, what)).status_code == 200:
            assert queries(client, address(integration, what)) <= MOST, what


def test_a_document_says_that_it_was_carried_over(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1", history=a_history(integration, "done"))
    document.events.create(integration=integration, at=timezone.now(), kind="delivery", data={"event": "history"})
    assert "carried over with the orders of the past" in client.get(f"/documents/{document.pk}/").text


def test_staff_count_and_start_it_for_an_owner(integration: Integration) -> None:
    staff = User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse battery staple")
    browser = logged_in(staff)
    browser.post("/admin/integrations/history/add/", {**DAYS, "integration": integration.pk})
    made = History.objects.get()
    assert (made.state, made.user) == ("counting", staff)
    made.items.create(remote_id="1", outcome="ready")
    History.objects.update(state="counted")
    chosen = {"_selected_action": [made.pk]}
    for act, becomes in (("start", "running"), ("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        browser.post("/admin/integrations/history/", {**chosen, "action": act})
        made.refresh_from_db()
        assert made.state == becomes
    assert made.price_cents == 67_50
    for what in ("", f"{made.pk}/", f"{made.pk}/change/"):
        assert browser.get(f"/admin/integrations/history/{what}", follow=True).status_code == 200


def test_staff_do_not_count_where_nothing_runs_or_another_has_not_ended(integration: Integration) -> None:
    staff = User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse battery staple")
    browser, asked = logged_in(staff), {**DAYS, "integration": integration.pk}
    a_history(integration)
    assert "has not ended yet" in browser.post("/admin/integrations/history/add/", asked).text
    History.objects.all().delete()
    Integration.objects.update(status="stopped")
    assert "does not run" in browser.post("/admin/integrations/history/add/", asked).text
    assert not History.objects.exists()


def test_until_when_it_was_counted_is_not_today(client: Client, integration: Integration) -> None:
    today = timezone.localdate()
    client.post(address(integration), {"since": str(today - timedelta(days=1)), "until": str(today)})
    assert History.objects.get().until == today
    assert not Document.objects.exists()
