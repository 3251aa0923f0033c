"""Nobody gets at what is not theirs, and a member only at what their role allows: every address of the project, asked
by a visitor, a stranger, a reader, a bookkeeper and the owner."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.apps import apps
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from integrations.models import (
    Credential,
    Document,
    Handshake,
    Integration,
    Member,
    Role,
    State,
    TermsAcceptance,
    TicketFile,
    TicketMessage,
    User,
)
from tests.conftest import Sandbox
from tests.linked import link, settings_file
from webshop import registration

from .conftest import logged_in
from .world import NOON, a_document, a_person

# A visitor gets an answer of their own here, and nothing of anybody's.
OPEN_TO_ALL = {
    *("healthz", "readyz", "set_language", "language", "theme", "terms", "install-link"),
    *("help", "help-chapter", "help-problem"),
    *("account_login", "account_signup", "account_logout", "account_inactive", "account_email_verification_sent"),
    *("account_reset_password", "account_complete_password_reset", "account_password_reset_completed"),
    *("account_request_login_code", "account_confirm_login_code", "account_confirm_password_reset_code"),
    *("account_confirm_email", "account_reset_password_from_key"),
    *("mfa_authenticate", "mfa_login_webauthn", "mfa_trust"),
}
# What is the owner's alone, and what a bookkeeper does too; a reader gets 403. All else every member may ask for.
OWNERS = {
    *("connect", "administration", "stop", "archive", "steps", "agree", "finish", "done", "back-to-shop"),
    *("install-another", "invite", "members", "member", "mail-addresses", "mail-address", "payments-ask"),
    *("history-start", "history-stop", "history-change"),
}
BOOKKEEPERS = {
    *("document-process", "document-skip", "document-unskip", "document-undo"),
    *("errors-process", "errors-skip", "group-process", "group-setting", "refresh-lists", "self-test"),
    *("settings-edit", "settings-file", "settings-review", "settings-copy", "version-restore"),
    *("vat-edit", "vat-remove", "methods-edit", "payments-process", "payments-skip"),
}
EVERYBODYS = {
    *("report", "report-figures", "report-export", "errors", "group", "run", "open", "payments", "search"),
    *("search-shop", "document", "document-preview", "document-source", "configuration", "settings-download"),
    *("versions", "version", "self-test-file", "profile-of", "digest", "payments-export"),
    *("tickets", "ask", "ticket", "ticket-file", "report-problem"),
    *("reconciliations", "reconciliation", "reconciliation-figures", "reconciliation-findings"),
    *("vat-overview", "vat-overview-file", "icp", "icp-file", "distance-sales"),
    *("history", "history-one", "history-items"),
}
TICKETS = {"Ticket"}
NOWHERE = {400, 401, 403, 404, 405, 409, 429}


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of everything that the project answers to."""
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), route


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))
OWNED = [(name, route) for name, route in ADDRESSES if "licence_key" in route or "document_id" in route]
OTHERS = [(name, route) for name, route in ADDRESSES if (name, route) not in OWNED]


def filled(route: str, document: Document) -> str:
    """A route with the owner's keys in it, and something that may well be there for all else."""
    made = document.integration
    firsts = {
        "<int:member_id>": made.members,
        "<int:address_id>": made.mail_addresses,
        "<int:ticket_id>": made.tickets,
        "<int:history_id>": made.histories,
        "<int:run_id>": made.runs,
        "<int:reconciliation_id>": made.reconciliations,
        "<int:file_id>": TicketFile.objects.filter(message__ticket__integration=made),
    }
    values = {
        "<key:licence_key>": document.integration.licence_key,
        "<str:licence_key>": document.integration.licence_key,
        "<int:document_id>": str(document.pk),
        "<int:number>": "1",
        "<str:form>": "csv",
        "<slug:chapter>": "vat",
        "<slug:code>": "vat_setting_missing",
        "<path:object_id>": str(document.integration_id),
        "<integration_id>": str(document.integration_id),
    }
    for written, rows in firsts.items():
        if written in route:
            values[written] = str(rows.order_by("pk").values_list("pk", flat=True).first() or 1)
    for written, value in values.items():
        route = route.replace(written, value)
    parts = [("1" if any(sign in part for sign in "<>()?[") else part) for part in route.split("/")]
    return "/" + "/".join(parts)


@pytest.fixture
def document(integration: Integration) -> Document:
    """With one of everything that an integration has."""
    integration.mail_addresses.create(email="extra@example.nl", language="nl", verified_at=NOON)
    integration.invitations.create(email="invited@example.nl", role=Role.READER, expires_at=NOON)
    ticket = integration.tickets.create(subject="Help", changed_at=NOON)
    message = TicketMessage.objects.create(ticket=ticket, text="Help")
    TicketFile.objects.create(message=message, name="a.txt", content_type="text/plain", content=b"a")
    a_document(integration, "2026-4711", State.PROCESSED)
    past = integration.histories.create(kind="order", since=NOON, until=NOON, state="counted")
    past.items.create(number="2026-4713", outcome="ready")
    compared = integration.reconciliations.create(since=NOON, until=NOON, state="done")
    compared.findings.create(kind="deleted", number="2026-4714")
    stuck = a_document(integration, "2026-4712", State.ERROR)
    integration.runs.create(total=1, last_id=stuck.pk, cause=stuck.cause, taken_at=NOON)
    return stuck


def marks(document: Document, owner: User) -> list[str]:
    """What would show that somebody sees something of the owner's."""
    made = document.integration
    people = [owner.email, "extra@example.nl", "invited@example.nl"]
    return [made.name, made.licence_key, "2026-471", *people, document.customer_email, document.customer_name]


def rows_of_the_owner(document: Document) -> dict[str, list[dict[str, Any]]]:
    """Everything that is kept of the integration."""
    kept = {"integration": list(Integration.objects.filter(pk=document.integration_id).values())}
    for model in apps.get_app_config("integrations").get_models():
        if any(isinstance(field, models.ForeignKey) and field.name == "integration" for field in model._meta.fields):
            kept[model.__name__] = list(model._default_manager.filter(integration=document.integration_id).values())
    return kept


def asked(client: Client, address: str) -> list[HttpResponse]:
    return [client.get(address), client.post(address, {"document": "1", "next": "/"})]  # type: ignore[list-item]


def shown(answer: HttpResponse) -> str:
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return body.decode(errors="replace") + str(dict(answer.headers))


def test_the_walk_finds_the_whole_project() -> None:
    names = {name for name, _ in ADDRESSES}
    assert {"report", "document", "connect", "account_login", "webhook", "healthz"} <= names
    assert names >= OPEN_TO_ALL
    assert len(OWNED) > 15


def test_a_visitor_gets_nowhere(document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    for name, route in ADDRESSES:
        for answer in asked(Client(), filled(route, document)):
            is_sent_to_log_in = answer.status_code == 302 and "/login/" in answer["location"]
            assert name in OPEN_TO_ALL or is_sent_to_log_in or answer.status_code in NOWHERE, name
            if not is_sent_to_log_in:  # the address itself is repeated there, so that one comes back to it
                assert not [mark for mark in secrets if mark in shown(answer)], name
    assert rows_of_the_owner(document) == before


def test_a_stranger_finds_nothing_and_changes_nothing(stranger: Client, document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    for name, route in OWNED:
        address = filled(route, document)
        answers = asked(stranger, address)
        assert 404 in {answer.status_code for answer in answers} <= {404, 405}, name
        for answer in answers:
            assert not [mark for mark in secrets if mark in shown(answer).replace(address, "")], name
    assert rows_of_the_owner(document) == before


def test_a_stranger_sees_nothing_of_others_elsewhere(stranger: Client, document: Document, owner: User) -> None:
    before, secrets = rows_of_the_owner(document), marks(document, owner)
    person = get_user(stranger)
    for name, route in OTHERS:
        for answer in asked(stranger, filled(route, document)):
            assert not [mark for mark in secrets if mark in shown(answer)], name
        stranger.force_login(person)  # one of these logs out
    assert rows_of_the_owner(document) == before


def test_the_admin_is_for_staff(client: Client, document: Document) -> None:
    for name, route in ADDRESSES:
        for answer in asked(client, filled(route, document)) if route.startswith("admin/") else ():
            assert answer.status_code in (302, 403, 404, 405), name
            assert document.number not in shown(answer), name


def test_a_former_member_is_a_stranger(client: Client, document: Document) -> None:
    document.integration.members.all().delete()
    for name, route in OWNED:
        assert {answer.status_code for answer in asked(client, filled(route, document))} <= {404, 405}, name


def test_the_owner_gets_in(client: Client, document: Document) -> None:
    """Each address answers a GET, or is there to change something."""
    for name, route in OWNED:
        assert client.get(filled(route, document)).status_code in (200, 302, 405), name


def with_role(integration: Integration, role: Role) -> Client:
    """A browser in which somebody with this role is logged in."""
    person = a_person(f"{role}@example.nl")
    Member.objects.create(integration=integration, user=person, role=role)
    return logged_in(person)


def test_of_every_address_is_said_whose_it_is() -> None:
    named = {name for name, _ in OWNED if not name.startswith("integrations_")}
    assert named - {"webhook"} <= OWNERS | BOOKKEEPERS | EVERYBODYS


def test_what_is_the_owners_is_refused_to_a_bookkeeper(document: Document) -> None:
    bookkeeper = with_role(document.integration, Role.BOOKKEEPER)
    before = rows_of_the_owner(document)
    for name, route in OWNED:
        if name in OWNERS:
            got, posted = asked(bookkeeper, filled(route, document))
            assert 403 in {got.status_code, posted.status_code} <= {403, 405}, name
    assert rows_of_the_owner(document) == before


def test_what_is_a_bookkeepers_is_refused_to_a_reader(document: Document) -> None:
    reader = with_role(document.integration, Role.READER)
    for name, route in OWNED:
        if name in OWNERS | BOOKKEEPERS:
            got, posted = asked(reader, filled(route, document))
            assert posted.status_code == 403 or (posted.status_code, got.status_code) == (405, 403), name


@pytest.mark.rule("R391")
def test_a_reader_sees_everything_and_changes_nothing_but_tickets(document: Document) -> None:
    reader = with_role(document.integration, Role.READER)
    before = rows_of_the_owner(document)
    for name, route in OWNED:
        for answer in asked(reader, filled(route, document)):
            assert answer.status_code in (200, 204, 302, 403, 405) or name in ("group", "version"), name
    after = rows_of_the_owner(document)
    assert {name: rows for name, rows in after.items() if name not in TICKETS} == {
        name: rows for name, rows in before.items() if name not in TICKETS
    }
    for tab in ("report", "errors", "open", "configuration", "profile", "search"):
        assert reader.get(f"/{document.integration.licence_key}/{tab}/").status_code == 200


def test_a_bookkeeper_works_in_every_tab(document: Document) -> None:
    bookkeeper = with_role(document.integration, Role.BOOKKEEPER)
    for name, route in OWNED:
        if name in BOOKKEEPERS | EVERYBODYS:
            assert bookkeeper.get(filled(route, document)).status_code in (200, 302, 405), name


FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
ENABLED = re.compile(r"<button\b(?![^>]*\bdisabled\b)")
LINK = re.compile(r'\bhref="(/[^"#]*)')
FORMACTION = re.compile(r'<button\b(?![^>]*\bdisabled\b)[^>]*\bformaction="([^"]*)"')


def led_to(client: Client, address: str) -> set[tuple[str, str]]:
    """What a page leads to by its links and by its forms that can be sent: names with their paths."""
    page = html.unescape(client.get(address).text)
    found = [re.search(r'action="([^"]*)"', tag) for tag, inside in FORM.findall(page) if ENABLED.search(inside)]
    paths = {*(one[1] or address for one in found if one), *LINK.findall(page), *FORMACTION.findall(page)}
    paths = {urlsplit(path).path for path in paths if not path.startswith("/static/")}
    return {(resolve(path).url_name or "", path) for path in paths}


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_nobody_is_shown_a_button_that_is_refused(document: Document, role: Role) -> None:
    made = document.integration
    browser = with_role(made, role)
    own = f"/{made.licence_key}/profile/members/{made.members.get(role=role).pk}"  # everybody may leave
    seen = {("self-test", f"/{made.licence_key}/configuration/check"), ("member", own)}
    refused = OWNERS | BOOKKEEPERS if role == Role.READER else OWNERS
    pages = [f"/{made.licence_key}/configuration/versions/1/", f"/{made.licence_key}/search/?q=2026"]
    pages += [f"/documents/{one.pk}/" for one in made.documents.all()]
    pages += [f"{filled(route, document)}?{urlencode({'cause': document.cause})}" for name, route in OWNED]
    for page in pages:
        if browser.get(page).get("content-type", "").startswith("text/html"):
            shown = {one for one in led_to(browser, page) if one[0] in refused} - seen
            assert not shown, page


# Connecting from the App Store


def a_handshake(integration: Integration, person: User | None = None, **fields: Any) -> Handshake:
    values = {"api_public": "p1", "api_secret": "new", "api_root": "https://x.nl", "return_url": "https://x.nl/"}
    return Handshake.objects.create(integration=integration, claimed_by=person, **(values | fields))


@pytest.mark.parametrize("role", [Role.READER, Role.BOOKKEEPER])
def test_edit_in_the_app_store_renews_keys_for_an_owner_alone(integration: Integration, role: Role) -> None:
    held = Credential.objects.filter(integration=integration, side="shop")
    held.update(secret={"public": "p1", "secret": "old"})
    handshake = a_handshake(integration)
    browser = with_role(integration, role)
    session = browser.session
    session["handshake"] = handshake.pk
    session.save()
    answer = browser.get("/install/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/{integration.licence_key}/configuration/"
    assert "You are not an owner of this integration" in answer.text
    registration.renew(handshake, integration.members.get(role=role).user)  # would ask the shop, were anything due
    assert held.get().secret["secret"] == "old"


FACTS: Any = {"shop_id": "Bakkerij Demo", "name": "Bakkerij", "home_country": "NL", "vat_number": ""}


@pytest.mark.parametrize("system", ["rompslomp", "imuis"])
def test_who_does_not_own_a_shop_can_not_install_it_again(integration: Integration, system: str) -> None:
    person = a_person("reader@example.nl")
    Member.objects.create(integration=integration, user=person, role=Role.BOOKKEEPER)
    handshake = Handshake.objects.create(
        api_public="p2", api_secret="s", api_root="https://x.nl", return_url="https://x"
    )
    with pytest.raises(PermissionDenied):
        registration.attach(handshake, person, system, TermsAcceptance(user=person, version="1"), FACTS)
    assert Integration.objects.get() == integration
    assert not TermsAcceptance.objects.exists()


def test_a_reader_takes_a_shop_from_its_owner_only_after_leaving(integration: Integration) -> None:
    """Somebody typed the keys of a shop, and let its merchant in as a reader, who then comes from the App Store."""
    integration.events.create(kind="shop_connected", data={"by_hand": True}, at=NOON)
    merchant = a_person("merchant@example.nl")
    reader = Member.objects.create(integration=integration, user=merchant, role=Role.READER)
    Integration.objects.filter(pk=integration.pk).update(shop_id=FACTS["shop_id"])
    handshake = Handshake.objects.create(
        api_public="p2", api_secret="s", api_root="https://x.nl", return_url="https://x"
    )
    with pytest.raises(PermissionDenied):
        registration.attach(handshake, merchant, "rompslomp", None, FACTS)
    integration.refresh_from_db()
    assert integration.status == Integration.Status.ACTIVE
    reader.delete()
    made = registration.attach(handshake, merchant, "rompslomp", None, FACTS)
    assert made != integration
    assert made.members.get().user == merchant
    integration.refresh_from_db()
    assert integration.status == Integration.Status.STOPPED


@pytest.mark.parametrize("name", ["errors-process", "document-process", "administration", "settings-file", "finish"])
def test_what_changes_something_is_no_link(client: Client, document: Document, name: str) -> None:
    (route,) = [route for found, route in ADDRESSES if found == name]
    assert client.get(filled(route, document)).status_code == 405


def test_no_form_is_taken_from_another_site(owner: User, document: Document) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    for _, route in OWNED:
        assert browser.post(filled(route, document)).status_code in (403, 405)


def test_a_licence_key_that_looks_wrong_is_not_found(client: Client, integration: Integration) -> None:
    for key in ("x", "abc", "ABCDE-" * 20, "..%2f"):
        assert client.get(f"/{key}/report/").status_code == 404


def test_a_person_without_an_integration_gets_nowhere_either(document: Document, owner: User) -> None:
    nobody = User.objects.create_user(username="n@example.nl", email="n@example.nl", password="koffie")
    browser = logged_in(nobody)
    for _, route in OWNED:
        assert {answer.status_code for answer in asked(browser, filled(route, document))} <= {404, 405}


@pytest.mark.parametrize(("role", "is_changed"), [(Role.BOOKKEEPER, False), (Role.OWNER, True)])
def test_a_bookkeepers_settings_file_chooses_no_administration(
    sandbox: Sandbox, db: None, role: Role, is_changed: bool
) -> None:
    """It names one, and this account reaches another as well."""
    sandbox.reset()
    linked = link(sandbox.url)
    other = linked.control("POST", "ledger/companies", {"name": "Andere boeken"})["company"]
    user = linked.control("POST", "ledger/users", {"companies": [linked.company, other["id"]]})["user"]
    token = linked.control("POST", "ledger/tokens", {"user": user["id"]})["token"]["access_token"]
    linked.integration.credentials.filter(side="books").delete()
    linked.integration.credentials.create(side="books", secret={"access_token": token})
    file = settings_file(linked.books)
    file["accounting"]["administration"] = str(other["id"])
    address = f"/{linked.integration.licence_key}/configuration/review"
    answer = with_role(linked.integration, role).post(address, {"proposed": json.dumps(file)}, follow=True)
    assert ("Only an owner can choose that." in answer.text) != is_changed
    linked.integration.refresh_from_db()
    assert linked.integration.administration
    assert (linked.integration.administration.remote_id == str(other["id"])) == is_changed
