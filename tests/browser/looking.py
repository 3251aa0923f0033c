"""A look at a page as it stands: by axe in light and dark, for its one heading, and for what sticks out at the side.

With SCREENSHOTS naming a folder each page that is looked at is kept there as a picture (``make screenshots``).
"""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCHEMES = ("light", "dark")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=STANDARD).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def look(page: Page, name: str) -> None:
    """Fails on what is wrong with the page; ``name`` is that of its pictures."""
    assert page.viewport_size
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == [], f"{name} {scheme}"
        keep(page, f"{name}-{page.viewport_size['width']}-{scheme}")
    assert page.locator("h1").count() == 1, name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


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
