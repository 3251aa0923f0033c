"""The rows of a table as they were typed, to be shown again in a form that has nothing to complain about yet."""

from collections.abc import Iterable

from django.http import HttpRequest

PREFIX = "row"
MOST = 500


def typed_rows(request: HttpRequest, names: Iterable[str]) -> list[dict[str, str]]:
    total = request.POST.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), MOST) if total.isascii() and total.isdigit() else 0
    return [
        {name: request.POST.get(f"{PREFIX}-{index}-{name}", "").strip() for name in names} for index in range(count)
    ]
