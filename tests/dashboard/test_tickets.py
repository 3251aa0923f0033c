"""Ask us and Report problem: who may, what is kept, one ticket for one cause."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from dashboard.tickets import tickets
from dashboard.tickets.ticket_files import clean_name
from integrations.models import (
    Document,
    Integration,
    Member,
    Role,
    State,
    Ticket,
    TicketDocument,
    TicketFile,
    TicketMessage,
    User,
)

from .conftest import logged_in
from .world import STUCK, a_document, a_person

Commits = Callable[..., AbstractContextManager[list[Any]]]

PDF = b"%PDF-1.7 an invoice"


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> Iterator[None]:
    settings.SUPPORT_EMAIL = "support@koppeling.example"
    settings.PUBLIC_URL = "https://koppeling.example"
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def reader(integration: Integration) -> Client:
    person = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=person, role=Role.READER)
    return logged_in(person)


def at(integration: Integration, rest: str = "") -> str:
    return f"/{integration.licence_key}/tickets/{rest}"


def a_question(**fields: Any) -> dict[str, Any]:
    return {"about": "question", "subject": "Two books", "text": "Can I post to two books?"} | fields


def asked(client: Client, integration: Integration, **fields: Any) -> Ticket:
    answer = client.post(at(integration, "new"), a_question(**fields))
    assert answer.status_code == 302, answer.context["form"].errors
    return Ticket.objects.latest("id")


def a_file(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def stuck(integration: Integration, count: int, **fields: Any) -> list[Document]:
    first = Document.objects.count()
    return [a_document(integration, f"2026-9{first + number:03}", State.ERROR, **fields) for number in range(count)]


def report_address(integration: Integration, **query: str) -> str:
    return f"/{integration.licence_key}/errors/report?{urlencode(query)}"


# Asking


@pytest.mark.rule("R411")
def test_a_question_is_kept_with_its_licence_key_and_answered_on_its_page(
    client: Client, integration: Integration
) -> None:
    page = client.get(at(integration, "new")).text
    assert integration.licence_key in page
    ticket = asked(client, integration)
    assert (ticket.subject, ticket.status, ticket.integration) == ("Two books", "open", integration)
    page = client.get(at(integration, f"{ticket.pk}/")).text
    assert "Can I post to two books?" in page
    assert "with us" in page
    assert "Two books" in client.get(at(integration)).text


@pytest.mark.rule("R411")
def test_a_reader_asks_too(reader: Client, integration: Integration) -> None:
    ticket = asked(reader, integration)
    assert ticket.user is not None
    assert ticket.user.email == "reader@example.nl"
    assert reader.post(at(integration, f"{ticket.pk}/"), {"text": "And a third?"}).status_code == 302
    assert ticket.messages.count() == 2


@pytest.mark.rule("R411")
def test_one_may_ask_when_the_integration_is_stopped_or_not_installed_yet(
    client: Client, integration: Integration
) -> None:
    for status in (Integration.Status.STOPPED, Integration.Status.INSTALLING):
        Integration.objects.update(status=status)
        asked(client, integration, text=f"Why is it {status}?")
    assert Ticket.objects.count() == 2


@pytest.mark.rule("R413")
def test_a_question_about_installing_says_where_and_gives_the_error_message(
    client: Client, integration: Integration
) -> None:
    Integration.objects.update(status=Integration.Status.INSTALLING)
    page = client.get(at(integration, "new") + "?from=/install/&error=HTTP+403")
    form = page.context["form"]
    assert form["about"].value() == "installing"
    assert (form["place"].value(), form["error"].value()) == ("Webshop and terms", "HTTP 403")
    answer = client.post(at(integration, "new"), a_question(about="installing"))
    assert set(answer.context["form"].errors) == {"place", "error"}
    ticket = asked(client, integration, about="installing", place="Step 3", error="HTTP 403: no rights")
    text = ticket.messages.get().text
    assert "Step 3" in text
    assert "HTTP 403: no rights" in text


def test_of_a_missing_document_number_and_date_are_asked(client: Client, integration: Integration) -> None:
    answer = client.post(at(integration, "new"), a_question(about="missing"))
    assert set(answer.context["form"].errors) == {"number", "date"}
    ticket = asked(client, integration, about="missing", number="2026-77", date="2026-11-03")
    text = ticket.messages.get().text
    assert "2026-77" in text
    assert "3\xa0Nov\xa02026" in text


def test_the_page_that_somebody_came_from_goes_along(client: Client, integration: Integration) -> None:
    page = client.get(at(integration, "new") + "?from=/ABC/open/")
    assert page.context["form"]["page"].value() == "/ABC/open/"
    assert client.get(at(integration, "new") + "?from=https://evil.example").context["form"]["page"].value() == ""
    ticket = asked(client, integration, page="/ABC/open/")
    assert "Page: /ABC/open/" in ticket.messages.get().text


def test_a_question_about_a_document_takes_it_along(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-1", State.OPEN)
    address = at(integration, f"new?document={document.pk}")
    page = client.get(address)
    assert page.context["form"]["subject"].value() == "Order 2026-1"
    assert "not_paid" in page.context["sent"]
    assert client.post(address, a_question()).status_code == 302
    assert TicketDocument.objects.get().document == document


def test_an_empty_text_is_refused(client: Client, integration: Integration) -> None:
    answer = client.post(at(integration, "new"), a_question(text="   "))
    assert answer.status_code == 200
    assert not Ticket.objects.exists()
    ticket = asked(client, integration)
    assert client.post(at(integration, f"{ticket.pk}/"), {"text": " \n"}).status_code == 200
    assert ticket.messages.count() == 1


def test_a_press_too_many_asks_once(client: Client, integration: Integration) -> None:
    for _ in range(2):
        asked(client, integration)
    ticket = Ticket.objects.get()
    for _ in range(2):
        client.post(at(integration, f"{ticket.pk}/"), {"text": "And another"})
    assert ticket.messages.count() == 2


def test_hostile_words_are_shown_and_not_obeyed(client: Client, integration: Integration) -> None:
    words = '<script>alert(1)</script> " onload=x {{ 7 }} %(a)s javascript:alert(1) \u202e zaak ☕'
    ticket = asked(client, integration, text=words, subject=words[:100])
    for page in (client.get(at(integration, f"{ticket.pk}/")), client.get(at(integration))):
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text
    assert "zaak ☕" in client.get(at(integration, f"{ticket.pk}/")).text


def test_nobody_writes_more_than_so_many_messages_an_hour(
    client: Client, reader: Client, integration: Integration
) -> None:
    ticket = asked(client, integration)
    for number in range(tickets.MOST_AN_HOUR - 1):
        assert client.post(at(integration, f"{ticket.pk}/"), {"text": f"Message {number}"}).status_code == 302
    answer = client.post(at(integration, f"{ticket.pk}/"), {"text": "One more"})
    assert "20 messages" in answer.text
    assert client.post(at(integration, "new"), a_question(text="And more")).status_code == 200
    assert TicketMessage.objects.count() == tickets.MOST_AN_HOUR
    asked(reader, integration, text="Somebody else may")


# Who sees what


def test_a_stranger_and_a_former_member_find_nothing(
    client: Client, stranger: Client, integration: Integration, owner: User
) -> None:
    asked(client, integration, files=a_file("a.pdf"))
    ticket, file = Ticket.objects.get(), TicketFile.objects.get()
    addresses = [at(integration, rest) for rest in ("", "new", f"{ticket.pk}/", f"files/{file.pk}")]
    addresses.append(report_address(integration, cause="x"))
    own = stranger.get("/", follow=True).context["integration"]
    addresses += [at(own, f"{ticket.pk}/"), at(own, f"files/{file.pk}")]
    for address in addresses:
        assert client.get(address).status_code in (200, 302, 404)
        assert stranger.get(address).status_code == 404, address
        assert stranger.post(address, {"text": "x", "close": "1"}).status_code in (404, 405), address
    integration.members.all().delete()
    for address in addresses:
        assert client.get(address).status_code == 404, address
    assert TicketMessage.objects.count() == 1
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_a_document_of_somebody_else_is_not_taken_along(
    client: Client, stranger: Client, integration: Integration
) -> None:
    other = stranger.get("/", follow=True).context["integration"]
    theirs = a_document(other, "2026-5", State.ERROR)
    page = client.get(at(integration, f"new?document={theirs.pk}"))
    assert page.context["document"] is None
    assert client.get(report_address(integration, document=str(theirs.pk))).status_code == 404
    assert client.post(report_address(integration, document=str(theirs.pk)), {}).status_code == 404
    client.post(at(integration, f"new?document={theirs.pk}"), a_question())
    assert not TicketDocument.objects.exists()


def test_the_list_goes_on_beyond_a_page(client: Client, integration: Integration, owner: User) -> None:
    for number in range(30):
        Ticket.objects.create(integration=integration, user=owner, subject=f"Q{number:02}", changed_at=timezone.now())
    first = client.get(at(integration))
    assert "Q29" in first.text
    assert "Q04" not in first.text
    second = client.get(f"{at(integration)}?after={first.context['page'].after}")
    assert "Q04" in second.text


def test_no_more_queries_for_more_messages(
    client: Client, integration: Integration, django_assert_max_num_queries: Any
) -> None:
    ticket = asked(client, integration, files=a_file("a.pdf"))
    for number in range(10):
        client.post(at(integration, f"{ticket.pk}/"), {"text": f"Message {number}"})
    with django_assert_max_num_queries(14):  # two of them are the session and the person
        client.get(at(integration, f"{ticket.pk}/"))
    with django_assert_max_num_queries(8):
        client.get(at(integration))


# Closing and opening again


def test_a_ticket_is_closed_and_a_message_opens_it_again(client: Client, integration: Integration) -> None:
    ticket = asked(client, integration)
    address = at(integration, f"{ticket.pk}/")
    client.post(address, {"close": "1"})
    assert "closed" in client.get(address).text
    client.post(address, {"text": "It happened again"})
    ticket.refresh_from_db()
    assert ticket.status == "open"
    client.post(address, {"close": "1"})
    client.post(address, {"reopen": "1"})
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_a_closed_ticket_stays_closed_while_another_is_about_the_same(client: Client, integration: Integration) -> None:
    (document,) = stuck(integration, 1)
    client.post(report_address(integration, cause=document.cause), {"text": "first"})
    first = Ticket.objects.get()
    client.post(at(integration, f"{first.pk}/"), {"close": "1"})
    client.post(report_address(integration, cause=document.cause), {"text": "second"})
    second = Ticket.objects.latest("id")
    assert second != first
    for data in ({"reopen": "1"}, {"text": "once more"}):
        page = client.post(at(integration, f"{first.pk}/"), data, follow=True)
        assert f"ticket #{second.pk} is about the same" in page.text
    first.refresh_from_db()
    assert first.status == "closed"
    assert first.messages.count() == 1


# Files


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>"),
        ("program.exe", b"MZ"),
        ("picture.svg", b"<svg>"),
        ("invoice.pdf", b"<html>not a pdf"),
        ("picture.png", b"GIF89a"),
        ("noextension", b"text"),
        ("text.txt", b"a\0b"),
        ("double.pdf.html", PDF),
        ("large.pdf", b"%PDF-" + b"x" * (5 * 1024 * 1024)),
    ],
)
def test_what_can_not_be_attached_is_said(client: Client, integration: Integration, name: str, content: bytes) -> None:
    answer = client.post(at(integration, "new"), a_question(files=a_file(name, content)))
    assert answer.status_code == 200
    assert name in str(answer.context["form"].errors["files"])
    assert not Ticket.objects.exists()


def test_at_most_five_files(client: Client, integration: Integration) -> None:
    files = [a_file(f"{number}.pdf") for number in range(6)]
    assert "at most 5" in client.post(at(integration, "new"), a_question(files=files)).text
    asked(client, integration, files=[a_file(f"{number}.pdf") for number in range(5)])
    assert TicketFile.objects.count() == 5


@pytest.mark.parametrize(
    ("given", "kept", "kind"),
    [
        ("factuur maart.pdf", "factuur maart.pdf", "application/pdf"),
        ("../../etc/bon.PDF", "bon.PDF", "application/pdf"),
        ("C:\\Users\\Jan\\bon.pdf", "bon.pdf", "application/pdf"),
        ('a"b;\r\nX: y.pdf', "a_b___X_ y.pdf", "application/pdf"),
        ("\u202egepj.pdf", "_gepj.pdf", "application/pdf"),
        ("crème brûlée €.pdf", "crème brûlée _.pdf", "application/pdf"),
        (f"{'x' * 240}.pdf", f"{'x' * 100}.pdf", "application/pdf"),
        (".pdf.pdf", "pdf.pdf", "application/pdf"),
    ],
)
def test_a_file_comes_back_as_something_to_save(
    client: Client, integration: Integration, given: str, kept: str, kind: str
) -> None:
    assert clean_name(given) == kept
    asked(client, integration, files=a_file("factuur.pdf"))
    TicketFile.objects.update(name=kept)
    answer = client.get(at(integration, f"files/{TicketFile.objects.get().pk}"))
    assert answer.content == PDF
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\n" not in answer["Content-Disposition"]


def test_texts_are_never_sent_out_as_pages(client: Client, integration: Integration) -> None:
    asked(client, integration, files=a_file("mail.eml", b"<html><script>alert(1)</script>"))
    answer = client.get(at(integration, f"files/{TicketFile.objects.get().pk}"))
    assert answer["Content-Type"] == "application/octet-stream"


# Report problem


@pytest.mark.rule("R67", "R396", "R407", "R408")
def test_all_that_is_stuck_on_one_cause_is_one_ticket(client: Client, integration: Integration) -> None:
    documents = stuck(integration, 3)
    a_document(integration, "2026-8", State.ERROR, problems=[{"code": "administration_missing"}])
    address = report_address(integration, cause=documents[0].cause)
    page = client.get(address)
    assert "no VAT setting for Germany with 19%" in page.text
    assert "Which documents" in page.text
    assert f"What is sent of {documents[0]}" in page.text
    assert '"code": "vat_setting_missing"' in page.context["sent"]
    answer = client.post(address, {"text": "I have no German customers"}, follow=True)
    ticket = Ticket.objects.get()
    assert f"Reported as ticket #{ticket.pk}" in answer.text
    assert {row.document for row in ticket.documents.all()} == set(documents)
    row = ticket.documents.order_by("id").first()
    assert row is not None
    assert row.evidence["settings"]["version"] == 1
    assert row.evidence["problems"] == [STUCK]
    assert set(row.evidence) == {"document", "problems", "payment", "settings", "timeline", "source", "mapped"}


@pytest.mark.rule("R408")
def test_a_second_report_of_the_same_joins_the_first(client: Client, reader: Client, integration: Integration) -> None:
    first = stuck(integration, 2)
    address = report_address(integration, cause=first[0].cause)
    client.post(address, {"text": "Help"})
    ticket = Ticket.objects.get()
    before = ticket.documents.order_by("id").first()
    assert before is not None
    (later,) = stuck(integration, 1)
    assert f"ticket #{ticket.pk}" in reader.get(address).text
    answer = reader.post(address, {"text": "Still there"}, follow=True)
    assert f"Added to ticket #{ticket.pk}" in answer.text
    assert Ticket.objects.count() == 1
    assert [message.text for message in ticket.messages.order_by("id")] == ["Help", "Still there"]
    assert {row.document for row in ticket.documents.all()} == {*first, later}
    reader.post(report_address(integration, document=str(later.pk)), {"text": "This one"})
    assert Ticket.objects.count() == 1
    assert ticket.documents.filter(document=before.document, added_at=before.added_at).exists()


@pytest.mark.rule("R408")
def test_another_cause_is_another_ticket(client: Client, integration: Integration) -> None:
    one, other = stuck(integration, 1) + stuck(integration, 1, problems=[STUCK | {"country": "FR"}])
    for document in (one, other):
        client.post(report_address(integration, cause=document.cause), {})
    assert Ticket.objects.count() == 2


@pytest.mark.rule("R67")
def test_one_document_is_reported_whatever_its_state(client: Client, integration: Integration) -> None:
    document = a_document(integration, "2026-4", State.PROCESSED)
    for text in ("The total is wrong", "Please hurry"):
        client.post(report_address(integration, document=str(document.pk)), {"text": text})
    ticket = Ticket.objects.get()
    assert ticket.subject == "Order 2026-4"
    assert ticket.messages.count() == 2


def test_of_many_documents_the_oldest_go_along_and_all_are_counted(client: Client, integration: Integration) -> None:
    documents = stuck(integration, tickets.MOST_DOCUMENTS + 3)
    page = client.get(report_address(integration, cause=documents[0].cause))
    assert "53 documents are stuck on this" in page.text
    other = report_address(integration, cause=documents[0].cause, sent=str(documents[7].pk))
    assert f'"number": "{documents[7].number}"' in client.get(other).context["sent"]
    client.post(report_address(integration, cause=documents[0].cause), {})
    found = Ticket.objects.get().documents.order_by("document_id").values_list("document", flat=True)
    assert list(found) == [document.pk for document in documents[: tickets.MOST_DOCUMENTS]]


def test_nothing_is_reported_when_nothing_is_stuck(client: Client, integration: Integration) -> None:
    a_document(integration, "2026-1", State.ERROR)
    for cause in ("", "x", '["vat_setting_missing","XX","1"]'):
        assert client.post(report_address(integration, cause=cause), {"text": "?"}).status_code == 302
    assert not Ticket.objects.exists()


def test_a_reader_reports_too(reader: Client, integration: Integration) -> None:
    (document,) = stuck(integration, 1)
    assert reader.post(report_address(integration, cause=document.cause), {}).status_code == 302
    assert Ticket.objects.count() == 1


def test_it_says_when_nothing_is_stuck_any_more(client: Client, integration: Integration) -> None:
    one, other = stuck(integration, 2)
    client.post(report_address(integration, cause=one.cause), {})
    page = at(integration, f"{Ticket.objects.get().pk}/")
    Document.objects.filter(pk=one.pk).update(state=State.PROCESSED, ledger_id="1", cause="", problems=[])
    assert "Nothing is stuck on this any more" not in client.get(page).text
    Document.objects.filter(pk=other.pk).update(state=State.PROCESSED, ledger_id="2", cause="", problems=[])
    assert "Nothing is stuck on this any more" in client.get(page).text


def test_reports_without_words_are_kept_apart(client: Client, integration: Integration) -> None:
    """Two documents in one minute, and the button pressed twice for each."""
    for number in ("2026-1", "2026-2"):
        document = a_document(integration, number, State.PROCESSED)
        for _ in range(2):
            client.post(report_address(integration, document=str(document.pk)), {})
    assert [ticket.subject for ticket in Ticket.objects.order_by("id")] == ["Order 2026-1", "Order 2026-2"]
    assert TicketMessage.objects.count() == 2


def test_the_same_words_in_two_tickets_or_with_other_files_are_two_messages(
    client: Client, integration: Integration
) -> None:
    one, other = (asked(client, integration, subject=subject) for subject in ("One", "Other"))
    for ticket in (one, other):
        client.post(at(integration, f"{ticket.pk}/"), {"text": "See the file", "files": a_file("a.pdf")})
        client.post(at(integration, f"{ticket.pk}/"), {"text": "See the file", "files": a_file("b.pdf")})
    assert [ticket.messages.count() for ticket in (one, other)] == [3, 3]


def test_the_timeline_of_a_document_says_that_it_was_reported(client: Client, integration: Integration) -> None:
    (document,) = stuck(integration, 1)
    for text in ("one", "two"):
        client.post(report_address(integration, cause=document.cause), {"text": text})
    assert document.events.filter(kind="reported").count() == 1
    page = client.get(f"/documents/{document.pk}/").text
    assert f"It was reported to us, in ticket #{Ticket.objects.get().pk}." in page


@pytest.mark.rule("R408")
def test_all_who_report_at_the_same_moment_share_a_ticket(transactional_db: None, integration: Integration) -> None:
    (document,) = stuck(integration, 1)
    people = [a_person(f"p{number}@example.nl") for number in range(4)]
    for person in people:
        Member.objects.create(integration=integration, user=person, role=Role.READER)
    browsers, start = [logged_in(person) for person in people], Barrier(len(people))

    def press(number: int) -> int:
        try:
            start.wait()
            answer = browsers[number].post(report_address(integration, cause=document.cause), {"text": f"{number}"})
            return answer.status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as threads:
        assert set(threads.map(press, range(len(people)))) == {302}
    assert Ticket.objects.get().messages.count() == len(people)
    assert TicketDocument.objects.count() == 1


# Support staff


@pytest.fixture
def staff(db: None) -> Client:
    person = User.objects.create_superuser("staff@example.nl", "staff@example.nl", "correct horse battery staple")
    return logged_in(person)


@pytest.mark.rule("R407")
def test_staff_see_the_evidence_and_answer(
    client: Client, staff: Client, integration: Integration, django_capture_on_commit_callbacks: Commits
) -> None:
    (document,) = stuck(integration, 1)
    client.post(report_address(integration, cause=document.cause), {"text": "Help", "files": a_file("bon.pdf")})
    ticket = Ticket.objects.get()
    address = f"/admin/integrations/ticket/{ticket.pk}/change/"
    page = staff.get(address).text
    assert "Help" in page
    assert "vat_setting_missing" in page
    assert "secret-of" not in page
    assert document.customer_email not in page
    assert staff.get(f"/admin/integrations/ticket/files/{TicketFile.objects.get().pk}").content == PDF
    data = {"answer": "Fill in the VAT code <b>here</b>", "files": a_file("how.pdf"), "close": ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert staff.post(address, data).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "answered"
    message = ticket.messages.get(is_staff=True)
    assert message.files.get().name == "how.pdf"
    (sent,) = mail.outbox
    assert sent.to == ["owner@example.nl"]
    shown = client.get(at(integration, f"{ticket.pk}/")).text
    assert "Fill in the VAT code &lt;b&gt;here" in shown
    assert "staff@example.nl" not in shown
    history = staff.get(f"/admin/integrations/ticket/{ticket.pk}/history/").text
    assert "Answer" in history


def test_staff_close_and_change_nothing_else(client: Client, staff: Client, integration: Integration) -> None:
    ticket = asked(client, integration)
    address = f"/admin/integrations/ticket/{ticket.pk}/change/"
    staff.post(address, {"answer": "", "close": "on", "subject": "Other", "status": "open"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.subject) == ("closed", "Two books")
    assert ticket.messages.count() == 1
    assert staff.get("/admin/integrations/ticket/add/").status_code == 403
    assert staff.get(f"/admin/integrations/ticket/{ticket.pk}/delete/").status_code == 403
    assert "Two books" in staff.get("/admin/integrations/ticket/?status=closed").text
    assert "Two books" not in staff.get("/admin/integrations/ticket/?status=open").text


def test_files_of_tickets_are_not_for_members_of_staff_without_the_right(
    client: Client, integration: Integration
) -> None:
    asked(client, integration, files=a_file("bon.pdf"))
    person = a_person("clerk@example.nl")
    person.is_staff = True
    person.save()
    assert logged_in(person).get(f"/admin/integrations/ticket/files/{TicketFile.objects.get().pk}").status_code == 403
