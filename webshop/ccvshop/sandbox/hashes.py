"""The hashes of the CCV Shop platform, seen from the shop's side. All are lowercase hex of HMAC-SHA512."""

import hashlib
import hmac
import json
from typing import Any


def hmac_hex(key: str, *parts: bytes) -> str:
    return hmac.new(key.encode(), b"|".join(parts), hashlib.sha512).hexdigest()


def call_hash(secret: str, public: str, method: str, uri: bytes, body: bytes, date: str) -> str:
    """The five-part hash of an API call, and of the answer to it (then ``body`` and ``date`` are the answer's)."""
    return hmac_hex(secret, public.encode(), method.encode(), uri, body, date.encode())


def address_hash(key: str, address: str, content: bytes) -> str:
    """The two-part hash of what the shop sends out: handshake, install, uninstall, webhook."""
    return hmac_hex(key, address.encode(), content)


def php_json(value: Any) -> bytes:
    """JSON as PHP writes it: no spaces, ASCII only, slashes escaped, 590.0 as 590."""
    return json.dumps(php_value(value), separators=(",", ":")).replace("/", "\\/").encode()


def php_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: php_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [php_value(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
