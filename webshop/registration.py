"""The life of an integration at the shop: linked to a person's account, finished, and stopped again."""

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounting import connection, reversals
from integrations.failures import ConnectionLost, Gone, Refused, Temporary
from integrations.models import (
    Administration,
    Credential,
    Handshake,
    Integration,
    Member,
    Role,
    State,
    TermsAcceptance,
    User,
)
from integrations.problems import Problem
from integrations.timeline import Timeline

from . import webhooks
from .ccvshop.client import Shop
from .doorbell import ring
from .shop_facts import Facts, facts_of
from .sources import open_shop

STOPPED = "stopped"


def attach(
    handshake: Handshake,
    user: User,
    accounting_system: str,
    terms: TermsAcceptance | None = None,
    facts: Facts | None = None,
) -> Integration:
    """Link the shop of a handshake to ``user``, as a new integration or as the one this shop has already, and keep
    their agreement to the terms, if it is given, in the same transaction. ``facts`` are those of the handshake, where
    the shop was asked already.

    The shop is recognised by its own id, so it keeps its history when the app is installed again with new keys.
    Somebody who is no member of that integration is refused (``shop_of_others``): the keys of a shop are no reason to
    see another person's books. A member who does not own it gets ``PermissionDenied``. Raises the failures of the
    shop's client.
    """
    facts = facts or facts_of(handshake)
    with transaction.atomic():
        if not _is_typed(handshake):
            _end_claims_of_others(facts["shop_id"], user)
        integration = _integration_for(user, facts["shop_id"], accounting_system)
        _hand_over(integration, handshake, facts, user)
        handshake.integration = integration
        handshake.save(update_fields=["integration"])
        integration.handshakes.exclude(pk=handshake.pk).delete()  # older ones have had their time
        if terms:
            terms.integration = integration
            terms.save()
    if integration.status == Integration.Status.ACTIVE:
        finish(integration)  # new keys know nothing of the webhooks that the old ones registered
    return integration


def renew(handshake: Handshake, user: User) -> None:
    """Give the keys of a handshake that is linked to the integrations owned by ``user`` that run on earlier ones of it,
    or have lost the shop: the shop has to answer to them as the same. Raises the failures of the shop's client."""
    behind = [one for one in _running_on(handshake, user) if not _is_up_to_date(one, handshake)]
    if not behind:
        return
    facts = facts_of(handshake)
    if facts["shop_id"] != behind[0].shop_id:
        raise Temporary("shop_no_sense")
    with transaction.atomic():
        for integration in behind:
            _hand_over(integration, handshake, facts, user)
    for integration in behind:
        if integration.status == Integration.Status.ACTIVE:
            finish(integration)


def _running_on(handshake: Handshake, user: User) -> list[Integration]:
    """The integrations that ``user`` owns with the key of a handshake: one for each accounting system of the shop."""
    assert handshake.integration
    mine = _owned_by(user).filter(shop_id=handshake.integration.shop_id)
    held = Credential.objects.filter(side=Credential.Side.SHOP, integration__in=mine).select_related("integration")
    return [one.integration for one in held if one.secret.get("public") == handshake.api_public]


def _owned_by(user: User) -> QuerySet[Integration]:
    return Integration.objects.filter(members__user=user, members__role=Role.OWNER)


def _is_up_to_date(integration: Integration, handshake: Handshake) -> bool:
    secret = integration.credentials.get(side=Credential.Side.SHOP).secret["secret"]
    is_same = (secret, integration.api_root) == (handshake.api_secret, handshake.api_root)
    return is_same and integration.shop_lost_at is None


def _is_typed(handshake: Handshake) -> bool:
    """The App Store says where to go back to; keys made by hand come without it."""
    return not handshake.return_url


def _end_claims_of_others(shop_id: str, user: User) -> None:
    """The App Store has just shown whose shop this is. Links of others that rest on nothing but what they typed are
    stopped, if they still ran, and let the shop go; not those that the person is a member of, in whatever role."""
    others = Integration.objects.filter(shop_system="ccvshop", shop_id=shop_id).exclude(members__user=user)
    for integration in others.order_by("pk"):
        connected = integration.events.filter(kind="shop_connected")
        if connected.filter(data__by_hand=True).exists() and not connected.filter(data__by_hand=False).exists():
            stop(integration, "taken_over")
            integration.shop_id = ""
            integration.save(update_fields=["shop_id"])


def _integration_for(user: User, shop_id: str, accounting_system: str) -> Integration:
    """The one of this shop with this accounting system, made if need be. Refuses somebody who owns no part in a shop
    that is linked already, or does not own this integration of it."""
    linked = Integration.objects.filter(shop_system="ccvshop", shop_id=shop_id)
    if linked.exists() and not _owned_by(user).filter(pk__in=linked).exists():
        _refuse(linked, user)
    integration, is_new = Integration.objects.get_or_create(
        shop_system="ccvshop", shop_id=shop_id, accounting_system=accounting_system
    )
    if is_new:
        Member.objects.create(integration=integration, user=user)
    elif not _owned_by(user).filter(pk=integration.pk).exists():
        _refuse(linked.filter(pk=integration.pk), user)
    return integration


def _refuse(linked: QuerySet[Integration], user: User) -> NoReturn:
    """Whoever sees an integration already learns that connecting it is its owner's; others learn nothing."""
    if linked.filter(members__user=user).exists():
        raise PermissionDenied
    raise Refused(Problem("shop_of_others"))


def _hand_over(integration: Integration, handshake: Handshake, facts: Facts, user: User) -> None:
    """Put the keys of a handshake in the place of older ones, with what the shop now says of itself."""
    is_again = integration.events.filter(kind="shop_connected").exists()
    integration.name = facts["name"] or integration.name
    integration.country = facts["home_country"][:2] or integration.country
    integration.vat_number = facts["vat_number"] or integration.vat_number
    integration.api_root = handshake.api_root
    if integration.status == Integration.Status.STOPPED:
        integration.status = Integration.Status.INSTALLING
    integration.archived_at = None
    integration.save(update_fields=["name", "country", "vat_number", "api_root", "status", "archived_at"])
    by_hand = _is_typed(handshake)
    secret: dict[str, Any] = {"public": handshake.api_public, "secret": handshake.api_secret}
    if by_hand:
        secret["by_hand"] = True
    Credential.objects.update_or_create(integration=integration, side=Credential.Side.SHOP, defaults={"secret": secret})
    timeline = Timeline(integration)
    country = facts["home_country"]
    timeline.add("shop_connected", user=user, home_country=country, again=is_again, by_hand=by_hand)
    timeline.store()
    connection.regain(integration, "shop")
    integration.shop_lost_at = None


def finish(integration: Integration) -> None:
    """Register the webhooks, tell the App Store that the app is installed, and start.

    It may be done again at any time, after a failure as well as after success. Raises the client's failures.
    """
    timeline = Timeline(integration)
    shop = open_shop(integration)
    shop.record = timeline.call
    try:
        webhooks.register(integration, shop)
        has_app = not is_by_hand(integration) or _names_an_app(shop)
        if has_app:
            shop.mark_installed()
        timeline.add("installed", app=has_app)
    finally:
        timeline.store()
    integration.status = Integration.Status.ACTIVE
    integration.save(update_fields=["status"])
    integration.documents.filter(state__in=(State.OPEN, State.QUEUED), reason=STOPPED).update(reason="")
    if integration.administration_id:
        ring(integration.administration_id)


def is_by_hand(integration: Integration) -> bool:
    """Whether the merchant made the keys, so that they came without an app of the App Store."""
    credential = integration.credentials.filter(side=Credential.Side.SHOP).first()
    return bool(credential and credential.secret.get("by_hand"))


def _names_an_app(shop: Shop) -> bool:
    """Whether there is an app in the App Store to mark as installed: keys that a merchant made may belong to none, or
    have no right to ask. That they work was seen just before, when the webhooks were registered."""
    try:
        return bool(shop.apps())
    except (ConnectionLost, Refused, Gone):
        return False


def repair_webhooks(integration: Integration) -> None:
    """See to it that the shop still has our webhooks, active, for the mode of the settings in use."""
    timeline = Timeline(integration)
    shop = open_shop(integration)
    shop.record = timeline.call
    try:
        webhooks.register(integration, shop)
    finally:
        timeline.store()


def uninstall(api_public: str) -> None:
    """The app was removed from the shop that had this key: stop what still uses it.

    The shop's API is not called: its keys have ended with the app. An old message that is sent again finds its key
    replaced and changes nothing.
    """
    handshake = Handshake.objects.filter(api_public=api_public).first()
    if handshake is None:
        return
    if handshake.integration:
        held = Credential.objects.filter(side=Credential.Side.SHOP, integration__shop_id=handshake.integration.shop_id)
        for credential in held.select_related("integration"):
            if credential.secret["public"] == api_public:
                stop(credential.integration, "uninstalled")
    Handshake.objects.filter(api_public=api_public).delete()


@transaction.atomic
def stop(integration: Integration, kind: str, user: User | None = None) -> None:
    """End an integration: nothing is processed any more, its keys are gone, its history stays readable.

    ``kind`` names the event: ``uninstalled`` in the shop, ``stopped`` by ``user`` on Profile, or ``taken_over`` by who
    came from the App Store of the shop.
    """
    # In the order in which a worker locks: the administration before its deliveries and documents.
    list(Administration.objects.select_for_update().filter(integrations=integration))
    Integration.objects.filter(pk=integration.pk).update(status=Integration.Status.STOPPED)
    integration.status = Integration.Status.STOPPED
    integration.credentials.all().delete()
    integration.webhooks.all().delete()
    _leave_handshakes(integration)
    integration.documents.filter(state__in=(State.OPEN, State.QUEUED)).update(reason=STOPPED)
    reversals.refuse_all(integration)
    integration.runs.filter(taken_at=None).update(taken_at=timezone.now())
    timeline = Timeline(integration)
    timeline.add(kind, user=user)
    timeline.store()


def _leave_handshakes(integration: Integration) -> None:
    """The handshake goes with the integration, unless another of the same shop runs on its keys: the App Store's Edit
    and Uninstall must still find that one."""
    others = Credential.objects.filter(side=Credential.Side.SHOP, integration__shop_id=integration.shop_id)
    users_of = {credential.secret.get("public"): credential.integration_id for credential in others}
    for handshake in integration.handshakes.all():
        handshake.integration_id = users_of.get(handshake.api_public)
        if handshake.integration_id:
            handshake.save(update_fields=["integration"])
        else:
            handshake.delete()
