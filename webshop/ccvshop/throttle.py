"""Keeps below the shop's limit of GETs a minute, of all workers together, by counts in the cache."""

import hashlib
import random
import sys
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
    key = _key(public, names[-1])
    cache.add(key, 0, timeout=120)
    try:
        sent = cache.incr(key)
    except ValueError:  # a small cache has dropped it meanwhile
        return
    if limit and sent > limit:
        raise Temporary("shop_throttle", wait=until_next_minute(), everything=True)


def room(public: str, resource: str) -> int:
    """How many GETs of a resource may go this minute to work that can wait: half of the limit is kept for the rest."""
    limit = settings.CCVSHOP_GETS_PER_MINUTE
    return max(0, limit // 2 - cache.get(_key(public, resource), 0)) if limit else sys.maxsize


def _key(public: str, resource: str) -> str:
    shop = hashlib.sha256(public.encode()).hexdigest()[:20]
    return f"ccvshop:{shop}:{resource}:{int(time.time()) // 60}"


def until_next_minute() -> timedelta:
    """Until the shop's limits start anew, and a little on, so that not all come back in the same second."""
    return timedelta(seconds=60 - time.time() % 60 + random.uniform(0, 5))  # noqa: S311 no secret
