"""Compare: the period that is asked for, how far it is, what came of it, and the files of it."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import Integration, Member, Reconciliation, Role, State, User

from .conftest import logged_in
from .test_queries import MOST, OF_THE_SESSION
from .world import a_document, a_person, an_integration

FIGURES = [
    {
        "day": "2026-10-05",
        "country": "NL",
        "rate": "21",
        "shop": [10000, 2100],
        "ours": [10000, 2100],
        "books": [0, 0],
    },
    {
        "day": "2026-10-06",
        "country": "DE",
        "rate": "19",
        "shop": [5000, 950],
        "ours": [5000, 950],
        "books": [5000, 950],
    },
]
OCTOBER = {"since": date(2026, 10, 1), "until": date(2026, 10, 31)}


def a_comparison(integration: Integration, **fields: object) -> Reconciliation:
    values = {"state": "done", "figures": FIGURES, "cursor": {"until": "2026-10-31", "counts": {"documents": 2}}}
    return Reconciliation.objects.create(integration=integration, **OCTOBER, **(values | fields))


@pytest.fixture
def page(integration: Integration) -> str:
    return f"/{integration.licence_key}/report/compare/"


def text(answer: object) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


def test_the_last_whole_month_is_proposed(client: Client, page: str) -> None:
    first = timezone.localdate().replace(day=1)
    shown = client.get(page).content.decode()
    last = date.fromordinal(first.toordinal() - 1)
    assert f'value="{last.replace(day=1):%Y-%m-%d}"' in shown
    assert f'value="{last:%Y-%m-%d}"' in shown


def test_a_press_asks_for_the_period(client: Client, page: str, owner: User) -> None:
    answer = client.post(page, {"since": "2026-10-01", "until": "2026-10-31"})
    made = Reconciliation.objects.get()
    assert (answer.status_code, answer["location"]) == (302, f"{page}{made.pk}/")
    assert (made.state, made.user, made.since, made.until) == ("queued", owner, *OCTOBER.values())


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-10-31", "2026-10-01", "This day is before the first one."),
        ("2025-01-01", "2026-10-01", "Compare a year at most."),
        ("2026-10-01", "2098-10-01", "This day has not come yet."),
        ("", "2026-10-01", "Choose a day."),
        ("gisteren", "2026-10-01", "This is no date."),
    ],
)
def test_other_days_are_refused(client: Client, page: str, since: str, until: str, words: str) -> None:
    assert words in client.post(page, {"since": since, "until": until}).content.decode()
    assert not Reconciliation.objects.exists()


def test_one_at_a_time(client: Client, page: str) -> None:
    for _ in range(2):
        answer = client.post(page, {"since": "2026-10-01", "until": "2026-10-31"})
    assert "Another period is being compared." in answer.content.decode()
    assert Reconciliation.objects.count() == 1


def test_nothing_is_asked_while_the_integration_does_not_run(
    client: Client, page: str, integration: Integration
) -> None:
    Integration.objects.filter(pk=integration.pk).update(status="stopped")
    answer = client.post(page, {"since": "2026-10-01", "until": "2026-10-31"})
    assert "Nothing can be compared while" in answer.content.decode()
    assert not Reconciliation.objects.exists()


def test_how_far_it_is(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration, state="running", cursor={"until": "2026-10-10"}, reason="shop_throttle")
    shown = client.get(f"{page}{row.pk}/")
    assert "10 of 31 days compared." in text(shown)
    assert "The shop allows only so many questions a minute." in text(shown)
    assert 'hx-trigger="every 2s"' in shown.content.decode()


def test_one_that_failed_says_why(client: Client, page: str, integration: Integration) -> None:
    problem = {"code": "books_plan", "words": "Geen toegang"}
    row = a_comparison(integration, state="failed", problems=[problem])
    assert "The comparison did not come to its end." in text(client.get(f"{page}{row.pk}/"))


def test_a_period_that_agrees(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration, figures=[FIGURES[1]])
    shown = text(client.get(f"{page}{row.pk}/"))
    assert "All 2 documents agree." in shown
    assert "Comparison of 1 Oct 2026 to 31 Oct 2026" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "€59.50" in shown
    assert "€0.00" in shown


def test_what_does_not_agree_is_shown_with_what_to_do(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration)
    document = a_document(integration, "2026-1001")
    waits = a_document(integration, "2026-1002", State.ERROR)
    row.findings.create(kind="deleted", document=document, number="2026-1001", shop_cents=12100, ours_cents=12100)
    data = {"booked_number": "20261102001", "booked_on": "2026-11-02"}
    row.findings.create(kind="moved", document=document, number="2026-1001", books_cents=12100, data=data)
    row.findings.create(kind="waiting", document=waits, number="2026-1002", shop_cents=12100, data={"state": "error"})
    answer = client.get(f"{page}{row.pk}/")
    shown = text(answer)
    assert "2 things need a look." in shown
    assert "No longer in Rompslomp" in shown
    assert "20261102001 of 2 Nov 2026 in the books" in shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "Not posted yet" in shown
    assert f'href="/documents/{document.pk}/"' in answer.content.decode()
    assert answer.content.decode().count('<span class="hidden">Remark</span>') == 2  # only what was moved has words
    assert "-€121.00" in shown
    assert "2 need a look" in text(client.get(page))


def test_a_difference_of_the_total_is_said(client: Client, page: str, integration: Integration) -> None:
    shown = text(client.get(f"{page}{a_comparison(integration).pk}/"))
    assert "No document needs a look, but the total differs by €121.00 from the shop" in shown
    assert "documents agree" not in shown


def test_what_waits_or_was_left_out_needs_no_look(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration, figures=[FIGURES[1]])
    document = a_document(integration, "2026-1003", State.SKIPPED, reason="by_hand")
    row.findings.create(kind="waiting", number="2026-1002", shop_cents=12100)
    data = {"state": "skipped", "reason": "by_hand"}
    row.findings.create(kind="left_out", document=document, number="2026-1003", shop_cents=12100, data=data)
    shown = text(client.get(f"{page}{row.pk}/"))
    assert "All 2 documents agree." in shown
    assert "Skipped by hand" in shown
    assert "need a look" not in text(client.get(page))


def test_what_is_a_draft_needs_a_look(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration)
    row.findings.create(kind="draft", number="2026-1001", books_cents=12100)
    shown = text(client.get(f"{page}{row.pk}/"))
    assert "1 thing needs a look." in shown
    assert "Not final yet in Rompslomp" in shown


def test_of_many_findings_the_first_are_shown(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration)
    for kind in ("deleted", "moved"):
        for number in range(120):
            row.findings.create(kind=kind, number=f"{kind}-{number:03}", date=OCTOBER["since"])
    shown = text(client.get(f"{page}{row.pk}/"))
    assert ("deleted-099" in shown, "deleted-100" in shown, "moved-099" in shown) == (True, False, True)
    assert "And 20 more: they are in the download." in shown


def test_the_figures_as_a_file(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration)
    answer = client.get(f"{page}{row.pk}/figures.csv")
    lines = b"".join(answer).decode().splitlines()
    assert answer["content-disposition"] == 'attachment; filename="comparison-bakkerij-demo-2026-10-01-2026-10-31.csv"'
    assert lines[1] == (
        '"2026-10-05";"NL";"Netherlands";"21";"100,00";"21,00";"100,00";"21,00";"0,00";"0,00";"-121,00"'
    )
    assert len(lines) == 3


def test_the_findings_as_a_file_in_the_language_of_who_asks(page: str, integration: Integration, owner: User) -> None:
    row = a_comparison(integration)
    document = a_document(integration, "2026-1001")
    row.findings.create(kind="changed", document=document, number="=2026-1001", date=OCTOBER["since"], books_cents=1)
    lines = b"".join(logged_in(owner).get(f"{page}{row.pk}/findings.csv")).decode().splitlines()
    assert lines[1].startswith('"Changed in Rompslomp";"\'=2026-1001";"2026-10-01";"";"";"0,01";"";')
    assert lines[1].endswith(f'/documents/{document.pk}/"')


def test_there_is_no_file_before_it_is_done(client: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration, state="running")
    for name in ("figures", "findings"):
        assert client.get(f"{page}{row.pk}/{name}.csv")["location"] == f"{page}{row.pk}/"


def test_a_reader_sees_and_does_not_start(page: str, integration: Integration) -> None:
    reader = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=reader, role=Role.READER)
    client, row = logged_in(reader), a_comparison(integration)
    assert client.get(f"{page}{row.pk}/").status_code == 200
    assert "Only a bookkeeper or an owner can compare a period." in text(client.get(page))
    assert client.post(page, {"since": "2026-10-01", "until": "2026-10-31"}).status_code == 403
    assert Reconciliation.objects.count() == 1


def test_another_persons_gives_404(stranger: Client, page: str, integration: Integration) -> None:
    row = a_comparison(integration)
    for address in (page, f"{page}{row.pk}/", f"{page}{row.pk}/figures.csv", f"{page}{row.pk}/findings.csv"):
        assert stranger.get(address).status_code == 404


def test_that_of_another_integration_gives_404(client: Client, page: str, owner: User) -> None:
    row = a_comparison(an_integration(owner, "Tweede winkel"))
    assert client.get(f"{page}{row.pk}/").status_code == 404


def test_no_page_asks_more_than_8_times(client: Client, page: str, integration: Integration) -> None:
    for _ in range(20):
        row = a_comparison(integration)
        row.findings.create(kind="deleted", document=a_document(integration, "1"), number="1")
    for address in (page, f"{page}{row.pk}/", f"{page}{row.pk}/findings.csv"):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
            b"".join(answer)
        assert len([query for query in captured if not OF_THE_SESSION.search(query["sql"])]) <= MOST, address
