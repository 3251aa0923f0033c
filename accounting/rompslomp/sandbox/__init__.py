"""A stand-in for Rompslomp, for tests and the demo: strict, stateful, written from the vendor's public description
alone. It serves ``/api/v1/…``, ``/oauth/…``, pages for people at ``/ledger/`` and this control path, JSON both ways
(a mistake answers 400 ``{"error": …}``); everything below starts with ``/_sandbox/ledger/``:

``GET|POST settings``: token_seconds 7200, code_seconds 600, auto "" | "allow" | "deny" (answers the consent page in
the place of a person), auto_user id (else the first), old_refresh "first_use" | "at_once", invalid_grant_status 400 |
401, retry_after 30 (of a 429 asked for at ``/_sandbox/faults``). POST any of them -> ``{"settings": {…}}``.

``GET|POST clients`` ``{"client_id": …, "client_secret": …, "redirect_uri": …, "name": …}`` -> ``{"client": {…}}``;
the same client_id again replaces it.

``GET|POST users`` ``{"first_name", "last_name", "email", "companies": [id] | null}`` (all optional; null sees every
company) -> ``{"user": {"id": …}}``.

``POST tokens`` ``{"user": id, "scopes": […], "expires_in": seconds}``, all optional -> ``{"token": {"access_token",
"user", "scopes"}}``: a personal API token. ``POST tokens/expire`` and ``POST tokens/revoke`` ``{}`` (all),
``{"token": …}`` or ``{"user": id}`` -> ``{"tokens": how many}``. Revoking also ends the refresh token.

``GET companies`` -> ``{"companies": […]}``. ``POST companies`` ``{"preset": "plain" | "example" | "bakery", "name": …,
"rounding": "A".."D", "api_accessible": true, "allowed_scopes": […], "calls_per_minute": 0, "payment_days": 30,
"unique_product_codes": false, "vat_check": "up" | "down", "plan_limit": "" | "client.quota_reached" | …,
"plan_limit_status": 403, "with_token": false, "with_objects": false}``, all optional, and any field of a company.
``"example": true`` is the preset with the ids of the vendor page (1290044715; ``with_objects`` adds its customer and
products); bakery is the demo's. Both are made once: asking again answers the one there is. Answer: ``{"company": {…},
"vat_types": […], "vat": {"NL 21": id, "NL 9", "NL 0", "reverse", "none", "margin", "custom", "DE 19", …}, "accounts":
[…], "revenue": {"webshop": id, "shipping", "payment_costs", "eu", "export", "rounding", "other", …}, "payment":
{"bank": id, "cash", "pin", "mollie", "paypal"}, "templates": [default id, other id], "token": {…} if asked}``.

``GET companies/<id>`` the same answer. ``PATCH companies/<id>`` any of the switches -> ``{"company": {…}}``.

``GET companies/<id>/invoices`` -> ``{"invoices": [the API's object + api_reference, payments, mailed_to,
contact_email]}``; ``…/contacts``, ``…/products`` likewise; ``…/repeats`` -> ``{"repeats": [{"kind": "api_reference" |
"contact_email" | "product_code", "value", "created", "refused"}]}``, only what was made or tried more than once;
what was deleted since still counts.

``DELETE companies/<id>/<contacts|products|sales_invoices|templates|vat_types|accounts|payments>/<id>``: gone, as if a
person did it; 204. ``PATCH`` one of ``sales_invoices`` with ``{"date", "description", "invoice_lines": [line with its
id, …]}``, published or not, or ``POST`` likewise what a copy of it shall differ in -> ``{"invoice": {…}}``.
"""

from django.urls import path, re_path

from integrations.sandbox import error_wording

from . import companies, contacts, control, invoices, oauth, pages, payments, products, reference
from .access import no_endpoint
from .refusals import api_wording, oauth_wording

error_wording["/api/v1/"] = api_wording
error_wording["/oauth/"] = oauth_wording

OF_COMPANY = "api/v1/companies/<str:company>/"
CONTROL = "_sandbox/ledger/"

urlpatterns = [
    path(f"{OF_COMPANY}sales_invoices", invoices.invoices_view),
    path(f"{OF_COMPANY}sales_invoices/<str:row_id>", invoices.invoice_view),
    path(f"{OF_COMPANY}sales_invoices/<str:row_id>/pdf", invoices.pdf_view),
    path(f"{OF_COMPANY}contacts", contacts.contacts_view),
    path(f"{OF_COMPANY}contacts/<str:row_id>", contacts.contact_view),
    path(f"{OF_COMPANY}products", products.products_view),
    path(f"{OF_COMPANY}products/<str:row_id>", products.product_view),
    path(f"{OF_COMPANY}payments", payments.payments_view),
    path(f"{OF_COMPANY}payments/<str:row_id>", payments.payment_view),
    path(f"{OF_COMPANY}vat_types", reference.vat_types_view),
    path(f"{OF_COMPANY}vat_types/<str:row_id>", reference.vat_type_view),
    path(f"{OF_COMPANY}accounts", reference.accounts_view),
    path(f"{OF_COMPANY}accounts/<str:row_id>", reference.account_view),
    path(f"{OF_COMPANY}templates", reference.templates_view),
    path(f"{OF_COMPANY}templates/<str:row_id>", reference.template_view),
    path("api/v1/companies", companies.companies_view),
    path("api/v1/companies/<str:row_id>", companies.company_view),
    path("api/v1/me", companies.me_view),
    re_path("^api/v1/", no_endpoint),
    path("oauth/authorize", oauth.authorize, name="ledger-authorize"),
    path("oauth/token", oauth.token),
    path("ledger/", pages.companies_page, name="ledger-companies"),
    path("ledger/<str:company>/", pages.company_page, name="ledger-company"),
    path("ledger/<str:company>/invoices/<str:invoice>", pages.invoice_page, name="ledger-invoice"),
    path(f"{CONTROL}settings", control.settings_view),
    path(f"{CONTROL}clients", control.clients_view),
    path(f"{CONTROL}users", control.users_view),
    path(f"{CONTROL}tokens", control.tokens_view),
    path(f"{CONTROL}tokens/expire", control.expire_view),
    path(f"{CONTROL}tokens/revoke", control.revoke_view),
    path(f"{CONTROL}companies", control.companies_view),
    path(f"{CONTROL}companies/<int:company>", control.company_view),
    path(f"{CONTROL}companies/<int:company>/invoices", control.invoices_view),
    path(f"{CONTROL}companies/<int:company>/contacts", control.contacts_view),
    path(f"{CONTROL}companies/<int:company>/products", control.products_view),
    path(f"{CONTROL}companies/<int:company>/repeats", control.repeats_view),
    path(f"{CONTROL}companies/<int:company>/<str:table>/<int:row_id>", control.object_view),
]
