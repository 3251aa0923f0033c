"""Errors: what is stuck, why, what to do about it, and Process."""

import re

import pytest
from django.test import Client

from integrations.models import Delivery, Document, Event, Integration, State

from .world import a_document


@pytest.mark.rule("R65", "R394", "R405")
def test_what_is_stuck_is_shown_with_code_sentence_and_remedy(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-7", State.ERROR)
    a_document(integration, "2026-8", State.PROCESSED)
    answer = client.get(f"/{integration.licence_key}/errors/")
    assert [document.number for document in answer.context["page"].rows] == ["2026-7"]
    assert "<code>vat_setting_missing</code>" in answer.text
    assert "DE" in answer.text
    assert "19" in answer.text
    assert 'class="remedy"' in answer.text


def test_the_oldest_comes_first(client: Client, integration: Integration) -> None:
    for number in ("1", "2", "3"):
        a_document(integration, number, State.ERROR)
    answer = client.get(f"/{integration.licence_key}/errors/")
    assert [document.number for document in answer.context["page"].rows] == ["1", "2", "3"]


@pytest.mark.rule("R66")
def test_more_info_is_yellow_and_leads_to_the_document(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    page = client.get(f"/{integration.licence_key}/errors/").text
    assert f'<a class="button info" id="info-{document.pk}" href="/documents/{document.pk}/">More info' in page


@pytest.mark.rule("R68", "R395", "R406")
def test_process_reads_the_document_again_and_posts_it(client: Client, integration: Integration, owner: object) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    answer = client.post(f"/documents/{document.pk}/process", {"next": f"/{integration.licence_key}/errors/"})
    assert answer["location"] == f"/{integration.licence_key}/errors/"
    assert Delivery.objects.get(integration=integration).remote_id == document.remote_id
    assert Event.objects.get(document=document, kind="processed_by").user == owner
    assert Document.objects.get(pk=document.pk).state != State.ERROR
    assert "1 document is processed now." in client.get(answer["location"]).text


@pytest.mark.rule("R68")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reason": "not_in_shop"}, "deleted in the shop"),
        ({"status": Integration.Status.STOPPED}, "licence is stopped"),
    ],
)
def test_process_is_off_with_the_reason_where_it_cannot_be(
    client: Client, integration: Integration, change: dict[str, str], reason: str
) -> None:
    document = a_document(integration, "2026-7", State.ERROR)
    if "status" in change:
        Integration.objects.filter(pk=integration.pk).update(**change)
    else:
        Document.objects.filter(pk=document.pk).update(**change)
    page = client.get(f"/documents/{document.pk}/").text
    button = page[page.index('class="button process"') :].split(">")[0]
    assert "disabled" in button
    assert reason in page
    client.post(f"/documents/{document.pk}/process")
    assert not Delivery.objects.exists()


def test_many_are_processed_at_once_and_only_my_own(client: Client, integration: Integration, stranger: Client) -> None:
    mine = [a_document(integration, str(number), State.ERROR) for number in range(3)]
    other = Integration.objects.exclude(pk=integration.pk).get()
    theirs = a_document(other, "9", State.ERROR)
    chosen = [document.pk for document in [*mine[:2], theirs]]
    client.post(f"/{integration.licence_key}/errors/process", {"document": chosen})
    processed = set(Event.objects.filter(kind="processed_by").values_list("document", flat=True))
    assert processed == {mine[0].pk, mine[1].pk}


def test_choosing_none_gives_a_sentence(client: Client, integration: Integration) -> None:
    answer = client.post(f"/{integration.licence_key}/errors/process", {"document": ["x", ""]}, follow=True)
    assert "Choose at least one document first." in answer.text


def test_nothing_stuck_says_so(client: Client, integration: Integration) -> None:
    assert "Nothing is stuck" in client.get(f"/{integration.licence_key}/errors/").text


def test_a_chosen_row_stays_chosen_when_the_list_refreshes_itself(client: Client, integration: Integration) -> None:
    document = a_document(integration, "1", State.ERROR)
    fragment = client.get(
        f"/{integration.licence_key}/errors/", {"document": document.pk, "seen": "old"}, headers={"hx-request": "true"}
    ).text
    assert f'value="{document.pk}" checked' in fragment


def test_what_the_shop_sent_is_never_taken_for_html(client: Client, integration: Integration) -> None:
    problem = {"code": "clearing_account_missing", "method": "<b>bold</b>"}
    for number in ("<i>1</i>", "<i>2</i>"):
        a_document(integration, number, State.ERROR, customer_name="<script>x</script>", problems=[problem])
    page = client.get(f"/{integration.licence_key}/errors/").text
    assert not re.search("<i>|<b>|<script>x", page)
    assert page.count("&lt;script&gt;x") == 2
