"""Logs: one JSON object a line, or coloured text in a terminal; request and task ids travel along."""

import logging
import re
from typing import Any

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


# Links out of an e-mail let in whoever opens them.
TOKEN = re.compile(
    r"(/account/password/choose/|/account/confirm-email/|/install/link/|/invitation/|/address/|/unsubscribe/)\S+"
)


def without_tokens(text: str) -> str:
    return TOKEN.sub(r"\1...", text)


class NoTokens(logging.Filter):
    """For Django's own loggers, which write down the address of each request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True


def logging_config(*, for_people: bool) -> dict[str, Any]:
    """Django's ``LOGGING``: everything to standard error, from us and from libraries in the same form."""
    as_text: list[Processor] = [structlog.dev.ConsoleRenderer()]
    as_json: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"no_tokens": {"()": NoTokens}},
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *(as_text if for_people else as_json),
                ],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("django", "celery", "django_structlog", "integrations", "accounting", "webshop", "dashboard")
        }
        # Each would say once more what django_structlog says of every task.
        | {name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy")}
        | {name: {"filters": ["no_tokens"]} for name in ("django.request", "django.security.csrf")},
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
