"""A stand-in for King / iMUIS Online (Cloudswitch), for tests and the demo: strict, stateful, written from the
vendor's public description alone. It serves ``POST /ws1_api.aspx``, pages for people at ``/imuis/`` and this control
path, JSON both ways (a mistake answers 400 ``{"error": …}``); everything below starts with ``/_sandbox/imuis/``. The
pages ``/imuis/named/<name>/``, ``…/entries/<invoice number>`` and ``…/orders/<order number>`` there lead to the
newest one, in whichever administration.
``<table>`` is ``debtors``, ``items`` or the vendor's own name; rows carry the vendor's columns, as text.

``GET administrations`` -> ``{"administrations": […]}``. ``POST administrations``, all optional:

    chosen once: preset "plain" | "bakery", land "NL" | "NED" (the form of the country keys), without ["item_group",
        "order_type"], debtors [{"ZKSL": …, "BLOK": "J", …}]
    switches: name, partner_key "pk-demo-123", code (made up when left out), state "active" | "unknown" |
        "no_subscription", session_seconds 1800 (idle), periods 12 | 1 | 4 | 13, first_month 1 (of the book year),
        closed [year, period] | null (definitively), closed_for_users likewise (still accepted), refuses_unbalanced
        false (else a split that doesn't return to zero is kept with BOE_WARNING), decimals "," | "." (how amounts and
        percentages are read out)

A partner_key and code that are known answer their administration, its switches changed; the vendor's public pair
("abcdefghijklmnopqrstuvwxyz", "00000") is always known. Answer: ``{"administration":
{"id", "name", "code", "partner_key", …, "entries": how many, "orders", "debtors", "items"}, "vat": {"NL 21": "2",
"NL 9": "1", "NL 0", "reverse", "none", "margin", "export", "DE 19", …}, "vat_excl": the codes of the exclusive kind
(the Dutch ones, DE 19, BE 21, FR 20), "revenue": {"webshop": "8000", "shipping", "payment_costs", "eu", "export",
"rounding", "payment_differences", "other"; bakery: "bread", "gifts"}, "journal": "41", "debtors_account": "2975",
"order_type": "webshoporder", "item_group": "29", "blocked": {"vat", "account", "journal"}, "debtors": {ZKSL: NR}}``.

``GET administrations/<id>`` the same answer; ``PATCH`` it with any of the switches likewise.
``DELETE administrations/<id>/sessions`` -> ``{"sessions": how many were ended}``.

``GET administrations/<id>/entries`` -> ``{"entries": [[row of BOE, …], …]}``, ``…/orders`` -> ``{"orders": [{"ORDKOP":
{…}, "ORDRG": […], "totals": {"net", "vat", "gross"}}]}``, ``…/repeats`` -> ``{"repeats": [{"kind": "entry" | "order" |
"debtor_email" | "item_number", "value", "created", "refused"}]}``, only what was made or tried more than once: the
document number of the total row, EXTORDNR and KENM with a space between, EMAIL, NR. Columns without a value are left
out.

``GET administrations/<id>/<table>`` -> ``{<table>: [row, …]}``; ``POST`` a row, ``PATCH|DELETE …/<table>/<key>``, as
if a person did it (``{"BLOK": "J"}``) -> ``{"row": {…}}``. The key is NR; ZKSL of ORDSRT, LAND, LEVCOND, VERZWZ and
OPDRWZ.

Faults of its own at ``/_sandbox/faults``, beside those of all stand-ins: ``session_killed`` (the caller's sessions end
before the call), ``cs312`` (an error with that code; nothing is done), ``no_data`` (a page without its DATA). All
calls share one path: tell them apart with ``body``, as in ``"body": "ACTIE=CREATEJOURNAALPOST"``. 401 and
expired_token are worded as an ended session, 422 as a refusal. Counters add the ACTIE: ``POST /ws1_api.aspx LOGIN``.
"""

from django.urls import path

from integrations.sandbox import call_words, error_wording, more_faults

from . import control, faults, gate, pages

error_wording[gate.PATH] = faults.api_wording
call_words[gate.PATH] = gate.action_of
more_faults |= {"session_killed": faults.session_killed, "cs312": faults.cs312, "no_data": faults.no_data}

CONTROL = "_sandbox/imuis/administrations"
OF_ONE = f"{CONTROL}/<int:administration>"

urlpatterns = [
    path(gate.PATH.lstrip("/"), gate.api),
    path("imuis/", pages.administrations_page, name="imuis-administrations"),
    path("imuis/named/<str:name>/", pages.named_page),
    path("imuis/named/<str:name>/entries/<str:number>", pages.newest_entry_page),
    path("imuis/named/<str:name>/orders/<str:number>", pages.newest_order_page),
    path("imuis/<int:administration>/", pages.administration_page, name="imuis-administration"),
    path("imuis/<int:administration>/entries/<path:document>", pages.entries_page, name="imuis-entries"),
    path("imuis/<int:administration>/orders/<str:number>", pages.order_page, name="imuis-order"),
    path(CONTROL, control.administrations_view),
    path(OF_ONE, control.administration_view),
    path(f"{OF_ONE}/sessions", control.sessions_view),
    path(f"{OF_ONE}/entries", control.entries_view),
    path(f"{OF_ONE}/orders", control.orders_view),
    path(f"{OF_ONE}/repeats", control.repeats_view),
    path(f"{OF_ONE}/<str:table>", control.rows_view),
    path(f"{OF_ONE}/<str:table>/<path:key>", control.row_view),
]
