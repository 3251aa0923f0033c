"""Collects the texts of code and templates into config/locale and compiles them, without gettext installed; it compiles
our words for allauth's texts as well.

``python .ci/messages.py`` rewrites the Dutch catalogue; ``--check`` only says what is missing in it or out of date.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
ALLAUTH = ROOT / "config" / "locale_allauth" / "nl" / "LC_MESSAGES" / "django.po"  # written by hand, only compiled here
FOLDERS = ("config", "integrations", "accounting", "webshop", "dashboard", "templates")
KEYWORDS: dict[str, Any] = {
    name: arguments
    for plain, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for name in (plain, f"{plain}_lazy")
} | {"_": None, "gettext_noop": None}


def from_template(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """Babel's extractor for Django templates: Django turns one into text that reads as Python calls."""
    calls = templatize(file.read().decode(), origin=file.name)
    flat = "\n".join(line.strip() for line in calls.splitlines())
    yield from extract_python(io.BytesIO(flat.encode()), keywords, tags, options)


def collected() -> Catalog:
    catalogue = Catalog(project="", charset="utf-8")
    for folder in FOLDERS:
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**.html", from_template), ("**.txt", from_template)],
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
        ):
            place = f"{folder}/{Path(name).as_posix()}"
            catalogue.add(message, locations=[(place, None)], auto_comments=comments, context=context)
    return catalogue


def current() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="nl", header_comment="# The product in Dutch.", fuzzy=False)
    return read(CATALOGUE)


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="nl")


def compiled(catalogue: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def rewrite() -> None:
    catalogue = current()
    found = collected()
    found.creation_date = catalogue.creation_date  # no change in the file without a change in a text
    catalogue.update(found, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=120, sort_by_file=True)
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(catalogue))
    ALLAUTH.with_suffix(".mo").write_bytes(compiled(read(ALLAUTH)))


def faults() -> list[str]:
    """What keeps the program from being whole in Dutch, a line each."""
    catalogue = current()
    missing = [message.id for message in collected() if message.id and not _is_translated(catalogue, message)]
    found = [f"no Dutch for {text!r}" for text in missing]
    for path, known in ((CATALOGUE, catalogue), (ALLAUTH, read(ALLAUTH))):
        mo = path.with_suffix(".mo")
        if not mo.exists() or mo.read_bytes() != compiled(known):
            found.append(f"{mo.relative_to(ROOT)} is older than its django.po: run make messages")
    return found


def _is_translated(catalogue: Catalog, message: Any) -> bool:
    known = catalogue.get(message.id, message.context)
    if known is None or known.fuzzy:
        return False
    return all(known.string) if isinstance(known.string, tuple) else bool(known.string)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        rewrite()
    sys.exit("\n".join(faults()) or None)
