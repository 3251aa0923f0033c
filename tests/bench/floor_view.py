"""The floor of the webhooks: a bare Django of its own, whose one view verifies an HMAC and inserts a row."""

import hmac
import os

import environ
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

KEY = b"the key of the floor"
TABLE = "CREATE TABLE floor_row (id bigserial PRIMARY KEY, body text NOT NULL)"

if not settings.configured:
    settings.configure(
        SECRET_KEY="floor",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": 60}},
        MIDDLEWARE=[],
        USE_I18N=False,
    )
    application = get_wsgi_application()

    from django.db import models  # a model needs the settings

    class Row(models.Model):
        body = models.TextField()

        class Meta:
            app_label = "floor"
            db_table = "floor_row"

        def __str__(self) -> str:
            return self.body


def keep(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("x-hash", "")
    if not hmac.compare_digest(given, sign(request.body)):
        return HttpResponse(status=403)
    Row.objects.create(body=request.body.decode())
    return HttpResponse(b"OK", content_type="text/plain", headers={"Content-Length": "2"})


def sign(body: bytes) -> str:
    return hmac.digest(KEY, body, "sha512").hex()


urlpatterns = [path("floor", keep)]
