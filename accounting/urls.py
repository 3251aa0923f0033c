from django.urls import path

from . import views
from .rompslomp import views as rompslomp

urlpatterns = [
    path("connect/<str:licence_key>", views.connect, name="connect"),
    path("rompslomp/callback", rompslomp.callback, name="rompslomp-callback"),
]
