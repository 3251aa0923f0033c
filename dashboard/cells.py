"""Fields of tables that have hundreds of them. Django writes each field with a template of its own; without it such a
page takes a third of the time."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString


class Written:
    """An ``<input>`` with the same attributes as ever, written at once."""

    def render(self: Any, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = self.format_value(value)
        given = {"type": self.input_type, "name": name, "value": shown, **self.build_attrs(self.attrs, attrs)}
        return format_html("<input{}>", flatatt(given))


class Cell(Written, forms.TextInput):
    """A text."""


class HiddenCell(Written, forms.HiddenInput):
    """What goes along unseen."""
