"""Keeps below the shop's limit of GETs a minute, of all workers together, by counts in the cache."""

import hashlib
import random
import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

from integrations.failures import Temporary


def count(public: str, target: str) -> None:
    """Count a GET of one resource of one shop in this minute; over the limit, nothing is sent before the next.

    The shop refuses the 151st. Rows count as a resource of their own (``orderrows``), wherever they hang.
    """
    limit = settings.CCVSHOP_GETS_PER_MINUTE
    names = [part for part in urlsplit(target).path.split("/") if part and not part.isdigit()]
    shop = hashlib.sha256(public.encode()).hexdigest()[:20]
    key = f"ccvshop:{shop}:{names[-1]}:{int(time.time()) // 60}"
    cache.add(key, 0, timeout=120)
    try:
        sent = cache.incr(key)
    except ValueError:  # a small cache has dropped it meanwhile
        return
    if limit and sent > limit:
        raise Temporary("shop_throttle", wait=until_next_minute(), everything=True)


def until_next_minute() -> timedelta:
    """Until the shop's limits start anew, and a little on, so that not all come back in the same second."""
    return timedelta(seconds=60 - time.time() % 60 + random.uniform(0, 5))  # noqa: S311 no secret
