"""What is registered with CCV Shop. The addresses are part of signatures, so they must never change."""

from django.urls import URLPattern, path

from . import handshakes, views

urlpatterns: list[URLPattern] = [
    path(handshakes.HANDSHAKE.lstrip("/"), views.handshake, name="handshake"),
    path(handshakes.INSTALL.lstrip("/"), views.install, name="shop-install"),
    path(handshakes.UNINSTALL.lstrip("/"), views.uninstall, name="uninstall"),
    path("hooks/ccvshop/<str:integration_id>/<str:event>/<str:token>", views.webhook, name="webhook"),
]
