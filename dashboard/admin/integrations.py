from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from integrations.models import Integration, Invitation, MailAddress, Member

from ..install import installation_links
from . import payments
from .reading import ReadOnlyAdmin


class MemberInline(admin.TabularInline):
    model = Member
    extra = 0
    raw_id_fields = ("user",)


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    has_add_permission = ReadOnlyAdmin.has_add_permission
    has_change_permission = ReadOnlyAdmin.has_change_permission
    has_delete_permission = ReadOnlyAdmin.has_delete_permission


class InvitationInline(ReadOnlyInline):
    model = Invitation
    readonly_fields = fields = ("email", "role", "invited_by", "invited_at", "expires_at", "accepted_at")


class MailAddressInline(ReadOnlyInline):
    model = MailAddress
    readonly_fields = fields = ("email", "language", "digest", "added_at", "verified_at")


@admin.register(Integration)
class IntegrationAdmin(admin.ModelAdmin):
    """Who may see an integration can be changed here, and whether payments are posted; everything else is the owner's.
    A button on the list makes an installation link for a shop without the App Store."""

    list_display = ("name", "licence_key", "status", "shop_id", "administration", "shop_lost_at", "books_lost_at")
    list_filter = ("status", "accounting_system", ("archived_at", admin.EmptyFieldListFilter))
    actions = ("archive", "show_again")
    list_select_related = ("administration",)
    search_fields = ("licence_key", "name", "shop_id", "api_root")
    readonly_fields = tuple(field.name for field in Integration._meta.fields if field.name != "id")
    inlines = (MemberInline, InvitationInline, MailAddressInline)
    has_add_permission = ReadOnlyAdmin.has_add_permission
    has_delete_permission = ReadOnlyAdmin.has_delete_permission

    @admin.action(permissions=["change"], description=_("Archive the licence keys of stopped integrations"))
    def archive(self, request: HttpRequest, chosen: QuerySet[Integration]) -> None:
        stopped = chosen.filter(status=Integration.Status.STOPPED, archived_at=None)
        self._tell(request, stopped.update(archived_at=timezone.now()))

    @admin.action(permissions=["change"], description=_("Show archived licence keys again"))
    def show_again(self, request: HttpRequest, chosen: QuerySet[Integration]) -> None:
        self._tell(request, chosen.exclude(archived_at=None).update(archived_at=None))

    def _tell(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%(count)d licence key was changed.", "%(count)d licence keys were changed.", count)
        self.message_user(request, text % {"count": count})

    def get_urls(self) -> list[URLPattern]:
        view, switch = map(self.admin_site.admin_view, (self.installation_link, self.switch_payments))
        return [
            path("installation-link/", view, name="installation-link"),
            path("<int:integration_id>/payments/", switch, name="integration-payments"),
            *super().get_urls(),
        ]

    def switch_payments(self, request: HttpRequest, integration_id: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return payments.switch(request, integration_id)

    def installation_link(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = installation_links.LinkForm(request.POST or None, initial={"days": settings.INSTALLATION_LINK_DAYS})
        made = ""
        if request.POST and form.is_valid():
            made = installation_links.make(**form.cleaned_data)
            self._note_link(request, form.cleaned_data)
        context = self.admin_site.each_context(request) | {"form": form, "made": made, "opts": self.opts}
        return render(request, "admin/integrations/integration/installation_link.html", context)

    def _note_link(self, request: HttpRequest, said: dict[str, Any]) -> None:
        """Who let whom in is kept, and never the link itself."""
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(Integration),
            object_repr=said["email"],
            action_flag=ADDITION,
            change_message=f"Installation link, {said['days']} days",
        )
