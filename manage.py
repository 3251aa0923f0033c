#!/usr/bin/env python
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["preview"]:
        settings.INSTALLED_APPS  # noqa: B018 loaded before Django takes preview's --settings, a JSON file, for its own
    execute_from_command_line(sys.argv)
