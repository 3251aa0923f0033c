import re

import pytest
from django.utils import translation

from integrations.problems import NOTES, PROBLEMS, Problem, Unreadable

CODES = {
    "totals_differ",
    "vat_totals_differ",
    "vat_setting_missing",
    "vat_code_gone",
    "international_with_vat",
    "zero_vat_without_icp",
    "vat_number_missing",
    "vat_number_invalid",
    "icp_not_abroad",
    "customer_email_missing",
    "product_code_missing",
    "article_key_collision",
    "vat_kind_unknown",
    "number_collision",
    "currency_unsupported",
    "item_group_missing",
    "order_type_missing",
    "journal_missing",
    "debtors_account_missing",
    "administration_missing",
    "period_closed",
    "debtor_blocked",
    "clearing_account_missing",
    "invoice_not_found",
    "already_paid",
    "books_refused",
    "books_plan",
    "shop_refused",
    "not_in_shop",
    "text_not_expressible",
    "internal",
    "unreadable",
}


@pytest.mark.rule("R405")
@pytest.mark.parametrize("code", sorted(CODES))
def test_it_has_words_for_every_code(code: str) -> None:
    assert code in PROBLEMS
    assert PROBLEMS[code].who in ("owner", "shop", "books", "staff", "nobody")


@pytest.mark.parametrize("code", PROBLEMS)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_it_is_short_in_both_languages(code: str, language: str) -> None:
    with translation.override(language):
        problem = Problem(code)
        words = f"{problem.message} {problem.remedy}"
        assert "%(" not in words
        assert len(re.findall(r"[.!?:]\"?(?: |$)", words)) <= 4
        assert len(words) <= 260
        assert problem.help


@pytest.mark.parametrize("code", PROBLEMS)
def test_it_speaks_dutch(code: str) -> None:
    text = PROBLEMS[code]
    for part in (text.message, text.remedy, text.help):
        with translation.override("nl"):
            dutch = str(part)
        with translation.override("en"):
            assert dutch != str(part)


def test_it_speaks_dutch_in_notes() -> None:
    for note in NOTES.values():
        with translation.override("nl"):
            assert "the" not in str(note).split()


def test_it_speaks_the_language_of_who_asks() -> None:
    problem = Problem("vat_setting_missing", country="DE", rate="19")
    with translation.override("en"):
        assert problem.message == "There is no VAT setting for Germany with 19%."
    with translation.override("nl"):
        assert problem.message == "Er is geen btw-instelling voor Duitsland met 19%."


def test_it_is_plain_json_and_back() -> None:
    problem = Problem("totals_differ", shop_total="10.00", lines_total="9.00", lines=[])
    assert Problem.load(problem.as_json()) == problem
    assert Problem.load(problem.dump()) == problem
    assert list(problem.as_json()) == ["code", "shop_total", "lines_total", "lines", "message", "remedy"]


def test_it_has_words_for_a_code_that_it_does_not_know() -> None:
    assert Problem("made_up").message == Problem("internal").message


def test_it_says_which_field_it_could_not_read() -> None:
    with translation.override("en"):
        assert Unreadable("total_price", "not_a_number").problem.message == (
            "The shop's data can't be read: total_price is not a number."
        )


VALUES = {"rate": "19", "country": "DE", "why": "missing", "field": "total_price"}


@pytest.mark.rule("R405")
@pytest.mark.parametrize("code", PROBLEMS)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_cause_has_all_its_words(code: str, language: str) -> None:
    """What all documents of a cause share is enough to say what is wrong with them and what to do about it."""
    one = Problem(code, **{name: VALUES.get(name, f"the {name}") for name in PROBLEMS[code].by})
    with translation.override(language):
        of_all = Problem.of_cause(one.cause)
        assert of_all.code == code
        for words in (of_all.title, of_all.remedy, of_all.help):
            assert words
            assert "…" not in words
            assert "%(" not in words


def test_documents_of_one_cause_differ_in_nothing_that_matters() -> None:
    def refused(words: str) -> str:
        return Problem("books_refused", words=words).cause

    assert refused("Invoice 2026-1 exists already") == refused("Invoice 2026-27 exists already")
    assert refused("Invoice 2026-1 exists already") != refused("No such template")
    assert Problem("vat_setting_missing", country="DE", rate="19").cause == '["vat_setting_missing","DE","19"]'


def test_a_cause_that_cannot_be_read_is_something_unforeseen() -> None:
    for cause in ("", "{", "[]", '["made_up"]', '["vat_setting_missing","DE"]', "5"):
        assert Problem.of_cause(cause).code == "internal"
