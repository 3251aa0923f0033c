"""What an accounting system tells people about connecting it and about its settings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from django.utils.functional import Promise

from .books import Json

Text = str | Promise

Kept = Mapping[str, Sequence[Json]]
"""Lists of the books by kind, as far as they are kept."""


class HowTo(NamedTuple):
    """How something is done in the accounting system: numbered ``steps``, ``notes`` for who is stuck, and the address
    and name of the vendor's own manual."""

    lead: Text
    steps: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    url: str = ""
    manual: Text = ""


class Shown(NamedTuple):
    """A setting as a person reads it. With a ``kind``, ``value`` is an id in that list of the books."""

    title: Text
    value: Text
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that must be right before documents can be posted. ``remedy`` says what is wrong, or where to look, and
    what to do; ``about`` where that is done: connections, administration, settings or vat, "" when it is not here."""

    label: str
    state: Literal["good", "bad", "unknown"]
    remedy: str = ""
    about: str = ""


class Question(NamedTuple):
    """Something that is asked of an outside system. ``ask`` makes the calls and says what came of them; it raises as
    every call, and then ``label`` and ``about`` are those of what went wrong."""

    label: str
    ask: Callable[[], Iterable[Check]]
    about: str = ""
