"""No heading stands there for nothing."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from integrations.models import Integration, State

from .conftest import logged_in
from .world import a_document

HEADINGS = {"h1": 1, "h2": 2, "h3": 3}
PAGES = ["report/", "errors/", "open/", "payments/", "configuration/", "profile/", "tickets/", "search/?q=2026"]


class Outline(HTMLParser):
    """The headings of a page in their order, each with its level and whether anything comes after it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str, bool]] = []
        self.inside = False
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HEADINGS:
            self.inside = True
            self.found.append((HEADINGS[tag], "", False))
        elif tag in ("input", "button", "select", "progress", "svg"):
            self._is_followed()

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in HEADINGS

    def handle_data(self, data: str) -> None:
        if self.inside:
            level, words, is_followed = self.found[-1]
            self.found[-1] = level, words + data, is_followed
        elif data.strip():
            self._is_followed()

    def _is_followed(self) -> None:
        if self.found and not self.inside:
            level, words, _ = self.found[-1]
            self.found[-1] = level, words, True

    @property
    def idle(self) -> list[str]:
        """Headings with neither anything to read or do beneath them nor a heading of a lower level."""
        after = [*self.found[1:], (0, "", True)]
        return [
            words.strip() or "(empty)"
            for (level, words, is_followed), (next_level, _, _) in zip(self.found, after, strict=True)
            if not words.strip() or not (is_followed or next_level > level)
        ]


@pytest.mark.rule("R392")
@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_heading_has_something_beneath_it(client: Client, integration: Integration, language: str) -> None:
    for number, state in enumerate(State):
        a_document(integration, f"2026-{number}", state)
    browser = logged_in(integration.members.get().user, language)
    for name in PAGES:
        page = browser.get(f"/{integration.licence_key}/{name}").text
        assert Outline(page).found, name
        assert not Outline(page).idle, name


def test_an_idle_heading_is_noticed() -> None:
    assert Outline("<main><h1>Profile</h1><h2>Personal</h2><h2>Mail</h2><p>None yet.</p></main>").idle == ["Personal"]
