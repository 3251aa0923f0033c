"""Connecting an application, from the consent page to the renewed pair."""

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CALLBACK = "https://koppel.example.nl/rompslomp/callback"
CLIENT = {"client_id": "cid", "client_secret": "secret"}
ASKED = {"client_id": "cid", "redirect_uri": CALLBACK, "response_type": "code", "scope": "public manage:contacts"}


@pytest.fixture
def app(ledger: Any) -> Any:
    ledger.control("POST", "clients", {**CLIENT, "redirect_uri": CALLBACK, "name": "Koppeling"})
    return ledger


def answered(response: Any) -> dict[str, str]:
    assert response.status_code == 302, response.content
    assert response["Location"].startswith(CALLBACK)
    return {key: values[0] for key, values in parse_qs(urlsplit(response["Location"]).query).items()}


def consent(app: Any, decision: str = "allow", **changes: str) -> dict[str, str]:
    user = app.control("GET", "users")["users"][0]["id"]
    form = ASKED | {"state": "s1", "user": str(user), "decision": decision} | changes
    return answered(app.client.post("/oauth/authorize", form))


def exchange(app: Any, **form: str) -> Any:
    return app.client.post("/oauth/token", CLIENT | form)


def by_code(app: Any, code: str, **changes: str) -> Any:
    return exchange(app, grant_type="authorization_code", code=code, **({"redirect_uri": CALLBACK} | changes))


def renewed(app: Any, refresh_token: str) -> Any:
    return exchange(app, grant_type="refresh_token", refresh_token=refresh_token)


def connected(app: Any) -> dict[str, Any]:
    pair = by_code(app, consent(app)["code"])
    assert pair.status_code == 200, pair.content
    return dict(pair.json())


def test_it_shows_a_page_to_allow_or_deny(app: Any) -> None:
    page = app.client.get("/oauth/authorize", ASKED | {"state": '"><script>'}).content.decode()
    assert "Koppeling" in page
    assert "manage:contacts" in page
    assert 'value="allow"' in page
    assert 'value="deny"' in page
    assert "<script>" not in page


def test_it_returns_a_code_and_the_state(app: Any) -> None:
    answer = consent(app)
    assert answer["state"] == "s1"
    assert len(answer["code"]) > 30


def test_it_returns_a_refusal(app: Any) -> None:
    answer = consent(app, "deny")
    assert (answer["error"], answer["state"]) == ("access_denied", "s1")
    assert "code" not in answer
    assert answer["error_description"]


@pytest.mark.parametrize(("auto", "key"), [("allow", "code"), ("deny", "error")])
def test_it_answers_for_a_person_when_told(app: Any, auto: str, key: str) -> None:
    app.control("POST", "settings", {"auto": auto})
    assert key in answered(app.client.get("/oauth/authorize", ASKED))


def test_it_allows_for_the_chosen_user(app: Any) -> None:
    user = app.control("POST", "users", {"first_name": "Iris", "companies": []})["user"]
    app.control("POST", "settings", {"auto": "allow", "auto_user": user["id"]})
    code = answered(app.client.get("/oauth/authorize", ASKED | {"scope": "public read:me"}))["code"]
    token = by_code(app, code).json()["access_token"]
    assert app.api("GET", "/me", token=token).json()["me"]["first_name"] == "Iris"
    assert app.api("GET", "/companies", token=token).json() == {"companies": []}


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"client_id": "other"}, 401), ({"redirect_uri": CALLBACK + "/"}, 400), ({"redirect_uri": ""}, 400)],
)
def test_it_never_redirects_to_an_address_it_does_not_know(app: Any, changes: dict[str, str], status: int) -> None:
    answer = app.client.get("/oauth/authorize", ASKED | changes)
    assert answer.status_code == status
    assert "text/html" in answer["Content-Type"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"response_type": "token"}, "unsupported_response_type"), ({"scope": "public manage.contacts"}, "invalid_scope")],
)
def test_it_returns_mistakes_to_the_application(app: Any, changes: dict[str, str], error: str) -> None:
    answer = answered(app.client.get("/oauth/authorize", ASKED | {"state": "s2"} | changes))
    assert (answer["error"], answer["state"]) == (error, "s2")


def test_it_gives_a_pair_for_a_code(app: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-01-01T10:00:00Z", tick=False)
    pair = connected(app)
    assert pair["token_type"] == "Bearer"
    assert pair["expires_in"] == 7200
    assert pair["scope"] == "public manage:contacts"
    assert pair["created_at"] == 1767261600
    assert app.api("GET", "contacts", token=pair["access_token"]).status_code == 200
    time_machine.shift(7200)
    assert app.api("GET", "contacts", token=pair["access_token"]).status_code == 401


def test_it_grants_public_when_no_scope_is_asked(app: Any) -> None:
    assert by_code(app, consent(app, scope="")["code"]).json()["scope"] == "public"


def test_it_takes_a_code_once(app: Any) -> None:
    code = consent(app)["code"]
    assert by_code(app, code).status_code == 200
    assert by_code(app, code).json()["error"] == "invalid_grant"


def test_it_takes_a_code_for_ten_minutes(app: Any, time_machine: Any) -> None:
    time_machine.move_to("2026-01-01T10:00:00Z", tick=False)
    code = consent(app)["code"]
    time_machine.shift(600)
    assert by_code(app, code).json()["error"] == "invalid_grant"


def test_it_takes_a_code_with_the_same_address_only(app: Any) -> None:
    assert by_code(app, consent(app)["code"], redirect_uri=CALLBACK + "?x").json()["error"] == "invalid_grant"


def test_it_takes_a_code_from_its_own_client_only(app: Any) -> None:
    app.control("POST", "clients", {"client_id": "two", "client_secret": "s2", "redirect_uri": CALLBACK})
    answer = by_code(app, consent(app)["code"], client_id="two", client_secret="s2")
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("status", [400, 401])
def test_it_answers_a_dead_grant_with_either_status(app: Any, status: int) -> None:
    app.control("POST", "settings", {"invalid_grant_status": status})
    for answer in (by_code(app, "nonsense"), renewed(app, "nonsense")):
        assert (answer.status_code, answer.json()["error"]) == (status, "invalid_grant")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (CLIENT, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_request"),
        (CLIENT | {"grant_type": "authorization_code"}, 400, "invalid_request"),
        (CLIENT | {"grant_type": "authorization_code", "code": "x"}, 400, "invalid_request"),
        (CLIENT | {"grant_type": "refresh_token"}, 400, "invalid_request"),
        (CLIENT | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (CLIENT | {"grant_type": "refresh_token", "client_secret": "x"}, 401, "invalid_client"),
        (CLIENT | {"grant_type": "refresh_token", "client_secret": "\u20ac"}, 401, "invalid_client"),
        (CLIENT | {"grant_type": "refresh_token", "client_id": "x"}, 401, "invalid_client"),
    ],
)
def test_it_answers_mistakes_flat(app: Any, form: dict[str, str], status: int, error: str) -> None:
    answer = app.client.post("/oauth/token", form)
    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert set(answer.json()) == {"error", "error_description"}


def test_it_takes_no_json_and_no_query(app: Any) -> None:
    form = CLIENT | {"grant_type": "refresh_token", "refresh_token": "x"}
    assert app.send("POST", "/oauth/token", form).json()["error"] == "invalid_request"
    assert app.client.post("/oauth/token", query_params=form).json()["error"] == "invalid_request"


def test_it_knows_the_client_by_http_basic(app: Any) -> None:
    form = {"grant_type": "authorization_code", "code": consent(app)["code"], "redirect_uri": CALLBACK}
    for secret, status in (("wrong", 401), ("secret", 200)):
        basic = base64.b64encode(f"cid:{secret}".encode()).decode()
        answer = app.client.post("/oauth/token", form, headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == status


def test_it_renews_into_a_new_pair(app: Any) -> None:
    old = connected(app)
    new = renewed(app, old["refresh_token"]).json()
    assert {new["access_token"], new["refresh_token"]}.isdisjoint({old["access_token"], old["refresh_token"]})
    assert new["scope"] == old["scope"]


def test_it_renews_an_expired_token(app: Any) -> None:
    old = connected(app)
    app.control("POST", "tokens/expire", {})
    token = renewed(app, old["refresh_token"]).json()["access_token"]
    assert app.api("GET", "contacts", token=token).status_code == 200


def test_it_ends_the_old_refresh_token_at_the_first_use_of_the_new_access_token(app: Any) -> None:
    old = connected(app)
    lost = renewed(app, old["refresh_token"]).json()
    new = renewed(app, old["refresh_token"]).json()
    assert app.api("GET", "contacts", token=new["access_token"]).status_code == 200
    assert renewed(app, old["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.api("GET", "contacts", token=old["access_token"]).status_code == 401
    assert renewed(app, lost["refresh_token"]).status_code == 200


def test_it_can_end_the_old_refresh_token_at_once(app: Any) -> None:
    app.control("POST", "settings", {"old_refresh": "at_once"})
    old = connected(app)
    assert renewed(app, old["refresh_token"]).status_code == 200
    assert renewed(app, old["refresh_token"]).json()["error"] == "invalid_grant"


def test_it_gives_tokens_the_lifetime_that_is_set(app: Any) -> None:
    app.control("POST", "settings", {"token_seconds": 5})
    assert connected(app)["expires_in"] == 5


def test_it_revokes_a_pair_as_a_person_would(app: Any) -> None:
    pair = connected(app)
    app.control("POST", "tokens/revoke", {})
    assert app.api("GET", "contacts", token=pair["access_token"]).status_code == 401
    assert renewed(app, pair["refresh_token"]).json()["error"] == "invalid_grant"
