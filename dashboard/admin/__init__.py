"""The screens of support staff. Nothing here shows a secret."""

from django.contrib import admin

from ..templatetags.dashboard import PRODUCT
from . import documents, integrations, users

__all__ = ["documents", "integrations", "users"]

admin.site.site_header = admin.site.site_title = PRODUCT
