"""What is stuck, by root cause: a card for each cause, a page for each group, and Process for all of it."""

from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.errors.groups import group_of, groups_of
from integrations.models import Document, Integration, Member, ProcessRun, Role, State
from integrations.problems import Problem
from integrations.tallies import tallies_of

from .conftest import logged_in
from .test_queries import MOST, queries
from .world import a_document, a_person

GERMANY = {"code": "vat_setting_missing", "country": "DE", "rate": "19"}
CLOSED = {"code": "period_closed", "date": "2026-08-31"}
OTHER_DAY = {"code": "period_closed", "date": "2026-08-30"}


def stuck(integration: Integration, number: str, problem: dict[str, str], **fields: object) -> Document:
    return a_document(integration, number, State.ERROR, problems=[problem], reason=problem["code"], **fields)


def errors(integration: Integration, more: str = "") -> str:
    return f"/{integration.licence_key}/errors/{more}"


def of_group(integration: Integration, problem: dict[str, str]) -> str:
    return errors(integration, f"group?cause={quote(Problem.load(problem).cause)}")


@pytest.fixture
def two_groups(integration: Integration) -> list[Document]:
    return [
        stuck(integration, "1", GERMANY, total_cents=5_00),
        stuck(integration, "2", GERMANY, total_cents=5_00),
        stuck(integration, "3", CLOSED, total_cents=1_000_00, date=date(2026, 8, 31)),
        stuck(integration, "4", OTHER_DAY, total_cents=-1_00, date=date(2026, 7, 30)),
    ]


def test_one_group_for_each_thing_to_do_the_most_money_first(integration: Integration, two_groups: object) -> None:
    closed, germany = groups_of(tallies_of(integration))
    assert (closed.documents, closed.cents, closed.since) == (2, 999_00, date(2026, 7, 1))
    assert (germany.documents, germany.cents, germany.title) == (
        2,
        10_00,
        "There is no VAT setting for Germany with 19%.",
    )
    assert closed.title == "The period of the document's date is closed in the books."
    assert group_of(tallies_of(integration), "[]").documents == 0


@pytest.mark.rule("R405", "R408")
def test_each_group_has_a_card_with_its_code_and_one_way_to_report_it(
    client: Client, integration: Integration, two_groups: object
) -> None:
    page = client.get(errors(integration)).text
    assert page.count("2 documents") == 2
    assert "€999.00" in page
    assert "<code>period_closed</code>" in page
    for problem in (GERMANY, CLOSED):
        assert page.count(f"errors/report?cause={quote(Problem.load(problem).cause, safe='')}") == 1


@pytest.mark.rule("R394")
def test_a_group_lists_its_own_documents_alone(client: Client, integration: Integration, two_groups: object) -> None:
    answer = client.get(of_group(integration, CLOSED))
    assert [document.number for document in answer.context["page"].rows] == ["3", "4"]
    assert "Germany" not in answer.text


def test_of_one_document_the_page_of_its_group_says_no_oldest(client: Client, integration: Integration) -> None:
    stuck(integration, "1", GERMANY, date=date(2026, 8, 31), country="DE")
    page = client.get(of_group(integration, GERMANY)).text
    assert "1 document · August 2026" in page
    assert "Its document</h2>" in page
    assert "oldest" not in page
    assert " · Germany</p>" in page


def test_a_group_does_not_send_away_to_where_it_is_solved(
    client: Client, integration: Integration, two_groups: object
) -> None:
    assert "Solve this" in client.get(f"/{integration.licence_key}/report/").text
    for page in (errors(integration), of_group(integration, CLOSED)):
        assert "Solve this" not in client.get(page).text


def test_a_group_that_is_solved_says_so(client: Client, integration: Integration) -> None:
    assert "Nothing is stuck on this any more." in client.get(of_group(integration, CLOSED)).text
    for cause in ("", "nonsense", '["vat_setting_missing"]'):
        assert client.get(errors(integration, "group"), {"cause": cause})["location"] == errors(integration)


def test_one_document_without_anything_to_fill_in_gets_no_card(client: Client, integration: Integration) -> None:
    stuck(integration, "1", CLOSED)
    page = client.get(errors(integration)).text
    assert "group-" not in page
    assert page.count("<code>period_closed</code>") == 1


def test_at_most_three_cards_until_all_are_asked_for(client: Client, integration: Integration) -> None:
    for rate in range(12):
        stuck(integration, str(rate), {"code": "vat_setting_missing", "country": "DE", "rate": str(rate)})
    assert client.get(errors(integration)).text.count('id="group-') == 3
    assert "Show 9 more causes" in client.get(errors(integration)).text
    assert client.get(errors(integration, "?all=1")).text.count('id="group-') == 12


@pytest.mark.rule("R68", "R395", "R406")
def test_process_takes_the_whole_group_and_no_other(
    client: Client, integration: Integration, two_groups: list[Document], owner: object
) -> None:
    cause = Problem.load(GERMANY).cause
    answer = client.post(errors(integration, "group/process"), {"cause": cause})
    run = ProcessRun.objects.get()
    assert answer["location"] == errors(integration, f"runs/{run.pk}/")
    assert (run.total, run.user, run.cause, run.last_id) == (2, owner, cause, two_groups[1].pk)


@pytest.mark.rule("R68")
def test_process_of_a_group_is_off_with_the_reason(
    client: Client, integration: Integration, two_groups: object
) -> None:
    Integration.objects.filter(pk=integration.pk).update(status=Integration.Status.STOPPED)
    page = client.get(errors(integration)).text
    for start in ('id="process-', 'id="process-chosen"'):
        assert "disabled" in page[page.index(start) :].split(">")[0]
    assert "This licence is stopped." in page
    client.post(errors(integration, "group/process"), {"cause": Problem.load(GERMANY).cause})
    assert not ProcessRun.objects.exists()


def test_a_reader_sees_the_groups_and_may_report_them_alone(integration: Integration, two_groups: object) -> None:
    person = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=person, role=Role.READER)
    browser = logged_in(person)
    page = browser.get(errors(integration)).text
    assert page.count("With your role you can only look") == 1
    assert "See what is stuck" in browser.get(f"/{integration.licence_key}/report/").text
    assert "errors/report?cause=" in page
    assert 'id="process-' not in page
    assert "errors/skip" not in page
    for address in ("group/process", "group/setting", "skip", "process"):
        assert browser.post(errors(integration, address), {"cause": Problem.load(GERMANY).cause}).status_code == 403


@pytest.mark.rule("R404")
def test_all_that_is_open_is_listed_until_a_period_is_chosen(client: Client, integration: Integration) -> None:
    now = timezone.now()
    stuck(integration, "old", CLOSED, changed_at=now - timedelta(days=70))
    stuck(integration, "new", CLOSED, changed_at=now)

    def numbers(**asked: str) -> list[str]:
        return [document.number for document in client.get(errors(integration), asked).context["page"].rows]

    assert numbers() == ["old", "new"]
    assert numbers(period="month") == ["new"]
    assert numbers(until=f"{now - timedelta(days=1):%Y-%m-%d}") == ["old"]
    assert numbers(period="nonsense") == ["old", "new"]
    nothing = client.get(errors(integration), {"until": "2020-01-01"}).text
    assert "Nothing is stuck in this period." in nothing


def test_the_period_stays_in_the_address_of_a_page_that_refreshes_itself(
    client: Client, integration: Integration
) -> None:
    stuck(integration, "1", CLOSED)
    page = client.get(errors(integration, "?period=month&all=1")).text
    assert f'hx-get="{errors(integration)}?period=month&amp;all=1&amp;"' in page


def test_the_groups_refresh_with_the_list(client: Client, integration: Integration, two_groups: object) -> None:
    fragment = client.get(errors(integration), {"seen": "old"}, headers={"hx-request": "true"}).text
    assert 'hx-swap-oob="innerHTML:#groups"' in fragment
    assert "<html" not in fragment


def test_more_groups_and_a_run_ask_the_database_no_more_often(client: Client, integration: Integration) -> None:
    def more(rates: range) -> None:
        for rate in rates:
            problem = {"code": "vat_setting_missing", "country": "DE", "rate": str(rate)}
            stuck(integration, f"a{rate}", problem)
            stuck(integration, f"b{rate}", problem)

    more(range(3))
    ProcessRun.objects.create(integration=integration, total=3, last_id=10**6)
    client.get(errors(integration))
    first = queries(client, errors(integration))
    more(range(3, 9))
    assert queries(client, errors(integration)) == first
    assert first <= MOST


def test_a_run_that_is_under_way_stands_above_the_list_and_one_that_is_done_does_not(
    client: Client, integration: Integration
) -> None:
    run = ProcessRun.objects.create(integration=integration, total=2, last_id=10**6, taken_at=timezone.now())
    going = stuck(integration, "1", CLOSED, run=run)
    assert 'id="run"' not in client.get(errors(integration)).text
    Document.objects.filter(pk=going.pk).update(state=State.OPEN, reason="reading")
    a_document(integration, "2", State.PROCESSED, run=run)
    assert "Processing: 1 of 2 documents done." in client.get(errors(integration)).text
    Integration.objects.filter(pk=integration.pk).update(accounting_system="imuis")  # which takes no payments
    assert "Processing: 1 of 2 documents done." in client.get(errors(integration)).text
    ProcessRun.objects.update(started_at=timezone.now() - timedelta(days=2))
    assert 'id="run"' not in client.get(errors(integration)).text


def test_an_empty_run_says_why(client: Client, integration: Integration) -> None:
    run = ProcessRun.objects.create(integration=integration, total=0, last_id=0, taken_at=timezone.now())
    page = f"/{integration.licence_key}/errors/runs/{run.pk}/"
    assert "somebody else was first" in client.get(page).text
    Integration.objects.filter(pk=integration.pk).update(status="stopped")
    assert "Nothing was processed: this integration was stopped." in client.get(page).text


def test_the_setting_of_a_problem_is_linked_exactly(client: Client, integration: Integration) -> None:
    document = stuck(integration, "1", GERMANY)
    page = client.get(f"/documents/{document.pk}/").text
    assert f'href="/{integration.licence_key}/configuration/vat#at-DE"' in page
    assert 'href="/help/problems/vat_setting_missing/"' in page
