"""The door of the web server."""

import os

from django.core.wsgi import get_wsgi_application

from config.settings_guard import refuse_demo_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
refuse_demo_secrets()
application = get_wsgi_application()
