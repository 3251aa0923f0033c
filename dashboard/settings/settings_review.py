"""What a change of the settings leads to, worked out before anything is saved."""

from dataclasses import dataclass, field
from typing import NamedTuple

from accounting import checking, settings_store
from accounting.connectors import SYSTEMS, read_settings
from accounting.described import Text
from integrations.models import Document, Integration
from integrations.settings_file import Settings
from webshop import what_if

from .mode_change import changed_mode, consequences, consequences_of_start, consequences_of_target
from .settings_difference import Difference, differences, in_words, lacking
from .settings_page import names_of


class Affected(NamedTuple):
    """A document that would be posted differently, and how."""

    document: Document
    changes: list[Difference]


@dataclass(frozen=True, kw_only=True)
class Review:
    """``mode`` is orders or invoices, and ``target`` what documents become in the books, where that changes. Of
    ``looked_at``, the documents that came last, ``affected`` would be posted differently. ``lacking`` is what the books
    do not have. ``payments_kept`` says that payments stay as they are, where that was to change."""

    mode: str = ""
    target: Text = ""
    consequences: list[str] = field(default_factory=list)
    differences: list[Difference]
    lacking: list[str]
    looked_at: int = 0
    affected: list[Affected] = field(default_factory=list)
    payments_kept: str = ""

    @property
    def has_question(self) -> bool:
        """Whether people should know something before it is saved."""
        return bool(self.consequences or self.affected or self.payments_kept)


def review(integration: Integration, new: Settings) -> Review:
    """Compare ``new`` settings with those in use. No outside system is asked."""
    old = read_settings(settings_store.current_file(integration))
    names = names_of(checking.rows(checking.kept(integration)))
    told = {"differences": differences(old, new, names), "lacking": lacking(old, new, names)}
    if integration.status != Integration.Status.ACTIVE or integration.settings is None:
        return Review(**told)
    documents = what_if.latest(integration)
    affected = [
        Affected(found.document, [in_words(change, names) for change in found.changes])
        for found in what_if.differing(documents, integration.installed_on, old, new)
    ]
    mode, target = changed_mode(integration, new), _changed_target(old, new) if documents else ""
    sentences = list(consequences(integration, mode)) if mode else []
    sentences += consequences_of_target(target) if target else ()
    first_day = integration.installed_on
    sentences += consequences_of_start(old.shop.start_date or first_day, new.shop.start_date or first_day)
    return Review(mode=mode, target=target, consequences=sentences, looked_at=len(documents), affected=affected, **told)


def _changed_target(old: Settings, new: Settings) -> Text:
    system = SYSTEMS[new.accounting.system]
    target = system.target(new)
    return "" if str(system.target(old)) == str(target) else target
