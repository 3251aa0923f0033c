"""What people fill in to ask us something, to write along, and to report a problem."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.wording import day

from .ticket_files import FilesField

LONGEST = 10_000
ABOUT = {
    "question": _("Something else"),
    "missing": _("An order or invoice is missing"),
    "installing": _("Installing does not work"),
}
NEEDED = {
    "missing": {
        "number": _("Give the number of the order or invoice, as the shop shows it."),
        "date": _("Give the date of the order or invoice."),
    },
    "installing": {
        "place": _("Say where it goes wrong: on which page, at which step."),
        "error": _("Copy the error message. Is there none? Then say what you see instead."),
    },
}


class AnswerForm(forms.Form):
    """One message in a ticket."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write your question or your answer first.")},
    )
    files = FilesField()

    def said(self) -> tuple[str, list[UploadedFile]]:
        return self.cleaned_data["text"], self.cleaned_data["files"]


class ReportForm(AnswerForm):
    """The owner's words go along with what the program knows itself; they may be left out."""

    text = forms.CharField(
        label=_("In your own words"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What did you try, and what did you expect? You may leave this empty."),
    )

    def said(self) -> tuple[str, list[UploadedFile]]:
        text, files = super().said()
        return text or gettext("Reported without words."), files


class AskForm(AnswerForm):
    """A question. What we would ask back otherwise is asked at once: of a missing document its number and date, of an
    installation where it goes wrong and the error message."""

    about = forms.ChoiceField(label=_("What is it about?"), choices=ABOUT.items(), widget=forms.RadioSelect)
    subject = forms.CharField(
        label=_("Subject"), max_length=150, error_messages={"required": _("Say in a few words what it is about.")}
    )
    number = forms.CharField(label=_("Number of the order or invoice"), max_length=100, required=False)
    date = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.CharField(label=_("Where does it go wrong?"), max_length=200, required=False)
    error = forms.CharField(
        label=_("The error message"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    page = forms.CharField(max_length=300, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, text in NEEDED.get(given.get("about", ""), {}).items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, text)
        return given

    def said(self) -> tuple[str, list[UploadedFile]]:
        """The text with what else was filled in below it."""
        text, files = super().said()
        given = self.cleaned_data
        date = day(given["date"]) if given["date"] else ""
        shown = {name: date if name == "date" else given[name] for name in NEEDED.get(given["about"], {})}
        facts = [f"{self.fields[name].label}: {value}" for name, value in shown.items()]
        if given["page"].startswith("/"):
            label = gettext("Page")
            facts.append(f"{label}: {given['page']}")
        return "\n".join([text, "", *facts]) if facts else text, files
