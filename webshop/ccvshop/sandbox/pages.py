"""The shop's own pages: the App Store, one-click orders, and the list of orders. Plain forms, no log-in."""

from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from integrations.sandbox import Row
from webshop.ccvshop.sandbox import appstore, kinds, orders
from webshop.ccvshop.sandbox.invoices import make_invoice
from webshop.ccvshop.sandbox.reference import INVOICE_STATUS, ORDER_STATUS
from webshop.ccvshop.sandbox.shops import memory, shop_by_id

# An engine of its own: the pages must not depend on the settings of whoever serves them.
ENGINE = Engine(dirs=[str(Path(__file__).parents[3] / "templates")])
PERMISSIONS = ("Bestellingen en facturen lezen", "Webhooks beheren", "Winkelgegevens en betaalmethoden lezen")
CANCELLED = 8
SHOWN_ORDERS = 100


def page(name: str, status: int = 200, **context: Any) -> HttpResponse:
    html = ENGINE.get_template(f"sandbox/shop/{name}.html").render(Context(context))
    return HttpResponse(html, status=status)


def own_shop(shop_id: int) -> Row:
    shop = shop_by_id(shop_id)
    if shop is None:
        raise Http404
    return shop


def own_order(shop: Row, order_id: int) -> Row:
    record = orders.find_order(shop, order_id)
    if record is None:
        raise Http404
    return record


def back_to(shop: Row) -> HttpResponse:
    return HttpResponseRedirect(f"/shop/{shop['id']}/")


@require_GET
def list_shops(_request: HttpRequest) -> HttpResponse:
    return page("list", shops=list(memory["shops"].values()))


def order_line(record: Row) -> Row:
    order = record["order"]
    return {
        "id": order["id"],
        "number": order["ordernumber_full"] or "-",
        "date": order["create_date"][:10],
        "name": order["customer"]["billingaddress"]["full_name"],
        "country": order["customer"]["billingaddress"]["country_code"],
        "total": f"{orders.money(order).replace('.', ',')} {order['currency']}",
        "paid": order["paid"],
        "status": ORDER_STATUS[order["status"] - 1] if order["status"] else "",
    }


@require_GET
def show_shop(_request: HttpRequest, shop_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    recent = [order_line(memory["orders"][str(number)]) for number in reversed(shop["orders"][-SHOWN_ORDERS:])]
    invoices = [memory["invoices"][str(number)]["invoice"] for number in reversed(shop["invoices"][-SHOWN_ORDERS:])]
    names = [{"name": name, "nl": label, "en": english} for name, (label, english, _mix) in kinds.KINDS.items()]
    listed = [{**invoice, "status_name": INVOICE_STATUS[invoice["status"]]} for invoice in invoices]
    return page("shop", shop=shop, orders=recent, invoices=listed, kinds=names, permissions=PERMISSIONS)


@require_GET
def installed(_request: HttpRequest, shop_id: int) -> HttpResponse:
    """The return_url of the handshake."""
    return page("installed", shop=own_shop(shop_id))


@csrf_exempt
@require_POST
def install(request: HttpRequest, shop_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    outcome = appstore.shake_hands(shop, {"language": request.POST.get("language", "nl")})
    if outcome["accepted"]:
        return HttpResponseRedirect(outcome["install_url"])
    return page("refused", status=502, shop=shop, app=appstore.registered_app(), answer=outcome["handshake"])


@require_GET
def edit(request: HttpRequest, shop_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    if not shop["public"]:
        return back_to(shop)
    return HttpResponseRedirect(appstore.install_url(shop, request.GET.get("language", "nl")))


@csrf_exempt
@require_POST
def uninstall(_request: HttpRequest, shop_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    if shop["public"]:
        appstore.remove_app(shop, {})
    return back_to(shop)


@csrf_exempt
@require_POST
def place(request: HttpRequest, shop_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    kind = request.POST.get("kind", "")
    if kind in kinds.KINDS:
        kinds.place_kind(shop, kind)
    return back_to(shop)


@csrf_exempt
@require_POST
def pay(_request: HttpRequest, shop_id: int, order_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    orders.set_paid(shop, own_order(shop, order_id)["order"], is_paid=True)
    return back_to(shop)


@csrf_exempt
@require_POST
def cancel(_request: HttpRequest, shop_id: int, order_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    orders.set_status(shop, own_order(shop, order_id)["order"], CANCELLED)
    return back_to(shop)


@csrf_exempt
@require_POST
def invoice(request: HttpRequest, shop_id: int, order_id: int) -> HttpResponse:
    shop = own_shop(shop_id)
    make_invoice(shop, own_order(shop, order_id), {"type": request.POST.get("type", "debit")})
    return back_to(shop)


SHOP = "shop/<int:shop_id>"
urlpatterns = [
    path("shop/", list_shops, name="shop-list"),
    path(f"{SHOP}/", show_shop, name="shop-page"),
    path(f"{SHOP}/installed", installed, name="shop-installed"),
    path(f"{SHOP}/install", install, name="shop-install"),
    path(f"{SHOP}/edit", edit, name="shop-edit"),
    path(f"{SHOP}/uninstall", uninstall, name="shop-uninstall"),
    path(f"{SHOP}/orders", place, name="shop-place"),
    path(f"{SHOP}/orders/<int:order_id>/paid", pay, name="shop-pay"),
    path(f"{SHOP}/orders/<int:order_id>/cancel", cancel, name="shop-cancel"),
    path(f"{SHOP}/orders/<int:order_id>/invoice", invoice, name="shop-invoice"),
]
