"""The App Store: how an app gets into a shop and out of it again.

The app is registered with three addresses (its URL + /ccvshop/handshake, /install, /uninstall) and one secret.
"""

from typing import Any
from urllib.parse import urlencode

import requests

from integrations.sandbox import Row
from webshop.ccvshop.sandbox.hashes import address_hash, php_json
from webshop.ccvshop.sandbox.shops import give_keys, memory, take_keys

# Whoever starts the stand-in puts the app's address and secret here; the control path can register another.
default_app: Row = {"url": "http://127.0.0.1:8000", "secret": ""}


def register_app(url: str, secret: str) -> None:
    memory["app"]["registered"] = {"url": url.rstrip("/"), "secret": secret}


def registered_app() -> Row:
    return memory["app"].get("registered", default_app)


def post_signed(address: str, content: bytes, hash_switch: str) -> Row:
    """Call the app as the App Store does. ``hash_switch``: ok, wrong or missing."""
    key = "wrong" if hash_switch == "wrong" else registered_app()["secret"]
    headers = {"Content-Type": "application/json"}
    if hash_switch != "missing":
        headers["x-hash"] = address_hash(key, address, content)
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.post(address, data=content, headers=headers, timeout=30, allow_redirects=False)
    except requests.RequestException as error:
        return {"status": None, "body": str(error)}
    return {"status": answer.status_code, "body": answer.text}


def install_url(shop: Row, language: str = "nl", hash_switch: str = "ok") -> str:
    """Where the merchant's browser goes, after the handshake and again for Edit."""
    address = f"{registered_app()['url']}/ccvshop/install"
    key = "wrong" if hash_switch == "wrong" else registered_app()["secret"]
    query: dict[str, Any] = {"api_public": shop["public"], "language": language}
    if hash_switch != "missing":
        query["x-hash"] = address_hash(key, address, shop["public"].encode())
    return f"{address}?{urlencode(query)}"


def return_url(shop: Row) -> str:
    return f"{shop['origin']}/shop/{shop['id']}/installed?App={shop['app_id']}"


def shake_hands(shop: Row, asked: Row) -> Row:
    """Press Install App: the handshake, and where the browser would go next (only after ``200 OK``).

    ``asked``: ``fresh_keys`` (otherwise new ones only when the old are dead), ``language``, ``hash``, ``extra`` fields.
    """
    if asked.get("fresh_keys") or not shop["public"]:
        give_keys(shop)
    content = php_json(
        {
            "api_public": shop["public"],
            "api_secret": shop["secret"],
            "api_root": shop["api_root"],
            "return_url": return_url(shop),
            **asked.get("extra", {}),
        }
    )
    switch = asked.get("hash", "ok")
    outcome = post_signed(f"{registered_app()['url']}/ccvshop/handshake", content, switch)
    accepted = outcome["status"] == 200 and outcome["body"] == "OK"
    shop["install_url"] = install_url(shop, asked.get("language", "nl"), switch) if accepted else None
    return {
        "handshake": outcome,
        "accepted": accepted,
        "install_url": shop["install_url"],
        "return_url": return_url(shop),
        "public": shop["public"],
        "secret": shop["secret"],
    }


def remove_app(shop: Row, asked: Row) -> Row:
    """Press Uninstall: the credentials die and the webhooks go, whatever the app answers."""
    content = php_json({"api_public": shop["public"]})
    address = f"{registered_app()['url']}/ccvshop/uninstall"
    switch = asked.get("hash", "ok")
    if switch == "ok":
        take_keys(shop)
        shop["is_installed"] = False
        shop["install_url"] = None
    outcome = post_signed(address, content, switch)
    return {"uninstall": outcome, "accepted": outcome["status"] == 200 and outcome["body"] == "OK"}
