"""What surrounds every page of an integration: the sentence at first glance, the two dots, the counts in the tabs."""

from collections import Counter
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from accounting.connectors import SYSTEMS
from integrations.models import Credential, Integration, Role, State, User
from integrations.problems import Problem
from integrations.tallies import Tally, by_state, tallies_of
from webshop.webhooks import process_of

from . import access
from .demo.demo_bar import demo_bar
from .payments import payments
from .people import licences

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
    tallies, dots = tallies_of(integration), dots_of(integration)
    counts = counts_of(tallies)
    counts["stuck"] = counts["errors"] + payments.stuck(integration)  # both are under the tab Errors
    return {
        "integration": integration,
        "licences": partial(licences.listed, user, tab),
        "tab": tab,
        "counts": counts,
        "dots": dots,
        "glance": glance(integration, tallies, dots),
        "tallies": tallies,
        "may_work": access.may(integration, Role.BOOKKEEPER),
        "may_own": access.may(integration, Role.OWNER),
        "books": books_name(integration),
        "posts_invoices": process_of(integration) == "invoices",
        "demo": demo_bar(user, integration) if settings.DEMO else None,
    }


def counts_of(tallies: list[Tally]) -> dict[str, int]:
    """How many documents each tab lists."""
    states = by_state(tallies)
    return {
        "report": states[State.PROCESSED],
        "errors": states[State.ERROR],
        "open": states[State.OPEN] + states[State.QUEUED],
    }


def books_name(integration: Integration) -> str:
    system = SYSTEMS.get(integration.accounting_system)
    return system.label if system else gettext("the books")


def connecting(integration: Integration) -> dict[str, object]:
    """How the books are connected, and what may be shown of it."""
    system = SYSTEMS.get(integration.accounting_system)
    return {"connect_form": system.connect_form(), "credential": system.credential(integration)} if system else {}


def dots_of(integration: Integration) -> list[Dot]:
    held = access.held(integration)
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


def glance(integration: Integration, tallies: list[Tally], dots: list[Dot]) -> Glance:
    """The most urgent thing that can be said: is my administration right, and if not, what do I do first?"""
    key, counts = integration.licence_key, counts_of(tallies)
    if integration.status == Integration.Status.STOPPED:
        url = reverse("profile-of", args=[key]) + "#stopped"
        text = gettext("This integration is stopped: nothing is posted any more.")
        return Glance(is_good=False, text=text, label=gettext("How to start again"), url=url)
    if integration.status == Integration.Status.INSTALLING:
        text = gettext("The installation is not finished yet, so nothing is posted.")
        if not access.may(integration, Role.OWNER):
            return Glance(is_good=False, text=text)
        return Glance(is_good=False, text=text, label=gettext("Continue installing"), url=reverse("steps", args=[key]))
    for dot in dots:
        if not dot.is_good:
            return lost(integration, dot, counts)
    if counts["errors"]:
        return stuck(integration, tallies)
    return payments_stuck(integration) if payments.stuck(integration) else fine(integration, tallies)


def lost(integration: Integration, dot: Dot, counts: dict[str, int]) -> Glance:
    text = ngettext(
        "%(name)s: %(words)s. %(count)d document waits until it is connected again.",
        "%(name)s: %(words)s. %(count)d documents wait until it is connected again.",
        counts["open"],
    ) % {"name": dot.name, "words": dot.words, "count": counts["open"]}
    url = reverse("configuration", args=[integration.licence_key]) + "#connections"
    return Glance(is_good=False, text=text, label=gettext("Restore the connection"), url=url)


def stuck(integration: Integration, tallies: list[Tally]) -> Glance:
    """How many are stuck, and on what most of them."""
    causes = Counter({tally.cause: tally.documents for tally in tallies if tally.state == State.ERROR})
    (cause, _most), count = causes.most_common(1)[0], causes.total()
    text = (
        ngettext("%(count)d document is stuck: %(message)s", "%(count)d documents are stuck: %(message)s", count)
        if len(causes) == 1
        else gettext("%(count)d documents are stuck, for %(causes)d reasons. First: %(message)s")
    )
    url = reverse("errors", args=[integration.licence_key])
    words = text % {"count": count, "causes": len(causes), "message": Problem.of_cause(cause).title}
    words = f"{words} {in_words_of_payments(integration)}".strip()
    return Glance(is_good=False, text=words, label=solve(integration), url=url)


def payments_stuck(integration: Integration) -> Glance:
    """Every document is right, and payments are not."""
    url = reverse("payments", args=[integration.licence_key]) + "?list=errors"
    return Glance(is_good=False, text=in_words_of_payments(integration), label=solve(integration), url=url)


def solve(integration: Integration) -> str:
    return gettext("Solve this") if access.may(integration, Role.BOOKKEEPER) else gettext("See what is stuck")


def in_words_of_payments(integration: Integration) -> str:
    count = payments.stuck(integration)
    text = ngettext("%(count)s payment is stuck.", "%(count)s payments are stuck.", count)
    return text % {"count": count} if count else ""


def fine(integration: Integration, tallies: list[Tally]) -> Glance:
    """How many of this month are in the books."""
    today, counts = timezone.localdate(), counts_of(tallies)
    if not (counts["report"] or counts["open"]):
        return Glance(is_good=True, text=ready(integration))
    posted = sum(one.this_month for one in tallies if one.state == State.PROCESSED)
    done = ngettext(
        "%(count)d document of %(month)s is in %(books)s, nothing is stuck.",
        "%(count)d documents of %(month)s are in %(books)s, nothing is stuck.",
        posted,
    ) % {"count": posted, "books": books_name(integration), "month": date_format(today, "F")}
    return Glance(is_good=True, text=f"{done} {waiting(counts['open'])}".strip())


def ready(integration: Integration) -> str:
    if process_of(integration) == "invoices":
        return gettext("Everything is ready. As soon as the shop makes an invoice, it appears on Report.")
    return gettext("Everything is ready. As soon as an order is paid, it appears on Report.")


def waiting(count: int) -> str:
    if not count:
        return ""
    return ngettext("%(count)d is waiting.", "%(count)d are waiting.", count) % {"count": count}
