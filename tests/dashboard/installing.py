"""The beginning of an installation, as the App Store and its merchant make it."""

from typing import Any

from django.test import Client

from integrations.models import Handshake, Integration

RETURN = "https://shop.example/back?App=1"


def shaken(shop: dict[str, Any]) -> Handshake:
    """What the App Store handed over of a shop of the stand-in."""
    return Handshake.objects.create(
        api_public=shop["public"], api_secret=shop["secret"], api_root=shop["api_root"], return_url=RETURN
    )


def arrive(client: Client, handshake: Handshake) -> None:
    """The merchant came in through a signed link."""
    session = client.session
    session["handshake"] = handshake.pk
    session.save()


def choose_system(client: Client, handshake: Handshake, system: str, *, follow: bool = True) -> Any:
    """Come in, agree to the terms and choose an accounting system; gives the page that follows."""
    arrive(client, handshake)
    return client.post("/install/", {"system": system, "terms": "on"}, follow=follow)


def begin(client: Client, handshake: Handshake, system: str = "rompslomp") -> Integration:
    choose_system(client, handshake, system, follow=False)
    return Integration.objects.get()
