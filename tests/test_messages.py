import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config/locale/nl/LC_MESSAGES/django.po"
CODE = ("config", "integrations", "accounting", "webshop", "dashboard")
ASKED = {"gettext": 1, "ngettext": 1, "pgettext": 2}  # the arguments that a text is looked up by


def test_every_text_has_its_dutch():
    ended = subprocess.run([sys.executable, ".ci/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_texts_of_templates_take_no_numbers() -> None:
    """A template fills in text, already written as the language does; ``%d`` there is an error on the page. The same
    text in code and template must therefore use ``%s`` in both."""
    catalogue = CATALOGUE.read_text(encoding="utf-8")
    entries = [entry for entry in catalogue.split("\n\n") if "#: templates/" in entry]
    assert [entry for entry in entries if re.search(r"%\(\w+\)d", entry)] == []


def test_every_text_in_the_code_is_collected() -> None:
    """Also one that the collecting of texts overlooks, as it does in an f-string."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    texts = [(path, text) for path in code() for text in texts_of(ast.parse(path.read_text(encoding="utf-8")))]
    assert len(texts) > 1000
    missing = [(path, text, context) for path, (text, context) in texts if catalogue.get(text, context) is None]
    assert missing == []


def code() -> list[Path]:
    return [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]


def texts_of(module: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Each literal that is to be translated, with its context."""
    names = {
        name.asname or name.name: name.name
        for found in ast.walk(module)
        if isinstance(found, ast.ImportFrom) and found.module == "django.utils.translation"
        for name in found.names
    }
    for found in ast.walk(module):
        if isinstance(found, ast.Call):
            called = ast.unparse(found.func)
            kind = names.get(called, called).removeprefix("translation.").removesuffix("_lazy")
            given = [str(one.value) for one in found.args[: ASKED.get(kind, 0)] if isinstance(one, ast.Constant)]
            if given:
                yield given[-1], given[0] if kind == "pgettext" else None
