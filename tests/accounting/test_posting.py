"""The story of a posting, through the stand-ins."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from accounting import posting
from integrations.models import (
    Administration,
    Credential,
    CustomerLink,
    Document,
    Integration,
    Intent,
    Member,
    ProductLink,
    State,
    User,
    VatCheck,
)
from tests.linked import control, link
from webshop import pressing

pytestmark = pytest.mark.django_db(transaction=True)


def put_off(document):
    """The document waits; its time has come."""
    Document.objects.filter(pk=document.pk).update(next_attempt_at=timezone.now())
    Administration.objects.update(paused_until=None)


def codes(document):
    return [problem["code"] for problem in document.problems]


@pytest.mark.rule("R1", "R3", "R32", "R51", "R56", "R63", "R286", "R301")
def test_a_paid_order_becomes_one_published_invoice_that_is_not_mailed(linked):
    document = linked.post()
    assert document.state == State.PROCESSED, (document.reason, document.problems)
    (invoice,) = linked.ledger()
    assert (invoice["status"], invoice["mailed_to"]) == ("published", None)
    assert invoice["api_reference"] == f"ccv-{linked.shop['id']}-order-{document.remote_id}"
    assert (document.ledger_id, document.ledger_number) == (str(invoice["id"]), invoice["invoice_number"])
    assert Decimal(invoice["price_with_vat"]) == Decimal(document.total_cents) / 100
    assert document.ledger_total_cents == document.total_cents


def test_it_stays_a_concept_when_the_settings_say_so(linked):
    linked.configure(accounting={"publish": False})
    assert linked.post().state == State.PROCESSED
    assert linked.ledger()[0]["status"] == "concept"


def arrived_to_the_cent(linked, placed):
    """The books hold what the shop charged, each order once."""
    totals = {invoice["api_reference"]: Decimal(invoice["price_with_vat"]) for invoice in linked.ledger()}
    expected = {f"ccv-{linked.shop['id']}-order-{order['id']}": Decimal(str(order["total_incl"])) for order in placed}
    return totals == expected and not linked.ledger("repeats")


@pytest.mark.broad
@pytest.mark.parametrize("way", "ABC")
def test_mixed_orders_arrive_to_the_cent_whichever_way_the_ledger_rounds(sandbox, way):
    sandbox.reset()
    linked = link(sandbox.url, books={"rounding": way})
    placed = linked.place_random(60, seed=ord(way), paid=1, unbookable=0)
    linked.deliver(*(order["id"] for order in placed))
    for _ in range(4):
        linked.work()
    assert arrived_to_the_cent(linked, placed)


def test_the_rounding_line_of_the_fourth_way_is_visible_and_remembered(sandbox):
    sandbox.reset()
    linked = link(sandbox.url, books={"rounding": "D"})
    placed = linked.place_random(80, seed=3, paid=1, unbookable=0)
    linked.deliver(*(order["id"] for order in placed))
    for _ in range(5):
        linked.work()
    assert arrived_to_the_cent(linked, placed)
    rounded = Document.objects.exclude(rounding_cents=0)
    assert rounded.exists()
    invoices = {str(invoice["id"]): invoice for invoice in linked.ledger()}
    for document in rounded:
        line = invoices[document.ledger_id]["invoice_lines"][-1]
        assert line["description"] == "Rounding difference"
        assert Decimal(line["price_with_vat"]) == Decimal(document.rounding_cents) / 100
        assert Decimal(line["vat_rate"]) == 0


def test_a_total_that_no_rounding_explains_is_not_left_in_the_books(linked):
    """The VAT code of 21% in the settings is one of 9% in the books."""
    rows = [
        {"country": "NL", "rate": rate, "vat_code": str(linked.books["vat"]["NL 9"]), "revenue": "7428867030"}
        for rate in ("21", "9")
    ]
    linked.configure(vat=[{**row, "revenue": str(linked.books["revenue"]["webshop"])} for row in rows])
    for seed in range(1, 9):
        document = linked.post(seed=seed)
        if document.state == State.ERROR:
            break
    assert codes(document) == ["ledger_total_differs"]
    assert document.remote_id not in {invoice["api_reference"].rpartition("-")[2] for invoice in linked.ledger()}


@pytest.mark.rule("R47", "R139")
def test_a_posted_order_is_never_posted_again(linked):
    document = linked.post()
    for event in ("orders.updated.ispaid", "orders.updated.status"):
        linked.deliver(int(document.remote_id), event=event)
        linked.work()
    assert len(linked.ledger()) == 1
    assert not linked.ledger("repeats")


@pytest.mark.rule("R140")
def test_an_order_changed_in_the_shop_after_posting_changes_nothing_in_the_books(linked):
    document = linked.post()
    before = linked.ledger()
    path = f"shops/{linked.shop['id']}/orders/{document.remote_id}"
    linked.control("PATCH", path, {"order": {"total_price": 999}, "status": 5})
    linked.deliver(int(document.remote_id), event="orders.updated.status")
    linked.work()
    assert linked.ledger() == before
    assert linked.document(int(document.remote_id)).total_cents == document.total_cents


@pytest.mark.rule("R52", "R53", "R287", "R288")
def test_the_debtor_is_found_by_e_mail_and_made_once(linked):
    first, second = linked.post(seed=5), linked.post(seed=5)
    assert first.customer_email == second.customer_email
    assert {invoice["contact_id"] for invoice in linked.ledger()} == {linked.ledger("contacts")[0]["id"]}
    assert len(linked.ledger("contacts")) == 1


@pytest.mark.rule("R8", "R52", "R288", "R289")
def test_a_debtor_that_the_books_know_already_is_used_and_left_as_it_is(linked):
    linked.post(seed=5)
    CustomerLink.objects.all().delete()
    before = linked.ledger("contacts")
    linked.post(seed=5)
    assert linked.ledger("contacts") == before


@pytest.mark.rule("R287")
def test_a_remembered_debtor_that_was_deleted_in_the_books_is_made_again(linked):
    linked.post(seed=5)
    Administration.objects.update(name="kept")
    linked.control("DELETE", f"ledger/companies/{linked.company}/sales_invoices/{linked.ledger()[0]['id']}")
    linked.control("DELETE", f"ledger/companies/{linked.company}/contacts/{linked.ledger('contacts')[0]['id']}")
    assert linked.post(seed=5).state == State.PROCESSED
    assert len(linked.ledger("contacts")) == 1


@pytest.mark.rule("R54", "R290", "R291", "R292")
def test_products_and_costs_are_made_once_and_used_again(linked):
    linked.post(seed=5)
    made = {product["invoice_line"]["product_code"] for product in linked.ledger("products")}
    assert "SHIPPING" in made
    linked.post(seed=5)
    assert not linked.ledger("repeats")
    assert {product["invoice_line"]["product_code"] for product in linked.ledger("products")} == made


@pytest.mark.rule("R291")
def test_a_product_that_the_books_know_already_is_not_added_again(linked):
    linked.post(seed=5)
    ProductLink.objects.all().delete()
    before = linked.ledger("products")
    linked.post(seed=5)
    assert [product["id"] for product in linked.ledger("products")] == [product["id"] for product in before]


def test_a_remembered_product_that_was_deleted_in_the_books_is_made_again(linked):
    linked.post(seed=5)
    for product in linked.ledger("products"):
        linked.control("DELETE", f"ledger/companies/{linked.company}/products/{product['id']}")
    assert linked.post(seed=5).state == State.PROCESSED


@pytest.mark.rule("R293")
def test_two_codes_that_clean_to_the_same_stay_two_products(linked):
    def row(code):
        return {"product_name": code, "product_number": code, "count": 1, "selling_price": 10, "price": 10, "tax": 21}

    order = linked.place(order={"paid": True}, orderrows=[row("KOF-1000"), row("KOF1000")])["order"]
    linked.deliver(order["id"])
    linked.work()
    found = sorted(product["invoice_line"]["product_code"] for product in linked.ledger("products"))
    goods = [code for code in found if code.startswith("KOF")]
    assert len(goods) == 2
    assert all(code.isalnum() for code in goods)


@pytest.mark.rule("R65", "R42", "R46")
def test_a_failed_check_puts_the_document_on_errors_before_anything_is_written(linked):
    linked.configure(vat=[])
    document = linked.post()
    assert document.state == State.ERROR
    assert set(codes(document)) == {"vat_setting_missing"}
    assert linked.ledger() == linked.ledger("contacts") == linked.ledger("products") == []


@pytest.mark.rule("R46")
def test_a_vat_code_that_is_gone_from_the_books_is_named(linked):
    code = linked.books["vat"]["NL 21"]
    linked.control("DELETE", f"ledger/companies/{linked.company}/vat_types/{code}")
    documents = [linked.post(seed=seed) for seed in (1, 2, 3)]
    stuck = [document for document in documents if document.state == State.ERROR]
    assert {code for document in stuck for code in codes(document)} == {"vat_code_gone"}


@pytest.mark.rule("R65", "R68")
def test_a_stuck_document_is_processed_once_its_cause_is_gone(linked, django_user_model):
    from accounting import settings_store

    rows = settings_store.as_file(linked.integration.settings)["vat"]
    linked.configure(vat=[])
    document = linked.post()
    linked.configure(vat=rows)
    user = User.objects.create(username="eigenaar")
    assert pressing.process(document, user)
    linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED


@pytest.mark.rule("R45")
def test_an_icp_document_is_posted_with_the_answer_of_vies_kept(linked):
    document = linked.post("icp")
    assert document.state == State.PROCESSED, document.problems
    check = VatCheck.objects.get()
    assert check.is_valid
    assert check.consultation_number
    assert linked.ledger()[0]["vat_number"]


@pytest.mark.rule("R45", "R131")
def test_an_icp_document_with_a_number_that_vies_calls_invalid_is_stuck(linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "invalid"})
    document = linked.post("icp")
    assert codes(document) == ["vat_number_invalid"]
    assert not linked.ledger()


@pytest.mark.rule("R45")
def test_an_icp_document_waits_while_vies_is_out_of_reach(linked):
    linked.control("PUT", "vies", {"number": "*", "answer": "MS_UNAVAILABLE", "times": 1})
    document = linked.post("icp")
    assert (document.state, document.reason) == (State.QUEUED, "vies_unavailable")
    assert document.next_attempt_at > timezone.now()
    put_off(document)
    linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED


@pytest.mark.rule("R130", "R132")
def test_an_icp_document_never_goes_to_a_fixed_debtor(linked):
    fixed = linked.post(seed=1)
    debtor = str(linked.ledger()[0]["contact_id"])
    methods = [{"method": key, "debtor": debtor} for key in ("ideal", "banktransfer", "paypal", "default")]
    methods += [{"method": key, "debtor": debtor} for key in ("afterpay", "mistercash", "creditcard")]
    linked.configure(payment_methods=methods)
    document = linked.post("icp")
    assert document.state == State.PROCESSED, document.problems
    contact = {invoice["id"]: invoice["contact_id"] for invoice in linked.ledger()}
    assert contact[int(document.ledger_id)] != int(debtor)
    plain = linked.post(seed=9)
    contact = {invoice["id"]: invoice["contact_id"] for invoice in linked.ledger()}
    assert contact[int(plain.ledger_id)] == int(debtor)
    assert plain.customer_email != fixed.customer_email


@pytest.mark.rule("R65")
def test_a_refusal_of_the_books_is_shown_in_their_own_words(linked):
    linked.configure(accounting={"layout": "12345"})
    document = linked.post()
    assert codes(document) == ["books_refused"]
    assert "is invalid" in document.problems[0]["words"]
    assert not Intent.objects.exists()


@pytest.mark.rule("R12", "R13")
def test_a_free_subscription_of_the_books_is_named(linked):
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": False})
    assert codes(linked.post()) == ["books_plan"]


def test_an_administration_that_the_account_cannot_see_is_named(linked):
    user = control(linked.url, "POST", "ledger/users", {"companies": []})["user"]
    token = control(linked.url, "POST", "ledger/tokens", {"user": user["id"]})["token"]
    Credential.objects.filter(side="books").update(secret={"access_token": token["access_token"]})
    assert codes(linked.post()) == ["administration_gone"]


@pytest.mark.parametrize("kind", ["500", "503", "html", "empty"])
def test_a_write_without_a_clear_answer_is_looked_up_before_it_is_repeated(linked, sandbox, kind):
    sandbox.fault(kind=kind, method="POST", path="/sales_invoices")
    document = linked.post()
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    for _ in range(3):
        put_off(document)
        linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED
    assert len(linked.ledger()) == 1
    assert not Intent.objects.exists()


@pytest.mark.parametrize("path", ["/contacts", "/products", "/sales_invoices"])
def test_a_write_that_arrived_though_its_answer_did_not_is_adopted(linked, sandbox, settings, path):
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind="timeout_after_write", method="POST", path=path, seconds=2)
    document = linked.post()
    assert (document.state, document.reason) == (State.QUEUED, "settling")
    for _ in range(3):
        put_off(document)
        linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED
    assert not linked.ledger("repeats")


def test_a_publication_whose_answer_did_not_come_is_seen_in_the_books(linked, sandbox, settings):
    settings.CALL_DEADLINE_SECONDS = 1
    sandbox.fault(kind="timeout_after_write", method="PATCH", path="/sales_invoices", seconds=2)
    document = linked.post()
    assert document.reason == "settling"
    put_off(document)
    linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED


def test_too_many_requests_pause_the_whole_administration(linked, sandbox):
    sandbox.fault(kind="429", method="POST", path="/sales_invoices")
    document = linked.post()
    assert (document.state, document.reason) == (State.QUEUED, "books_busy")
    assert Administration.objects.get().paused_until > timezone.now() + timedelta(seconds=20)
    other = linked.post(seed=2)
    assert other.reason == ""
    assert not linked.ledger()


def test_a_refused_token_turns_the_dot_red_and_mails_the_owner_once(linked):
    owner = User.objects.create(username="eigenaar", email="eigenaar@bakkerij.example")
    Member.objects.create(integration=linked.integration, user=owner)
    control(linked.url, "POST", "ledger/tokens/revoke", {})
    first, second = linked.post(seed=1), linked.post(seed=2)
    assert {first.reason, second.reason} == {"connection_lost"}
    assert Integration.objects.get().books_lost_at
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [owner.email]


def test_what_waited_for_a_connection_goes_on_after_connecting_again(linked):
    from accounting.rompslomp import oauth

    control(linked.url, "POST", "ledger/tokens/revoke", {})
    document = linked.post()
    token = control(linked.url, "POST", "ledger/tokens", {})["token"]
    oauth.connect(Integration.objects.get(), token)
    linked.work()
    assert linked.document(int(document.remote_id)).state == State.PROCESSED
    assert Integration.objects.get().books_lost_at is None


def test_what_nobody_foresaw_is_recorded_and_the_queue_goes_on(linked):
    broken = linked.place_kind("simple", 1)
    linked.deliver(broken["id"])
    linked.work()
    Document.objects.update(state=State.QUEUED, next_attempt_at=timezone.now(), ledger_id="", mapped={"lines": 1})
    whole = linked.post(seed=2)
    assert whole.state == State.PROCESSED
    document = linked.document(broken["id"])
    assert codes(document) == ["internal"]
    assert "Traceback" in document.events.get(kind="internal").data["traceback"]


def test_a_waiting_document_holds_back_only_the_same_customer(linked):
    first = linked.place_kind("simple", 5)
    linked.deliver(first["id"])
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": False})
    linked.work()
    Document.objects.update(state=State.QUEUED, next_attempt_at=timezone.now() + timedelta(hours=1))
    linked.control("PATCH", f"ledger/companies/{linked.company}", {"api_accessible": True})
    same, other = linked.post(seed=5), linked.post(seed=6)
    assert (same.state, other.state) == (State.QUEUED, State.PROCESSED)
    put_off(linked.document(first["id"]))
    linked.work()
    assert linked.document(int(same.remote_id)).state == State.PROCESSED


def test_two_shops_on_the_same_books_share_debtors_products_and_the_lease(linked, sandbox):
    second = link(sandbox.url, shop={"name": "Tweede"}, books=linked.books)
    assert second.integration.administration_id == linked.integration.administration_id
    linked.post(seed=5)
    second.post(seed=5)
    assert len(linked.ledger("contacts")) == 1
    assert len(linked.ledger()) == 2


def test_after_a_restored_backup_every_document_is_looked_up_first(linked):
    document = linked.post()
    Document.objects.update(state=State.QUEUED, next_attempt_at=timezone.now(), ledger_id="", ledger_number="")
    Integration.objects.update(look_first_until=timezone.now() + timedelta(hours=1))
    linked.work()
    assert linked.document(int(document.remote_id)).ledger_id == document.ledger_id
    assert not linked.ledger("repeats")


def test_the_timeline_holds_every_remote_call_without_personal_data(linked):
    document = linked.post()
    calls = [event.data for event in document.events.filter(kind="call").order_by("id")]
    assert [call["method"] for call in calls if "/api/rest/" in call["path"]] == ["GET", "GET"]
    assert {call["status"] for call in calls} <= {200, 201}
    assert document.customer_email
    assert all(document.customer_email not in str(event.data) for event in document.events.all())
    assert all("@" not in str(call) and "%40" not in str(call) for call in calls)


def test_a_stopped_integration_posts_nothing(linked):
    order = linked.place_kind("simple", 1)
    linked.deliver(order["id"])
    Integration.objects.update(status=Integration.Status.STOPPED)
    linked.work()
    assert not Document.objects.exists()
    assert posting.administrations_with_work() == set()
