"""Fields of tables that have hundreds of them, and of filters, which every list has. Django writes each field, and each
choice of it, with a template of its own; without them such a page takes a third of the time."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


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


class DayCell(Written, forms.DateInput):
    """A day, which browsers have a calendar for."""

    input_type = "date"


class ChoiceCell(forms.Select):
    """One of a short list."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen, selected = "" if value is None else str(value), mark_safe(" selected")
        options = ((key, selected if str(key) == chosen else "", words) for key, words in self.choices)
        inner = format_html_join("", '<option value="{}"{}>{}</option>', options)
        return format_html(
            "<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), inner
        )
