"""The door, the keys and the sessions."""

import re
import time
from typing import Any

import pytest
import time_machine

from tests.accounting.imuis.test_sandbox.office import FORM, read

NOT_LINKED = "Inloggen niet mogelijk: partnerkey en omgevingscode horen niet bij een actieve verbinding."
NO_SUBSCRIPTION = "Voor deze administratie is geen abonnement op de Cloudswitch aanwezig."
ENDED = "De sessie is verlopen of onbekend."


def test_it_logs_in_as_the_example_does(fresh: Any) -> None:
    fresh.control("POST", "administrations", {"partner_key": "pk-demo-123", "code": "480021"})
    body = "PARTNERKEY=pk-demo-123&OMGEVINGSCODE=480021&ACTIE=LOGIN"
    answer = fresh.client.generic("POST", "/ws1_api.aspx", body, content_type=FORM)
    session = read(answer).findtext("SESSION/SESSIONID")
    assert re.fullmatch(r"\d+/\d+@d\d+;CSW", session)


def test_the_vendors_public_pair_opens_a_test_administration(fresh: Any) -> None:
    keys = {"PARTNERKEY": "abcdefghijklmnopqrstuvwxyz", "OMGEVINGSCODE": "00000"}
    sessions = [read(fresh.post({**keys, "ACTIE": "LOGIN"})).findtext("SESSION/SESSIONID") for _ in range(2)]
    assert all(sessions)
    assert len(fresh.control("GET", "administrations")["administrations"]) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_it_takes_posts_only(office: Any, method: str) -> None:
    assert office.client.generic(method, "/ws1_api.aspx").status_code == 405


def test_it_reads_field_names_and_actions_whatever_their_capitals(office: Any) -> None:
    fields = {"partnerkey": office.keys["PARTNERKEY"], "OmgevingsCode": office.keys["OMGEVINGSCODE"], "actie": "login"}
    assert read(office.post(fields)).findtext("SESSION/SESSIONID")


@pytest.mark.parametrize("action", ["", "ACTION", "UPDATESTAMTABELRECORD", "CREATESPITSFACTUUR", "GETTIMESTAMP"])
def test_it_refuses_an_unknown_action(office: Any, message: Any, action: str) -> None:
    assert message(office.call(action)) == f"Onbekende actie: {action}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [("PARTNERKEY=%FF&ACTIE=LOGIN", FORM), (b"PARTNERKEY=\xc3\xa9", FORM), ('{"ACTIE": "LOGIN"}', "application/json")],
)
def test_it_reads_percent_encoded_utf_8_forms_only(fresh: Any, message: Any, body: Any, kind: str) -> None:
    assert "formulier" in message(read(fresh.client.generic("POST", "/ws1_api.aspx", body, content_type=kind)))


@pytest.mark.parametrize("wrong", [{"PARTNERKEY": "x"}, {"OMGEVINGSCODE": "1"}, {"OMGEVINGSCODE": ""}])
def test_it_refuses_keys_that_do_not_belong_together(office: Any, message: Any, wrong: dict[str, str]) -> None:
    assert message(read(office.post(office.keys | {"ACTIE": "LOGIN"} | wrong))) == NOT_LINKED


@pytest.mark.parametrize(("state", "text"), [("unknown", NOT_LINKED), ("no_subscription", NO_SUBSCRIPTION)])
def test_it_tells_why_a_link_does_not_work(office: Any, message: Any, state: str, text: str) -> None:
    office.own("PATCH", "", {"state": state})
    assert message(office.call("LOGIN")) == text
    assert message(office.call("KEEPSESSION")) == ENDED


def test_it_keeps_and_ends_a_session(office: Any, message: Any) -> None:
    assert list(office.call("KEEPSESSION")) == []
    assert list(office.call("LOGOUT")) == []
    assert message(office.call("KEEPSESSION")) == ENDED


def test_it_holds_several_sessions_at_once(office: Any) -> None:
    first, office.session = office.session, office.log_in()
    assert first != office.session
    assert list(office.call("KEEPSESSION")) == []
    office.session = first
    assert list(office.call("KEEPSESSION")) == []


def test_it_ends_a_session_that_is_left_alone(office: Any, message: Any) -> None:
    office.own("PATCH", "", {"session_seconds": 1000})
    with time_machine.travel(time.time(), tick=False) as clock:
        for _ in range(3):
            clock.shift(900)
            assert list(office.call("KEEPSESSION")) == []
        clock.shift(1100)
        assert message(office.call("GETSTAMTABELRECORDS")) == ENDED


def test_it_ties_a_session_to_its_pair(office: Any, message: Any) -> None:
    office.made = office.control("POST", "administrations", {"partner_key": "pk-demo-123", "code": "77"})
    assert message(office.call("KEEPSESSION")) == ENDED


@pytest.mark.parametrize("session", ["", "1/1@d1;CSW"])
def test_it_wants_a_session_for_every_other_call(office: Any, message: Any, session: str) -> None:
    office.session = session
    for action in ("KEEPSESSION", "LOGOUT", "GETSTAMTABELRECORDS", "GETADMINFO", "CREATESTAMTABELRECORD"):
        assert message(office.call(action)) == ENDED
    for action in ("CREATEJOURNAALPOST", "CREATEVERKOOPORDER"):
        assert message(office.call(action)) == ENDED


def test_it_wants_the_dataset_in_its_own_field(office: Any, message: Any) -> None:
    assert message(office.call("CREATEJOURNAALPOST", SELECTIE="<NewDataSet />")) == "Het veld JOURNAALPOST ontbreekt."


@pytest.mark.parametrize(
    "dataset",
    [
        "<NewDataSet>",
        "Jansen & Zn",
        '<!DOCTYPE x [<!ENTITY a "b">]><NewDataSet>&a;</NewDataSet>',
        "<!DOCTYPE NewDataSet><NewDataSet />",
    ],
)
def test_it_refuses_what_is_no_plain_xml(office: Any, message: Any, dataset: str) -> None:
    assert message(office.call("GETSTAMTABELRECORDS", SELECTIE=dataset))


def test_it_gives_back_every_character(office: Any, rows: Any) -> None:
    name = "Café <Zon> & \u20ac 5 + 10% \U0001f600 ]]> \u201equotes\u201d"
    office.debtor(NAAM=name)
    assert rows(office.select("DEB", "NAAM", ("NAAM", "=", name))) == [{"NAAM": name}]
