"""The client, against answers that the stand-in gives and others that a well-behaved Rompslomp would not."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from accounting.rompslomp.client import Rompslomp
from integrations.failures import ConnectionLost, Failure, Gone, Refused, Temporary, Unknown
from tests.scripted import Reply, scripted_server

CONTACT = {"contact": {"contact_person_name": "Noor Visser"}}


@pytest.fixture
def server():
    with scripted_server() as running:
        yield running


def client_of(server, **watch):
    return Rompslomp(server.url, lambda stale: "at_2" if stale == "at_1" else "at_1", **watch)


def reply(body, status=200, **headers):
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


def error(status, kind, message="Contact is invalid: naam ontbreekt.", **headers):
    return reply({"error": {"type": kind, "message": message}}, status, **headers)


def failure_of(server, answer, write=False):
    server.answer(answer)
    client = client_of(server)
    call = (lambda: client.create_contact("1", CONTACT)) if write else client.companies
    with pytest.raises(Failure) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "failure", "code"),
    [
        (400, "client.parameters.unpermitted_parameters", Refused, "books_refused"),
        (400, "client.parameters.malformed_json", Refused, "books_refused"),
        (422, "client.parameters.validation", Refused, "books_refused"),
        (422, "client.something_new", Refused, "books_refused"),
        (403, "client.authorization.access_denied", Refused, "books_plan"),
        (403, "client.authorization.invalid_scope", Refused, "books_plan"),
        (403, "", Refused, "books_plan"),
        (402, "client.subscription_limit_reached", Refused, "books_plan"),
        (422, "client.quota_reached", Refused, "books_plan"),
        (429, "client.subscription_limit_reached", Refused, "books_plan"),
        (404, "client.not_found.resource", Gone, None),
        (401, "client.authentication.invalid_token", ConnectionLost, None),
        (429, "client.rate_limit", Temporary, None),
        (500, "server", Temporary, None),
        (503, "server", Temporary, None),
        (302, "", Temporary, None),
    ],
)
def test_it_names_each_error_by_who_can_do_something(server, status, kind, failure, code):
    found = failure_of(server, error(status, kind))
    assert type(found) is failure
    if code:
        assert [problem.code for problem in found.problems] == [code]
        assert found.problems[0].params["words"] == "Contact is invalid: naam ontbreekt."


@pytest.mark.parametrize("status", [500, 502, 503, 504, 302])
def test_a_write_that_ends_in_trouble_may_have_been_done(server, status):
    assert type(failure_of(server, Reply(status=status, body=b"<html>"), write=True)) is Unknown


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"company": {}}', b"null", b'"text"', b"\xff"])
def test_a_success_without_the_promised_json_is_no_success(server, body):
    assert type(failure_of(server, Reply(body=body))) is Temporary
    assert type(failure_of(server, Reply(status=201, body=body), write=True)) is Unknown


@pytest.mark.parametrize("answer", [Reply(hang_up=True), Reply(body=b"{", cut_off=10)])
def test_an_answer_that_does_not_come_leaves_a_write_in_doubt(server, answer):
    assert type(failure_of(server, answer)) is Temporary
    assert type(failure_of(server, answer, write=True)) is Unknown


def test_a_server_that_is_not_there_has_done_nothing(server):
    client = Rompslomp("http://127.0.0.1:9", lambda _stale: "at_1")
    with pytest.raises(Temporary, match="books_unreachable"):
        client.create_contact("1", CONTACT)


@pytest.mark.parametrize(
    ("after", "wait"), [("30", 30), ("0", 0), ("86400", 300), (None, 60), ("Sat, 21 Nov 2026 12:00:00 GMT", 60)]
)
def test_it_stays_silent_as_long_as_it_is_asked_to_within_reason(server, after, wait):
    headers = {"Retry-After": after} if after else {}
    found = failure_of(server, error(429, "client.rate_limit", **headers), write=True)
    assert (found.wait, found.everything) == (timedelta(seconds=wait), True)


def test_a_refused_token_is_replaced_once_and_the_call_repeated(server):
    server.answer(error(401, "client.authentication.invalid_token"), reply({"companies": []}))
    assert client_of(server).companies() == []
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer at_1", "Bearer at_2"]


def test_a_token_that_is_refused_twice_loses_the_connection(server):
    assert type(failure_of(server, error(401, "client.authentication"))) is ConnectionLost
    assert len(server.asked) == 2


def rows(count, start=0):
    return [{"id": number} for number in range(start, start + count)]


def pages_asked(server):
    return [dict(parse_qsl(urlsplit(asked.target).query))["page"] for asked in server.asked]


def test_it_reads_all_pages_by_their_total(server):
    server.answer(
        reply({"companies": rows(100)}, **{"X-Total": "130"}), reply({"companies": rows(30, 100)}, **{"X-Total": "130"})
    )
    assert len(client_of(server).companies()) == 130
    assert pages_asked(server) == ["1", "2"]


def test_it_reads_until_a_short_page_where_no_total_is_given(server):
    server.answer(reply({"companies": rows(100)}), reply({"companies": rows(5, 100)}))
    assert len(client_of(server).companies()) == 105


def test_it_ends_at_an_empty_page_whatever_the_total_says(server):
    server.answer(reply({"companies": rows(100)}, **{"X-Total": "999"}), reply({"companies": []}, **{"X-Total": "999"}))
    assert len(client_of(server).companies()) == 100


def test_it_does_not_read_a_list_that_never_ends(server, monkeypatch):
    monkeypatch.setattr("accounting.rompslomp.client.MOST_PAGES", 3)
    server.answer(*(reply({"companies": rows(100)}) for _ in range(4)))
    with pytest.raises(Temporary):
        client_of(server).companies()
    assert pages_asked(server) == ["1", "2", "3"]


def test_it_asks_for_all_product_codes_at_once_up_to_forty(server):
    server.answer(reply({"products": []}, **{"X-Total": "0"}))
    client_of(server).products_by_code("1", [f"A{number}" for number in range(50)])
    asked = [parse_qsl(urlsplit(each.target).query) for each in server.asked]
    assert [len([1 for name, _ in query if name == "search[product_codes][]"]) for query in asked] == [40, 10]


def test_it_escapes_what_it_searches_for(server):
    server.answer(reply({"contacts": []}, **{"X-Total": "0"}))
    client_of(server).contacts_by_email("1", "a&b=c+d@mail.example")
    query = dict(parse_qsl(urlsplit(server.asked[0].target).query))
    assert query["search[contact_person_email_address]"] == "a&b=c+d@mail.example"


def test_it_deletes_what_is_gone_already(server):
    server.answer(error(404, "client.not_found.resource"))
    client_of(server).delete_invoice("1", "2")
    assert server.asked[0].method == "DELETE"


def test_it_asks_before_each_call_whether_it_may_and_tells_of_each(server):
    server.answer(reply({"contacts": []}, **{"X-Total": "0"}))
    told, asked = [], []
    client_of(server, record=told.append, before_call=lambda: asked.append(1)).contacts_by_email("1", "n@mail.example")
    assert (told[0].method, told[0].status, len(asked)) == ("GET", 200, 1)
    assert "mail.example" not in told[0].path


def test_a_call_that_may_not_be_made_is_not_made(server):
    class LostError(Exception):
        pass

    def refuse():
        raise LostError

    with pytest.raises(LostError):
        client_of(server, before_call=refuse).companies()
    assert server.asked == []
