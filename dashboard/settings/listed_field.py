"""A field for something out of a list of the books."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext

from accounting.book_choices import Choices

from ..lists.cells import Cell

LONGEST = 64  # of an id in the settings file


class ListedField(forms.CharField):
    """Something out of a list of the books, by its label, its id or its name; gives the id. ``words`` name the list,
    ``datalist`` is its id on the page."""

    def __init__(self, choices: Choices, words: str, datalist: str) -> None:
        super().__init__(required=False, widget=Cell(attrs={"list": datalist, "data-search": ""}))
        self.choices, self.words = choices, words

    def clean(self, value: Any) -> str:
        found = self.choices.find(super().clean(value))
        if found is None:
            raise forms.ValidationError(
                gettext("Not found in the %(list)s. Choose one from the list.") % {"list": self.words}
            )
        if len(found) > LONGEST or re.search(r"[\x00-\x1f]", found):
            raise forms.ValidationError(gettext("This is no id of the books: it is too long."))
        return found
