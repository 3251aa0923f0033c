import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config/locale/nl/LC_MESSAGES/django.po"


def test_every_text_has_its_dutch():
    ended = subprocess.run([sys.executable, ".ci/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_texts_of_templates_take_no_numbers() -> None:
    """A template fills in text, already written as the language does; ``%d`` there is an error on the page. The same
    text in code and template must therefore use ``%s`` in both."""
    catalogue = CATALOGUE.read_text(encoding="utf-8")
    entries = [entry for entry in catalogue.split("\n\n") if "#: templates/" in entry]
    assert [entry for entry in entries if re.search(r"%\(\w+\)d", entry)] == []
