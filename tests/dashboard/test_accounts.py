"""Accounts and logging in, over HTTP: sign-up by e-mail address alone, the registration e-mail, and what guards a
log-in."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from integrations.models import Handshake, User
from integrations.trial import trial_ends

from .world import a_person

pytestmark = pytest.mark.broad

NEW = "nieuw@example.nl"
PASSWORD = "correct horse battery staple"
NOVEMBER = datetime(2026, 11, 12, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_limits(db: None) -> Iterator[None]:
    """The limits of allauth are counted in the cache."""
    cache.clear()
    yield
    cache.clear()


def browser(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


def known(email: str = "owner@example.nl") -> User:
    """Somebody who chose a password long ago."""
    person = a_person(email)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def sign_up(client: Client, email: str = NEW, **more: str) -> Any:
    return client.post("/account/signup/", {"email": email, **more}, follow=True)


def last_mail() -> EmailMultiAlternatives:
    message = mail.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    return message


def link_in_mail() -> str:
    found = re.search(r"https?://[^/\s]+(/account/password/choose/\S+)", str(last_mail().body))
    assert found
    return found.group(1)


def choose_password(client: Client, address: str) -> Any:
    """Follow the link out of the e-mail, and fill in its form as the page has it."""
    page = client.get(address, follow=True)
    here = page.redirect_chain[-1][0] if page.redirect_chain else address
    fields = re.findall(r'name="next" value="([^"]*)"', page.text)
    given = {"password1": PASSWORD, "password2": PASSWORD} | ({"next": fields[-1]} if "next=" in here else {})
    return client.post(here, given, follow=True)


def log_in(client: Client, email: str = "owner@example.nl", password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": email, "password": password})


def logged_in_and_proven(language: str = "en") -> Client:
    """Somebody who has just given the password once more, as changes to the log-in ask."""
    client = browser(language)
    log_in(client)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


# Signing up


@pytest.mark.rule("R23", "R24", "R403")
def test_the_registration_email_has_user_name_address_trial_end_and_a_link_but_no_password(settings: Any) -> None:
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    with time_machine.travel(NOVEMBER):
        sign_up(browser())
    message = last_mail()
    html = str(message.alternatives[0][0])
    for body in (str(message.body), html):
        assert "Your user name:" in body
        assert NEW in body
        assert "log in at this address and not through the App Store" in body
        assert "https://koppeling.example.nl" in body
        assert "until 1\N{NO-BREAK SPACE}Dec\N{NO-BREAK SPACE}2026" in body
        assert link_in_mail() in body
    assert message.to == [NEW]
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize("host", ["localhost:6666", "koppeling.example.nl:8443"])
def test_links_in_emails_lead_to_our_own_address_whatever_the_request_called_us(settings: Any, host: str) -> None:
    settings.PUBLIC_URL = "https://koppeling.example.nl"
    settings.ALLOWED_HOSTS = ["koppeling.example.nl", "localhost"]
    client = Client(headers={"accept-language": "en", "host": host})
    known()
    sign_up(client)
    sign_up(client, "owner@example.nl")  # it is told that it has an account
    client.post("/account/password/reset/", {"email": "owner@example.nl"})
    client.post("/account/password/reset/", {"email": "unknown@example.nl"})
    client.force_login(User.objects.get(email="owner@example.nl"))
    client.post("/account/email/", {"email": "second@example.nl", "action_add": ""})
    assert len(mail.outbox) >= 5
    for message in mail.outbox:
        assert host not in str(message.body)
        links = re.findall(r"https?://[^\s\"<]+", str(message.body))
        assert all(found.startswith("https://koppeling.example.nl") for found in links)


def test_choosing_the_password_verifies_the_address_and_logs_in() -> None:
    sign_up(browser())
    assert not EmailAddress.objects.get().verified
    another = browser()
    answer = choose_password(another, link_in_mail())
    assert answer.status_code == 200
    assert EmailAddress.objects.get().verified
    assert is_in(another)
    assert log_in(browser(), NEW)["location"] == "/"


def test_the_link_works_once() -> None:
    sign_up(browser())
    address = link_in_mail()
    choose_password(browser(), address)
    assert "This link does not work any more" in browser().get(address, follow=True).text


def test_the_link_works_for_three_days() -> None:
    sign_up(browser())
    with time_machine.travel(datetime.now(UTC).timestamp() + 3 * 24 * 3600 + 60):
        assert "This link does not work any more" in browser().get(link_in_mail(), follow=True).text


def test_nobody_learns_whether_an_address_has_an_account() -> None:
    known()
    pages = []
    for email in ("owner@example.nl", NEW):
        answer = sign_up(browser(), email)
        pages.append((answer.redirect_chain, re.sub(r"[A-Za-z0-9]{64}", "", answer.text).replace(email, "")))
    assert pages[0] == pages[1]
    assert [message.to for message in mail.outbox] == [["owner@example.nl"], [NEW]]
    assert "already exists" in str(mail.outbox[0].body)
    assert "/account/password/choose/" not in str(mail.outbox[0].body)


def test_who_lost_the_email_signs_up_again_and_gets_it_again() -> None:
    sign_up(browser())
    with time_machine.travel(datetime.now(UTC).timestamp() + 600):
        sign_up(browser())
    assert len(mail.outbox) == 2
    assert User.objects.count() == 1
    choose_password(browser(), link_in_mail())
    assert User.objects.get().has_usable_password()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_emails_are_in_the_language_in_which_somebody_signed_up(language: str) -> None:
    sign_up(browser(language))
    assert User.objects.get().language == language
    other = {"nl": "en", "en": "nl"}[language]
    browser(other).post("/account/password/reset/", {"email": NEW})
    assert last_mail().subject == {"nl": "Code voor een nieuw wachtwoord", "en": "Password Reset Code"}[language]


def test_a_browser_without_a_choice_takes_over_the_language_of_the_person() -> None:
    sign_up(browser("nl"))
    english = browser("en")
    choose_password(english, link_in_mail())
    assert english.get("/profile/")["Content-Language"] == "nl"


def test_the_language_chosen_in_a_browser_stays() -> None:
    person = known()
    User.objects.filter(pk=person.pk).update(language="nl")
    client = browser("nl")
    client.post("/language/", {"language": "en", "next": "/account/login/"})
    log_in(client)
    assert client.get("/profile/")["Content-Language"] == "en"


def test_the_link_goes_on_to_where_the_person_was() -> None:
    sign_up(browser(), next="/profile/")
    answer = choose_password(browser(), link_in_mail())
    assert answer.redirect_chain[-1][0] == "/profile/"


def test_the_link_leads_to_no_other_site() -> None:
    sign_up(browser(), next="https://elsewhere.example/")
    assert "elsewhere" not in str(last_mail().body)


def test_the_installation_goes_on_in_another_browser() -> None:
    handshake = Handshake.objects.create(api_public="p", api_secret="s", api_root="https://bakkerij.example")
    app_store = browser()
    session = app_store.session
    session["handshake"] = handshake.pk
    session.save()
    page = app_store.get("/install/")
    assert "bakkerij.example" in page.text
    sign_up(app_store, next="/install/")
    assert "bakkerij.example" in str(last_mail().body)
    elsewhere = browser()
    answer = choose_password(elsewhere, link_in_mail())
    assert answer.redirect_chain[-1][0] == "/install/"
    assert "Webshop found: bakkerij.example" in answer.text
    later = browser()
    assert log_in(later, NEW)["location"] == "/install/"


# The end of the trial


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("requested", "ends"),
    [
        ("2026-11-12T11:00+00:00", "2026-11-30T23:00+00:00"),
        ("2026-11-30T22:59+00:00", "2026-11-30T23:00+00:00"),
        ("2026-11-30T23:00+00:00", "2026-12-31T23:00+00:00"),
        ("2026-12-31T12:00+00:00", "2026-12-31T23:00+00:00"),
        ("2026-03-29T00:30+00:00", "2026-03-31T22:00+00:00"),
        ("2027-01-31T12:00+00:00", "2027-01-31T23:00+00:00"),
    ],
)
def test_a_trial_ends_on_the_first_of_the_next_month_in_the_netherlands(requested: str, ends: str) -> None:
    assert trial_ends(datetime.fromisoformat(requested)) == datetime.fromisoformat(ends)


@pytest.mark.rule("R24")
def test_a_plan_may_count_days(settings: Any) -> None:
    settings.TRIAL_DAYS = 30
    assert trial_ends(NOVEMBER) == datetime(2026, 12, 12, 12, tzinfo=UTC)


# What guards a log-in


def test_an_account_without_a_verified_address_is_not_let_in() -> None:
    a_person("owner@example.nl")
    client = browser()
    log_in(client)
    assert not is_in(client)


def test_a_forgotten_password_is_chosen_again_with_a_code() -> None:
    known()
    client = browser()
    client.post("/account/password/reset/", {"email": "owner@example.nl"})
    code = re.search(r"^([A-Z0-9-]{6,})$", str(last_mail().body), re.MULTILINE)
    assert code
    client.post("/account/password/reset/confirm/", {"code": code.group(1)})
    new = "a quite different one"
    client.post("/account/password/reset/complete/", {"password1": new, "password2": new})
    assert is_in(client)
    assert log_in(browser(), password=new).status_code == 302


def current_code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_second_step_is_asked_and_checked() -> None:
    secret = generate_totp_secret()
    TOTP.activate(known(), secret)
    client = browser()
    assert log_in(client)["location"].startswith("/account/2fa/authenticate/")
    assert not is_in(client)
    wrong = f"{(int(current_code(secret)) + 1) % 1_000_000:06}"
    client.post("/account/2fa/authenticate/", {"code": wrong})
    assert not is_in(client)
    client.post("/account/2fa/authenticate/", {"code": current_code(secret)}, follow=True)
    trust = client.get("/account/2fa/trust/")
    if trust.status_code == 200:
        client.post("/account/2fa/trust/", {"action": "no"})
    assert is_in(client)


def test_the_secret_key_of_an_authenticator_app_is_text_to_copy() -> None:
    known()
    page = logged_in_and_proven().get("/account/2fa/totp/activate/").text
    assert 'data-copy="authenticator-secret"' in page
    assert "disabled" not in page


def test_ending_the_other_sessions_ends_that_browser() -> None:
    known()
    here, there = browser(), browser()
    for client in (here, there):
        log_in(client)
        assert is_in(client)
    assert here.get("/account/sessions/").text.count("127.0.0.1") == 2
    here.post("/account/sessions/")
    assert is_in(here)
    assert not is_in(there)


def test_too_many_attempts_are_answered_in_our_own_look() -> None:
    known()
    client = browser()
    answers = [log_in(client, f"person{count}@example.nl", "wrong") for count in range(31)]
    assert answers[-1].status_code == 429
    assert "One moment, please" in answers[-1].text
    assert "app.css" in answers[-1].text


def test_after_five_wrong_passwords_the_right_one_has_to_wait() -> None:
    known()
    client = browser()
    for _ in range(5):
        log_in(client, password="wrong")
    log_in(client)
    assert not is_in(client)


def test_limits_count_the_visitor_that_the_proxy_saw(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for count in range(31):
        said = f"10.0.0.{count}, 203.0.113.7"
        answer = Client(headers={"x-forwarded-for": said}).post("/account/login/", {"login": "x@example.nl"})
    assert answer.status_code == 429
    other = Client(headers={"x-forwarded-for": "203.0.113.7, 203.0.113.8"})
    assert other.post("/account/login/", {"login": "x@example.nl"}).status_code == 200


def test_the_pages_of_passkeys_open() -> None:
    known()
    client = logged_in_and_proven()
    assert client.get("/account/2fa/webauthn/").status_code == 200
    assert "mfa_webauthn_add" in client.get("/account/2fa/webauthn/add/").text
    page = logged_in_and_proven("nl").get("/account/2fa/webauthn/add/").text
    assert '<label for="id_name">Naam</label>' in page
    assert "Je kunt dan met alleen deze sleutel inloggen." in page
    assert client.get("/account/2fa/webauthn/login/", headers={"accept": "application/json"}).status_code == 200


def test_a_second_step_is_changed_only_after_the_password() -> None:
    known()
    client = browser()
    log_in(client)
    assert client.get("/account/2fa/totp/activate/")["location"].startswith("/account/reauthenticate/")


def test_who_is_asked_if_they_are_sure_can_go_back() -> None:
    person = known()
    client = logged_in_and_proven()
    TOTP.activate(person, generate_totp_secret())
    kinds = person.authenticator_set.values_list("type", flat=True).order_by("type")
    for address, after in (("recovery-codes/generate", ["recovery_codes", "totp"]), ("totp/deactivate", [])):
        assert '<a class="button" href="/account/2fa/">Cancel</a>' in client.get(f"/account/2fa/{address}/").text
        client.post(f"/account/2fa/{address}/")
        assert list(kinds.all()) == after
    assert '<a class="button" href="/">Cancel</a>' in client.get("/account/logout/").text


def test_a_page_that_says_no_says_how_to_go_on(settings: Any) -> None:
    settings.SUPPORT_EMAIL = "hulp@example.nl"
    client = browser()
    page = client.get("/account/confirm-email/wrong/").text
    assert "This link does not work any more" in page
    assert 'href="/account/email/">Ask for a new link' in page
    assert "mailto:hulp@example.nl" in client.get("/account/inactive/").text


def test_an_address_is_confirmed_on_its_page() -> None:
    person = known()
    client = logged_in_and_proven()
    client.post("/account/email/", {"action_add": "", "email": NEW})
    link = re.search(r"https?://[^/\s]+(/account/confirm-email/\S+)", str(last_mail().body))
    assert link
    assert f"Confirm that {NEW} is yours." in client.get(link.group(1)).text
    client.post(link.group(1))
    assert EmailAddress.objects.get(user=person, email=NEW).verified


def test_who_logs_in_reads_their_address_and_no_user_name() -> None:
    known()
    client = browser()
    answer = client.post("/account/login/", {"login": "owner@example.nl", "password": PASSWORD}, follow=True)
    assert "Successfully signed in as owner@example.nl." in answer.text


def test_an_error_stands_between_the_help_and_its_field() -> None:
    page = sign_up(browser(), "no address").text
    assert page.index('class="help"') < page.index('class="errorlist"') < page.index('id="id_email"')


def test_a_link_out_of_an_email_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    sign_up(browser())
    address = link_in_mail()
    with caplog.at_level("INFO"):
        browser().get(address)
        browser().get(f"{address}wrong")
    assert address.rsplit("-", 1)[-1].rstrip("/") not in caplog.text
    assert "/account/password/choose/..." in caplog.text


# Dutch


FORMAL = re.compile(r"\b([Uu]|[Uu]w|[Uu]zelf|[Aa]lstublieft|[Aa]anmeld\w*|[Rr]egistre\w*|[Ll]ogin\w*)\b")
PAGES = (
    *("/account/login/", "/account/signup/", "/account/login/code/", "/account/password/reset/"),
    *("/account/confirm-email/", "/account/confirm-email/wrong/", "/account/password/choose/1-wrong/"),
    *("/account/inactive/", "/account/email/", "/account/password/change/", "/account/logout/"),
    *("/account/reauthenticate/", "/account/2fa/", "/account/2fa/totp/activate/", "/account/2fa/webauthn/"),
    *("/account/2fa/webauthn/add/", "/account/2fa/recovery-codes/generate/", "/account/sessions/"),
)


def words_of(page: str) -> str:
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)


WITH_A_SECOND_STEP = (
    *("/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/totp/deactivate/", "/account/2fa/webauthn/add/"),
)


def formal_words(client: Client, address: str) -> list[str]:
    page = client.get(address, follow=True)
    assert page["Content-Language"] == "nl"
    return FORMAL.findall(words_of(page.text))


@pytest.mark.parametrize("address", PAGES)
def test_dutch_is_informal_and_says_inloggen(address: str) -> None:
    known()
    assert formal_words(browser("nl"), address) == []
    assert formal_words(logged_in_and_proven("nl"), address) == []


@pytest.mark.parametrize("address", WITH_A_SECOND_STEP)
def test_so_it_is_with_a_second_step(address: str) -> None:
    person = known()
    client = logged_in_and_proven("nl")
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    assert formal_words(client, address) == []


def test_so_are_the_emails() -> None:
    known()
    User.objects.update(language="nl")
    sign_up(browser("nl"))
    sign_up(browser(), "owner@example.nl")
    for email in ("owner@example.nl", "nobody@example.nl"):
        browser("nl").post("/account/password/reset/", {"email": email})
        browser("nl").post("/account/login/code/", {"email": email})
    assert len(mail.outbox) == 6
    for message in mail.outbox:
        assert FORMAL.findall(f"{message.subject} {message.body}".replace("/account/login/", "")) == []


def test_wrong_input_is_answered_in_the_same_way() -> None:
    known()
    client = browser("nl")
    assert "Dit e-mailadres en wachtwoord horen niet bij elkaar." in log_in(client, password="wrong").text
    client = logged_in_and_proven("nl")
    page = client.post("/account/password/change/", {"oldpassword": "x", "password1": "123", "password2": "4"})
    assert FORMAL.findall(words_of(page.text)) == []
