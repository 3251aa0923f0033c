"""The accounting systems there are, and what each of them has to offer.

Adding one: a folder beside this file, and one entry in SYSTEMS.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse

from integrations import settings_file, wording
from integrations.models import Integration
from integrations.money import to_cents
from integrations.problems import Problem
from integrations.sales import SalesDocument
from integrations.settings_file import AccountingOptions, Settings

from .books import Books, Json, Watch
from .described import Check, HowTo, Kept, Question, Shown, Text
from .imuis import calls as imuis_calls
from .imuis import connector as imuis
from .imuis import forms as imuis_forms
from .imuis import preparation as imuis_preparation
from .imuis import settings_form as imuis_settings_form
from .imuis import views as imuis_views
from .imuis.texts import AMOUNTS, REMARKS
from .own_settings import OwnSettingsForm
from .rompslomp import calls as rompslomp_calls
from .rompslomp import connector as rompslomp
from .rompslomp import forms as rompslomp_forms
from .rompslomp import preparation as rompslomp_preparation
from .rompslomp import views as rompslomp_views


@dataclass(frozen=True, kw_only=True)
class System:
    """One accounting system. ``problems`` and ``creates`` need no connection: what keeps a document from being posted
    there, and the calls that would be made for it, given known customers by e-mail address and products by code.
    ``connect`` is what the button does with what was given in ``connect_form``. ``companies`` lists the administrations
    that an integration's connection reaches, ``books`` opens its own. ``remarks`` are words for its timeline,
    with ``remark_amounts`` the values in them that are euros.

    For Configuration: ``target`` is what a document becomes there, ``shown`` the system's own settings in words,
    ``settings_form`` the form that changes them, with a choice of ``all_lists``, the lists of the books that editors
    offer, ``credential`` what may be shown of what was given in ``connect_form``. ``preparation`` tells what a
    bookkeeper does beforehand, without settings for all who might need it. ``checks`` go by ``lists``, the kinds of
    lists of the books that they need; ``questions`` is what a self-test asks of the connection itself. ``has_numbers``
    tells that people there know accounts, codes and debtors by their ids, ``books_on_accounts`` whether a document is
    booked on the accounts of the VAT table, rather than on those of its products. ``targets`` are what documents may
    have become there, by ``Books.target``, where that is more than one thing."""

    label: str
    options: type[AccountingOptions]
    connect_form: type[Form]
    connect: Callable[[HttpRequest, Integration, dict[str, Any]], HttpResponse]
    problems: Callable[[SalesDocument, Settings], Iterable[Problem]]
    creates: Callable[[SalesDocument, Settings, Mapping[str, str], Mapping[str, str]], list[Json]]
    companies: Callable[[Integration], list[Json]]
    books: Callable[[Integration, Settings, Watch], Books]
    target: Callable[[Settings], Text]
    shown: Callable[[Settings], Iterable[Shown]]
    settings_form: type[OwnSettingsForm]
    all_lists: Collection[str]
    credential: Callable[[Integration], str] = lambda integration: ""
    preparation: Callable[[Settings | None], HowTo | None] = lambda settings: None
    lists: Callable[[Settings], Iterable[str]] = lambda settings: ()
    checks: Callable[[Settings, Kept], Iterable[Check]] = lambda settings, kept: ()
    questions: Callable[[Integration], Iterable[Question]] = lambda integration: ()
    has_numbers: bool = False
    books_on_accounts: Callable[[Settings], bool] = lambda settings: True
    remarks: Mapping[str, Text] = field(default_factory=dict)
    remark_amounts: Collection[str] = ()
    targets: Mapping[str, Text] = field(default_factory=dict)


SYSTEMS: dict[str, System] = {
    "rompslomp": System(
        label="Rompslomp",
        options=rompslomp_forms.Options,
        connect_form=rompslomp_forms.ConnectForm,
        connect=rompslomp_views.connect,
        problems=rompslomp_calls.problems,
        creates=rompslomp_calls.creates,
        companies=rompslomp.companies,
        books=rompslomp.RompslompBooks,
        target=rompslomp_forms.target,
        shown=rompslomp_forms.shown,
        settings_form=rompslomp_forms.SettingsForm,
        all_lists=rompslomp_forms.LISTS,
        credential=rompslomp_views.account_shown,
        lists=rompslomp_preparation.lists,
        checks=rompslomp_preparation.checks,
        questions=rompslomp_preparation.questions,
    ),
    "imuis": System(
        label="King / iMUIS",
        options=imuis_forms.Options,
        connect_form=imuis_forms.ConnectForm,
        connect=imuis_views.connect,
        problems=imuis_calls.problems,
        creates=imuis_calls.creates,
        companies=imuis.companies,
        books=imuis.books,
        target=imuis_forms.target,
        shown=imuis_forms.shown,
        settings_form=imuis_settings_form.SettingsForm,
        all_lists=imuis_forms.LISTS,
        credential=imuis_views.code_shown,
        preparation=imuis_forms.preparation,
        lists=imuis_preparation.lists,
        checks=imuis_preparation.checks,
        questions=imuis_preparation.questions,
        has_numbers=True,
        books_on_accounts=imuis_forms.books_on_accounts,
        remarks=REMARKS,
        remark_amounts=AMOUNTS,
        targets=imuis_forms.TARGETS,
    ),
}


def read_settings(data: Any) -> Settings:
    """Settings from a settings file. Raises SettingsError, which names what is wrong."""
    return settings_file.read(data, {name: system.options for name, system in SYSTEMS.items()})


def open_books(integration: Integration, settings: Settings, watch: Watch) -> Books:
    """The books that an integration posts to."""
    return SYSTEMS[integration.accounting_system].books(integration, settings, watch)


def companies(integration: Integration) -> list[Json]:
    """Administrations to choose from, as rows of ``id``, ``name`` and ``is_usable``."""
    return SYSTEMS[integration.accounting_system].companies(integration)


def remark(code: str, values: Mapping[str, Any]) -> str:
    """The words of a remark that one of the systems made; the code itself when none knows it (any more)."""
    system = next((system for system in SYSTEMS.values() if code in system.remarks), None)
    if system is None:
        return code
    shown = {name: _euro(value) if name in system.remark_amounts else value for name, value in values.items()}
    return str(system.remarks[code]) % defaultdict(lambda: "…", shown)


def _euro(text: str) -> str:
    return wording.money(to_cents(Decimal(text)))
