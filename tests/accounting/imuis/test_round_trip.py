"""The client and the connection through the stand-in: what one side says, the other understands."""

import pytest

from accounting.imuis import session
from integrations.failures import ConnectionLost, Refused, Temporary, Unknown
from integrations.models import Integration
from tests.linked import control

pytestmark = pytest.mark.django_db(transaction=True)

AWKWARD = "a/b@c;d&e+f=é€<g>\"'%41 h"


@pytest.fixture
def books(sandbox):
    sandbox.reset()
    return control(sandbox.url, "POST", "imuis/administrations", {"name": "Bakkerij & Zn"})


@pytest.fixture
def code(books):
    return books["administration"]["code"]


@pytest.fixture
def client(books, code):
    integration = Integration.objects.create(name="Bakkerij", accounting_system="imuis")
    session.connect(integration, code)
    return session.client_of(integration)


def debtor(key, name, email):
    return [("METADATA", {"TABLE": "DEB"}), ("DATA", {"ZKSL": key, "NAAM": name, "EMAIL": email})]


def debtors(client, text):
    return list(client.table("DEB", ["NR", "NAAM", "EMAIL"], where=[("EMAIL", "=", text)]))


def counted(sandbox, action):
    return sandbox.counters().get(f"POST /ws1_api.aspx {action}", 0)


def test_it_connects_to_the_administration_of_the_code(client):
    assert Integration.objects.get().administration.name == "Bakkerij & Zn"


def test_a_code_that_is_not_known_is_refused_in_the_words_of_imuis(books):
    integration = Integration.objects.create(accounting_system="imuis")
    with pytest.raises(ConnectionLost) as caught:
        session.connect(integration, "000")
    assert caught.value.words


def test_what_is_written_is_read_the_same(client):
    number = client.create_record(debtor("jansen", AWKWARD, "a+b@jansen.example"))
    assert debtors(client, "a+b@jansen.example") == [{"NR": number, "NAAM": AWKWARD, "EMAIL": "a+b@jansen.example"}]


def test_a_page_says_how_many_rows_and_pages_there_are(client):
    for number in range(3):
        client.create_record(debtor(str(number), "Jansen", "j@jansen.example"))
    found = client.page("DEB", ["NR"], where=[("EMAIL", "=", "j@jansen.example")], size=2)
    assert (len(found.rows), found.count, found.pages) == (2, 3, 2)


def test_a_session_that_was_killed_is_opened_again_and_nothing_is_written_twice(client, sandbox):
    sandbox.fault(kind="session_killed")
    client.create_record(debtor("jansen", "Jansen", "j@jansen.example"))
    assert len(debtors(client, "j@jansen.example")) == 1
    assert counted(sandbox, "LOGIN") == 2


@pytest.mark.parametrize("kind", ["503", "no_data", "empty", "html"])
def test_a_read_in_trouble_is_for_later(client, sandbox, kind):
    sandbox.fault(kind=kind, body="ACTIE=GETSTAMTABELRECORDS")
    with pytest.raises(Temporary):
        list(client.table("GRB", ["NR"]))
    assert list(client.table("GRB", ["NR"]))


def test_a_write_whose_answer_is_lost_is_in_doubt(client, sandbox, settings):
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind="timeout_after_write", body="ACTIE=CREATESTAMTABELRECORD", seconds=2)
    with pytest.raises(Unknown):
        client.create_record(debtor("jansen", "Jansen", "j@jansen.example"))
    assert len(debtors(client, "j@jansen.example")) == 1


def test_a_refusal_comes_in_the_words_of_imuis(client):
    with pytest.raises(Refused) as caught:
        client.create_entry([("BOE", {"DAGB": "99", "REK": "8000", "TEGREK": "2975", "BEDRBOEK": "1,00"})])
    (problem,) = caught.value.problems
    assert problem.code == "books_refused"
    assert problem.params["words"]


def test_a_subscription_that_ended_is_named(client, code, books, sandbox):
    control(
        sandbox.url, "PATCH", f"imuis/administrations/{books['administration']['id']}", {"state": "no_subscription"}
    )
    with pytest.raises((Refused, ConnectionLost)) as caught:
        list(client.table("GRB", ["NR"]))
    assert "abonnement" in str(getattr(caught.value, "words", "") or caught.value.problems[0].params["words"])
