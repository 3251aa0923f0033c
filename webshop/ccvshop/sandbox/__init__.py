"""A stand-in for the CCV Shop platform, for tests, benchmarks and the demo: strict, stateful, written from the
vendor's public description alone. It serves the REST API at ``/api/rest/v1/…`` (all shops share one origin and are told
apart by ``x-public``), an App Store with one-click orders at ``/shop/``, and the control path below.

Control path: JSON both ways. A mistake answers 400 ``{"error": …}``, an unknown id 404. ``S`` is
``/_sandbox/shops/<shop id>``. Amounts in answers are text, incl. VAT. POST answers 201, everything else 200.

Shops
  POST   /_sandbox/shops  ``{"name", "host", "country": "NL", "api_root", "id", "public", "secret", <switches>}``, all
         optional -> shop: ``{"id", "name", "host", "country", "api_root", "public", "secret", "app_id",
         "is_installed", <switches>}``. ``api_root`` is this server unless given; the shop has live keys at once.
  GET    /_sandbox/shops -> ``{"shops": [shop]}``; GET S -> shop; DELETE S -> ``{}``
  PATCH  S ``{<switches>, "name", "country"}`` -> shop
  POST   S/keys ``{"public", "secret"}`` optional: new keys, the old ones and their webhooks are gone -> shop
  DELETE S/keys: no keys any more -> shop
  GET    S/totals -> ``{"orders": T, "paid_orders": T, "invoices": T}`` with T = ``{"count", "total_price",
         "total_incl", "documents": [{"id", "number", "total_incl", "total_vat", "paid"}]}``

Switches, with their defaults: ``shops.SWITCHES``: prices_incl true; gets_per_minute 150, writes_per_minute 100,
total_per_minute 1000 (0 = no limit), minute 60 (seconds), retry_after false; page_size 100, max_page_size 250;
refuses_invoice_hook false, hides_webhook_keys false, post_answer 201 | 200 | 204; auth_status 401 | 403;
signs "ok" | "wrong" | "missing"; hides [] (resources); apps 1; hooks "send" | "lose" | "hold"; hooks_twice false;
hook_hash "ok" | "wrong" | "missing"; hook_retries [0.5, 2, 5] (seconds until each further try).

Orders
  POST   S/orders ``{"order": {…}, "orderrows": [{…}] or {"items": […]}, "paid": true}``: whatever the schema wants and
         is not given is filled in (ids, numbers, links, row prices from price/discount/count/attributes, total_price
         and total_tax); what is given stays, right or wrong. Placed unpaid, then paid: ``orders.created`` goes out, and
         with "paid" also ``orders.updated.ispaid``. -> placed + ``{"order": {…}, "orderrows": {…}}`` (whole)
         placed = ``{"id", "number", "kind", "problem", "paid", "total_incl", "shop"}``
  POST   S/orders/random ``{"count": 1, "seed": 1, "mix": {…}, "since": "2026-01-01", "until"}`` ->
         ``{"orders": [placed]}``;
         mix = ``{"kinds": {name: weight}, "features": {name: chance}, "unbookable": 0, "paid": 0.85}``, names in
         ``drafts.KINDS``, ``drafts.FEATURES``; "problem" is the expected code of an unbookable one
         (``spoiling.SPOILERS``), else null. Dated now, or spread from "since" till "until" or now, the oldest first.
  POST   S/orders/kind ``{"kind": "simple", "seed": 1}`` -> placed; kinds in ``kinds.KINDS``: simple, mixed, excl, icp,
         export, abroad, surprise, broken, unpaid
  GET    S/orders/<id> -> ``{"order", "orderrows"}``, fit for preview
  PATCH  S/orders/<id> ``{"paid": true|false, "status": 2, "order": {fields, silently}}`` -> ``{"order", "orderrows"}``
  DELETE S/orders/<id> -> ``{}``
  POST   S/orders/<id>/invoice ``{"type": "debit"|"credit", "spelling": "negative"|"positive", "status", "create_date",
         "external_reference", "rows": [{"id": order row, "count": 1}], "costs": false}``, all optional -> the invoice.
         With "rows" it is for a part of the order: these rows, "count" of each if given, the discount in proportion,
         and the order's costs only with "costs"; totals are computed anew.
  POST   S/invoices/random ``{"count": 1, "seed": 1, "credit": 0.33, "mix": {…}}``: places orders and invoices them,
         whole or in part, then credits some, so that "credit" of all invoices are credits -> ``{"invoices": [{"id",
         "kind", "number", "type", "order": id, "problem", "total_incl", "total_excl", "shop"}]}``; mix as for orders
  GET    S/invoices/<id> -> ``{"invoice", "invoicerows": […]}``; PATCH ``{"status", "external_reference",
         "payment_link_sent", "invoice": {fields, silently}}``
  POST   S/examples -> the worked examples of the vendor's page, now in this shop: ``{"order", "orderrows", "invoice",
         "invoicerows"}``; their links start with the shop's ``api_root``

Webhooks
  GET    S/webhooks -> ``{"webhooks": […]}``, keys included
  GET    S/deliveries[?state=queued,delivered,failed,held,lost][&event=…] -> ``{"deliveries": [{"id", "shop", "webhook",
         "event", "document", "address", "key", "body" (text), "created", "state", "attempts": [{"at", "status",
         "error", "ms"}]}]}``
  POST   S/deliveries ``{"event", "id": order or invoice id, "body": object or text, "address", "key"}``, the last three
         optional: send this event now -> ``{"deliveries": […]}`` (queued)
  POST   S/deliveries/replay ``{"ids": […]}`` or ``{}`` for all: again, byte for byte -> ``{"replayed": n}``
  POST   S/deliveries/release ``{"order": "normal"|"reversed"|"shuffled", "seed": 1}``: send what the switch ``hooks:
         hold`` kept, one after the other, before answering -> ``{"deliveries": […]}``
  POST   S/deliveries/wait ``{"seconds": 10}`` -> ``{"idle": true}`` once nothing is waiting to be sent any more

App Store
  GET|PUT /_sandbox/shops/app ``{"url", "secret"}``: the registered app
  POST   S/install ``{"fresh_keys": false, "language": "nl", "hash": "ok"|"wrong"|"missing", "extra": {}}`` -> ``{
         "handshake": {"status", "body"}, "accepted", "install_url" (null unless accepted), "return_url", "public",
         "secret"}``; the caller then plays the browser
  POST   S/uninstall ``{"hash": "ok"}`` -> ``{"uninstall": {"status", "body"}, "accepted"}``
  GET|PUT /_sandbox/shops/clock ``{"now": "2026-03-02T09:15:00Z"}`` stops the clock of all shops, null lets it run

Assumed where the vendor's page is silent: the status and code of a wrong key, hash or date (401.10, .20, .30); codes
400.10 to 400.40 for what is malformed; a plain date in max_create_date means the whole day in UTC; unknown query
parameters and unknown body keys are refused; answers to authenticated calls are signed, errors too; limits are counted
per clock minute; ``key`` of a webhook is in GET as well.

``generator.random_source(random.Random(1))`` makes whole orders without a shop. To book all random orders one needs
VAT settings for NL 21, 9 and 0; DE 19 and 7; FR 20 and 5.5; BE 21 and 6; ICP, INTERNATIONAL and MARKETPLACE at 0.
"""

from webshop.ccvshop.sandbox import control, pages, rest

urlpatterns = [*rest.urlpatterns, *control.urlpatterns, *pages.urlpatterns]
