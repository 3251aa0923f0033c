import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.settings_guard import DEMO_SECRETS, IMUIS_PUBLIC_TEST_KEY, refuse_demo_secrets


@pytest.fixture
def own_secrets(settings):
    """Settings with which the program may start."""
    settings.DEMO = False
    settings.SECRET_KEY = "o" * 50
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    settings.CCVSHOP_APP_SECRET = "own"
    settings.IMUIS_PARTNER_KEY = "own"
    return settings


def test_it_starts_with_secrets_of_its_own(own_secrets):
    refuse_demo_secrets()


@pytest.mark.parametrize("name", ["SECRET_KEY", "CCVSHOP_APP_SECRET"])
@pytest.mark.parametrize("is_set", [True, False])
def test_it_refuses_a_secret_that_is_the_demos_or_empty(own_secrets, name, is_set):
    setattr(own_secrets, name, DEMO_SECRETS[name] if is_set else "")
    with pytest.raises(ImproperlyConfigured, match=name):
        refuse_demo_secrets()


@pytest.mark.parametrize("keys", [[DEMO_SECRETS["ENCRYPTION_KEYS"]], [], [""]])
def test_it_refuses_keys_that_are_the_demos_or_empty(own_secrets, keys):
    own_secrets.ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        refuse_demo_secrets()


def test_it_refuses_the_demos_key_behind_an_own_one(own_secrets):
    own_secrets.ENCRYPTION_KEYS = [*own_secrets.ENCRYPTION_KEYS, DEMO_SECRETS["ENCRYPTION_KEYS"]]
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        refuse_demo_secrets()


def test_it_refuses_a_key_that_is_no_key(own_secrets):
    own_secrets.ENCRYPTION_KEYS = ["secret"]
    with pytest.raises(ImproperlyConfigured, match="no Fernet key"):
        refuse_demo_secrets()


def test_it_refuses_the_public_test_key_of_imuis(own_secrets):
    own_secrets.IMUIS_PARTNER_KEY = IMUIS_PUBLIC_TEST_KEY
    with pytest.raises(ImproperlyConfigured, match="IMUIS_PARTNER_KEY"):
        refuse_demo_secrets()


def test_the_demo_may_use_its_own_secrets(own_secrets):
    own_secrets.SECRET_KEY = DEMO_SECRETS["SECRET_KEY"]
    own_secrets.DEMO = True
    refuse_demo_secrets()


def test_check_deploy_names_every_secret(own_secrets):
    own_secrets.SECRET_KEY = DEMO_SECRETS["SECRET_KEY"]
    with pytest.raises(CommandError, match="SECRET_KEY is not set"):
        call_command("check", deploy=True)


@pytest.mark.parametrize(
    "door",
    [
        ["-c", "import config.wsgi"],
        ["-m", "celery", "-A", "config", "worker", "--pool", "solo"],
        ["-m", "celery", "-A", "config", "beat"],
    ],
    ids=["web", "worker", "beat"],
)
def test_no_door_opens_without_secrets(door, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in {*DEMO_SECRETS, "DEMO"}}
    ended = subprocess.run(
        [sys.executable, *door], env=kept | {"DATA_DIR": str(tmp_path)}, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode != 0
    assert "CCVSHOP_APP_SECRET is not set" in ended.stderr
