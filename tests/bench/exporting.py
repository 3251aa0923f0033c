"""Report as a file, in a process of its own: ``python -m tests.bench.exporting FORM LICENCE_KEY EMAIL`` prints as JSON
how long it took, how many bytes it is, and by how many the memory of the process grew."""

import json
import logging
import sys
import time
from typing import Any

from .services import peak_memory


def main() -> None:
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    form, key, email = sys.argv[1:]
    sys.stdout.write(json.dumps(measure(form, key, email)))


def measure(form: str, key: str, email: str) -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse

    from integrations.models import User

    client = Client(headers={"accept-language": "nl"})
    client.force_login(User.objects.get(email=email))
    client.get(reverse("report", args=[key]))  # what is loaded once does not count
    before, started = peak_memory("self"), time.perf_counter()
    answer = client.get(reverse("report-export", args=[key, form]))
    assert answer.status_code == 200, answer.status_code
    size = sum(len(part) for part in answer)
    took = time.perf_counter() - started
    return {"seconds": took, "bytes": size, "grown": peak_memory("self") - before, "peak": peak_memory("self")}


if __name__ == "__main__":
    main()
