"""The filters of the lists of payments: by period, and by number, transaction or invoice."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from ..lists.cells import Cell
from ..lists.filters import Period

SEARCHED = ("number", "transaction_id", "ledger_number", "document__number")


class PaymentFilter(Period):
    """Of the list called ``name``, which every address keeps."""

    text = forms.CharField(
        label=_("Number or transaction"), required=False, max_length=100, widget=Cell(attrs={"autocomplete": "off"})
    )

    def __init__(self, asked: QueryDict, name: str) -> None:
        super().__init__(asked)
        self.name = name

    @property
    def within(self) -> str:
        return urlencode({"list": self.name})

    def narrow(self, payments: Any) -> Any:
        payments = super().narrow(payments)
        text = self.cleaned_data["text"] if self.is_valid() else ""
        found = Q()
        for field in SEARCHED if text else ():
            found |= Q(**{f"{field}__icontains": text})
        return payments.filter(found)

    @property
    def kept(self) -> str:
        return self.without() if self.is_valid() else self.within

    def without(self, *names: str) -> str:
        return "&".join(filter(None, [self.within, super().without(*names)]))
