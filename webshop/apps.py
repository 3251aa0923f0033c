from django.apps import AppConfig


class WebshopConfig(AppConfig):
    name = "webshop"
