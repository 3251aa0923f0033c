"""The control path, faults of its own, and keeping everything between two runs."""

from pathlib import Path
from typing import Any

import pytest
import requests

from accounting.imuis.sandbox.memory import books


def test_it_tells_what_a_test_needs(fresh: Any) -> None:
    fresh.start(name="Theehuis", partner_key="pk-1", code="480021")
    made = fresh.made
    expected = {"id": 2001, "name": "Theehuis", "partner_key": "pk-1", "code": "480021", "entries": 0, "debtors": 0}
    assert expected.items() <= made["administration"].items()
    assert {"NL 21": "2", "NL 9": "1"}.items() <= made["vat"].items()
    assert {"NL 0", "reverse", "none", "margin", "export", "DE 19", "FR 5.5", "GR 24"} <= made["vat"].keys()
    assert {"NL 21": "12", "NL 9": "11"}.items() <= made["vat_excl"].items()
    assert {"webshop", "shipping", "payment_costs", "eu", "export", "rounding"} <= made["revenue"].keys()
    settings = [made[name] for name in ("journal", "debtors_account", "order_type", "item_group")]
    assert settings == ["41", "2975", "webshoporder", "29"]
    assert fresh.own("GET", "") == made


def test_every_code_and_account_it_tells_is_in_its_table(office: Any, rows: Any) -> None:
    codes = {row["NR"]: row["BTWBER"] for row in rows(office.select("BTW", "NR\tBTWBER"))}
    assert {codes[code] for code in office.made["vat"].values()} == {"I"}
    assert {codes[code] for code in office.made["vat_excl"].values()} == {"E"}
    assert all(len(code) <= 2 for code in codes)
    accounts = {row["NR"] for row in rows(office.select("GRB", "NR"))}
    assert {*office.made["revenue"].values(), office.made["debtors_account"]} <= accounts


def test_it_makes_up_codes_that_differ(fresh: Any) -> None:
    codes = {fresh.control("POST", "administrations")["administration"]["code"] for _ in range(3)}
    assert len(codes) == 3
    assert all(code.isdigit() for code in codes)


def test_it_answers_a_known_pair_with_its_administration(fresh: Any) -> None:
    fresh.start(preset="bakery", code="480021")
    again = fresh.control("POST", "administrations", {"preset": "bakery", "code": "480021", "session_seconds": 5})
    assert again["administration"]["id"] == fresh.id
    assert again["administration"]["session_seconds"] == 5
    assert {"bread", "gifts"} <= again["revenue"].keys()
    assert len(fresh.control("GET", "administrations")["administrations"]) == 1


def test_it_begins_with_the_debtors_that_are_asked_for(fresh: Any, rows: Any) -> None:
    fresh.start(debtors=[{"ZKSL": "kasklant", "NAAM": "Kas"}, {"ZKSL": "oud", "BLOK": "J"}])
    assert fresh.made["debtors"] == {"kasklant": "13317", "oud": "13318"}
    assert rows(fresh.select("DEB", "ZKSL", ("BLOK", "=", "J"))) == [{"ZKSL": "oud"}]


def test_it_changes_rows_as_a_person_would(office: Any, rows: Any) -> None:
    assert office.own("POST", "BTW", {"NR": "19", "ZKSL": "nieuw"})["row"] == {"NR": "19", "ZKSL": "nieuw"}
    office.own("PATCH", "DAGBOEK/41", {"BLOK": "J"})
    assert rows(office.select("DAGBOEK", "BLOK", ("NR", "=", "41"))) == [{"BLOK": "J"}]
    office.own("DELETE", "ORDSRT/webshoporder")
    assert [row["ZKSL"] for row in office.own("GET", "ORDSRT")["ORDSRT"]] == ["standaard"]


def test_it_counts_what_was_tried_more_than_once(office: Any) -> None:
    office.debtor(ZKSL="a")
    office.debtor(ZKSL="b")
    office.create("DEB", ZKSL="a", EMAIL="a@jansen.example")
    office.debtor(ZKSL="c", EMAIL="c@mail.example")
    office.item()
    office.create("ART", NR="MUG-01", ZKSL="x", OMSCHR="x", ARTGRP="29")
    assert office.own("GET", "repeats")["repeats"] == [
        {"kind": "debtor_email", "value": "a@jansen.example", "created": 2, "refused": 1},
        {"kind": "item_number", "value": "MUG-01", "created": 1, "refused": 1},
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "administrations", {"colour": "red"}),
        ("POST", "administrations", {"periods": 6}),
        ("POST", "administrations", {"state": "asleep"}),
        ("POST", "administrations", {"land": "EN"}),
        ("POST", "administrations", {"without": ["vat"]}),
        ("GET", "administrations/1", None),
        ("PATCH", "administrations/2001", {"preset": "bakery"}),
        ("GET", "administrations/2001/XYZ", None),
        ("POST", "administrations/2001/debtors", {"KLEUR": "rood"}),
        ("PATCH", "administrations/2001/debtors/1", {"BLOK": "J"}),
        ("DELETE", "administrations/2001/items/1", None),
    ],
)
def test_it_answers_a_mistaken_control_call(office: Any, method: str, path: str, body: Any) -> None:
    assert office.control(method, path, body, status=400)["error"]


def fault(office: Any, **planned: Any) -> None:
    answer = office.client.post("/_sandbox/faults", planned, content_type="application/json")
    assert answer.status_code == 200, answer.content


def test_it_ends_sessions_on_demand(office: Any, message: Any) -> None:
    fault(office, kind="session_killed", body="ACTIE=CREATEJOURNAALPOST")
    assert list(office.call("KEEPSESSION")) == []
    assert "sessie" in message(office.call("CREATEJOURNAALPOST"))
    office.session = office.log_in()
    assert list(office.call("KEEPSESSION")) == []
    assert office.own("DELETE", "sessions") == {"sessions": 1}
    assert "sessie" in message(office.call("KEEPSESSION"))


def test_it_plays_the_faults_of_its_vendor(office: Any, message: Any, rows: Any) -> None:
    fault(office, kind="cs312", path="/ws1_api.aspx")
    assert message(office.call("KEEPSESSION")).endswith("(CS312)")
    fault(office, kind="no_data", body="<TABLE>GRB</TABLE>")
    assert rows(office.select("BETCOND", "NR")) == [{"NR": "1"}]
    root = office.select("GRB", "NR")
    assert rows(root) == []
    assert int(root.findtext("METADATA/RECORDCOUNT")) > 0


@pytest.mark.parametrize(("kind", "text"), [("expired_token", "sessie"), ("422", "geweigerd")])
def test_it_words_general_faults_as_its_vendor(office: Any, message: Any, kind: str, text: str) -> None:
    fault(office, kind=kind, path="/ws1_api.aspx")
    assert text in message(office.call("KEEPSESSION"))
    assert list(office.call("KEEPSESSION")) == []


@pytest.mark.parametrize("kind", ["500", "503", "429"])
def test_it_answers_outages_by_status(office: Any, kind: str) -> None:
    fault(office, kind=kind, path="/ws1_api.aspx")
    assert office.post({"ACTIE": "LOGIN"}).status_code == int(kind)


def test_it_writes_before_it_falls_silent(office: Any) -> None:
    fault(office, kind="timeout_after_write", body="<TABLE>DEB</TABLE>.*ZKSL", seconds=0)
    dataset = "<NewDataSet><METADATA><TABLE>DEB</TABLE></METADATA><DATA><ZKSL>a</ZKSL></DATA></NewDataSet>"
    fields = office.keys | {"SESSIONID": office.session, "ACTIE": "CREATESTAMTABELRECORD", "STAMTABEL": dataset}
    assert office.post(fields).status_code == 504
    assert len(office.own("GET", "debtors")["debtors"]) == 1


def test_it_counts_calls_by_action(office: Any) -> None:
    office.call("KEEPSESSION")
    office.select("GRB", "NR")
    office.call("getstamtabelrecords")
    office.client.get("/ws1_api.aspx")
    counted = office.client.get("/_sandbox/counters").json()["calls"]
    assert counted == {
        "POST /ws1_api.aspx LOGIN": 1,
        "POST /ws1_api.aspx KEEPSESSION": 1,
        "POST /ws1_api.aspx GETSTAMTABELRECORDS": 2,
        "GET /ws1_api.aspx": 1,
    }


def test_it_knows_after_a_restart_what_it_knew(office: Any, tmp_path: Path, rows: Any, message: Any) -> None:
    office.debtor()
    books.write(tmp_path)
    books.clear()
    assert "sessie" in message(office.call("KEEPSESSION"))
    books.load((tmp_path / "imuis.json").read_text())
    assert rows(office.select("DEB", "NR", ("EMAIL", "=", "a@jansen.example"))) == [{"NR": "13317"}]
    assert office.debtor(ZKSL="b") == "13318"


def test_it_writes_the_same_text_while_nothing_changes(office: Any) -> None:
    before = books.dump()
    office.select("GRB", "NR")
    assert books.dump() is before
    office.debtor()
    assert books.dump() != before


def test_it_forgets_everything_on_reset(office: Any) -> None:
    assert office.client.post("/_sandbox/reset").status_code == 204
    assert office.control("GET", "administrations") == {"administrations": []}


def test_it_serves_with_the_other_stand_ins(sandbox: Any) -> None:
    made = requests.post(f"{sandbox.url}/_sandbox/imuis/administrations", json={}, timeout=10).json()["administration"]
    fields = {"PARTNERKEY": made["partner_key"], "OMGEVINGSCODE": made["code"], "ACTIE": "LOGIN"}
    answer = requests.post(f"{sandbox.url}/ws1_api.aspx", fields, timeout=10)
    assert answer.status_code == 200
    assert b"<SESSIONID>" in answer.content
    assert requests.get(f"{sandbox.url}/imuis/{made['id']}/", timeout=10).status_code == 200
