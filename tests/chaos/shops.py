"""Shops of the chaos tests, linked to books of their own, and the orders that are placed in them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings

from accounting.rompslomp import oauth
from tests.king import King, link_king
from tests.linked import Linked, control, link
from webshop import webhooks
from webshop.sources import open_shop

IMPATIENT = {"hook_retries": [0.5, 1, 2, 4, 8, 8, 8]}


def row(code: str, price: str = "12.10", tax: int = 21, **more: Any) -> dict[str, Any]:
    return {"product_name": f"Product {code}", "product_number": code, "count": 1, "price": price, "tax": tax, **more}


def order_of(*rows: dict[str, Any], email: str = "jan@voorbeeld.example", **order: Any) -> dict[str, Any]:
    address = {"first_name": "Jan", "last_name": "de Vries", "street": "Proeflaan", "city": "Utrecht"}
    billing = {**address, "housenumber": 1, "zipcode": "1234 AB", "country_code": "NL"}
    customer = {"email": email, "billingaddress": billing}
    return {"order": {"customer": customer, **order}, "orderrows": list(rows), "paid": True}


def numbered(number: str) -> dict[str, Any]:
    """An order with a number of a letter and digits."""
    return order_of(row("MOK-4", "30.00"), ordernumber=int(number[1:]), ordernumber_full=number)


def open_for_business(url: str, **books: Any) -> Linked:
    """A shop whose webhooks go to the program, linked to a company of its own."""
    linked = link(url, shop=IMPATIENT, books=books)
    webhooks.register(linked.integration, open_shop(linked.integration))
    return linked


def open_king_for_business(url: str, target: str = "entry", **books: Any) -> King:
    """The same at King: ``books`` are switches of a new administration, or what the control path told of a known
    one."""
    linked = link_king(url, target, shop=IMPATIENT, books=books)
    webhooks.register(linked.integration, open_shop(linked.integration))
    return linked


def has_delivered(linked: Linked) -> bool:
    """Whether the shop has got rid of all its messages."""
    return bool(linked.control("POST", f"shops/{linked.shop['id']}/deliveries/wait", {"seconds": 40})["idle"])


def use_wrong_vat_codes(linked: Linked) -> None:
    """The settings say 21%, the code is one of 9% in the books: the ledger's total differs by more than rounding."""
    row = {"country": "NL", "rate": "21", "vat_code": str(linked.books["vat"]["NL 9"])}
    linked.configure(vat=[{**row, "revenue": str(linked.books["revenue"]["webshop"])}])


def connect_by_oauth(linked: Linked) -> None:
    """Let the program in as an owner does, so that its token has a successor."""
    client = {"client_id": settings.ROMPSLOMP_CLIENT_ID, "client_secret": settings.ROMPSLOMP_CLIENT_SECRET}
    control(linked.url, "POST", "ledger/clients", {**client, "redirect_uri": oauth.redirect_uri()})
    user = linked.books["token"]["user"]
    control(linked.url, "POST", "ledger/settings", {"auto": "allow", "auto_user": user})
    address, _state = oauth.authorization_url()
    answer = requests.get(address, allow_redirects=False, timeout=10)
    (code,) = parse_qs(urlsplit(answer.headers["Location"]).query)["code"]
    oauth.connect(linked.integration, oauth.fetch_tokens(code))
