"""Lists of the books (VAT codes, accounts, layouts), kept so that a posting needs no call for them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from integrations.models import ReferenceList

from .books import Lists

LASTS = timedelta(days=1)
AT_MOST = timedelta(minutes=1)  # between two readings of a list that lacks something: a person may be mending it


def rows(books: Lists, kind: str, *, older_than: timedelta = LASTS) -> list[dict[str, Any]]:
    """The rows of a list, asked of the books again when what is kept is too old."""
    found = _kept(books, kind)
    if found and found.fetched_at > timezone.now() - older_than:
        return list(found.rows)
    return refresh(books, kind)


def kept(books: Lists, kind: str) -> list[dict[str, Any]]:
    """The rows as they were read last, however long ago."""
    found = _kept(books, kind)
    return list(found.rows) if found else []


def _kept(books: Lists, kind: str) -> ReferenceList | None:
    return ReferenceList.objects.filter(administration=books.administration_id, kind=kind).first()


def refresh(books: Lists, kind: str) -> list[dict[str, Any]]:
    found = books.read_list(kind)
    ReferenceList.objects.update_or_create(
        administration_id=books.administration_id, kind=kind, defaults={"rows": found}
    )
    return found


def ids(books: Lists, kind: str, wanted: set[str]) -> set[str]:
    """What a list of the books holds. One of ``wanted`` that is not among those kept may be new, so the list is then
    read again, at most once a minute."""
    known = {row["id"] for row in rows(books, kind)}
    if wanted <= known:
        return known
    return {row["id"] for row in rows(books, kind, older_than=AT_MOST)}
