"""The accounting systems there are, and what each of them has to offer.

Adding one: a folder beside this file, and one entry in SYSTEMS.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations import settings_file
from integrations.models import Integration
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import AccountingOptions, Settings

from .books import Books, Json, Watch
from .imuis.forms import Options as ImuisOptions
from .rompslomp import calls as rompslomp_calls
from .rompslomp import connector as rompslomp
from .rompslomp.forms import Options as RompslompOptions


@dataclass(frozen=True, kw_only=True)
class System:
    """One accounting system. ``problems`` and ``creates`` need no connection: what keeps a document from being posted
    there, and the calls that would be made for it, given known customers by e-mail address and products by code.
    ``companies`` lists the administrations that an integration's connection reaches, ``books`` opens its own."""

    label: str
    options: type[AccountingOptions]
    problems: Callable[[SalesDocument, Settings], Iterable[Problem]]
    creates: Callable[[SalesDocument, Settings, Mapping[str, str], Mapping[str, str]], list[Json]]
    companies: Callable[[Integration], list[Json]] | None = None
    books: Callable[[Integration, Settings, Watch], Books] | None = None

    @property
    def is_available(self) -> bool:
        """Whether anything can be posted there yet."""
        return self.books is not None


def _unavailable(_document: SalesDocument, settings: Settings) -> Iterable[Problem]:
    yield Problem("system_unavailable", system=SYSTEMS[settings.accounting.system].label)


SYSTEMS: dict[str, System] = {
    "rompslomp": System(
        label="Rompslomp",
        options=RompslompOptions,
        problems=rompslomp_calls.problems,
        creates=rompslomp_calls.creates,
        companies=rompslomp.companies,
        books=rompslomp.RompslompBooks,
    ),
    "imuis": System(label="King / iMUIS", options=ImuisOptions, problems=_unavailable, creates=lambda *_: []),
}


def read_settings(data: Any) -> Settings:
    """Settings from a settings file. Raises SettingsError, which names what is wrong."""
    return settings_file.read(data, {name: system.options for name, system in SYSTEMS.items()})


def open_books(integration: Integration, settings: Settings, watch: Watch) -> Books:
    """The books that an integration posts to."""
    opener = SYSTEMS[integration.accounting_system].books
    assert opener is not None
    return opener(integration, settings, watch)


def companies(integration: Integration) -> list[Json]:
    """Administrations to choose from, as rows of ``id``, ``name`` and ``is_usable``."""
    lister = SYSTEMS[integration.accounting_system].companies
    return lister(integration) if lister else []
