"""Credentials at rest: a model field whose JSON value is stored encrypted with the operator's keys.

``ENCRYPTION_KEYS`` lists Fernet keys, newest first: the first encrypts, all of them decrypt, so a key is replaced by
putting a new one in front, saving every credential again and dropping the old one.
"""

import json
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@cache
def cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class EncryptedJSONField(models.JSONField):
    """A JSON value, readable in Python and a Fernet token in the database. A wrong key raises ``InvalidToken``."""

    def get_internal_type(self) -> str:
        return "TextField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return cipher(tuple(settings.ENCRYPTION_KEYS)).encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        if value is None:
            return None
        return json.loads(cipher(tuple(settings.ENCRYPTION_KEYS)).decrypt(value.encode()))
