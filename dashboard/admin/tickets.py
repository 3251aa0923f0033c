"""Tickets, as support staff answer them: the conversation, what was sent along with it, an answer."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.models import Ticket, TicketDocument, TicketFile

from ..documents import json_shown
from ..tickets import ticket_files, tickets
from ..tickets.ticket_files import FilesField
from ..tickets.ticket_forms import LONGEST
from .reading import ReadOnlyAdmin


class StaffForm(forms.ModelForm):
    """An answer, if one is written, and whether the ticket is closed with it."""

    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 100}),
        help_text=_("The person who asked gets it by e-mail, with a link to the ticket."),
    )
    files = FilesField()
    close = forms.BooleanField(label=_("Close the ticket"), required=False)

    class Meta:
        model = Ticket
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("files") and not given.get("answer"):
            self.add_error("answer", gettext("Write a line with the files."))
        return given


@admin.register(Ticket)
class TicketAdmin(admin.ModelAdmin):
    form = StaffForm
    list_display = ("__str__", "licence_key", "status", "user", "about", "changed_at")
    list_filter = ("status",)
    list_select_related = ("integration", "user")
    search_fields = ("=id", "subject", "=integration__licence_key", "=user__email")
    ordering = ("-changed_at",)
    show_full_result_count = False
    readonly_fields = (
        "subject",
        "licence_key",
        "integration",
        "user",
        "status",
        "opened_at",
        "conversation",
        "evidence",
    )
    fieldsets = (
        (
            None,
            {"fields": ("subject", ("integration", "licence_key"), "user", ("status", "opened_at"), "conversation")},
        ),
        (_("Answer"), {"fields": ("answer", "files", "close")}),
        (_("What was sent along"), {"fields": ("evidence",), "classes": ("collapse",)}),
    )
    has_add_permission = ReadOnlyAdmin.has_add_permission
    has_delete_permission = ReadOnlyAdmin.has_delete_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return super().get_queryset(request).annotate(about=Count("documents"))

    @admin.display(description=_("Licence key"))
    def licence_key(self, ticket: Ticket) -> str:
        return ticket.integration.licence_key

    @admin.display(description=_("Documents"))
    def about(self, ticket: Any) -> int:
        count: int = ticket.about
        return count

    @admin.display(description=_("Conversation"))
    def conversation(self, ticket: Ticket) -> str:
        said = ticket.messages.select_related("user").order_by("id")
        files = TicketFile.objects.filter(message__ticket=ticket).defer("content").order_by("id")
        return render_to_string("admin/integrations/ticket/conversation.html", {"said": said, "files": files})

    @admin.display(description=_("Documents"))
    def evidence(self, ticket: Ticket) -> str:
        rows = TicketDocument.objects.filter(ticket=ticket).select_related("document").order_by("id")
        rows = rows.defer("document__source", "document__mapped")
        shown = [(row, json_shown.shown(row.evidence)) for row in rows]
        return render_to_string("admin/integrations/ticket/evidence.html", {"shown": shown})

    def save_model(self, request: HttpRequest, obj: Ticket, form: ModelForm, change: bool) -> None:
        """What was written becomes a message; the ticket itself has nothing that staff change by hand."""
        given = form.cleaned_data
        try:
            if given["answer"]:
                said = tickets.Said(user=request.user, text=given["answer"], files=given["files"])  # type: ignore[arg-type]
                tickets.answer(obj, said, is_staff=True, close=given["close"])
            elif given["close"]:
                tickets.close(obj)
        except tickets.Taken as taken:
            text = gettext("Not answered: this ticket is closed, and ticket %(ticket)s is about the same.")
            self.message_user(request, text % {"ticket": taken.ticket}, messages.ERROR)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file)
        return [path("files/<int:file_id>", view, name="ticket-file-of-staff"), *super().get_urls()]

    def file(self, request: HttpRequest, file_id: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return ticket_files.sent(get_object_or_404(TicketFile, pk=file_id))
