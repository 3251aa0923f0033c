from django.urls import path

from . import views

urlpatterns = [
    path("rompslomp/connect/<str:licence_key>", views.connect, name="rompslomp-connect"),
    path("rompslomp/callback", views.callback, name="rompslomp-callback"),
]
