"""A look at a page as it stands: by axe in light and dark, for its one heading, and for what sticks out at the side.

With SCREENSHOTS naming a folder each page that is looked at is kept there as a picture (``make screenshots``).
"""

import os
import re
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route

EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}  # all that differs in the dark
SCHEMES = {"light": EVERYTHING, "dark": COLOURS}
PHONE, DESK = 360, 1280

UNFOLD = """document.querySelectorAll("details:not(.menu):not([open])").forEach((one) => {
  one.dataset.unfolded = ""; one.open = true; })"""
FOLD = """document.querySelectorAll("[data-unfolded]").forEach((one) => {
  delete one.dataset.unfolded; one.open = false; })"""


def look(page: Page, name: str, *widths: int) -> None:
    """Fails on what is wrong with the page, at its own width or at those that are given; ``name`` is that of its
    pictures. What is folded is unfolded to be looked at, and folded again."""
    assert page.viewport_size
    own = page.viewport_size
    for width in widths or (own["width"],):
        page.set_viewport_size({"width": width, "height": own["height"]})
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            keep(page, f"{name}-{width}-{scheme}")
            page.evaluate(UNFOLD)
            found = violations(page, rules)
            assert found == [], f"{name} {width} {scheme}: {found}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} {width}"
            page.evaluate(FOLD)
    assert page.locator("h1").count() == 1, name
    page.set_viewport_size(own)


def violations(page: Page, rules: dict[str, object] = EVERYTHING) -> list[str]:
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
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
