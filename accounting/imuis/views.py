"""Connecting with an environment code."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
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
        words = _(
            "King / iMUIS did not accept this environment code. Copy it again from the tab Connections and paste it "
            "below."
        )
        if failure.words:
            words = format_html('{} “<span lang="nl">{}</span>”', words, failure.words)
        messages.error(request, words)
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
