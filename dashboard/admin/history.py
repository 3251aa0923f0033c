from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.models import History, Integration
from webshop.past import history as histories

from ..history import PeriodForm
from .reading import ReadOnlyAdmin


class AskForm(PeriodForm, forms.ModelForm):
    """A period that an owner asked us to have counted."""

    class Meta:
        model = History
        fields = ("integration", "since", "until")

    def clean_integration(self) -> Integration:
        integration: Integration = self.cleaned_data["integration"]
        if integration.status != Integration.Status.ACTIVE or integration.administration_id is None:
            raise forms.ValidationError(_("Nothing can be carried over while this integration does not run."))
        if integration.histories.filter(state__in=histories.UNFINISHED).exists():
            raise forms.ValidationError(_("Another period has not ended yet. Finish or stop that one first."))
        return integration


@admin.register(History)
class HistoryAdmin(ReadOnlyAdmin):
    """Support staff count, start, pause and stop for an owner, who sees on their own page what came of it."""

    list_display = ("integration", "kind", "since", "until", "state", "reason", "price_cents", "user", "asked_at")
    list_filter = ("state",)
    list_select_related = ("integration", "user")
    search_fields = ("=integration__licence_key",)
    raw_id_fields = ("integration",)
    ordering = ("-id",)
    form = AskForm
    fields = ("integration", "since", "until", "state", "reason", "price_cents", "user", "data")
    actions = ("count_again", "start", "pause", "resume", "stop")
    has_add_permission = admin.ModelAdmin.has_add_permission

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else AskForm.Meta.fields

    def save_model(self, request: HttpRequest, obj: History, form: Any, change: Any) -> None:
        made = histories.ask(obj.integration, request.user, obj.since, obj.until)  # type: ignore[arg-type]
        if made is None:  # somebody else was first, just now
            raise PermissionDenied
        obj.pk = made.pk

    @admin.action(permissions=["add"], description=_("Count again what was not ready"))
    def count_again(self, request: HttpRequest, chosen: QuerySet[History]) -> None:
        self._act(request, chosen, histories.count_again)

    @admin.action(permissions=["add"], description=_("Start what was counted, at the price of now"))
    def start(self, request: HttpRequest, chosen: QuerySet[History]) -> None:
        self._act(request, chosen, histories.start)

    @admin.action(permissions=["add"], description=_("Pause"))
    def pause(self, request: HttpRequest, chosen: QuerySet[History]) -> None:
        self._act(request, chosen, histories.pause)

    @admin.action(permissions=["add"], description=_("Resume"))
    def resume(self, request: HttpRequest, chosen: QuerySet[History]) -> None:
        self._act(request, chosen, histories.resume)

    @admin.action(permissions=["add"], description=_("Stop for good"))
    def stop(self, request: HttpRequest, chosen: QuerySet[History]) -> None:
        self._act(request, chosen, histories.stop)

    def _act(self, request: HttpRequest, chosen: QuerySet[History], act: Callable[..., bool]) -> None:
        done = sum(act(history, request.user) for history in chosen.select_related("integration"))
        text = ngettext("%(count)d period was changed.", "%(count)d periods were changed.", done) % {"count": done}
        self.message_user(request, text, messages.SUCCESS if done else messages.WARNING)
