"""Pages that follow on from a row."""

import pytest
from django.http import QueryDict
from django.test import Client

from dashboard.lists.paging import page, read_cursor
from integrations.models import Document, Integration, State

from .world import NOON, a_document


def numbers(integration: Integration, query: str, *, newest_first: bool) -> tuple[list[str], str, str]:
    shown = page(Document.objects.filter(integration=integration), QueryDict(query), newest_first=newest_first)
    return [row.number for row in shown.rows], shown.before, shown.after


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("same_moment", [True, False])
def test_each_row_is_on_one_page_there_and_back(
    integration: Integration, *, newest_first: bool, same_moment: bool
) -> None:
    for number in range(60):
        a_document(integration, str(number), **({"changed_at": NOON} if same_moment else {}))
    expected = [str(number) for number in range(60)]
    if newest_first:
        expected.reverse()
    first, before, after = numbers(integration, "", newest_first=newest_first)
    second, second_before, second_after = numbers(integration, f"after={after}", newest_first=newest_first)
    third, third_before, end = numbers(integration, f"after={second_after}", newest_first=newest_first)
    assert first + second + third == expected
    assert [len(first), len(second), len(third)] == [25, 25, 10]
    assert (before, end) == ("", "")
    assert numbers(integration, f"before={third_before}", newest_first=newest_first)[0] == second
    assert numbers(integration, f"before={second_before}", newest_first=newest_first)[0] == first


def test_a_page_does_not_shift_when_rows_arrive(integration: Integration) -> None:
    for number in range(30):
        a_document(integration, str(number))
    after = numbers(integration, "", newest_first=True)[2]
    a_document(integration, "new")
    assert numbers(integration, f"after={after}", newest_first=True)[0] == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize("text", ["", "x", "1", "-1", "1-", "9" * 40 + "-1", "1-" + "9" * 40, "²-²", "1-2-3"])
def test_an_unreadable_cursor_gives_the_first_page(integration: Integration, text: str) -> None:
    a_document(integration, "1")
    assert read_cursor(text) is None
    assert numbers(integration, f"after={text}", newest_first=True)[0] == ["1"]


def test_the_page_has_links_to_its_neighbours(client: Client, integration: Integration) -> None:
    for number in range(60):
        a_document(integration, str(number), State.ERROR)
    address = f"/{integration.licence_key}/errors/"
    first = client.get(address)
    assert 'rel="prev"' not in first.text
    second = client.get(address, {"after": first.context["page"].after})
    assert 'rel="prev"' in second.text
    assert 'rel="next"' in second.text
