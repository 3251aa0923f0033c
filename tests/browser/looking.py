"""A look at a page as it stands: by axe in light and dark, for its one heading, and for what sticks out at the side.

Between a phone and a desk only the arrangement can differ, and in the dark only the colours, so no more is looked for.

With SCREENSHOTS naming a folder each page that is looked at is kept there as a picture (``make screenshots``).
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
WIDTHS = PHONE, TABLET, DESK = 360, 768, 1280

UNFOLD = """document.querySelectorAll("details:not(.menu):not([open])").forEach((one) => {
  one.dataset.unfolded = ""; one.open = true; })"""
FOLD = """document.querySelectorAll("[data-unfolded]").forEach((one) => {
  delete one.dataset.unfolded; one.open = false; })"""


def look(page: Page, name: str, *widths: int) -> None:
    """Fails on what is wrong with the page, at its own width or at those that are given; ``name`` is that of its
    pictures. What is folded is unfolded to be looked at, and folded again."""
    assert page.locator("h1").count() == 1, name
    for width in at_widths(page, *widths):
        keep(page, f"{name}-{width}")
        page.emulate_media(color_scheme="light")
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width}"
        found = violations(page, EVERYTHING) if width != TABLET else []
        assert found == [], f"{name} {width}: {found}"
        page.evaluate(FOLD)
    page.emulate_media(color_scheme="dark")
    page.evaluate(UNFOLD)
    found = violations(page, COLOURS)
    assert found == [], f"{name} dark: {found}"
    page.evaluate(FOLD)


def measure(page: Page, name: str, *widths: int) -> None:
    """Only whether something sticks out."""
    page.evaluate(UNFOLD)
    for width in at_widths(page, *widths):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width}"


def at_widths(page: Page, *widths: int) -> Iterator[int]:
    """The page at each width, or at its own; in the end as it was."""
    own = page.viewport_size
    assert own
    for width in widths or (own["width"],):
        page.set_viewport_size({"width": width, "height": own["height"]})
        yield width
    page.set_viewport_size(own)


def violations(page: Page, rules: dict[str, object]) -> list[str]:
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def look_without_scripts(page: Page, name: str) -> None:
    """The same for a page whose scripts are off: a copy of what it shows, in a browser in which axe can run."""
    shown = re.sub(r"<script\b.*?</script>", "", page.content(), flags=re.DOTALL)

    def answer(route: Route) -> None:
        route.fulfill(body=shown, content_type="text/html; charset=utf-8")

    assert page.context.browser
    with page.context.browser.new_context(viewport=page.viewport_size) as context:
        copy = context.new_page()
        copy.route(page.url, answer)
        copy.goto(page.url)
        look(copy, name)


def keep(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    for scheme in ("light", "dark") if folder else ():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=Path(str(folder)) / f"{name}-{scheme}.png", full_page=True)
