"""The stand-in for VIES answers as the EU's service does, steered by number or by its control path."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from stdnum.eu import vat

from integrations import vies_sandbox
from tests.conftest import Sandbox

EXAMPLES = re.findall(r"(DE999\d{6}|BE0999\d{6})", vies_sandbox.__doc__ or "")


@pytest.fixture(autouse=True)
def forget(sandbox: Sandbox) -> Iterator[None]:
    yield
    requests.delete(f"{sandbox.url}/_sandbox/vies", timeout=10)


def ask(sandbox: Sandbox, full_number: str, **more: Any) -> requests.Response:
    asked = {"countryCode": full_number[:2], "vatNumber": full_number[2:], **more}
    return requests.post(f"{sandbox.url}/vies/rest-api/check-vat-number", json=asked, timeout=10)


def plan(sandbox: Sandbox, **asked: Any) -> requests.Response:
    return requests.put(f"{sandbox.url}/_sandbox/vies", json=asked, timeout=10)


def test_it_says_that_a_number_is_valid(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "DE342366712", requesterMemberStateCode="NL", requesterNumber="000099998B57").json()
    assert (answer["valid"], answer["countryCode"], answer["vatNumber"]) == (True, "DE", "342366712")
    assert answer["requestIdentifier"]
    assert answer["name"] != "---"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answer["requestDate"])
    assert ask(sandbox, "DE342366712").json()["requestIdentifier"] == ""


def test_it_says_that_a_number_is_not_valid(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "DE999003200")
    assert (answer.status_code, answer.json()["valid"], answer.json()["name"]) == (200, False, "---")


@pytest.mark.parametrize("number", EXAMPLES)
def test_its_steering_numbers_have_right_check_digits(sandbox: Sandbox, number: str) -> None:
    assert vat.is_valid(number)
    answer = ask(sandbox, number)
    expected = vies_sandbox.BY_ENDING[number[-3:]]
    if expected != "invalid":
        assert answer.status_code == 200
        assert answer.json() == {"actionSucceed": False, "errorWrappers": [{"error": expected}]}


def test_there_is_a_steering_number_for_each_answer() -> None:
    assert len(EXAMPLES) == 20


@pytest.mark.parametrize("number", ["US123456789", "GR378494877", "DE342 366 712", "DE34.236", "DE", "de342366712"])
def test_it_wants_country_and_number_apart_and_bare(sandbox: Sandbox, number: str) -> None:
    assert ask(sandbox, number).json()["errorWrappers"] == [{"error": "INVALID_INPUT"}]


def test_it_gives_a_set_answer_as_often_as_asked(sandbox: Sandbox) -> None:
    plan(sandbox, number="DE342366712", answer="MS_MAX_CONCURRENT_REQ", times=1, status=500)
    first, second = ask(sandbox, "DE342366712"), ask(sandbox, "DE342366712")
    assert (first.status_code, first.json()["errorWrappers"][0]["error"]) == (500, "MS_MAX_CONCURRENT_REQ")
    assert second.json()["valid"] is True
    plan(sandbox, number="DE", answer="invalid")
    assert ask(sandbox, "DE676122202").json()["valid"] is False
    plan(sandbox, number="DE676122202", answer="valid", name="Muster KG")
    assert ask(sandbox, "DE676122202").json()["name"] == "Muster KG"
    assert plan(sandbox, number="DE", answer="maybe").status_code == 400


def test_it_remembers_what_was_asked(sandbox: Sandbox) -> None:
    ask(sandbox, "FI12181259")
    checks = requests.get(f"{sandbox.url}/_sandbox/vies", timeout=10).json()["checks"]
    assert checks[-1]["number"] == "FI12181259"


def test_it_refuses_other_methods_and_types(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/vies/rest-api/check-vat-number"
    assert requests.get(url, timeout=10).status_code == 405
    assert requests.post(url, data="countryCode=DE", timeout=10).status_code == 415


def test_it_words_faults_as_vies_does(sandbox: Sandbox) -> None:
    sandbox.fault(kind="503", path="/vies/")
    answer = ask(sandbox, "DE342366712")
    assert (answer.status_code, answer.json()["errorWrappers"]) == (503, [{"error": "SERVICE_UNAVAILABLE"}])
