"""What surrounds every page of an integration: the sentence at first glance, the two dots, the counts in the tabs."""

from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from accounting.connectors import SYSTEMS
from integrations.models import Credential, Integration, State, User
from webshop.webhooks import process_of

from . import licences
from .access import documents_of
from .demo_bar import demo_bar
from .stored_problems import first_message

SHOPS = {"ccvshop": "CCV Shop"}


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One of the two connections: which it is, whether we hold credentials for it, and how it is, in words."""

    side: str
    name: str
    is_held: bool
    is_good: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Glance:
    """The sentence above the tabs, with the one button that helps."""

    text: str
    is_good: bool
    label: str = ""
    url: str = ""


def frame(user: User, integration: Integration, tab: str) -> dict[str, object]:
    """The part of a template's context that all tabs share."""
    counts, dots = counts_of(integration), dots_of(integration)
    return {
        "integration": integration,
        "licences": partial(licences.listed, user, tab),
        "tab": tab,
        "counts": counts,
        "dots": dots,
        "glance": glance(integration, counts, dots),
        "books": books_name(integration),
        "posts_invoices": process_of(integration) == "invoices",
        "demo": demo_bar(user, integration) if settings.DEMO else None,
    }


def counts_of(integration: Integration) -> dict[str, int]:
    states = dict(documents_of(integration).order_by().values_list("state").annotate(Count("id")))
    return {
        "report": states.get(State.PROCESSED, 0),
        "errors": states.get(State.ERROR, 0),
        "open": states.get(State.OPEN, 0) + states.get(State.QUEUED, 0),
    }


def books_name(integration: Integration) -> str:
    system = SYSTEMS.get(integration.accounting_system)
    return system.label if system else gettext("the books")


def connecting(integration: Integration) -> dict[str, object]:
    """How the books are connected, and what may be shown of it."""
    system = SYSTEMS.get(integration.accounting_system)
    return {"connect_form": system.connect_form(), "credential": system.credential(integration)} if system else {}


def dots_of(integration: Integration) -> list[Dot]:
    held = set(integration.credentials.values_list("side", flat=True))
    shop = words_of(Credential.Side.SHOP in held, is_lost=integration.shop_lost_at is not None)
    books = words_of(Credential.Side.BOOKS in held, is_lost=integration.books_lost_at is not None)
    if books[0] and not integration.administration_id:
        books = False, gettext("no administration chosen yet")
    shop_name = SHOPS.get(integration.shop_system, gettext("Webshop"))
    return [
        Dot(side="shop", name=shop_name, is_held="shop" in held, is_good=shop[0], words=shop[1]),
        Dot(side="books", name=books_name(integration), is_held="books" in held, is_good=books[0], words=books[1]),
    ]


def words_of(is_held: bool, *, is_lost: bool) -> tuple[bool, str]:
    if is_lost:
        return False, gettext("connection lost")
    return (True, gettext("connected")) if is_held else (False, gettext("not connected"))


def glance(integration: Integration, counts: dict[str, int], dots: list[Dot]) -> Glance:
    """The most urgent thing that can be said: is my administration right, and if not, what do I do first?"""
    key = integration.licence_key
    if integration.status == Integration.Status.STOPPED:
        url = reverse("profile-of", args=[key]) + "#stopped"
        text = gettext("This integration is stopped: nothing is posted any more.")
        return Glance(is_good=False, text=text, label=gettext("How to start again"), url=url)
    if integration.status == Integration.Status.INSTALLING:
        text = gettext("The installation is not finished yet, so nothing is posted.")
        return Glance(is_good=False, text=text, label=gettext("Continue installing"), url=reverse("steps", args=[key]))
    for dot in dots:
        if not dot.is_good:
            return lost(integration, dot, counts)
    return stuck(integration, counts) if counts["errors"] else fine(integration, counts)


def lost(integration: Integration, dot: Dot, counts: dict[str, int]) -> Glance:
    text = ngettext(
        "%(name)s: %(words)s. %(count)d document waits until it is connected again.",
        "%(name)s: %(words)s. %(count)d documents wait until it is connected again.",
        counts["open"],
    ) % {"name": dot.name, "words": dot.words, "count": counts["open"]}
    url = reverse("configuration", args=[integration.licence_key]) + "#connections"
    return Glance(is_good=False, text=text, label=gettext("Restore the connection"), url=url)


def stuck(integration: Integration, counts: dict[str, int]) -> Glance:
    oldest = documents_of(integration).filter(state=State.ERROR).order_by("changed_at", "id").first()
    message = first_message(oldest.problems) if oldest else ""
    text = ngettext(
        "%(count)d document is stuck: %(message)s",
        "%(count)d documents are stuck. The oldest: %(message)s",
        counts["errors"],
    ) % {"count": counts["errors"], "message": message}
    url = reverse("errors", args=[integration.licence_key])
    return Glance(is_good=False, text=text, label=gettext("Solve this"), url=url)


def fine(integration: Integration, counts: dict[str, int]) -> Glance:
    now = timezone.localtime()
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    posted = documents_of(integration).filter(state=State.PROCESSED, changed_at__gte=start).count()
    if not (posted or counts["report"] or counts["open"]):
        return Glance(is_good=True, text=ready(integration))
    done = ngettext(
        "%(count)d document went to %(books)s in %(month)s, nothing is stuck.",
        "%(count)d documents went to %(books)s in %(month)s, nothing is stuck.",
        posted,
    ) % {"count": posted, "books": books_name(integration), "month": date_format(now, "F")}
    return Glance(is_good=True, text=f"{done} {waiting(counts['open'])}".strip())


def ready(integration: Integration) -> str:
    if process_of(integration) == "invoices":
        return gettext("Everything is ready. The first invoice appears here within seconds.")
    return gettext("Everything is ready. The first order appears here within seconds.")


def waiting(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d is waiting.", "%(count)d are waiting.", count) % {"count": count}
