"""Before settings are saved: what would change, and what somebody else changed meanwhile."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounting import book_lists, settings_store
from dashboard.settings.settings_change import Overtaken, save
from integrations.models import Document, Integration, Member, User
from tests.conftest import Sandbox
from tests.king import King, king_settings, link_king
from tests.linked import Linked, link

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def linked(sandbox: Sandbox, client: Client, owner: User) -> Linked:
    """One with a posted document, whose lists were read."""
    sandbox.reset()
    made = link(sandbox.url)
    Member.objects.create(integration=made.integration, user=owner)
    book_lists.reload(made.integration)
    made.post()
    return made


def address(linked: Linked, rest: str) -> str:
    return f"/{linked.integration.licence_key}/configuration/{rest}"


def file_of(linked: Linked) -> dict[str, Any]:
    linked.integration.refresh_from_db()
    assert linked.integration.settings
    return settings_store.as_file(linked.integration.settings)


def proposed(client: Client, linked: Linked, file: Any, **more: str) -> str:
    """Upload a settings file; gives the words of the page that follows."""
    answer = client.post(address(linked, "file"), {"text": json.dumps(file), **more}, follow=True)
    return html.unescape(answer.text)


def held(page: str) -> dict[str, str]:
    """What the form of the page holds."""
    form = page.partition('configuration/review">')[2]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    text = re.search(r'<textarea name="proposed" hidden>(.*?)</textarea>', page, re.DOTALL)
    assert text
    return {**fields, "proposed": text[1]}


def confirmed(client: Client, linked: Linked, page: str) -> str:
    return html.unescape(client.post(address(linked, "review"), held(page), follow=True).text)


def with_vat(linked: Linked, **changes: str) -> dict[str, Any]:
    file = file_of(linked)
    home = [{**row, **changes} if row["country"] == "NL" else row for row in file["vat"]]
    return {**file, "vat": home}


def number(linked: Linked) -> int:
    linked.integration.refresh_from_db()
    assert linked.integration.settings
    return linked.integration.settings.number


def test_what_would_be_different_is_told_in_words_and_saved_after_that(client: Client, linked: Linked) -> None:
    other = str(linked.books["revenue"]["eu"])
    page = proposed(client, linked, with_vat(linked, revenue=other))
    assert "Nothing was saved yet." in page
    assert "VAT Netherlands 21%: Revenue" in page
    assert re.search(rf'[^>]+ <span class="muted">{other}</span>', page)
    assert "Of the last 1 documents 1 would be posted differently" in page
    assert "Ledger account of goods at" in page
    assert "What was posted stays in the books as it is." in page
    assert number(linked) == 1
    assert "Saved as version 2." in confirmed(client, linked, page)
    assert file_of(linked) == with_vat(linked, revenue=other)


def test_nothing_of_what_was_posted_changes(client: Client, linked: Linked) -> None:
    before, books = list(Document.objects.values()), linked.ledger()
    confirmed(client, linked, proposed(client, linked, with_vat(linked, revenue="1")))
    assert (list(Document.objects.values()), linked.ledger()) == (before, books)


def test_a_problem_that_comes_and_one_that_goes_are_told(client: Client, linked: Linked) -> None:
    file = file_of(linked)
    page = proposed(client, linked, {**file, "vat": []})
    assert "It would be stuck: There is no VAT setting for the Netherlands" in page or "It would be stuck:" in page
    confirmed(client, linked, page)
    assert "Solved:" in proposed(client, linked, file)


def test_what_changes_no_document_is_saved_at_once(client: Client, linked: Linked) -> None:
    page = proposed(client, linked, {**file_of(linked), "shop": {**file_of(linked)["shop"], "open_days": 90}})
    assert "Saved as version 2. Changed: Days that an unpaid order stays open." in page
    assert "The last document would not be posted differently." in page


def test_it_asks_no_outside_system(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    before = sandbox.counters()
    assert "What would change" in proposed(client, linked, with_vat(linked, revenue="1"))
    assert sandbox.counters() == before


def test_what_the_books_lack_is_named(client: Client, linked: Linked) -> None:
    page = proposed(client, linked, with_vat(linked, revenue="4711"))
    assert "Not found in Rompslomp" in page
    assert "<li>Revenue 4711</li>" in page


def test_one_goes_back_to_editing_with_nothing_lost(client: Client, linked: Linked) -> None:
    fields = {"process": "invoices", "home_country": "NL", "open_days": "77", "line_names": "nl", "number": "order"}
    page = client.post(address(linked, "settings"), {**fields, "publish": "on"}).text
    form = held(page)
    assert form["editor"] == address(linked, "settings")
    again = client.post(form["editor"], {**form, "back": "1"}).text
    assert re.search(r'name="process" value="invoices"[^>]* checked', again)
    assert re.search(r'name="open_days" value="77"', again)
    assert re.search(r'name="version" value="1"', again)
    assert number(linked) == 1


def test_one_goes_back_to_the_text_of_a_file(client: Client, linked: Linked) -> None:
    form = held(proposed(client, linked, with_vat(linked, revenue="4711")))
    again = client.post(form["editor"], {**form, "back": "1"}).text
    assert "4711" in re.search(r'<textarea name="text".*?</textarea>', again, re.DOTALL)[0]  # type: ignore[index]
    assert number(linked) == 1


def test_the_language_is_changed_on_the_page_without_getting_lost(client: Client, linked: Linked) -> None:
    page = proposed(client, linked, with_vat(linked, revenue="1"))
    following = set(re.findall(r'name="next" value="([^"]*)"', page.partition("configuration/review")[0]))
    assert {client.get(one).status_code for one in following} == {200}


def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(client: Client, linked: Linked) -> None:
    fields = {"home_country": "NL", "process": "orders", "line_names": "en", "number": "order", "publish": "on"}
    fields |= {"version": "1", "start_date": "2020-01-01", "open_days": "60"}
    linked.configure(shop={"open_days": 30})
    page = html.unescape(client.post(address(linked, "settings"), fields, follow=True).text)
    assert "While you were editing, version 2 was saved" in page
    assert "Days that an unpaid order stays open" in page
    assert number(linked) == 2
    assert "Saved as version 3." in confirmed(client, linked, page)


def test_what_was_saved_after_the_review_was_shown_is_noticed_too(client: Client, linked: Linked) -> None:
    page = proposed(client, linked, with_vat(linked, revenue="1"))
    linked.configure(shop={"open_days": 30})
    again = confirmed(client, linked, page)
    assert "While you were editing, version 2 was saved" in again
    assert held(again)["editor"] == address(linked, "file")
    assert number(linked) == 2
    assert "Saved as version 3." in confirmed(client, linked, again)


@pytest.mark.parametrize("text", ["{", '{"accounting": {"system": "rompslomp"}, "colour": 1}', "null"])
def test_what_is_held_is_validated_again(client: Client, linked: Linked, text: str) -> None:
    answer = client.post(address(linked, "review"), {"proposed": text, "version": "1"}, follow=True)
    assert "Not saved" in answer.text or "Nothing was saved" in answer.text
    assert number(linked) == 1


def test_the_address_to_go_back_to_is_one_of_ours(client: Client, linked: Linked) -> None:
    form = held(proposed(client, linked, with_vat(linked, revenue="1")))
    linked.configure(shop={"open_days": 30})
    answer = client.post(address(linked, "review"), {**form, "editor": "https://evil.example/"})
    assert "evil.example" not in answer.text


def test_the_other_target_is_explained(sandbox: Sandbox, client: Client, owner: User) -> None:
    sandbox.reset()
    king: King = link_king(sandbox.url)
    Member.objects.create(integration=king.integration, user=owner)
    king.post()
    page = proposed(client, king, king_settings(king.books, target="order"))
    assert "Documents become sales orders" in page
    assert "What was posted stays in the books as it is, and is not posted again." in page
    assert "Saved as version 2." in confirmed(client, king, page)


def test_a_copy_shows_what_changes_and_keeps_what_is_of_this_shop(
    client: Client, linked: Linked, sandbox: Sandbox, owner: User
) -> None:
    other = link(sandbox.url, shop={"name": "Tweede winkel"})
    Member.objects.create(integration=other.integration, user=owner)
    other.configure(line_names="nl", shop={"start_date": "2026-01-01", "open_days": 30, "home_country": "BE"})
    own = file_of(linked)
    assert "Tweede winkel" in client.get(address(linked, "")).text
    page = html.unescape(client.post(address(linked, "copy"), {"from": other.integration.licence_key}).text)
    assert "Not found in Rompslomp" in page
    assert "Back to editing" not in page
    assert number(linked) == 1
    confirmed(client, linked, page)
    copied = file_of(linked)
    assert copied["accounting"]["administration"] == str(linked.company)
    assert copied["shop"] == {**own["shop"], "open_days": 30}
    assert copied["vat"] == file_of(other)["vat"]


def test_a_copy_of_other_books_leaves_their_debtors_there_and_says_so(
    client: Client, linked: Linked, sandbox: Sandbox, owner: User
) -> None:
    own = [{"method": "paypal", "debtor": "88", "clearing_account": ""}]
    linked.configure(payment_methods=own)
    other = link(sandbox.url, shop={"name": "Tweede winkel"})
    Member.objects.create(integration=other.integration, user=owner)
    other.configure(payment_methods=[{"method": "ideal", "debtor": "77"}])
    key = {"from": other.integration.licence_key}
    page = html.unescape(client.post(address(linked, "copy"), key).text)
    assert "The payment methods are not copied: their debtors and accounts are those of the other books." in page
    confirmed(client, linked, page)
    assert file_of(linked)["payment_methods"] == own
    other.integration.administration = linked.integration.administration
    other.integration.save()
    page = html.unescape(client.post(address(linked, "copy"), key).text)
    assert "The payment methods are not copied" not in page
    confirmed(client, linked, page)
    assert file_of(linked)["payment_methods"] == [{"method": "ideal", "debtor": "77", "clearing_account": ""}]


def test_nothing_is_copied_of_a_stranger(client: Client, linked: Linked, sandbox: Sandbox) -> None:
    other = link(sandbox.url, shop={"name": "Van een ander"})
    assert client.post(address(linked, "copy"), {"from": other.integration.licence_key}).status_code == 404
    assert client.post(address(linked, "copy")).status_code == 404


def test_nothing_is_copied_between_accounting_systems(
    client: Client, linked: Linked, sandbox: Sandbox, owner: User
) -> None:
    king = link_king(sandbox.url)
    Member.objects.create(integration=king.integration, user=owner)
    answer = client.post(address(linked, "copy"), {"from": king.integration.licence_key}, follow=True)
    assert "Only settings for the same accounting system can be copied." in answer.text
    assert number(linked) == 1


def test_a_stopped_integration_is_not_reviewed(client: Client, linked: Linked) -> None:
    Integration.objects.update(status=Integration.Status.STOPPED)
    assert "Saved as version 2." in proposed(client, linked, with_vat(linked, revenue="1"))


def test_an_earlier_start_date_is_never_taken_unasked(client: Client, linked: Linked) -> None:
    file = file_of(linked)
    file["shop"]["start_date"] = "2019-06-01"
    page = proposed(client, linked, file)
    assert "What is dated from 1\xa0Jun\xa02019 on was left out until now" in page
    assert file_of(linked)["shop"]["start_date"] != "2019-06-01"
    confirmed(client, linked, page)
    assert file_of(linked)["shop"]["start_date"] == "2019-06-01"


def test_a_change_of_mode_is_explained_in_dutch_too(client: Client, linked: Linked) -> None:
    file = {**file_of(linked), "shop": {**file_of(linked)["shop"], "process": "invoices"}}
    answer = client.post(address(linked, "file"), {"text": json.dumps(file)}, headers={"accept-language": "nl"})
    assert answer.status_code == 200
    assert "Het laatste document" in html.unescape(answer.text)


def test_of_two_who_save_at_once_the_second_is_shown_what_the_first_did(linked: Linked, owner: User) -> None:
    late = Integration.objects.select_related("settings").get(pk=linked.integration.pk)
    settings_store.save(linked.integration, {**file_of(linked), "margin_scheme": True}, owner)
    request = RequestFactory().post("/")
    request.user = owner
    with pytest.raises(Overtaken):
        save(request, late, {**file_of(linked), "line_names": "nl"})
    assert file_of(linked)["margin_scheme"] is True


def test_a_page_that_was_left_open_empties_no_newer_vat_table(client: Client, linked: Linked, owner: User) -> None:
    assert linked.integration.settings
    seen = str(linked.integration.settings.number)
    settings_store.save(linked.integration, {**file_of(linked), "margin_scheme": True}, owner)
    answer = client.post(address(linked, "vat/remove"), {"version": seen})
    assert "While you were editing" in html.unescape(answer.text)
    assert file_of(linked)["vat"]
