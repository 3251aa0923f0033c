import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_text_has_its_dutch():
    ended = subprocess.run([sys.executable, ".ci/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
