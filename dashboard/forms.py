"""The forms of the installation and of Configuration."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounting.connectors import SYSTEMS
from integrations.money import parse_json

LARGEST_FILE = 1024 * 1024


class TermsForm(forms.Form):
    """The agreement to the terms."""

    terms = forms.BooleanField(
        label=_("I agree to the terms and conditions"),
        error_messages={"required": _("Without your agreement to the terms nothing can be processed.")},
    )


class StartForm(TermsForm):
    """The first step: terms, and which accounting system; ``another``: as well as the one that the shop has."""

    system = forms.ChoiceField(
        label=_("Accounting system"),
        choices=[(name, system.label) for name, system in SYSTEMS.items()],
    )
    another = forms.BooleanField(label=_("Link this shop to another accounting system"), required=False)

    def ask_for_another(self, shop: str, books: str) -> None:
        """Nothing is installed a second time by accident."""
        words = gettext(
            "%(shop)s is linked to %(books)s already. Choose %(books)s to go on with that, or tick below that you want "
            "another accounting system as well."
        )
        self.add_error("another", words % {"shop": shop, "books": books})


class AdministrationForm(forms.Form):
    """Which administration, out of the usable ones that were found."""

    administration = forms.ChoiceField(label=_("Administration"), error_messages={"required": _("Choose one.")})

    def __init__(self, *args: Any, companies: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [(str(company["id"]), company["name"]) for company in companies if company["is_usable"]]
        self.fields["administration"].choices = usable  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    """A settings file, uploaded or pasted."""

    file = forms.FileField(label=_("Settings file (JSON)"), required=False)
    text = forms.CharField(label=_("or paste its text here"), required=False, widget=forms.Textarea(attrs={"rows": 8}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["settings"] = self.read(given.get("file"), given.get("text", ""))
        return given

    def read(self, file: Any, text: str) -> object:
        """The JSON of what was given; a form error says what is wrong with it."""
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(gettext("The file is larger than 1 MB, so it is no settings file."))
        try:
            return parse_json(file.read().decode("utf-8-sig") if file else text)
        except UnicodeDecodeError:
            raise forms.ValidationError(gettext("The file is not a text file.")) from None
        except ValueError as error:
            if not file and not text.strip():
                raise forms.ValidationError(gettext("Choose a file or paste its text.")) from None
            raise forms.ValidationError(
                gettext("This is not readable as JSON: %(error)s.") % {"error": error}
            ) from None


class FinishForm(forms.Form):
    """The last step: what is dated before is never posted."""

    start_date = forms.DateField(
        label=_("Start date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Orders dated before this day are not posted, so nothing is posted twice. What was paid before you press "
            "Start is not fetched by itself."
        ),
    )


class ReasonForm(forms.Form):
    """Why something is skipped."""

    words = forms.CharField(
        label=_("Why is it skipped?"),
        help_text=_("It is kept in the timeline, for whoever wonders later."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why, in a few words.")},
    )
