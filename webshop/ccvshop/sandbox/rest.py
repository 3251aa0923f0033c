"""The REST API: /api/rest/v1/…, with and without a trailing slash."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import Row
from webshop.ccvshop.sandbox import invoices, listing, orders, reference, webhooks
from webshop.ccvshop.sandbox.gate import Refused, identify, refusal, sign, throttle
from webshop.ccvshop.sandbox.hashes import php_json
from webshop.ccvshop.sandbox.shops import api_url, memory


@dataclass(frozen=True)
class Call:
    """One call that passed the gate. ``ids`` are the numbers in the path, in their order."""

    shop: Row
    path: str
    ids: list[int]
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """``value`` None is an answer without a body."""

    value: Any
    status: int = 200


def missing(kind: str, number: int) -> Refused:
    return Refused(404, "404.10", f"No {kind} with id {number}.")


def order_record(call: Call) -> Row:
    record = orders.find_order(call.shop, call.ids[0])
    if record is None:
        raise missing("order", call.ids[0])
    return record


def invoice_record(call: Call) -> Row:
    record = invoices.find_invoice(call.shop, call.ids[0])
    if record is None:
        raise missing("invoice", call.ids[0])
    return record


def one_row(call: Call, table: str, parents: str) -> Row:
    entry = memory[table].get(str(call.ids[0]))
    if entry is None or entry["shop"] != call.shop["id"]:
        raise missing(table, call.ids[0])
    rows: list[Row] = memory[parents][str(entry["parent"])]["rows"]
    return next(row for row in rows if row["id"] == call.ids[0])


def own_hook(call: Call) -> Row:
    if call.ids[0] not in call.shop["webhooks"]:
        raise missing("webhook", call.ids[0])
    return memory["webhooks"][str(call.ids[0])]


def shown_hook(call: Call, hook: Row) -> Row:
    hidden = call.shop["hides_webhook_keys"]
    return {name: value for name, value in hook.items() if name != "key"} if hidden else hook


def paged(call: Call, resource: str, items: list[Row]) -> Answer:
    return Answer(listing.page(call.shop, resource, call.path, call.query, items))


def small(call: Call, items: list[Row]) -> Answer:
    return Answer(listing.small(call.shop, call.path, call.query, items))


def list_orders(call: Call) -> Answer:
    return paged(call, "orders", [memory["orders"][str(number)]["order"] for number in call.shop["orders"]])


def list_invoices(call: Call) -> Answer:
    return paged(call, "invoices", [memory["invoices"][str(number)]["invoice"] for number in call.shop["invoices"]])


def post_webhook(call: Call) -> Answer:
    hook = webhooks.add_webhook(call.shop, webhooks.parse_object(call.body))
    status = call.shop["post_answer"]
    return Answer(None if status == 204 else hook, status)


def patch_webhook(call: Call) -> Answer:
    webhooks.change_webhook(own_hook(call), webhooks.parse_object(call.body))
    return Answer(None, 204)


def delete_webhook(call: Call) -> Answer:
    webhooks.remove_webhook(call.shop, own_hook(call))
    return Answer(None, 204)


def patch_invoice(call: Call) -> Answer:
    record = invoice_record(call)
    invoices.change_invoice(call.shop, record["invoice"], webhooks.parse_object(call.body))
    return Answer(None, 204)


def one_app(call: Call) -> Row:
    for app in reference.apps(call.shop):
        if app["id"] == call.ids[0]:
            return app
    raise missing("app", call.ids[0])


def patch_app(call: Call) -> Answer:
    asked = webhooks.parse_object(call.body)
    if one_app(call)["id"] != call.shop["app_id"]:
        raise Refused(500, "500.70", "This app belongs to somebody else.")
    if set(asked) != {"is_installed"} or not isinstance(asked["is_installed"], bool):
        raise Refused(400, "400.10", "Only is_installed can be changed; it is true or false.")
    call.shop["is_installed"] = asked["is_installed"]
    return Answer(None, 204)


def own_webshop(call: Call) -> Row:
    if call.ids[0] != call.shop["id"]:
        raise missing("webshop", call.ids[0])
    return reference.webshop(call.shop)


def of_webshop(give: Callable[[Row], Any]) -> Callable[[Call], Answer]:
    """A child of a webshop: one object, or a small collection."""

    def answer(call: Call) -> Answer:
        own_webshop(call)
        found = give(call.shop)
        return small(call, found) if isinstance(found, list) else Answer(found)

    return answer


def root(call: Call) -> Answer:
    names = sorted(shape[0] for shape in ROUTES if len(shape) == 1 and shape[0] not in call.shop.get("hides", ()))
    items = [
        {"href": api_url(call.shop, name, slash=True), "title": name, "description": "", "uri": f"/api/rest/v1/{name}/"}
        for name in names
    ]
    return small(call, items)


def empty_list(call: Call) -> Answer:
    order_record(call)
    return small(call, [])


Handler = Callable[[Call], Answer]

# Path (a number is written #) -> method -> what answers it.
ROUTES: dict[tuple[str, ...], dict[str, Handler]] = {
    (): {"GET": root},
    ("orders",): {"GET": list_orders},
    ("orders", "#"): {"GET": lambda call: Answer(order_record(call)["order"])},
    ("orders", "#", "orderrows"): {"GET": lambda call: paged(call, "orderrows", order_record(call)["rows"])},
    ("orders", "#", "ordernotes"): {"GET": empty_list},
    ("orders", "#", "ordermessages"): {"GET": empty_list},
    ("orders", "#", "ordernotifications"): {"GET": empty_list},
    ("orders", "#", "orderlabels"): {"GET": empty_list},
    ("orders", "#", "invoices"): {},
    ("orderrows", "#"): {"GET": lambda call: Answer(one_row(call, "rows", "orders"))},
    ("invoices",): {"GET": list_invoices},
    ("invoices", "#"): {"GET": lambda call: Answer(invoice_record(call)["invoice"]), "PATCH": patch_invoice},
    ("invoices", "#", "invoicerows"): {"GET": lambda call: paged(call, "invoicerows", invoice_record(call)["rows"])},
    ("invoicerows", "#"): {"GET": lambda call: Answer(one_row(call, "invoicerows", "invoices"))},
    ("paymethods",): {"GET": lambda call: small(call, reference.paymethods(call.shop))},
    ("webshops",): {"GET": lambda call: small(call, [reference.webshop(call.shop)])},
    ("webshops", "#"): {"GET": lambda call: Answer(own_webshop(call))},
    ("webshops", "#", "merchant"): {"GET": of_webshop(reference.merchant)},
    ("webshops", "#", "settings"): {"GET": of_webshop(reference.settings)},
    ("webshops", "#", "domains"): {"GET": of_webshop(reference.domains)},
    ("webshops", "#", "geozonecountries"): {"GET": of_webshop(reference.geozonecountries)},
    ("merchant",): {"GET": lambda call: Answer(reference.merchant(call.shop))},
    ("webhooks",): {
        "GET": lambda call: paged(call, "webhooks", [shown_hook(call, hook) for hook in webhooks.hooks_of(call.shop)]),
        "POST": post_webhook,
    },
    ("webhooks", "#"): {
        "GET": lambda call: Answer(shown_hook(call, own_hook(call))),
        "PATCH": patch_webhook,
        "DELETE": delete_webhook,
    },
    ("apps",): {"GET": lambda call: small(call, reference.apps(call.shop))},
    ("apps", "#"): {"GET": lambda call: Answer(one_app(call)), "PATCH": patch_app},
}
# What the shop has and the stand-in does not: an accounting app must not need it (several of these mail the customer).
NOT_PLAYED: dict[tuple[str, ...], set[str]] = {
    ("orders",): {"POST"},
    ("orders", "#"): {"PATCH"},
    ("orders", "#", "orderrows"): {"PUT", "POST"},
    ("orders", "#", "ordernotes"): {"POST"},
    ("orders", "#", "ordermessages"): {"POST"},
    ("orders", "#", "ordernotifications"): {"POST"},
    ("orders", "#", "orderlabels"): {"PUT"},
    ("orders", "#", "invoices"): {"POST"},
    ("webshops", "#", "settings"): {"PUT"},
}
NOT_PLAYED_RESOURCES = (
    *("returns", "returnrows", "users", "usergroups", "discountcoupons", "products", "categories", "credentials"),
    *("status", "terminalreceipts", "fiscaltransactionsignatures", "cashups", "invoicelabels", "productqueries"),
    *("invoicenotifications", "orderrowattributevalues", "orderaffiliatenetworks"),
)
READ_ONLY = ("paymethods", "merchant", "domains", "geozonecountries", "webshops", "invoicerows", "invoices")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def find_handler(shape: tuple[str, ...], method: str) -> Handler:
    routes = ROUTES.get(shape)
    names = {name for known in ROUTES for name in known[:1]}
    if routes is None:
        if any(part in NOT_PLAYED_RESOURCES for part in shape):
            raise Refused(501, "501.20", "This resource is not implemented.")
        code = "404.10" if shape[0] in names else "404.20"
        raise Refused(404, code, f"Unknown resource: {'/'.join(shape)}.")
    if method in routes:
        return routes[method]
    if method in NOT_PLAYED.get(shape, ()):
        raise Refused(501, "501.10", "This method is not implemented.")
    if shape and shape[-1] in READ_ONLY and method in METHODS and set(routes) == {"GET"}:
        raise Refused(501, "501.30", "This resource is read-only.")
    raise Refused(405, "405.10", f"Method not allowed: {method}.", allow=", ".join(routes))


def answer(request: HttpRequest, shop: Row) -> HttpResponse:
    inner = request.path.removeprefix("/api/rest/v1").removeprefix("/").removesuffix("/")
    parts = inner.split("/") if inner else []
    shape = tuple("#" if part.isdigit() else part for part in parts)
    method = request.method or ""
    resource = [part for part in shape if part != "#"]
    throttle(shop, method, resource[-1] if resource else "")
    handler = find_handler(shape, method)
    ids = [int(part) for part in parts if part.isdigit()]
    path = "/".join(("/api/rest/v1", *parts, ""))
    query = listing.read_query(request.META.get("QUERY_STRING", ""))
    with memory.lock:
        found = handler(Call(shop, path, ids, query, request.body))
        content = b"" if found.value is None else php_json(found.value)
    return HttpResponse(content, status=found.status, content_type="application/json")


@csrf_exempt
def api(request: HttpRequest) -> HttpResponse:
    try:
        shop = identify(request)
    except Refused as refused:
        return refusal(refused)
    secret = shop["secret"]
    try:
        response = answer(request, shop)
    except Refused as refused:
        response = refusal(refused)
    return sign(request, shop, secret, response)


urlpatterns = [re_path(r"^api/rest/v1(?:/.*)?$", api)]
