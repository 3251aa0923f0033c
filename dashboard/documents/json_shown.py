"""JSON as people read it, without what opens a door."""

import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

SECRET = re.compile(r"secret|token|password|signature|authorization|hash|^key$|api_?key", re.IGNORECASE)
LEFT_OUT = "…"


def redacted(value: Any) -> Any:
    """The same without the values of what is named like a key or a password."""
    if isinstance(value, dict):
        return {name: LEFT_OUT if _is_secret(name, one) else redacted(one) for name, one in value.items()}
    return [redacted(one) for one in value] if isinstance(value, list) else value


def _is_secret(name: str, value: Any) -> bool:
    return bool(value) and not isinstance(value, bool) and SECRET.search(str(name)) is not None


def shown(value: Any) -> str:
    return json.dumps(redacted(value), ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)


def shown_text(body: str) -> str:
    """A text that should be JSON; what is not is left out, since nobody can tell what is in it."""
    try:
        return shown(json.loads(body)) if body else ""
    except (ValueError, RecursionError):
        return LEFT_OUT
