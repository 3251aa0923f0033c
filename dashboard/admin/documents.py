from django.contrib import admin

from integrations.models import Delivery, Document, Event

from .reading import ReadOnlyAdmin


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("number", "integration", "kind", "state", "reason", "date", "total_cents", "changed_at")
    list_filter = ("state", "kind")
    list_select_related = ("integration",)
    search_fields = ("=number", "=remote_id", "=ledger_number", "=integration__licence_key")
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "integration", "event", "kind", "remote_id", "is_signed", "handled_at", "reason")
    list_select_related = ("integration",)
    search_fields = ("=remote_id", "=integration__licence_key")
    ordering = ("-id",)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "integration", "document", "kind", "user")
    list_filter = ("kind",)
    list_select_related = ("integration", "document", "user")
    search_fields = ("=document__number", "=integration__licence_key")
    ordering = ("-id",)
