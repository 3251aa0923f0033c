from django.contrib import admin

from integrations.models import Integration, Member

from .reading import ReadOnlyAdmin


class MemberInline(admin.TabularInline):
    model = Member
    extra = 0
    raw_id_fields = ("user",)


@admin.register(Integration)
class IntegrationAdmin(admin.ModelAdmin):
    """Who may see an integration can be changed here; everything else is the owner's."""

    list_display = ("name", "licence_key", "status", "shop_id", "administration", "shop_lost_at", "books_lost_at")
    list_filter = ("status", "accounting_system")
    list_select_related = ("administration",)
    search_fields = ("licence_key", "name", "shop_id", "api_root")
    readonly_fields = tuple(field.name for field in Integration._meta.fields if field.name != "id")
    inlines = (MemberInline,)
    has_add_permission = ReadOnlyAdmin.has_add_permission
    has_delete_permission = ReadOnlyAdmin.has_delete_permission
