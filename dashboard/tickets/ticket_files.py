"""Files that people attach to what they write: which ones are taken, under what name they are kept, how they go out.

Nothing that a browser says of a file is believed: its kind follows from its name, and its content must fit.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.models import TicketFile, TicketMessage

MOST, LARGEST_MB, LONGEST_NAME = 5, 5, 100
LARGEST = LARGEST_MB * 1024 * 1024

# By extension: what it is sent out as, and how it begins. Of a text no byte may be zero.
AS_A_FILE, TEXT, ZIP = "application/octet-stream", b"", b"PK\x03\x04"
KINDS: dict[str, tuple[str, bytes]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "txt": (AS_A_FILE, TEXT),
    "csv": (AS_A_FILE, TEXT),
    "json": (AS_A_FILE, TEXT),
    "xml": (AS_A_FILE, TEXT),
    "eml": (AS_A_FILE, TEXT),
    "xlsx": (AS_A_FILE, ZIP),
    "docx": (AS_A_FILE, ZIP),
}
ACCEPTED = ",".join(f".{extension}" for extension in KINDS)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, each checked."""

    def __init__(self, **how: Any) -> None:
        how.setdefault("label", _("Files"))
        how.setdefault("required", False)
        how.setdefault(
            "help_text",
            _("At most 5 files of 5 MB each: PDF, PNG, JPG, TXT, CSV, JSON, XML, XLSX, DOCX or EML."),
        )
        super().__init__(widget=FilesInput(attrs={"accept": ACCEPTED}), **how)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST:
            raise forms.ValidationError(gettext("Attach at most %(most)s files at a time.") % {"most": MOST})
        cleaned = [super(FilesField, self).clean(file, initial) for file in files]
        for file in cleaned:
            refuse_unfit(file)
        return cleaned


def refuse_unfit(file: UploadedFile) -> None:
    """Raises ``ValidationError`` in words for whoever attached it."""
    name = {"name": clean_name(file.name or "")}
    if (file.size or 0) > LARGEST:
        raise forms.ValidationError(gettext("%(name)s is larger than 5 MB.") % name)
    kind = KINDS.get(extension_of(name["name"]))
    if kind is None:
        raise forms.ValidationError(gettext("%(name)s is not of a kind that can be attached.") % name)
    content, start = file.read(), kind[1]
    file.seek(0)
    if not content.startswith(start) or (start == TEXT and b"\0" in content):
        text = gettext("%(name)s is not what its name says. Save it again, then attach it.")
        raise forms.ValidationError(text % name)


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def clean_name(name: str) -> str:
    """Without folders, control characters and signs that mean something to a browser or a disk."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w .()+-]", "_", last).strip(" .")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem[:LONGEST_NAME].strip(' .') or 'file'}.{extension[:10]}"


def keep(message: TicketMessage, files: Iterable[UploadedFile]) -> None:
    for file in files:
        name = clean_name(file.name or "")
        TicketFile.objects.create(
            message=message, name=name, content_type=KINDS[extension_of(name)][0], content=file.read()
        )


def sent(file: TicketFile) -> HttpResponse:
    """As something to save, and never as a page of ours."""
    kinds = {kind for kind, _start in KINDS.values()}
    kind = file.content_type if file.content_type in kinds else AS_A_FILE
    response = HttpResponse(bytes(file.content), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
