"""Debtors are found by number or name in both systems, and those that were chosen stay known by name."""

import pytest
import requests

from accounting import checking, fixed_debtors
from tests.conftest import Sandbox
from tests.king import link_king
from tests.linked import Linked, link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def linked(sandbox: Sandbox) -> Linked:
    """Books with 30 debtors, which were made by hand."""
    sandbox.reset()
    made = link(sandbox.url)
    headers = {"Authorization": f"Bearer {made.books['token']['access_token']}"}
    for number in range(30):
        body = {"contact": {"company_name": f"Kaas & Zo {number}", "is_individual": False, "city": "Gouda"}}
        address = f"{made.url}/api/v1/companies/{made.company}/contacts"
        requests.post(address, json=body, headers=headers, timeout=9).raise_for_status()
    return made


@pytest.mark.rule("R127")
def test_rompslomp_finds_by_name_contact_number_and_id(linked: Linked) -> None:
    contact = linked.ledger("contacts")[7]
    expected = {"id": str(contact["id"]), "name": "Kaas & Zo 7, Gouda", "full_name": "Kaas & Zo 7"}
    expected["number"] = contact["contact_number"]
    for wanted in ("kaas & zo 7", contact["contact_number"], str(contact["id"])):
        assert fixed_debtors.find(linked.integration, wanted) == [expected]


def test_there_are_at_most_20_to_choose_from(linked: Linked) -> None:
    assert len(fixed_debtors.find(linked.integration, "Kaas")) == 20


def test_a_town_or_nothing_at_all_is_no_name(linked: Linked) -> None:
    assert fixed_debtors.find(linked.integration, "Gouda") == []
    assert fixed_debtors.find(linked.integration, "404404404404") == []


@pytest.mark.rule("R127")
def test_king_finds_by_number_and_by_a_part_of_the_name_but_nobody_who_is_blocked(sandbox: Sandbox) -> None:
    sandbox.reset()
    debtors = [{"ZKSL": f"k{number}", "NAAM": f"Kaas 13{number}", "PLAATS": "Gouda"} for number in range(25)]
    king = link_king(sandbox.url, books={"debtors": [*debtors, {"ZKSL": "x", "NAAM": "Brood", "BLOK": "J"}]})
    (first,) = fixed_debtors.find(king.integration, "13317")
    assert first == {"id": "13317", "name": "Kaas 130, Gouda", "full_name": "Kaas 130"}
    assert [row["name"] for row in fixed_debtors.find(king.integration, "aas 1324")] == ["Kaas 1324, Gouda"]
    assert len(fixed_debtors.find(king.integration, "%kaas%")) == 20
    assert fixed_debtors.find(king.integration, "Brood") == []


def test_chosen_debtors_are_kept_and_renamed(linked: Linked) -> None:
    administration = linked.integration.administration
    assert administration
    fixed_debtors.keep(administration, [{"id": "1", "name": "Eerst"}, {"id": "2", "name": "Tweede"}])
    fixed_debtors.keep(administration, [{"id": "1", "name": "Anders"}])
    kept = checking.rows(checking.kept(linked.integration))[fixed_debtors.KIND]
    assert {row["id"]: row["name"] for row in kept} == {"1": "Anders", "2": "Tweede"}
