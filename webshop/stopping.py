"""An integration is stopped by its owner: the same end as when the app is removed from the shop, which is told."""

from integrations.failures import Failure
from integrations.models import Integration, User

from . import registration, webhooks
from .sources import open_shop


def stop(integration: Integration, user: User) -> bool:
    """Stop at once, whatever the shop says; then have the shop forget our webhooks. False when it could not be told:
    what it still sends is refused."""
    try:
        shop = open_shop(integration)
    except Failure:
        shop = None
    registration.stop(integration, "stopped", user)
    if shop is None:
        return False
    try:
        webhooks.remove(integration, shop)
    except Failure:
        return False
    return True
