"""VIES has three answers, and the third is never taken for one of the others."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from integrations import vies
from integrations.failures import Temporary
from tests.scripted import Reply, scripted_server

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.fixture
def server(settings):
    settings.CALL_DEADLINE_SECONDS = 2
    with scripted_server() as running:
        settings.VIES_URL = f"{running.url}/vies/rest-api"
        yield running


def reply(status=200, **body):
    return Reply(status=status, body=json.dumps(body).encode())


def failed(*names, status=200):
    return reply(status, actionSucceed=False, errorWrappers=[{"error": name} for name in names])


def sent(server):
    return [json.loads(asked.body) for asked in server.asked]


@pytest.mark.rule("R45")
@pytest.mark.parametrize("is_valid", [True, False])
def test_it_says_whether_a_number_is_valid(server, is_valid):
    server.answer(reply(valid=is_valid, requestIdentifier="WAPIAAAAaEDkvhHx", name="---"))
    with time_machine.travel(NOW, tick=False):
        answer = vies.check("DE", "136695976", ("NL", "NL000000000B00"))
    assert answer == vies.VatAnswer(is_valid=is_valid, consultation_number="WAPIAAAAaEDkvhHx", checked_at=NOW)
    assert server.asked[0].target == "/vies/rest-api/check-vat-number"
    assert server.asked[0].headers["content-type"] == "application/json"
    assert sent(server) == [
        {
            "countryCode": "DE",
            "vatNumber": "136695976",
            "requesterMemberStateCode": "NL",
            "requesterNumber": "000000000B00",
        }
    ]


def test_it_asks_without_a_requester_when_none_is_known(server):
    server.answer(reply(valid=True, requestIdentifier=None))
    for requester in (None, ("NL", "")):
        assert vies.check("BE", "0428759497", requester).consultation_number == ""
    assert sent(server) == [{"countryCode": "BE", "vatNumber": "0428759497"}] * 2


@pytest.mark.parametrize(
    ("country", "number", "expected"),
    [
        ("EL", "094259216", ("EL", "094259216")),
        ("GR", "GR 094259216", ("EL", "094259216")),
        ("GR", "EL094259216", ("EL", "094259216")),
        ("XI", "XI 366 303 068", ("XI", "366303068")),
        ("be", "be-0428.759.497", ("BE", "0428759497")),
        ("IE", "IE8Z49289F", ("IE", "8Z49289F")),
        ("IE", "1+23456A", ("IE", "1+23456A")),
        ("SE", "SE556188840401", ("SE", "556188840401")),
    ],
)
def test_it_writes_country_and_number_as_vies_does(server, country, number, expected):
    server.answer(reply(valid=True))
    vies.check(country, number)
    assert sent(server) == [{"countryCode": expected[0], "vatNumber": expected[1]}]


@pytest.mark.parametrize("status", [200, 400])
def test_it_takes_a_number_that_vies_can_not_read_for_invalid(server, status):
    server.answer(failed("INVALID_INPUT", status=status))
    assert vies.check("DE", "XYZ").is_valid is False


def test_it_does_without_a_requester_that_vies_does_not_accept(server):
    server.answer(failed("INVALID_REQUESTER_INFO"), reply(valid=True))
    assert vies.check("DE", "136695976", ("NL", "123")).is_valid
    assert "requesterNumber" not in sent(server)[1]


NO_ANSWER = {
    **{
        name: failed(name)
        for name in (
            "MS_UNAVAILABLE",
            "MS_MAX_CONCURRENT_REQ",
            "MS_MAX_CONCURRENT_REQ_TIME",
            "GLOBAL_MAX_CONCURRENT_REQ",
            "GLOBAL_MAX_CONCURRENT_REQ_TIME",
            "TIMEOUT",
            "SERVICE_UNAVAILABLE",
            "SERVER_BUSY",
            "IP_BLOCKED",
            "VAT_BLOCKED",
            "INVALID_REQUESTER_INFO",
            "SOMETHING_NEW",
        )
    },
    "as a 500": failed("MS_UNAVAILABLE", status=500),
    "beside an answer": reply(valid=False, userError="MS_UNAVAILABLE"),
    "wrapped beside an answer": reply(valid=True, errorWrappers=[{"error": "TIMEOUT"}]),
    "with an invalid input": failed("INVALID_INPUT", "TIMEOUT"),
    "no answer in it": reply(countryCode="DE"),
    "text for an answer": reply(valid="true"),
    "500": reply(500, valid=True),
    "503": Reply(status=503, body=b"<html>"),
    "404": Reply(status=404, body=b"{}"),
    "redirect": Reply(status=302, headers={"Location": "/"}, body=b'{"valid": true}'),
    "empty": Reply(),
    "no JSON": Reply(body=b"<html>valid</html>"),
    "no object": Reply(body=b"[true]"),
    "nested": Reply(body=b"[" * 100_000),
    "hung up": Reply(hang_up=True),
}


@pytest.mark.rule("R45")
@pytest.mark.parametrize("name", NO_ANSWER)
def test_it_never_takes_no_answer_for_an_answer(server, name):
    server.answer(NO_ANSWER[name])
    with pytest.raises(Temporary, match="vies_unavailable"):
        vies.check("DE", "136695976")


@pytest.mark.rule("R45")
@pytest.mark.parametrize(
    ("country", "number", "expected"),
    [
        ("DE", "DE136695976", True),
        ("GR", "EL094259216", True),
        ("XI", "XI366303068", True),
        ("DE", "999003200", False),
        ("BE", "BE0999090201", False),
        *(("DE", f"99900{code}", None) for code in ("2300", "5301", "8302", "7400", "9401", "1500", "6600")),
    ],
)
def test_it_reads_the_answers_of_the_stand_in(sandbox, country, number, expected):
    try:
        answer = vies.check(country, number, ("NL", "NL000000000B00"))
    except Temporary:
        assert expected is None
    else:
        assert answer.is_valid is expected


def test_it_can_be_asked_later_when_nobody_listens(settings):
    settings.VIES_URL = "http://127.0.0.1:9"
    with pytest.raises(Temporary, match="vies_unavailable"):
        vies.check("DE", "136695976")


def test_it_takes_the_word_of_an_answer_that_says_so_twice(server):
    server.answer(reply(valid=True, userError="VALID"))
    assert vies.check("DE", "136695976").is_valid
