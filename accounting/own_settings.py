"""The settings form of an accounting system: fields that offer a list of its books, and how they stand together."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from .book_choices import Choices
from .books import Json
from .described import Text

CHOOSE = _("Choose one")
LONGEST = 64  # of an id or a code in the settings file


class Section(NamedTuple):
    """Fields that belong together. ``when`` is the choice that they are for, as ``field=value``; "" for every one."""

    legend: Text
    names: tuple[str, ...]
    when: str = ""


class OwnSettingsForm(forms.Form):
    """What only one accounting system needs of the settings. It is made of ``settings``, those in use, and ``kept``,
    the lists of its books to choose from; its fields have the names of the settings file."""

    sections: Sequence[Section] = ()

    def laid_out(self) -> Iterator[tuple[Section, list[forms.BoundField]]]:
        for section in self.sections:
            yield section, [self[name] for name in section.names]

    def part(self) -> dict[str, Any]:
        """What changes of the settings file's ``accounting``."""
        return self.cleaned_data


def choose_from(
    rows: Sequence[Json] | None,
    label: Text,
    chosen: str,
    *,
    empty: Text = CHOOSE,
    help_text: Text = "",
    has_numbers: bool = False,
) -> forms.Field:
    """A field that offers ``rows``. What was chosen stays to be chosen when the list has it no more; without a list the
    id is typed."""
    if not rows:
        why = _("The list could not be read just now. Type the id from the books.")
        return forms.CharField(label=str(label), required=False, max_length=LONGEST, initial=chosen, help_text=why)
    choices = [("", str(empty)), *Choices(rows, has_numbers=has_numbers, chosen=[chosen]).labels.items()]
    return forms.ChoiceField(
        label=str(label), required=False, choices=choices, initial=chosen, help_text=str(help_text)
    )
