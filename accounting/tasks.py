"""What the worker does for accounting besides posting."""

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from integrations.models import Event, Integration


@shared_task
def tell_connection_lost(integration_id: int, side: str) -> None:
    """Mail everybody with access that a side has to be connected again, each in their own language."""
    integration = Integration.objects.get(pk=integration_id)
    for member in integration.members.select_related("user"):
        with translation.override(member.user.language or settings.LANGUAGE_CODE):
            what = _("your webshop") if side == "shop" else _("your accounting system")
            subject = _("%(integration)s: the connection with %(what)s is lost") % {
                "integration": integration,
                "what": what,
            }
            text = _(
                "The connection with %(what)s was refused. Nothing is lost: what arrives waits and is processed as "
                "soon as you have connected again. Log in, open the Configuration tab and press Connect:\n\n"
                "%(address)s\n"
            ) % {"what": what, "address": f"{settings.PUBLIC_URL}/{integration.licence_key}/configuration/"}
            send_mail(subject, text, None, [member.user.email])
    Event.objects.create(integration=integration, at=timezone.now(), kind="connection_lost_told", data={"side": side})
