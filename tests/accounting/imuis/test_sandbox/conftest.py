"""The stand-in in this process, with a fresh memory for each test."""

from typing import Any
from xml.etree.ElementTree import Element

import pytest

import accounting.imuis.sandbox as stand_in
import integrations.sandbox as plumbing
from accounting.imuis.sandbox.memory import books
from tests.accounting.imuis.test_sandbox.office import Office


@pytest.fixture(autouse=True)
def on_the_sandbox_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = (*plumbing.urlpatterns, *stand_in.urlpatterns)
    settings.MIDDLEWARE = ["integrations.sandbox.FaultMiddleware"]
    books.clear()
    plumbing.faults.clear()


@pytest.fixture
def fresh() -> Office:
    """No administrations."""
    return Office()


@pytest.fixture
def office(fresh: Office) -> Office:
    fresh.start()
    return fresh


@pytest.fixture
def message() -> Any:
    """The text of the error that is answered; fails where there is none."""

    def of(root: Element) -> str:
        assert [part.tag for part in root] == ["ERROR"], [part.tag for part in root]
        return root.findtext("ERROR/MESSAGE") or ""

    return of


@pytest.fixture
def rows() -> Any:
    """The rows of a page, each as a dict."""

    def of(root: Element) -> list[dict[str, str]]:
        assert root.find("ERROR") is None, root.findtext("ERROR/MESSAGE")
        return [{cell.tag: cell.text or "" for cell in row} for row in root.findall("DATA")]

    return of
