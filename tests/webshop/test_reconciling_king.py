"""Shop, documents and the books at King laid side by side, as entries and as orders."""

import pytest
import requests
from django.utils import timezone

from accounting import connectors, reversals, settings_store
from accounting.books import Watch
from integrations.models import Reversal, User
from tests.king import amount, link_king
from tests.reconciled import AT_TEN, compared, finding, place, place_mixed, sums, told

pytestmark = [pytest.mark.broad, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def king(sandbox, settings):
    sandbox.reset()
    settings.SETTLE_SECONDS = 0
    return link_king(sandbox.url)


@pytest.fixture
def orders(sandbox, settings):
    sandbox.reset()
    settings.SETTLE_SECONDS = 0
    return link_king(sandbox.url, "order")


def entry_of(king, document):
    return next(rows for rows in king.ledger() if key(rows[0]) == document.ledger_id)


def key(row):
    return "/".join(row[column] for column in ("DAGB", "JR", "PN", "RG"))


def correct(king, method, table, at, **columns):
    """As a person does it in King."""
    url = f"{king.url}/_sandbox/imuis/administrations/{king.company}/{table}/{at}"
    requests.request(method, url, json=columns, timeout=10).raise_for_status()


def correct_entry(king, method, rows, **columns):
    for row in rows:
        correct(king, method, "BOE", key(row).replace("/", "%09"), **columns)


def enter_again(king, rows, **other):
    """The same entry once more, as another program books it."""
    sent = [{name: value for name, value in row.items() if name != "RG"} | other for row in rows]
    client(king).create_entry([("BOE", row) for row in sent])


def client(king):
    return connectors.open_books(king.integration, settings_store.load(king.integration.settings), Watch()).client


# Entries


@pytest.mark.parametrize("amounts", ["incl", "excl"])
@pytest.mark.parametrize("decimals", [",", "."])
def test_entries_that_agree_have_no_findings(sandbox, amounts, decimals):
    sandbox.reset()
    king = link_king(sandbox.url, amounts=amounts, books={"decimals": decimals})
    documents = place_mixed(king, 10)
    row = compared(king)
    total = sum(document.total_cents for document in documents)
    assert (told(row), sums(row)) == ([], [total, total, total])
    assert all(figures["shop"] == figures["ours"] == figures["books"] for figures in row.figures)
    assert row.cursor["counts"] == {"documents": 10, "other": 0, "other_cents": 0}


def test_an_entry_that_was_deleted_is_found(king):
    documents = place_mixed(king)
    correct_entry(king, "DELETE", entry_of(king, documents[2]))
    row = compared(king)
    assert told(row) == [("deleted", documents[2].number)]
    assert sums(row)[1] - sums(row)[2] == documents[2].total_cents


def test_an_entry_that_is_there_twice_is_found(king):
    documents = place_mixed(king)
    enter_again(king, entry_of(king, documents[1]))
    row = compared(king)
    assert told(row) == [("double", documents[1].number)]
    assert sums(row)[2] - sums(row)[1] == documents[1].total_cents


def test_another_amount_in_an_entry_is_found(king):
    documents = place_mixed(king)
    total = entry_of(king, documents[0])[0]
    correct_entry(king, "PATCH", [total], BEDRBOEK=f"{amount(total['BEDRBOEK']) + 1:.2f}".replace(".", ","))
    row = compared(king)
    assert told(row) == [("changed", documents[0].number)]
    assert finding(row, "changed").books_cents == documents[0].total_cents + 100


def test_another_vat_code_in_an_entry_is_found(king):
    document = place(king)
    detail = next(row for row in entry_of(king, document)[1:] if row["BTW"] == king.books["vat"]["NL 21"])
    correct_entry(king, "PATCH", [detail], BTW=king.books["vat"]["NL 9"])
    assert told(compared(king)) == [("changed", document.number)]


@pytest.mark.parametrize("columns", [{"PN": "12"}, {"PN": "12", "DAT": "01-12-2026"}, {"DAT": "30-10-2026"}])
def test_an_entry_that_was_moved_is_found(king, columns):
    place(king, AT_TEN.format(5))
    document = place(king, AT_TEN.format(7))
    correct_entry(king, "PATCH", entry_of(king, document), **columns)
    row = compared(king)
    assert told(row) == [("moved", document.number)]
    assert sums(row)[:2] == [sums(row)[0]] * 2
    assert told(compared(king, "2026-07-01", "2026-12-31")) == [("moved", document.number)]


def test_an_entry_of_the_next_period_that_was_moved_here_is_told(king):
    document = place(king, "2026-11-05T10:00:00Z")
    correct_entry(king, "PATCH", entry_of(king, document), PN="10")
    row = compared(king)
    assert (told(row), sums(row)) == ([("moved", document.number)], [0, 0, document.total_cents])


def test_entries_of_others_are_counted_apart(king):
    document = place(king)
    enter_again(king, entry_of(king, document), FACT="", BOEKSTUK="Huur", OMSCHR="Huur")
    enter_again(king, [entry_of(king, document)[0]], FACT="777", BOEKSTUK="777", OMSCHR="Huur")
    row = compared(king)
    assert (told(row), row.cursor["counts"]["other"]) == ([], 2)
    assert sums(row)[1] == sums(row)[2]


def test_an_entry_that_was_taken_back_cancels_with_its_counter_entry(king):
    document = place(king)
    reversals.ask(document, User.objects.create(username="b"), returns_to="error", words="", seen=None)
    Reversal.objects.update(next_attempt_at=timezone.now())
    king.work()
    assert len(king.ledger()) == 2
    row = compared(king)
    assert [kind for kind, _number in told(row)] == ["waiting"]
    assert row.cursor["counts"]["other"] == 0
    assert sums(row)[1:] == [0, 0]


# Orders


def test_orders_that_agree_have_no_findings(orders):
    place_mixed(orders, 10)
    row = compared(orders)
    assert told(row) == []
    assert row.cursor["counts"] == {"documents": 10, "other": 0, "other_cents": 0}


def test_an_order_that_was_deleted_is_found(orders):
    documents = place_mixed(orders)
    correct(orders, "DELETE", "ORDKOP", documents[2].ledger_id)
    assert told(compared(orders)) == [("deleted", documents[2].number)]


def test_other_costs_in_an_order_are_found(orders):
    documents = place_mixed(orders)
    correct(orders, "PATCH", "ORDKOP", documents[1].ledger_id, BEDRORDKST="99,00")
    assert told(compared(orders)) == [("changed", documents[1].number)]


def test_an_order_that_was_moved_is_found(orders):
    documents = place_mixed(orders)
    correct(orders, "PATCH", "ORDKOP", documents[1].ledger_id, DAT="03-11-2026")
    row = compared(orders)
    assert told(row) == [("moved", documents[1].number)]
    assert finding(row, "moved").data["booked_on"] == "2026-11-03"


def test_an_order_that_is_there_twice_is_found(orders):
    document = place(orders)
    (one,) = orders.ledger("orders")
    head = {name: value for name, value in one["ORDKOP"].items() if not name.endswith("WZ") and name != "NR"}
    head.pop("BEDRORDKSTGEWIJZ", None)
    lines = [{name: row[name] for name in ("ART", "AANT", "OMSCHR", "PRS")} for row in one["ORDRG"]]
    client(orders).create_order([("ORDKOP", head), *(("ORDRG", line) for line in lines)])
    assert told(compared(orders)) == [("double", document.number)]
