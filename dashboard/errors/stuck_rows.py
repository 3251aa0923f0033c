"""The rows of the Errors tab. There are many on a page and open pages ask for them again and again, so that what they
share is drawn once: documents that are stuck on the same thing have the same words, and all have the same buttons."""

import re
from collections.abc import Collection, Iterable
from types import SimpleNamespace
from typing import Any

from django.template import Context
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from integrations.country_names import country_name
from integrations.models import Document
from integrations.problems import Problem
from integrations.wording import day, money

from .processing import why_not

MARKED = re.compile("\0([a-z]+)\0")
OF_A_PROBLEM = ("message", "remedy", "title")
OF_A_ROW = ("key", "name", "url", "facts", "total", "problems")
MARKS = {name: SafeString(f"\0{name}\0") for name in (*OF_A_ROW, *OF_A_PROBLEM, "country")}


class Rows:
    """Draws the rows of a page. The problems of each are shown by the template ``problem``."""

    def __init__(self, context: Context, problem: str) -> None:
        self.context, self.problem = context, problem
        self.before, self.after = reverse("document", args=[0]).rsplit("0", 1)
        self.drawn: dict[str, SafeString] = {}
        self.parts: dict[tuple[str, bool], list[str]] = {}

    def draw(self, documents: Iterable[Document], chosen: Collection[int]) -> list[SafeString]:
        return [self.row(document, is_chosen=document.pk in chosen) for document in documents]

    def row(self, document: Document, *, is_chosen: bool) -> SafeString:
        """What differs from row to row is put in the places that the template left for it."""
        values = {
            "key": document.pk,
            "name": str(document),
            "url": f"{self.before}{document.pk}{self.after}",
            "facts": " · ".join(filter(None, facts(document))),
            "total": money(document.total_cents, document.currency),
            "problems": SafeString("".join(map(self.problem_of, document.problems))),
        }
        return filled(self.places(why_not(document), is_chosen=is_chosen), values)

    def places(self, reason: str, *, is_chosen: bool) -> list[str]:
        """A row in parts: every second is the name of what belongs there, where rows differ."""
        same = (reason, is_chosen)
        if same not in self.parts:
            values = {"reason": reason, "is_chosen": is_chosen, **MARKS}
            self.parts[same] = MARKED.split(self.rendered("dashboard/errors_row.html", values))
        return self.parts[same].copy()

    def problem_of(self, stored: dict[str, Any]) -> SafeString:
        same = repr(stored)
        if same not in self.drawn:
            problem = Problem.load(stored)
            values = {name: getattr(problem, name) for name in OF_A_PROBLEM} | {
                "country": problem.params.get("country")
            }
            self.drawn[same] = filled(self.places_of(problem), values)
        return self.drawn[same]

    def places_of(self, problem: Problem) -> list[str]:
        """A problem in parts, as ``places``: those of one code differ in their words and in the country."""
        same = (problem.code, "country" in problem.params)
        if same not in self.parts:
            marked = SimpleNamespace(
                code=problem.code,
                setting=problem.setting,
                help=problem.help,
                params={"country": MARKS["country"]} if "country" in problem.params else {},
                **{name: MARKS[name] for name in OF_A_PROBLEM},
            )
            self.parts[same] = MARKED.split(self.rendered(self.problem, {"problem": marked}))
        return self.parts[same].copy()

    def rendered(self, template: str, values: dict[str, Any]) -> SafeString:
        shared = {name: self.context[name] for name in ("integration", "may_work")}
        return self.context.template.engine.get_template(template).render(self.context.new(shared | values))


def filled(parts: list[str], values: dict[str, Any]) -> SafeString:
    """Put what belongs there in the places between the parts, all at once: what is put in is never searched for
    places."""
    escaped = {name: conditional_escape(value) for name, value in values.items()}
    parts[1::2] = map(escaped.__getitem__, parts[1::2])
    return SafeString("".join(parts))


def facts(document: Document) -> tuple[str, str, str]:
    country = document.country and country_name(document.country)
    return day(document.date), document.customer_name or document.customer_email, country
