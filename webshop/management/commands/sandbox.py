"""``manage.py sandbox``: the stand-ins of all outside systems, on one port."""

import logging
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.management.base import BaseCommand
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from integrations.sandbox import FaultMiddleware, Memory
from webshop.ccvshop.sandbox import appstore, deliveries

STAND_INS = (
    "integrations.sandbox",
    "integrations.vies_sandbox",
    "webshop.ccvshop.sandbox",
    "accounting.rompslomp.sandbox",
    "accounting.imuis.sandbox",
)


def plain(status: int) -> Any:
    """An error page of its own: those of the product know its menus and its static files."""
    return lambda _request, *_exception, **_more: HttpResponse(f"{status}\n", status=status, content_type="text/plain")


def urls() -> ModuleType:
    """A URL configuration of all stand-ins together."""
    together = ModuleType("sandbox_urls")
    for status in (400, 403, 404, 500):
        setattr(together, f"handler{status}", plain(status))
    together.urlpatterns = [  # type: ignore[attr-defined]
        pattern for name in STAND_INS for pattern in import_module(name).urlpatterns
    ]
    return together


class SandboxHandler(WSGIHandler):
    """Django without the site: the stand-ins' URLs, no middleware but the faults on demand."""

    _view_middleware: list[Any] = []
    _template_response_middleware: list[Any] = []
    _exception_middleware: list[Any] = []

    def load_middleware(self, is_async: bool = False) -> None:
        urlconf = urls()

        def answer(request: HttpRequest) -> HttpResponseBase:
            request.urlconf = urlconf  # type: ignore[assignment]
            response: HttpResponseBase = self._get_response(request)  # type: ignore[attr-defined]
            if isinstance(response, HttpResponse):
                response["Content-Length"] = str(len(response.content))
            return response

        faults = FaultMiddleware(convert_exception_to_response(answer))  # type: ignore[arg-type]
        self._middleware_chain = convert_exception_to_response(faults)


class Server(BaseApplication):  # type: ignore[misc]
    """One gunicorn process. What the stand-ins remember lives in that process, so there is never a second."""

    def __init__(self, options: dict[str, Any], state: Path | None) -> None:
        self.options = options
        self.state = state
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> SandboxHandler:
        handler = SandboxHandler()  # which imports the stand-ins, and with them their memories
        if self.state:
            for memory in Memory.registered:
                memory.save_to(self.state)
            deliveries.resume()
        return handler

    def write_down(self, _arbiter: Any, _worker: Any) -> None:
        if self.state:
            for memory in Memory.registered:
                memory.write(self.state)


class Command(BaseCommand):
    help = "Serve the stand-ins of the webshop, the books and VIES on one port."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
        parser.add_argument("--state", type=Path, help="folder that keeps what the stand-ins remember")
        parser.add_argument("--app-url", default=settings.PUBLIC_URL, help="where the app is reached")
        parser.add_argument("--app-secret", default=settings.CCVSHOP_APP_SECRET, help="its secret in the App Store")

    def handle(self, *_args: Any, **options: Any) -> None:
        logging.getLogger("django.request").setLevel(logging.ERROR)  # a refused call is no news here
        appstore.default_app.update(url=options["app_url"].rstrip("/"), secret=options["app_secret"])
        if options["state"]:
            options["state"].mkdir(parents=True, exist_ok=True)
        server = Server(self.gunicorn_options(options["host"], options["port"]), options["state"])
        server.cfg.set("worker_exit", server.write_down)
        server.run()

    def gunicorn_options(self, host: str, port: int) -> dict[str, Any]:
        return {
            "bind": f"{host}:{port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 16,
            "keepalive": 75,
            "timeout": 0,  # a planned time-out may be longer than any limit here
            "graceful_timeout": 1,
            "loglevel": "error",
            "control_socket_disable": True,
            "when_ready": self.say_where,
            "proc_name": "sandbox",
        }

    def say_where(self, arbiter: Any) -> None:
        host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
        self.stdout.write(f"sandbox on http://{host}:{port}")
        self.stdout.flush()
