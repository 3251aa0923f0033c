"""The signatures of CCV Shop: HMAC-SHA512 over parts that are joined by a pipe, as lower-case hex.

https://demo.ccvshop.nl/API/Docs/ describes the hash of a call: public key, method, path with query, body and date,
under the shop's secret. The answer to a call is signed the same way, with its own body and date. What the shop sends
to an app (handshake, uninstall, webhook) is signed over the registered address and the raw body.
"""

import hmac


def sign(secret: str, *parts: str | bytes) -> str:
    """The signature of ``parts`` in this order; text counts as UTF-8."""
    message = b"|".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hmac.digest(secret.encode(), message, "sha512").hex()


def is_valid(secret: str, given: str, *parts: str | bytes) -> bool:
    """Whether ``given`` is the signature of ``parts``; never under an empty secret, which anybody could use."""
    if not secret or not given:
        return False
    return hmac.compare_digest(given.encode(errors="replace"), sign(secret, *parts).encode())
