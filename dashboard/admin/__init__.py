"""The screens of support staff. Nothing here shows a secret."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from ..templatetags.dashboard import PRODUCT
from . import documents, history, integrations, tickets, users

__all__ = ["documents", "history", "integrations", "tickets", "users"]

admin.site.unregister([Authenticator, UserSession])  # they show the secrets of log-ins
admin.site.site_header = admin.site.site_title = PRODUCT
