"""Connecting with an environment code."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounting.returning import after_connecting
from integrations.failures import ConnectionLost, Failure, Refused
from integrations.models import Credential, Integration

from . import session


def connect(request: HttpRequest, integration: Integration, given: dict[str, Any]) -> HttpResponse:
    """Try the code, and keep it when King accepts it."""
    try:
        session.connect(integration, given["code"])
    except ConnectionLost as failure:
        words = failure.words or _("no reason was given")
        messages.error(request, _("King / iMUIS refused the environment code: %(words)s") % {"words": words})
    except Refused as failure:
        messages.error(request, failure.words)
    except Failure:
        messages.error(request, _("King / iMUIS could not be reached just now. Try again in a minute."))
    else:
        messages.success(request, _("King / iMUIS is connected."))
    return after_connecting(integration)


def code_shown(integration: Integration) -> str:
    """The end of the code in use; "" when there is none."""
    held = Credential.objects.filter(integration=integration, side=Credential.Side.BOOKS).first()
    return _("Environment code %(code)s") % {"code": session.masked(held.secret["code"])} if held else ""
