"""What the App Store tells about a shop: the keys of a handshake, and the link with which its merchant arrives.

https://github.com/ccvshop/App-Example-Code shows both. The addresses are the ones registered with CCV: they are part
of the signatures, and are never read from a request, which a proxy may have changed. A merchant with an installation
link makes the keys by hand in the shop; they are kept as a handshake too, one that names no page to go back to. What
the App Store signed proves whose shop it is; keys and an address that somebody typed prove nothing.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction

from integrations import http
from integrations.models import Handshake, Role, User

from .ccvshop import signature
from .incoming import Rejected

HANDSHAKE = "/ccvshop/handshake"
INSTALL = "/ccvshop/install"
UNINSTALL = "/ccvshop/uninstall"

HOST = re.compile(r"([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
PAGE = re.compile(r"(://[^/?#]*).*", re.DOTALL)  # what an address holds after its host goes
LONGEST_KEY = 200
LONGEST_ORIGIN = 200
LONGEST_RETURN_URL = 500


def keep(body: dict[str, Any]) -> Handshake:
    """Store a handshake, or store it again: the App Store may repeat itself. Raises ``Rejected`` (400).

    Fields that are not known are left alone. A repeated handshake keeps the integration that it led to, and who came
    with it; not so where somebody had only typed the same key. Without a page to go back to that is the shop itself.
    """
    api_public = key(body, "api_public")
    api_root = _origin(_text(body, "api_root", LONGEST_ORIGIN))
    fields = {
        "api_secret": key(body, "api_secret"),
        "api_root": api_root,
        "return_url": _return_url(body.get("return_url") or "") or api_root,
    }
    Handshake.objects.filter(api_public=api_public, return_url="").update(claimed_by=None, integration=None)
    return Handshake.objects.update_or_create(api_public=api_public, defaults=fields)[0]


def by_hand(user: User, address: str, api_public: str, api_secret: str) -> Handshake:
    """The handshake, not stored yet, of keys that a merchant made in the shop. Raises ``Rejected``: the address is not
    that of a shop, a key can't be one, or somebody else came with the same keys."""
    typed = address if "://" in address else f"https://{address}"
    given = {"address": PAGE.sub(r"\1", typed), "api_public": api_public, "api_secret": api_secret}
    handshake = Handshake.objects.filter(api_public=key(given, "api_public")).first() or Handshake(claimed_by=user)
    if not _is_of(handshake, user):
        raise Rejected(409, "keys_in_use", "These keys are in use already.")
    handshake.api_public, handshake.api_secret = api_public, key(given, "api_secret")
    handshake.api_root = _origin(_text(given, "address", LONGEST_ORIGIN))
    handshake.return_url = ""
    return handshake


def _is_of(handshake: Handshake, user: User) -> bool:
    """Whether they may type other keys: they came with it, and still own what runs on it."""
    linked = handshake.integration
    is_theirs = linked is None or linked.members.filter(user=user, role=Role.OWNER).exists()
    return handshake.claimed_by == user and is_theirs


def store(handshake: Handshake) -> Handshake:
    """Store what was made by hand; once, when it is sent twice at the same time. Raises ``Rejected`` like ``by_hand``
    when the other one was somebody else."""
    try:
        with transaction.atomic():
            handshake.save()
    except IntegrityError as error:
        stored = Handshake.objects.filter(api_public=handshake.api_public, claimed_by=handshake.claimed_by).first()
        if stored is None:
            raise Rejected(409, "keys_in_use", "These keys are in use already.") from error
        return stored
    return handshake


def waiting(proven: int | None, user: User) -> Handshake | None:
    """The handshake that the browser has the proof of; else the newest that this person came with, in whichever
    browser, and has not linked yet."""
    found = Handshake.objects.filter(pk=proven).first() if proven else None
    if found is None and user.is_authenticated:
        found = Handshake.objects.filter(claimed_by=user, integration=None).order_by("-received_at").first()
    return found


def claim(proven: int | None, user: User) -> None:
    """Let the person find the handshake again in another browser."""
    Handshake.objects.filter(pk=proven or 0, integration=None).update(claimed_by=user)


def is_install_link(api_public: str, given: str) -> bool:
    """Whether the App Store made the link with which somebody opens the install page."""
    return signature.is_valid(settings.CCVSHOP_APP_SECRET, given, settings.PUBLIC_URL + INSTALL, api_public)


def language(asked: str) -> str:
    """The language of the App Store (nl, en, de or fr), or English where we don't speak it."""
    return asked if asked in dict(settings.LANGUAGES) else "en"


def key(body: dict[str, Any], name: str) -> str:
    """A key of the shop out of a body. Raises ``Rejected`` (400)."""
    return _text(body, name, LONGEST_KEY)


def _text(body: dict[str, Any], name: str, longest: int) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise Rejected(400, "field_missing", f"{name} is missing.")
    if len(found) > longest or not _is_plain(found):
        raise Rejected(400, "field_invalid", f"{name} is not usable.")
    return found


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _origin(text: str) -> str:
    """The shop's API root as an origin. It comes from outside and we are going to send requests there, so it must be
    https at its own port on the public internet; the operator lists the exceptions."""
    try:
        parts = urlsplit(text.rstrip("/"))
        is_bare = not (parts.path or parts.query or parts.fragment) and HOST.fullmatch(parts.netloc)
        if not is_bare or parts.scheme not in ("https", "http"):
            raise ValueError("not an origin")
        if parts.port not in (None, 443) and not http.is_sandbox_host(text):
            raise ValueError("not the port of a shop")
        http.check_public(f"{parts.scheme}://{parts.netloc}")
    except ValueError as error:
        raise Rejected(
            400, "api_root_refused", f"api_root is not the public https address of a shop: {error}."
        ) from error
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _return_url(found: Any) -> str:
    """Where the merchant is sent at the end. Only the App Store, by its signature, can say where, so it may be any
    host; but it must be a web address, so that a link to it can't run anything."""
    if found == "":
        return ""
    try:
        parts = urlsplit(found) if isinstance(found, str) and len(found) <= LONGEST_RETURN_URL else None
        is_usable = parts and HOST.fullmatch(parts.netloc) and _is_plain(found) and " " not in found
        if not parts or not is_usable or not (parts.scheme == "https" or _is_sandbox(found, parts.scheme)):
            raise ValueError("not a web address")
    except ValueError as error:
        raise Rejected(400, "return_url_refused", "return_url is not an https address.") from error
    return str(found)


def _is_sandbox(url: str, scheme: str) -> bool:
    return scheme == "http" and http.is_sandbox_host(url)
