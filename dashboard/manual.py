"""The manual: chapters, and a page for every code that a problem can have.

Its words are in ``templates/manual``, a folder for each language and a file for each chapter; ``problems`` there has a
file for each code. A file begins with its title as an <h2>, and has an <h3> for each section. The files of a code have
one list of steps, at their end.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from integrations.problem_texts import INTERNAL, PROBLEMS
from integrations.problem_texts.books import BOOKS
from integrations.problem_texts.payments import PAYMENTS
from integrations.problem_texts.shop import SHOP
from integrations.problem_texts.skipped import SKIPPED
from integrations.problem_texts.undone import UNDONE
from integrations.problem_texts.vat import VAT
from integrations.problems import Problem

FOLDER = settings.BASE_DIR / "templates" / "manual"
LANGUAGES = ("en", "nl")
MOST_WORDS = 8

# Where the codes are listed, with the chapter to read about them.
PLACES: tuple[tuple[str | Promise, str, tuple[str, ...]], ...] = (
    (_("From the shop"), "checks", tuple(SHOP)),
    (_("VAT"), "vat", tuple(VAT)),
    (_("In the books"), "errors", tuple(BOOKS)),
    (_("Undone"), "undo", tuple(UNDONE)),
    (_("Payments"), "payments", tuple(PAYMENTS)),
    (_("Left out on purpose"), "orders-or-invoices", tuple(SKIPPED)),
    (_("On our side"), "dashboard", (INTERNAL,)),
)
CHAPTER_OF_SETTING = {"vat": "vat", "payment_methods": "payment-methods", "shop": "orders-or-invoices"}

WHO: dict[str, str | Promise] = {
    "setting": _("You can, on the Configuration tab. A reader can't change settings, and asks a bookkeeper or owner."),
    "owner": _("You can, here in the dashboard. A reader asks a bookkeeper or owner."),
    "shop": _("You can, in the back office of your webshop. Here you only press Process afterwards."),
    "books": _("You or your bookkeeper can, in the accounting system. Here you only press Process afterwards."),
    "staff": _("Our support staff. Report it with the red button; they see what happened."),
    "nobody": _("Nobody needs to, or it can't be solved here: what is left to do is done by hand in the books."),
}


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Title and text in the language of the reader; ``body`` has <h3> for its sections."""

    slug: str
    title: str
    body: str

    @property
    def page(self) -> str:
        """The text for a page of its own, of which the title is the <h1>."""
        return self.body.replace("<h3", "<h2").replace("</h3>", "</h2>")


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A code in general words. ``meaning`` and ``steps`` are HTML, "" for a code without a file of its own."""

    problem: Problem
    title: str
    meaning: str
    steps: str
    chapter: str

    @property
    def who(self) -> str:
        is_setting = self.problem.who == "owner" and self.problem.setting
        return str(WHO["setting" if is_setting else self.problem.who])


def chapters() -> list[Chapter]:
    return [chapter(slug) for slug in files()]


def chapter(slug: str) -> Chapter:
    """Raises ``KeyError`` when there is none."""
    title, body = read(language(), files()[slug])
    return Chapter(slug=slug, title=title, body=body)


def neighbours(slug: str) -> tuple[Chapter | None, Chapter | None]:
    """The chapters before and after this one."""
    slugs = list(files())
    at = slugs.index(slug)
    before, after = slugs[max(at - 1, 0) : at], slugs[at + 1 : at + 2]
    return (chapter(before[0]) if before else None), (chapter(after[0]) if after else None)


def explanation(code: str) -> Explanation:
    """Raises ``KeyError`` when no problem has this code."""
    problem = Problem(code)
    if code not in PROBLEMS:
        raise KeyError(code)
    title, body = problem.title, ""
    if code in explained():
        title, body = read(language(), f"problems/{code}.html")
    meaning, start, steps = body.partition("<ol>")
    return Explanation(
        problem=problem, title=title, meaning=meaning, steps=start + steps, chapter=_chapter_about(problem)
    )


def _chapter_about(problem: Problem) -> str:
    listed = next((slug for _name, slug, codes in PLACES if problem.code in codes), "dashboard")
    return CHAPTER_OF_SETTING.get(problem.setting, listed)


def codes() -> Iterator[tuple[str, list[Explanation]]]:
    """All codes by the place where they arise; those of a place that this list does not know yet come last."""
    listed = {code for _name, _slug, some in PLACES for code in some}
    for name, _slug, some in PLACES:
        yield str(name), [explanation(code) for code in some]
    if others := [code for code in PROBLEMS if code not in listed]:
        yield str(_("Other codes")), [explanation(code) for code in others]


def words_of(query: str) -> list[str]:
    """What is looked for. "King/iMUIS" is the same as "King / iMUIS"."""
    return query.casefold().replace("/", " ").split()[:MOST_WORDS]


def found_in(words: list[str]) -> list[Chapter]:
    """The chapters that have all the words, with the words marked."""
    return [
        Chapter(slug=one.slug, title=one.title, body=marked(one.body, words))
        for one in chapters()
        if _has(f"{one.title} {one.body}", words)
    ]


def codes_found(words: list[str]) -> list[Explanation]:
    explained_codes = [one for _name, some in codes() for one in some]
    return [one for one in explained_codes if _has(f"{one.problem.code} {one.title} {one.problem.message}", words)]


def _has(text: str, words: list[str]) -> bool:
    plain = html.unescape(strip_tags(text)).casefold()
    return all(word in plain for word in words)


def marked(body: str, words: list[str]) -> str:
    """The words in <mark>, wherever they are text and no part of a tag or an entity."""
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    parts = re.split(r"(<[^>]*>|&\w+;)", body)
    parts[::2] = [wanted.sub(r"<mark>\g<0></mark>", text) for text in parts[::2]]
    return "".join(parts)


@cache
def read(language: str, name: str) -> tuple[str, str]:
    """Title and text of a file."""
    text = render_to_string(f"manual/{language}/{name}")
    title, _end, body = text.partition("</h2>")
    return html.unescape(strip_tags(title)).strip(), body


def language() -> str:
    active = (get_language() or "en")[:2]
    return active if active in LANGUAGES else "en"


@cache
def files() -> dict[str, str]:
    """The file of each chapter, in their order. Both languages have the same."""
    names = sorted(path.name for path in (FOLDER / "en").glob("*.html"))
    return {name.removesuffix(".html").partition("-")[2]: name for name in names}


@cache
def explained() -> set[str]:
    """The codes that have a file of their own."""
    return {path.stem for path in (FOLDER / "en" / "problems").glob("*.html")}
