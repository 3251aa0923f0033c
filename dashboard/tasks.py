"""The e-mails that the worker sends. The rows in the database say what is to be told; a task only rings."""

import structlog
from celery import Task, shared_task

from .mails import alerts, digests, ticket_mails
from .people import mail_addresses, members

log = structlog.get_logger()

TRIED_AGAIN = {"autoretry_for": (OSError,), "retry_backoff": 30, "retry_backoff_max": 600, "max_retries": 10}


def ask(task: Task, *args: object) -> bool:
    """Ask a worker for an e-mail that somebody waits for. False without a broker now."""
    try:
        task.delay(*args)
    except Exception:  # noqa: BLE001 whatever the broker's client raises
        log.warning("the broker is out of reach", task=task.name)
        return False
    return True


@shared_task
def tell_connection_lost(integration_id: int, side: str) -> None:
    """``accounting.connection`` rings by this name."""
    alerts.tell_connection_lost(integration_id, side)


@shared_task
def tell_people() -> None:
    """Every quarter of an hour: of what is newly stuck at once, and the digests that are due."""
    alerts.tell_causes()
    digests.send_digests()


@shared_task(**TRIED_AGAIN)
def mail_invitation(invitation_id: int) -> None:
    members.write(invitation_id)


@shared_task(**TRIED_AGAIN)
def mail_address_check(address_id: int) -> None:
    mail_addresses.write(address_id)


@shared_task
def mail_message(message_id: int) -> None:
    """Tell the other side of a message in a ticket."""
    for user_id in ticket_mails.tell(message_id):
        mail_message_to.delay(message_id, user_id)


@shared_task(**TRIED_AGAIN)
def mail_message_to(message_id: int, user_id: int) -> None:
    """One of several readers, who could not be reached when the others were."""
    ticket_mails.tell_one(message_id, user_id)


@shared_task
def mail_messages() -> None:
    """Every few minutes: what was not mailed yet, because nobody rang or the mail server refused."""
    for message_id in ticket_mails.waiting():
        mail_message(message_id)
