"""Speaks HTTP to a CCV Shop: JSON in, JSON with exact decimals out (https://demo.ccvshop.nl/API/Docs/).

What can go wrong is one of ``integrations.failures``: ``Temporary``, ``Unknown`` (a write whose answer did not come),
``Refused``, ``Gone`` and ``ConnectionLost``.
"""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext as _

from integrations import http
from integrations.failures import Gone, Refused, Temporary, Unknown
from integrations.problems import Problem

from . import signature, throttle
from .failing import failure, unanswered

API = "/api/rest/v1"
PAGE = 100
MOST_PAGES = 1000
DROPPED_WITHIN = 1.0  # seconds; a kept-alive connection that the shop has closed shows itself at once

Json = dict[str, Any]


class Shop:
    """One shop, reached with one pair of keys. ``record`` is told of every call."""

    def __init__(self, api_root: str, public: str, secret: str, record: http.Recorder | None = None) -> None:
        self.api_root = api_root.rstrip("/")
        self.public = public
        self.secret = secret
        self.record = record

    def order(self, order_id: int | str) -> Json:
        return self._object(f"/orders/{int(order_id)}")

    def order_rows(self, order_id: int | str) -> Json:
        """All rows of an order, in one collection of the shop's own form."""
        return self._whole(f"/orders/{int(order_id)}/orderrows/")

    def invoice(self, invoice_id: int | str) -> Json:
        return self._object(f"/invoices/{int(invoice_id)}")

    def invoice_rows(self, invoice_id: int | str) -> Json:
        return self._whole(f"/invoices/{int(invoice_id)}/invoicerows/")

    def invoices_since(self, day: date) -> Iterator[Json]:
        """The invoices that were made on this day (in UTC) or later, oldest first."""
        return self.pages("/invoices/", {"min_create_date": day.isoformat(), "orderby": "create_date"})

    def newest(self, collection: str) -> Json | None:
        """The order (of ``orders``) or invoice (of ``invoices``) that was made last."""
        page = self._object(f"/{collection}/", {"orderby": "create_date_desc", "start": 0, "size": 1})
        return next(iter(self._items(page)), None)

    def found(self, collection: str, filters: Mapping[str, str | int]) -> list[Json]:
        """The orders (of ``orders``) or invoices (of ``invoices``) that pass the shop's filters; at most a page."""
        return self.page(collection, filters, 0)[0]

    def page(self, collection: str, filters: Mapping[str, str | int], start: int) -> tuple[list[Json], bool]:
        """A page of the orders or invoices that pass the shop's filters, and whether there is a next one."""
        found = self._object(f"/{collection}/", {**filters, "start": start, "size": PAGE})
        return self._items(found), bool(found.get("next"))

    def resources(self) -> set[str]:
        """The names of the collections that these keys may use."""
        found = self._items(self._object("/"))
        return {str(one.get("uri") or one.get("href")).rstrip("/").rpartition("/")[2] for one in found}

    def webshop(self) -> Json:
        """The webshop of these keys; the first one where there are several, as the vendor's own apps read it."""
        found = self._items(self._object("/webshops"))
        if not found:
            raise Refused(Problem("shop_refused", words=_("The shop names no webshop for this key.")))
        return found[0]

    def merchant(self, webshop_id: int | str) -> Json:
        """The merchant behind a webshop; ``country_code`` is the home country."""
        return self._object(f"/webshops/{int(webshop_id)}/merchant")

    def payment_methods(self) -> list[Json]:
        """The payment methods that are switched on; orders name them by ``combined_name``."""
        return self._items(self._object("/paymethods"))

    def zone_countries(self, webshop_id: int | str) -> list[Json]:
        """The countries that the shop delivers to, each with the VAT ``tariffs`` it charges there."""
        return self._items(self._object(f"/webshops/{int(webshop_id)}/geozonecountries"))

    def webhooks(self) -> list[Json]:
        return list(self.pages("/webhooks/"))

    def create_webhook(self, event: str, address: str) -> Json:
        """Register an address for an event. The shop may have done so without telling its id: then it is read back."""
        try:
            made = self.post("/webhooks/", {"event": event, "address": address, "is_active": True})
        except Unknown:
            made = None
        if isinstance(made, dict) and made.get("id"):
            return made
        for webhook in self.webhooks():
            if webhook.get("address") == address:
                return webhook
        raise Temporary("shop_no_answer")

    def activate_webhook(self, webhook_id: int | str) -> None:
        self.patch(f"/webhooks/{int(webhook_id)}", {"is_active": True})

    def delete_webhook(self, webhook_id: int | str) -> None:
        """Delete a webhook; one that is gone already counts as deleted."""
        try:
            self.delete(f"/webhooks/{int(webhook_id)}")
        except Gone:
            return

    def apps(self) -> list[Json]:
        return self._items(self._object("/apps"))

    def mark_installed(self) -> None:
        """Tell the shop that the installation is complete. The shop must name exactly one app for these keys."""
        found = self.apps()
        if len(found) != 1:
            words = _("The shop names %(count)d apps for this key instead of one.") % {"count": len(found)}
            raise Refused(Problem("shop_refused", words=words))
        if not found[0].get("is_installed"):  # a value that does not change may be refused (500.50)
            self.patch(f"/apps/{int(found[0]['id'])}", {"is_installed": True})

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        return self._call("GET", self._target(path, params))

    def pages(self, path: str, params: Mapping[str, str | int] | None = None) -> Iterator[Json]:
        """The items of a collection, page after page. A next page is asked for at our own address of the shop."""
        target = self._target(path, {**(params or {}), "start": 0, "size": PAGE})
        seen = {target}
        while True:
            page = self._call("GET", target)
            yield from self._items(page)
            if not page.get("next"):
                return
            target = self._following(page["next"])
            if target in seen or len(seen) >= MOST_PAGES:
                raise Temporary("shop_no_sense")
            seen.add(target)

    def post(self, path: str, body: Json) -> Any:
        return self._call("POST", self._target(path), body)

    def patch(self, path: str, body: Json) -> Any:
        return self._call("PATCH", self._target(path), body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", self._target(path))

    def _object(self, path: str, params: Mapping[str, str | int] | None = None) -> Json:
        found = self.get(path, params)
        if not isinstance(found, dict):
            raise Temporary("shop_no_sense")
        return found

    def _whole(self, path: str) -> Json:
        return {"next": None, "items": list(self.pages(path))}

    def _items(self, page: Any) -> list[Json]:
        items = page.get("items") if isinstance(page, dict) else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Temporary("shop_no_sense")
        return items

    def _target(self, path: str, params: Mapping[str, str | int] | None = None) -> str:
        """Path and query exactly as they go over the wire: they are part of the signature."""
        return self._prepared(API + path, params)

    def _following(self, link: Any) -> str:
        """The target of a ``next`` link. Only its path and query count: whatever host it names (a shop may have
        several), the next page is asked for at our own address."""
        parts = urlsplit(str(link))
        if not parts.path.startswith(API + "/"):
            raise Temporary("shop_no_sense")
        return self._prepared(f"{parts.path}?{parts.query}", None)

    def _prepared(self, target: str, params: Mapping[str, str | int] | None) -> str:
        request = requests.PreparedRequest()
        request.prepare_url(self.api_root + target, dict(params or {}))
        return request.path_url

    def _call(self, method: str, target: str, body: Json | None = None) -> Any:
        data = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = self._sent(method, target, data)
        if not 200 <= answer.status < 300:
            raise failure(method, answer)
        return self._believed(method, target, answer)

    def _sent(self, method: str, target: str, data: bytes | None) -> http.Answer:
        """Send once; a GET once more when the connection that was kept alive turns out to be closed."""
        started = time.monotonic()
        try:
            return self._send(method, target, data)
        except http.NoAnswer as error:
            if method != "GET" or time.monotonic() - started > DROPPED_WITHIN:
                raise unanswered(method) from error
        try:
            return self._send(method, target, data)
        except http.NoAnswer as error:
            raise unanswered(method) from error

    def _send(self, method: str, target: str, data: bytes | None) -> http.Answer:
        if method == "GET":
            throttle.count(self.public, target)
        date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {
            "x-public": self.public,
            "x-date": date,
            "x-hash": signature.sign(self.secret, self.public, method, target, data or b"", date),
            "Accept": "application/json",
        }
        if data is not None:
            headers["Content-Type"] = "application/json"
        url = self.api_root + target
        try:
            return http.send(method, url, headers=headers, body=data, record=self.record, public_only=True)
        except http.NotSent as error:
            raise Temporary("shop_unreachable") from error

    def _believed(self, method: str, target: str, answer: http.Answer) -> Any:
        """The JSON of a success. Shops sign what they answer; a body with a wrong signature, or with none, came from
        somebody in between and is not believed. There is nothing to believe of an answer without a body."""
        if not answer.body:
            if method == "GET":
                raise Temporary("shop_no_sense")
            return None
        given, date = answer.headers.get("x-hash", ""), answer.headers.get("x-date", "")
        if not signature.is_valid(self.secret, given, self.public, method, target, answer.body, date):
            raise unanswered(method, "shop_signature")
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise unanswered(method, "shop_no_sense") from error
