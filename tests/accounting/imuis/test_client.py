"""The client, against answers of every kind that Cloudswitch and what stands before it may give."""

from datetime import timedelta
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import pytest
from defusedxml import ElementTree

from accounting.imuis.client import Imuis
from accounting.imuis.door import Door
from integrations.failures import ConnectionLost, Failure, Refused, Temporary, Unknown
from tests.scripted import Reply, scripted_server

CODE, SESSION = "480021", "70118/42@d2001;CSW"
AWKWARD = "a/b@c;d&e+f=é€<g>\"'%41 h"

BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<NewDataSet><DATA><NR>&b;</NR></DATA></NewDataSet>"""
FILE = b"""<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<NewDataSet><METADATA><RECORDCOUNT>1</RECORDCOUNT></METADATA><DATA><NR>&f;</NR></DATA></NewDataSet>"""
PAGES_IN_BETWEEN = [b"", b"<html>", b"<html><head/><body>Onderhoud</body></html>", b"[]", b"\xff", BOMB, FILE]


@pytest.fixture
def server():
    with scripted_server() as running:
        yield running


def client_of(server, **watch):
    """A client whose sessions are the real one, and then ``new``, ``newer``."""
    sessions = {None: SESSION, SESSION: "new", "new": "newer"}
    door = Door(server.url, "pk-demo-123", **watch)
    return Imuis(door, lambda stale: {"code": CODE, "session": sessions[stale]})


def xml(inside, status=200, **headers):
    return Reply(status=status, body=f"<NewDataSet>{inside}</NewDataSet>".encode(), headers=headers)


def error(words, status=200):
    return xml(f"<ERROR><MESSAGE>{escape(words)}</MESSAGE></ERROR>", status)


def rows(numbers, count=None, pages=1):
    count = len(numbers) if count is None else count
    totals = f"<METADATA><RECORDCOUNT>{count}</RECORDCOUNT><TOTALPAGES>{pages}</TOTALPAGES></METADATA>"
    return xml(totals + "".join(f"<DATA><NR>{number}</NR></DATA>" for number in numbers))


def form(asked):
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True, strict_parsing=True))


def forms(server):
    return [form(asked) for asked in server.asked]


def selection(asked):
    """The parts of a selection, of which none is missing."""
    return {part.tag: part.text or "" for part in ElementTree.fromstring(form(asked)["SELECTIE"])[0]}


def read(client):
    return list(client.table("GRB", ["NR"]))


def record(**columns):
    return [("METADATA", {"TABLE": "DEB"}), ("DATA", columns)]


WRITES = {
    "record": lambda client: client.create_record(record(ZKSL="A. Jansen-a1b2c3")),
    "entry": lambda client: client.create_entry([("BOE", {"REK": "8000"})]),
    "order": lambda client: client.create_order([("ORDKOP", {"DEB": "13317"}), ("ORDRG", {"ART": "MUG-01"})]),
}
READS = {"table": read, "info": lambda client: client.admin_info("BASFIN", ["AANTPER"])}


def failure_of(server, call, *answers):
    server.answer(*answers)
    with pytest.raises(Failure) as caught:
        call(client_of(server))
    return caught.value


def failure_of_login(server, answer):
    server.answer(answer)
    with pytest.raises(Failure) as caught:
        Door(server.url, "pk-demo-123").log_in(CODE)
    return caught.value


IN_DOUBT = [
    *(Reply(body=body) for body in PAGES_IN_BETWEEN),
    *(Reply(status=status, body=b"<html>") for status in (301, 302, 500, 502, 503, 504)),
    error("De server is overbelast", 500),
    Reply(hang_up=True),
    Reply(body=b"<NewDataSet>", cut_off=10),
]


@pytest.mark.parametrize("answer", IN_DOUBT)
def test_an_answer_that_does_not_come_is_waited_for_by_a_read_and_leaves_a_write_in_doubt(server, answer):
    for call in READS.values():
        assert failure_of(server, call, answer).args == ("books_no_answer",)
    for call in WRITES.values():
        assert type(failure_of(server, call, answer)) is Unknown
    assert type(failure_of_login(server, answer)) is Temporary


@pytest.mark.parametrize("call", [*READS.values(), *WRITES.values()])
def test_a_server_that_is_not_there_has_done_nothing(call):
    client = Imuis(Door("http://127.0.0.1:9", "pk-demo-123"), lambda _stale: {"code": CODE, "session": SESSION})
    with pytest.raises(Temporary, match="books_unreachable"):
        call(client)


@pytest.mark.parametrize("call", [*READS.values(), *WRITES.values()])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Dagboek 99 bestaat niet.", "books_refused"),
        ("Kan een object niet converteren (CS312)", "books_refused"),
        ("De selectie is incompleet, zie veld: ORDERBY", "books_refused"),
        ("Grootboekrekening é & <8000>", "books_refused"),
        ("Voor deze administratie is geen abonnement op de Cloudswitch aanwezig.", "books_plan"),
        ("ABONNEMENT VERLOPEN", "books_plan"),
    ],
)
def test_it_gives_the_words_of_an_error_as_they_are(server, call, words, code):
    (problem,) = failure_of(server, call, error(words)).problems
    assert (problem.code, problem.params["words"]) == (code, words)
    assert len(server.asked) == 1


def test_long_words_are_cut(server):
    (problem,) = failure_of(server, read, error("x" * 5000)).problems
    assert problem.params["words"] == "x" * 1000


@pytest.mark.parametrize("inside", ["<ERROR>Niet goed</ERROR>", "<ERROR><TEXT>Niet goed</TEXT></ERROR>"])
def test_an_error_is_one_whatever_holds_its_words(server, inside):
    (problem,) = failure_of(server, read, xml(inside)).problems
    assert problem.params["words"] == "Niet goed"


def test_an_error_without_words_is_still_an_error(server):
    assert type(failure_of(server, WRITES["entry"], xml("<ERROR><MESSAGE /></ERROR>"))) is Refused


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_is_turned_away_before_imuis_was_not_done(server, status):
    (problem,) = failure_of(server, WRITES["entry"], Reply(status=status, body=b"<html>")).problems
    assert (problem.code, problem.params["status"]) == ("books_refused", status)
    assert type(failure_of_login(server, Reply(status=status, body=b"<html>"))) is Temporary


@pytest.mark.parametrize(("after", "wait"), [("30", 30), ("86400", 300), (None, 60), ("morgen", 60)])
def test_it_stays_silent_as_long_as_it_is_asked_to_within_reason(server, after, wait):
    answer = Reply(status=429, headers={"Retry-After": after} if after else {})
    for call in (*READS.values(), *WRITES.values()):
        found = failure_of(server, call, answer)
        assert (found.reason, found.wait, found.everything) == ("books_busy", timedelta(seconds=wait), True)


@pytest.mark.parametrize(
    "words", ["De sessie is verlopen.", "Unknown SESSION", "U bent niet ingelogd", "Niet aangemeld"]
)
def test_an_error_about_the_session_is_met_with_a_new_one_and_the_same_call(server, words):
    server.answer(error(words), xml("<TABEL><PRIMARYKEY>13317</PRIMARYKEY></TABEL>"))
    assert WRITES["record"](client_of(server)) == "13317"
    first, second = forms(server)
    assert (first.pop("SESSIONID"), second.pop("SESSIONID")) == (SESSION, "new")
    assert first == second


@pytest.mark.parametrize("call", [*READS.values(), *WRITES.values()])
def test_it_meets_such_an_error_once(server, call):
    (problem,) = failure_of(server, call, error("De sessie is verlopen.")).problems
    assert (problem.code, len(server.asked)) == ("books_refused", 2)


def test_a_write_that_is_in_doubt_is_not_repeated_in_a_new_session(server):
    failure_of(server, WRITES["entry"], error("De sessie is verlopen."), Reply(hang_up=True))
    assert len(server.asked) == 2


def test_a_log_in_gives_a_session(server):
    server.answer(xml(f"<SESSION><SESSIONID>{SESSION}</SESSIONID></SESSION>"))
    assert Door(server.url, "pk-demo-123").log_in(CODE) == SESSION
    assert forms(server) == [{"PARTNERKEY": "pk-demo-123", "OMGEVINGSCODE": CODE, "ACTIE": "LOGIN"}]


@pytest.mark.parametrize("words", ["Inloggen niet mogelijk.", "Geen abonnement op de Cloudswitch.", "Geen sessie vrij"])
def test_a_refused_log_in_loses_the_connection(server, words):
    found = failure_of_login(server, error(words))
    assert (type(found), found.side, found.words) == (ConnectionLost, "books", words)
    assert len(server.asked) == 1


def test_a_log_in_without_a_session_is_none(server):
    assert type(failure_of_login(server, xml("<SESSION><SESSIONID /></SESSION>"))) is Temporary


def test_it_escapes_each_field(server):
    server.answer(xml(""))
    sessions = {"code": AWKWARD, "session": AWKWARD}
    Imuis(Door(server.url, AWKWARD), lambda _stale: sessions).create_entry([("BOE", {"OMSCHR": AWKWARD})])
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/ws1_api.aspx")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not set(b" +/@;<>\"'\xc3\xe2") & set(asked.body)
    assert asked.body.count(b"&") == 4
    given = form(asked)
    assert given["PARTNERKEY"] == given["OMGEVINGSCODE"] == given["SESSIONID"] == AWKWARD
    assert ElementTree.fromstring(given["JOURNAALPOST"]).findtext("BOE/OMSCHR") == AWKWARD


@pytest.mark.parametrize("value", [AWKWARD, "a@jansen.example", ""])
def test_it_names_all_parts_of_a_selection(server, value):
    server.answer(rows([]))
    list(client_of(server).table("DEB", ["NR", "NAAM"], where=[("EMAIL", "=", value), ("NR", ">", "0")]))
    assert form(server.asked[0])["ACTIE"] == "GETSTAMTABELRECORDS"
    assert selection(server.asked[0]) == {
        "TABLE": "DEB",
        "SELECTFIELDS": "NR\tNAAM",
        "WHEREFIELDS": "EMAIL\tNR",
        "WHEREOPERATORS": "=\t>",
        "WHEREVALUES": f"{value}\t0",
        "ORDERBY": "NR",
        "MAXRESULT": "0",
        "PAGESIZE": "1000",
        "SELECTPAGE": "1",
    }


def test_all_parts_are_there_when_nothing_is_selected(server):
    server.answer(rows([]))
    list(client_of(server).table("ORDSRT", ["*"], order_by="HROW"))
    found = selection(server.asked[0])
    assert [found[part] for part in ("WHEREFIELDS", "WHEREOPERATORS", "WHEREVALUES")] == ["", "", ""]
    assert (found["SELECTFIELDS"], found["ORDERBY"]) == ("*", "HROW")


def test_a_value_stays_one_value(server):
    server.answer(rows([]))
    list(client_of(server).table("DEB", ["NR"], where=[("EMAIL", "=", "a\tb\x00\n"), ("NR", ">", "0")]))
    assert selection(server.asked[0])["WHEREVALUES"].split("\t") == ["a b\n", "0"]


def test_it_reads_all_pages(server):
    server.answer(rows(range(1000), 2001, 3), rows(range(1000, 2000), 2001, 3), rows([2000], 2001, 3))
    assert [row["NR"] for row in read(client_of(server))] == [str(number) for number in range(2001)]
    assert [selection(asked)["SELECTPAGE"] for asked in server.asked] == ["1", "2", "3"]


def test_it_counts_pages_itself_where_they_are_not_told(server):
    some = "".join(f"<DATA><NR>{number}</NR></DATA>" for number in range(600))
    server.answer(xml(f"<METADATA><RECORDCOUNT>1200</RECORDCOUNT></METADATA>{some}"))
    assert len(read(client_of(server))) == 1200


def test_a_page_that_lost_its_rows_is_asked_again_later(server):
    assert type(failure_of(server, read, rows(range(1000), 1500, 2), rows([], 1500, 2))) is Temporary
    assert type(failure_of(server, read, rows([], 1))) is Temporary


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<METADATA><TABLE>GRB</TABLE></METADATA>",
        "<METADATA><RECORDCOUNT>²</RECORDCOUNT></METADATA>",
        "<DATA><NR>1</NR></DATA>",
    ],
)
def test_an_answer_that_does_not_say_how_many_rows_there_are_makes_no_sense(server, inside):
    assert type(failure_of(server, read, xml(inside))) is Temporary


@pytest.mark.parametrize("pages", ["0", "1"])
def test_no_rows_are_no_failure(server, pages):
    server.answer(rows([], 0, pages))
    assert read(client_of(server)) == []


def test_it_asks_for_the_first_rows_alone_and_how_many_there_are(server):
    server.answer(rows([1], 7000, 7000))
    page = client_of(server).page("DEB", ["NR"], size=1)
    assert (page.rows, page.count) == ([{"NR": "1"}], 7000)
    assert (selection(server.asked[0])["PAGESIZE"], len(server.asked)) == ("1", 1)


def test_a_row_has_every_column_that_was_asked_for(server):
    totals = "<METADATA><RECORDCOUNT>2</RECORDCOUNT><TOTALPAGES>1</TOTALPAGES></METADATA>"
    server.answer(xml(f"{totals}<DATA><NR>1</NR><NAAM>É &amp; €</NAAM></DATA><DATA><NR>2</NR><NAAM /></DATA>"))
    found = list(client_of(server).table("DEB", ["NR", "NAAM", "BLOK"]))
    assert found == [{"NR": "1", "NAAM": "É & €", "BLOK": ""}, {"NR": "2", "NAAM": "", "BLOK": ""}]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', {}),
        ("", {"Content-Type": "text/xml; charset=ISO-8859-1"}),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', {"Content-Type": "text/xml; charset=utf-8"}),
    ],
)
def test_it_goes_by_the_encoding_that_is_told(server, body, headers):
    server.answer(Reply(body=f"{body}<X><DATA><NAAM>Café</NAAM></DATA></X>".encode("latin-1"), headers=headers))
    assert client_of(server).admin_info("BASALG", ["NAAM"]) == [{"NAAM": "Café"}]


@pytest.mark.parametrize("charset", ["unheard-of", "ascii", "base64"])
def test_an_encoding_that_is_not_one_makes_no_sense(server, charset):
    answer = Reply(body="<X><DATA><NR>é</NR></DATA></X>".encode(), headers={"Content-Type": f"a/b; charset={charset}"})
    assert type(failure_of(server, read, answer)) is Temporary


def test_it_asks_for_general_data(server):
    server.answer(xml("<DATA><AANTPER>12</AANTPER></DATA>"))
    assert client_of(server).admin_info("BASFIN", ["AANTPER", "BOVENDEB"]) == [{"AANTPER": "12", "BOVENDEB": ""}]
    assert form(server.asked[0])["ACTIE"] == "GETADMINFO"
    assert selection(server.asked[0]) == {"TABLE": "BASFIN", "SELECTFIELDS": "AANTPER\tBOVENDEB"}


def test_it_creates_a_record(server):
    server.answer(xml("<TABEL><PRIMARYKEY>13317</PRIMARYKEY></TABEL>"))
    assert client_of(server).create_record(record(ZKSL="a", NAAM=AWKWARD)) == "13317"
    sent = ElementTree.fromstring(form(server.asked[0])["STAMTABEL"])
    assert form(server.asked[0])["ACTIE"] == "CREATESTAMTABELRECORD"
    assert [part.tag for part in sent] == ["METADATA", "DATA"]
    assert (sent.findtext("METADATA/TABLE"), sent.findtext("DATA/NAAM")) == ("DEB", AWKWARD)


def test_it_creates_an_entry(server):
    row = "<BOE><FACT>14194</FACT><BOE_WARNING>Let op</BOE_WARNING></BOE>"
    server.answer(xml(f"{row}<BOE /><TABEL><PRIMARYKEY>41\t5</PRIMARYKEY></TABEL>"))
    made = client_of(server).create_entry([("BOE", {"REK": "13317"}), ("BOE", {"REK": "8000"})])
    assert (made.rows[0]["FACT"], made.keys) == ("14194", ["41\t5"])
    sent = ElementTree.fromstring(form(server.asked[0])["JOURNAALPOST"])
    assert form(server.asked[0])["ACTIE"] == "CREATEJOURNAALPOST"
    assert [(row.tag, row.findtext("REK")) for row in sent] == [("BOE", "13317"), ("BOE", "8000")]


@pytest.mark.parametrize(
    ("inside", "number"),
    [
        ("<ORDKOP><NR>202600039</NR></ORDKOP><ORDRG><RG>5</RG></ORDRG>", "202600039"),
        ("<ORDKOP><NR>7</NR></ORDKOP><ORDRG><ORDNR>202600039</ORDNR></ORDRG>", "202600039"),
        ("<ORDNR>202600039</ORDNR>", "202600039"),
        ("<RESULT><ORDNR>0</ORDNR></RESULT><ORDKOP><NR>202600039</NR></ORDKOP>", "202600039"),
        ("<ORDKOP><DEB>13317</DEB></ORDKOP>", ""),
        ("", ""),
    ],
)
def test_it_creates_an_order_and_finds_its_number(server, inside, number):
    server.answer(xml(inside))
    order = [("ORDKOP", {"DEB": "13317"}), ("ORDRG", {"ART": "A"}), ("ORDRG", {"ART": "B"})]
    assert client_of(server).create_order(order) == number
    sent = ElementTree.fromstring(form(server.asked[0])["VERKOOPORDER"])
    assert form(server.asked[0])["ACTIE"] == "CREATEVERKOOPORDER"
    assert [row.tag for row in sent] == ["ORDKOP", "ORDRG", "ORDRG"]


def test_what_was_created_needs_no_key(server):
    server.answer(xml(""))
    client = client_of(server)
    assert (WRITES["record"](client), WRITES["entry"](client).keys, WRITES["order"](client)) == ("", [], "")


def test_it_asks_before_each_call_whether_it_may_and_tells_of_each_by_its_action(server):
    server.answer(rows([]))
    told, asked = [], []
    client = client_of(server, record=told.append, before_call=lambda: asked.append(1))
    list(client.table("DEB", ["NR"], where=[("EMAIL", "=", "n@mail.example")]))
    server.answer(xml(""))
    WRITES["entry"](client)
    assert [call.path for call in told] == ["/ws1_api.aspx GETSTAMTABELRECORDS DEB", "/ws1_api.aspx CREATEJOURNAALPOST"]
    assert len(asked) == 2


def test_no_secret_is_told_to_anybody(server):
    told = []
    server.answer(error(f"Code {CODE} met sleutel pk-demo-123 in omgeving {SESSION}, boeking 14800215, is onbekend."))
    with pytest.raises(Refused) as caught:
        read(client_of(server, record=told.append))
    (problem,) = caught.value.problems
    assert problem.params["words"] == "Code … met sleutel … in omgeving …, boeking 14800215, is onbekend."
    assert not [call for call in told if {CODE, SESSION, "pk-demo-123"} & set(call.path.split())]


def test_a_call_that_may_not_be_made_is_not_made(server):
    class LostError(Exception):
        pass

    def refuse():
        raise LostError

    with pytest.raises(LostError):
        read(client_of(server, before_call=refuse))
    assert server.asked == []
