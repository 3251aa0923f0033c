"""The filters of Open: by period, by kind, and by what a document waits for."""

from typing import ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from integrations.models import Document, State

from .cells import ChoiceCell
from .filters import Period

KINDS = {Document.Kind.ORDER: _("Order"), Document.Kind.INVOICE: _("Invoice")}
WAITS = {State.QUEUED: _("On its way to the books"), State.OPEN: _("Waits for the shop")}


class OpenFilter(Period):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *KINDS.items()], widget=ChoiceCell
    )
    show = forms.ChoiceField(
        label=_("Waits for"), required=False, choices=[("", _("Everything")), *WAITS.items()], widget=ChoiceCell
    )

    equal: ClassVar = {"kind": "kind", "show": "state"}

    def narrow(self, documents: QuerySet[Document]) -> QuerySet[Document]:
        documents = super().narrow(documents)
        if not self.is_valid():
            return documents
        chosen = {column: self.cleaned_data[name] for name, column in self.equal.items() if self.cleaned_data[name]}
        return documents.filter(**chosen)

    @property
    def shown(self) -> str:
        """The one state that is asked for; "" for both."""
        return str(self.cleaned_data["show"]) if self.is_valid() else ""
