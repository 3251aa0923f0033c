"""What every page has in common: who may see it, and with which headers."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/", "/account/email/", "/account/2fa/", "/account/sessions/"])
def test_a_stranger_is_sent_to_log_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(("/account/login/", "/admin/login/"))


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/signup/", "/account/password/reset/", "/account/login/code/"]
)
def test_a_stranger_can_sign_in_and_up(client, path):
    assert client.get(path).status_code == 200


def test_a_stranger_can_choose_a_language(client):
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/account/login/"})
    assert answer["Location"] == "/account/login/"
    assert client.get("/account/login/")["Content-Language"] == "en"


def test_dutch_is_first(client):
    assert client.get("/account/login/")["Content-Language"] == "nl"


def test_no_page_runs_anything_from_elsewhere(client):
    policy = client.get("/account/login/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
