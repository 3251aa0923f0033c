"""Whose integration is being connected, and where its owner goes on."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from integrations.models import Integration, Role, User


def mine(request: HttpRequest, **which: object) -> Integration:
    """An integration that the reader owns, to connect it; 404 for anybody else's, and for one that was stopped. Raises
    ``PermissionDenied`` for a member who does not own it."""
    assert isinstance(request.user, User)
    alive = Integration.objects.exclude(status=Integration.Status.STOPPED)
    found = get_object_or_404(alive, members__user=request.user, **which)
    if not found.members.filter(user=request.user, role=Role.OWNER).exists():
        raise PermissionDenied
    return found


def after_connecting(integration: Integration) -> HttpResponse:
    """Back to the installation, or to Configuration when that is done."""
    is_installing = integration.status == Integration.Status.INSTALLING
    return redirect("steps" if is_installing else "configuration", integration.licence_key)
