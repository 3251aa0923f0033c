"""The one way in which e-mails are made: text and HTML from ``templates/mail``, in the language of who reads them.

``send(to, "digest", context, "nl")`` takes ``mail/digest_subject.txt``, ``mail/digest.txt`` and ``mail/digest.html``,
which extend ``mail/base.txt`` and ``mail/base.html``. Only a Celery task sends: a mail server may take its time, and
what it refuses is tried again.
"""

import re
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import translation

from ..templatetags.dashboard import PRODUCT


def send(
    to: str, name: str, context: dict[str, Any], language: str, *, unsubscribe_url: str = "", reply_to: str = ""
) -> None:
    """Raises ``OSError`` (as ``SMTPException`` is) when it was not taken. ``unsubscribe_url`` is answered by mail
    programs with one click: a POST without a session, https://www.rfc-editor.org/rfc/rfc8058."""
    message = made(name, context | {"unsubscribe_url": unsubscribe_url}, language)
    message.to = [to]
    message.reply_to = [reply_to] if reply_to else []
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    if unsubscribe_url:
        message.extra_headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.send()


def made(name: str, context: dict[str, Any], language: str) -> EmailMultiAlternatives:
    """Subject, text and HTML; templates of text need not switch escaping off."""
    known = context | {"public_url": settings.PUBLIC_URL}
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = " ".join(as_text(f"mail/{name}_subject.txt", known).split())
        text = re.sub(r"\n{3,}", "\n\n", as_text(f"mail/{name}.txt", known).strip()) + "\n"
        html = render_to_string(f"mail/{name}.html", known)
    message = EmailMultiAlternatives(subject, text, sender())
    message.attach_alternative(html, "text/html")
    return message


def as_text(template: str, context: dict[str, Any]) -> str:
    rendered: str = get_template(template).template.render(Context(context, autoescape=False))
    return rendered


def sender() -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or PRODUCT, address))


def link(view: str, *args: object) -> str:
    """The whole address of one of our pages."""
    return f"{settings.PUBLIC_URL}{reverse(view, args=args)}"
