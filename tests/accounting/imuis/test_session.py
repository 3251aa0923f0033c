"""The connection by environment code: kept secret, tried first, and one session for all workers."""

import itertools
import threading
from datetime import timedelta
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import pytest
from django.db import connection as database
from django.db import connections
from django.utils import timezone

from accounting.imuis import session
from integrations.failures import ConnectionLost, Refused, Temporary
from integrations.models import Administration, Credential, Document, Integration
from tests.scripted import Reply, scripted_server

pytestmark = pytest.mark.django_db(transaction=True)

CODE = "480021"
EXPIRED = "De sessie is verlopen of onbekend."


class Cloudswitch:
    """Lets known codes in, forgets sessions when it is told to, and knows the name of each administration."""

    def __init__(self, server):
        self.server = server
        self.names = {CODE: "Bakkerij & Zn"}
        self.alive = {}
        self.numbers = itertools.count(1)
        self.info = None
        self.log_in = None
        server.script = self.answer

    def answer(self, asked):
        form = dict(parse_qsl(asked.body.decode()))
        if form["ACTIE"] == "LOGIN":
            return self.log_in or self.open(form["OMGEVINGSCODE"])
        if self.alive.get(form["SESSIONID"]) != form["OMGEVINGSCODE"]:
            return said(EXPIRED)
        if form["ACTIE"] == "GETADMINFO":
            return self.info or xml(f"<DATA><NAAM>{escape(self.names[form['OMGEVINGSCODE']])}</NAAM></DATA>")
        return xml("<METADATA><RECORDCOUNT>0</RECORDCOUNT><TOTALPAGES>0</TOTALPAGES></METADATA>")

    def open(self, code):
        if code not in self.names:
            return said("Inloggen niet mogelijk.")
        opened = f"{next(self.numbers)}/205@d1;CSW"
        self.alive[opened] = code
        return xml(f"<SESSION><SESSIONID>{opened}</SESSIONID></SESSION>")

    def actions(self):
        return [dict(parse_qsl(asked.body.decode()))["ACTIE"] for asked in self.server.asked]

    def log_ins(self):
        return self.actions().count("LOGIN")


def xml(inside):
    return Reply(body=f"<NewDataSet>{inside}</NewDataSet>".encode())


def said(words):
    return xml(f"<ERROR><MESSAGE>{words}</MESSAGE></ERROR>")


@pytest.fixture
def imuis(settings):
    with scripted_server() as server:
        settings.IMUIS_URL, settings.IMUIS_PARTNER_KEY = server.url, "pk-demo-123"
        yield Cloudswitch(server)


@pytest.fixture
def integration():
    return Integration.objects.create(name="Bakkerij", accounting_system="imuis")


@pytest.fixture
def connected(imuis, integration):
    session.connect(integration, CODE)
    imuis.server.asked.clear()
    return integration


def credential(integration):
    return Credential.objects.get(integration=integration, side="books")


def set_expiry(integration, minutes):
    Credential.objects.filter(pk=credential(integration).pk).update(
        expires_at=timezone.now() + timedelta(minutes=minutes)
    )


def minutes_left(integration):
    return round((credential(integration).expires_at - timezone.now()).total_seconds() / 60)


def read(integration):
    return list(session.client_of(integration).table("GRB", ["NR"]))


def post(integration):
    """Something of the integration in its books."""
    moment = timezone.now()
    Document.objects.create(
        integration=integration, kind="order", state="error", remote_id="1", changed_at=moment, ledger_id="41-5"
    )


@pytest.mark.rule("R72", "R106")
def test_an_environment_code_connects(imuis, integration):
    integration.books_lost_at = timezone.now()
    integration.save()
    session.connect(integration, f"  {CODE[:3]} {CODE[3:]}\n")
    integration.refresh_from_db()
    assert credential(integration).secret["code"] == CODE
    assert integration.books_lost_at is None
    assert integration.administration.name == "Bakkerij & Zn"
    assert imuis.actions() == ["LOGIN", "GETADMINFO"]
    assert read(integration) == []
    assert imuis.log_ins() == 1


def test_the_code_is_not_readable_in_the_database(connected):
    with database.cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_credential")
        (stored,) = cursor.fetchone()
    assert CODE not in stored
    assert CODE not in connected.administration.remote_id


@pytest.mark.parametrize("code", ["", " \t", "1" * 65])
def test_what_can_be_no_code_is_not_tried(imuis, integration, code):
    with pytest.raises(ConnectionLost):
        session.connect(integration, code)
    assert imuis.server.asked == []


@pytest.mark.parametrize("code", ["1" * 64, "code met é & €/@;", "7"])
def test_a_code_is_any_text_of_up_to_64_characters(imuis, integration, code):
    imuis.names["".join(code.split())] = "Bakkerij"
    session.connect(integration, code)
    assert credential(integration).secret["code"] == "".join(code.split())


def test_a_refused_code_changes_nothing(imuis, connected):
    before = credential(connected).secret
    with pytest.raises(ConnectionLost, match="Inloggen niet mogelijk"):
        session.connect(connected, "999")
    assert credential(connected).secret == before


def test_a_trouble_at_the_log_in_connects_nothing(imuis, integration):
    imuis.log_in = Reply(status=503)
    with pytest.raises(Temporary):
        session.connect(integration, CODE)
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "info", [said("Onbekende tabel"), said(EXPIRED), xml(""), xml("<DATA><ADRES>x</ADRES></DATA>")]
)
def test_an_administration_need_not_tell_its_name(imuis, integration, info):
    imuis.info = info
    session.connect(integration, CODE)
    assert integration.administration.name == ""


def test_a_name_that_was_never_told_is_not_waited_for(imuis, integration):
    imuis.info = Reply(status=500)
    session.connect(integration, CODE)
    assert integration.administration.name == ""


def test_a_name_that_is_known_is_waited_for(imuis, connected):
    imuis.info = Reply(status=500)
    with pytest.raises(Temporary):
        session.connect(connected, CODE)


def test_integrations_with_the_same_code_share_the_administration(imuis, connected):
    other = Integration.objects.create(name="Tweede winkel", accounting_system="imuis")
    session.connect(other, CODE)
    assert other.administration == connected.administration


def test_what_holds_documents_waits_for_the_name_of_what_a_new_code_opens(imuis, connected):
    post(connected)
    imuis.names["480022"] = ""
    with pytest.raises(Temporary):
        session.connect(connected, "480022")


def test_what_holds_documents_stays_the_same_administration_under_a_new_code(imuis, connected):
    post(connected)
    imuis.names["480022"] = "Bakkerij & Zn"
    before = connected.administration
    session.connect(connected, "480022")
    connected.refresh_from_db()
    assert (connected.administration, credential(connected).secret["code"]) == (before, "480022")
    assert connected.administration.name == "Bakkerij & Zn"


def test_documents_in_one_administration_keep_the_code_of_another_out(imuis, connected):
    post(connected)
    imuis.names["480022"] = "Slagerij"
    with pytest.raises(Refused) as caught:
        session.connect(connected, "480022")
    (problem,) = caught.value.problems
    assert "Slagerij" in problem.message
    assert "Bakkerij & Zn" in problem.message
    assert credential(connected).secret["code"] == CODE


def test_without_documents_another_code_is_another_administration(imuis, connected):
    imuis.names["480022"] = "Slagerij"
    session.connect(connected, "480022")
    connected.refresh_from_db()
    assert connected.administration.name == "Slagerij"
    assert Administration.objects.count() == 2


@pytest.mark.parametrize(("code", "shown"), [("480021", "…21"), ("123456789012", "…012"), ("1", "…"), ("", "…")])
def test_little_of_a_code_is_shown(code, shown):
    assert session.masked(code) == shown


def test_a_session_serves_many_calls_and_workers(imuis, connected):
    for _ in range(3):
        read(connected)
    assert imuis.actions() == ["GETSTAMTABELRECORDS"] * 3


def test_a_session_that_was_not_used_for_long_is_not_tried(imuis, connected):
    set_expiry(connected, -1)
    read(connected)
    assert imuis.actions() == ["LOGIN", "GETSTAMTABELRECORDS"]
    assert minutes_left(connected) == 20


def test_use_keeps_a_session_alive(imuis, connected):
    set_expiry(connected, 9)
    read(connected)
    assert imuis.actions() == ["GETSTAMTABELRECORDS"]
    assert minutes_left(connected) == 20


def test_use_is_written_down_in_the_second_half_only(connected, imuis, django_assert_num_queries):
    set_expiry(connected, 11)
    client = session.client_of(connected)
    with django_assert_num_queries(1):
        list(client.table("GRB", ["NR"]))
    with django_assert_num_queries(0):
        list(client.table("GRB", ["NR"]))
    assert minutes_left(connected) == 11


def test_a_worker_that_slept_takes_the_session_of_the_others(imuis, connected):
    client = session.client_of(connected)
    list(client.table("GRB", ["NR"]))
    imuis.alive.clear()
    read(connected)
    assert imuis.log_ins() == 1
    list(client.table("GRB", ["NR"]))
    assert imuis.log_ins() == 1


@pytest.mark.parametrize("is_expired", [True, False])
def test_of_many_workers_one_logs_in_and_all_go_on(imuis, connected, is_expired):
    if is_expired:
        set_expiry(connected, -1)
    imuis.alive.clear()
    found, start = [], threading.Barrier(6)

    def work():
        start.wait()
        found.append(read(connected))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[]] * 6
    assert imuis.log_ins() == 1


def test_a_code_that_is_refused_later_loses_the_connection(imuis, connected):
    imuis.alive.clear()
    imuis.names.clear()
    with pytest.raises(ConnectionLost, match="Inloggen niet mogelijk"):
        read(connected)
    assert credential(connected).renewing_until is None


def test_a_log_in_in_trouble_is_tried_later_and_loses_nothing(imuis, connected):
    imuis.alive.clear()
    imuis.log_in = Reply(status=503)
    with pytest.raises(Temporary):
        read(connected)
    imuis.log_in = None
    assert read(connected) == []


def test_a_new_code_is_used_at_once_by_who_still_has_the_old_one(imuis, connected):
    client = session.client_of(connected)
    list(client.table("GRB", ["NR"]))
    imuis.names["480022"] = imuis.names.pop(CODE)
    session.connect(connected, "480022")
    imuis.alive = {number: code for number, code in imuis.alive.items() if code == "480022"}
    assert list(client.table("GRB", ["NR"])) == []


def test_without_a_connection_there_is_one_to_make(imuis, integration):
    with pytest.raises(ConnectionLost):
        read(integration)
