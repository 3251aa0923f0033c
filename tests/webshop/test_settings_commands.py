import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounting import settings_store
from integrations.models import Integration, SettingsVersion
from tests.webshop.ccvshop.orders import SETTINGS, settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def integration() -> Integration:
    return Integration.objects.create(api_root="https://bakkerij-demo.ccvshop.nl")


def imported(integration: Integration, folder: Path, content: Any) -> str:
    file = folder / "settings.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    out = StringIO()
    call_command("import_settings", integration.licence_key, str(file), stdout=out)
    return out.getvalue().strip()


def exported(integration: Integration) -> dict[str, Any]:
    out = StringIO()
    call_command("export_settings", integration.licence_key, stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_it_puts_each_file_in_use_as_a_new_version(integration: Integration, tmp_path: Path) -> None:
    assert imported(integration, tmp_path, SETTINGS) == "version 1"
    assert imported(integration, tmp_path, SETTINGS | {"payments": True}) == "version 2"
    integration.refresh_from_db()
    assert integration.settings is not None
    assert settings_store.load(integration.settings).payments
    assert integration.settings.number == 2


def test_it_exports_what_was_imported(integration: Integration, tmp_path: Path) -> None:
    imported(integration, tmp_path, SETTINGS)
    first = exported(integration)
    assert first == settings().as_file()
    imported(integration, tmp_path, first)
    assert exported(integration) == first


@pytest.mark.parametrize(
    "content", ["{", "[]", {}, SETTINGS | {"colour": 1}, SETTINGS | {"vat": [{"country": "NL", "rate": "x"}]}]
)
def test_it_refuses_a_file_whole(integration: Integration, tmp_path: Path, content: Any) -> None:
    with pytest.raises(CommandError):
        imported(integration, tmp_path, content)
    assert not SettingsVersion.objects.exists()


def test_it_refuses_a_licence_key_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="licence key"):
        call_command("import_settings", "none", str(tmp_path / "x.json"))


def test_it_has_nothing_to_export_without_settings(integration: Integration) -> None:
    with pytest.raises(CommandError, match="no settings"):
        exported(integration)
