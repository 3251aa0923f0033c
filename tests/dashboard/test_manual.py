"""The manual: the same in both languages, complete for every code, and of nobody in particular."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from dashboard import manual
from integrations.models import Integration, User
from integrations.problems import PROBLEMS, Problem

from .conftest import logged_in
from .world import an_integration

LANGUAGES = ("en", "nl")
COUNTED = ("h2", "h3", "p", "li", "ol", "ul", "strong")
PRICES = {
    "en": {"€39.50", "€67.50", "per 1,000", "A thousand that has begun counts as a whole one"},
    "nl": {"€ 39,50", "€\N{NO-BREAK SPACE}67,50", "per 1.000", "Een begonnen duizendtal telt als een heel"},
}


class Skeleton(HTMLParser):
    """What tags there are, and where links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name == "href"]


def reading(language: str) -> Client:
    return Client(headers={"accept-language": language})


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def files() -> list[str]:
    return sorted(str(path.relative_to(manual.FOLDER / "en")) for path in (manual.FOLDER / "en").rglob("*.html"))


def source(language: str, name: str) -> str:
    return (Path(manual.FOLDER) / language / name).read_text()


def chapter_page(language: str, slug: str) -> str:
    with translation.override(language):
        return manual.chapter(slug).body


def test_both_languages_have_the_same_files() -> None:
    other = sorted(str(path.relative_to(manual.FOLDER / "nl")) for path in (manual.FOLDER / "nl").rglob("*.html"))
    assert files() == other
    assert len(manual.files()) >= 14


@pytest.mark.parametrize("name", files())
def test_both_languages_say_it_in_the_same_parts(name: str) -> None:
    english, dutch = Skeleton(source("en", name)), Skeleton(source("nl", name))
    assert {tag: english.tags[tag] for tag in COUNTED} == {tag: dutch.tags[tag] for tag in COUNTED}
    assert english.tags["h2"] == 1
    assert sorted(english.links) == sorted(dutch.links)


@pytest.mark.parametrize("name", files())
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_calm(language: str, name: str) -> None:
    text = re.sub(r"{%.*?%}|<.*?>", "", source(language, name))
    assert "!" not in text
    assert not re.search(r"\b(u|uw|webhook|API|payload)\b", text)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
@pytest.mark.rule("R405", "R406", "R407")
def test_every_code_is_explained_in_both_languages(code: str) -> None:
    said: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            problem, one = Problem(code), manual.explanation(code)
            said[language] = [one.title, problem.title, problem.message, problem.remedy, problem.help, one.who]
        page = shown(reading(language), f"/help/problems/{code}/")
        assert code in page
        assert not (one.steps and "<li>" not in one.steps)
    assert all(said["en"])
    assert all(said["nl"])
    # WHO, the last, is translated with the frame around the text
    assert all(english != dutch for english, dutch in zip(said["en"][:-1], said["nl"][:-1], strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_a_code_says_the_same_twice(language: str) -> None:
    with translation.override(language):
        twice = [code for code in PROBLEMS if Problem(code).help in manual.explanation(code).meaning]
    assert twice == []


@pytest.mark.rule("R405")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_can_be_looked_up(language: str) -> None:
    links = Skeleton(shown(reading(language), "/help/")).links
    assert {f"/help/problems/{code}/" for code in PROBLEMS} <= set(links)
    assert 'href="/help/problems/period_closed/"' in shown(reading(language), "/help/?q=period_closed")


def test_only_the_whole_help_page_has_the_codes_at_its_end() -> None:
    words = "Look up its code at the end of this page."
    assert words in shown(reading("en"), "/help/")
    assert words not in shown(reading("en"), "/help/?q=period_closed")


def test_a_code_without_a_file_has_a_page_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual, "explained", set)
    page = shown(reading("en"), "/help/problems/period_closed/")
    assert "The period of … is closed in the books." in page
    assert "Open the period there, or ask your accountant to." in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_manual_leads_somewhere(language: str) -> None:
    client = reading(language)
    pages = [shown(client, f"/help/{slug}/") for slug in manual.files()]
    links = {link.partition("#")[0] for page in pages for link in Skeleton(page).links}
    for link in sorted(links):
        if link.startswith("/help/"):
            shown(client, link)


@pytest.mark.rule("R15")
def test_chapters_fold_by_the_browsers_own_means() -> None:
    page = shown(reading("nl"), "/help/")
    tags = Skeleton(page).tags
    assert page.count('<details class="card chapter">') == len(manual.files()) + 1
    assert tags["summary"] >= len(manual.files())
    assert '<details class="card chapter" open>' not in page
    assert '<details class="card chapter">' not in shown(reading("nl"), "/help/?open=all")


def test_a_search_keeps_the_chapters_that_have_all_words() -> None:
    page = shown(reading("en"), "/help/?q=Margin+SCHEME")
    assert page.count('<details class="card chapter" open>') == 1
    assert "<mark>Margin</mark> <mark>scheme</mark>" in page
    assert 'id="vat"' in page


def test_a_search_takes_every_spelling_of_king() -> None:
    found = [
        re.findall(r'<div id="([\w-]+)" class="prose">', shown(reading("en"), f"/help/?q={name}"))
        for name in ("King+%2F+iMUIS", "king/imuis", "King/MUIS", "imuis")
    ]
    assert "install-king" in found[0]
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "\0", "   ", "a" * 5000, "&amp;", "["])
def test_a_search_takes_anything(query: str) -> None:
    answer = reading("en").get("/help/", {"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_nothing_found_says_what_to_try() -> None:
    assert "Nothing found" in shown(reading("en"), "/help/?q=giraffe")


def test_marking_leaves_tags_and_entities_alone() -> None:
    body = '<p class="card">A card &amp; amp</p>'
    assert manual.marked(body, ["card", "amp"]) == ('<p class="card">A <mark>card</mark> &amp; <mark>amp</mark></p>')


@pytest.mark.rule("R416", "R418", "R419")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prices_of_services_are_told(language: str) -> None:
    page = shown(reading(language), "/help/past-orders/")
    assert [words for words in PRICES[language] if words not in page] == []


@pytest.mark.rule("R417")
@pytest.mark.parametrize(("language", "words"), [("en", "temporary access"), ("nl", "tijdelijke toegang")])
def test_an_installation_by_us_asks_for_access_and_for_no_password(language: str, words: str) -> None:
    page = shown(reading(language), "/help/past-orders/")
    assert words in page


@pytest.mark.rule("R11")
@pytest.mark.parametrize(("language", "words"), [("en", "Replace your bookkeeper"), ("nl", "Je boekhouder vervangen")])
def test_the_integration_is_no_bookkeeper(language: str, words: str) -> None:
    section = chapter_page(language, "what-it-does").split("<h3>")[2]
    assert f"<li>{words}." in section


@pytest.mark.rule("R14")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_introduction_leads_to_the_questions_of_shop_and_books(language: str) -> None:
    introduction = chapter_page(language, "what-it-does")
    assert 'href="/help/questions/"' in introduction
    tip = introduction.rpartition("<p>")[2]
    assert all(name in tip for name in ("CCV Shop", "Rompslomp", "King / iMUIS"))


@pytest.mark.rule("R415")
@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_are_answered_for_each_shop_and_accounting_system(language: str) -> None:
    sections = chapter_page(language, "questions").split("<h3>")[1:]
    assert [section.partition("<")[0] for section in sections] == ["CCV Shop", "Rompslomp", "King / iMUIS"]
    assert min(section.count("<li>") for section in sections) >= 5


@pytest.mark.rule("R412", "R413", "R414")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("always give it", "at which step, and exactly what the screen says", "the number and the date")),
        ("nl", ("noem hem dan altijd", "bij welke stap, en precies wat er op het scherm staat", "nummer en de datum")),
    ],
)
def test_who_asks_is_told_what_to_give(language: str, words: tuple[str, ...]) -> None:
    text = chapter_page(language, "ask-us")
    assert [one for one in words if one not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_payments_are_promised_on_request_only(language: str) -> None:
    first, second, third, *_ = chapter_page(language, "payments").split("<h3>")
    assert {"en": "does not post payments", "nl": "worden standaard niet geboekt"}[language] in first
    assert "Rompslomp" in second
    assert third.startswith(
        {"en": "If payments are switched on", "nl": "Als betalingen voor je zijn aangezet"}[language]
    )


@pytest.mark.parametrize("address", ["/help/nothing/", "/help/problems/nothing/", "/help/problems/"])
def test_what_is_not_there_is_not_found(address: str) -> None:
    assert reading("en").get(address).status_code == 404


def test_a_visitor_is_led_into_no_integration() -> None:
    assert "/configuration/" not in shown(reading("en"), "/help/problems/vat_setting_missing/")


def test_the_only_integration_of_a_reader_is_linked(client: Client, integration: Integration) -> None:
    page = shown(client, "/help/problems/vat_setting_missing/")
    assert f'href="/{integration.licence_key}/configuration/#vat"' in page


def test_with_several_integrations_the_key_says_which(owner: User, integration: Integration) -> None:
    other, client = an_integration(owner, "Tweede winkel"), logged_in(owner)
    page = shown(client, "/help/problems/vat_setting_missing/")
    assert "/configuration/#vat" not in page
    page = shown(client, f"/help/problems/vat_setting_missing/?key={other.licence_key}")
    assert f'href="/{other.licence_key}/configuration/#vat"' in page
    assert integration.licence_key not in page
    assert f"?key={other.licence_key}" in shown(client, f"/help/?key={other.licence_key}")


def test_the_key_of_somebody_else_leads_nowhere(stranger: Client, integration: Integration) -> None:
    page = shown(stranger, f"/help/problems/vat_setting_missing/?key={integration.licence_key}")
    assert "/configuration/#vat" not in page
