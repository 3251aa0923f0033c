"""A round of the shop: do its webhooks still report to us, and does its own list hold what we never heard of?"""

from collections.abc import Callable
from datetime import date

import structlog

from accounting import connection
from integrations.failures import Refused
from integrations.models import Integration
from integrations.timeline import Timeline

from .. import webhooks
from ..ccvshop.client import Shop
from ..sources import open_shop
from . import comparing

log = structlog.get_logger()


def go_round(
    integration: Integration, since: date, moment: str, reached: Callable[[date], None] = lambda day: None
) -> int:
    """Repair the webhooks, and compare what was made from this day on; how many orders or invoices have to be read.
    Raises the failures of the shop's client."""
    shop = open_shop(integration)
    _repair(integration, shop)
    count = comparing.compare(integration, shop, since, moment, reached)
    if integration.shop_lost_at:
        connection.regain(integration, "shop")
    return count


def _repair(integration: Integration, shop: Shop) -> None:
    """Register what the shop has lost or paused. A shop that refuses that still has its lists compared."""
    lacking = webhooks.lacking(integration, shop)
    if not lacking:
        return
    try:
        webhooks.register(integration, shop)
    except Refused as failure:
        log.warning("webhooks not repaired", integration=integration.pk, reason=str(failure))
        return
    timeline = Timeline(integration)
    timeline.add("webhooks_repaired", events=lacking)
    timeline.store()
