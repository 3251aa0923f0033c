"""Every setting comes from the environment; ``.env.example`` lists them with their meaning."""

import contextlib
import sys
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab

from config.logging import configure_structlog, logging_config
from config.settings_guard import DEMO_SECRETS

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
with contextlib.suppress(OSError):  # a read-only installation has its database and broker elsewhere
    DATA_DIR.mkdir(parents=True, exist_ok=True)

DEMO = env.bool("DEMO", default=False)
DEMO_EMAIL, DEMO_PASSWORD = "demo@example.com", "koffie-met-appeltaart"  # shown on the demo's own pages
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default=DEMO_SECRETS["SECRET_KEY"])
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[DEMO_SECRETS["ENCRYPTION_KEYS"]])  # newest first

PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_URL).hostname, "localhost", "127.0.0.1", "[::1]"])

# Shop and books

CCVSHOP_APP_SECRET = env.str("CCVSHOP_APP_SECRET", default=DEMO_SECRETS["CCVSHOP_APP_SECRET"])
CCVSHOP_GETS_PER_MINUTE = env.int("CCVSHOP_GETS_PER_MINUTE", default=120)  # per resource and shop; CCV stops at 150
WEBHOOK_SIGNATURES = env.str("WEBHOOK_SIGNATURES", default="auto", choices=("auto", "enforce", "observe"))
ROMPSLOMP_URL = env.str("ROMPSLOMP_URL", default="https://api.rompslomp.nl").rstrip("/")
ROMPSLOMP_CLIENT_ID = env.str("ROMPSLOMP_CLIENT_ID", default="")
ROMPSLOMP_CLIENT_SECRET = env.str("ROMPSLOMP_CLIENT_SECRET", default="")
ROMPSLOMP_INVOICE_PAGE = env.str("ROMPSLOMP_INVOICE_PAGE", default="")  # with {company} and {invoice}; empty: no link
IMUIS_URL = (
    env.str("IMUIS_URL", default="https://cloudswitch.imuisonline.com").rstrip("/").removesuffix("/ws1_api.aspx")
)
IMUIS_PARTNER_KEY = env.str("IMUIS_PARTNER_KEY", default="")
IMUIS_DOCUMENT_PAGE = env.str("IMUIS_DOCUMENT_PAGE", default="")  # with {administration}, {kind}, {number}
VIES_URL = env.str("VIES_URL", default="https://ec.europa.eu/taxation_customs/vies/rest-api").rstrip("/")
SANDBOX_URL = env.str("SANDBOX_URL", default="")  # where the demo's stand-ins are
SANDBOX_HOSTS = env.list("SANDBOX_HOSTS", default=[])  # hosts, or host:port, that may be plain http and private

CALL_DEADLINE_SECONDS = env.int("CALL_DEADLINE_SECONDS", default=30)  # one remote call, from first to last byte
SETTLE_SECONDS = env.int("SETTLE_SECONDS", default=90)  # after an unknown outcome, before the books are asked
LEASE_SECONDS = env.int("LEASE_SECONDS", default=120)  # a worker's hold on an administration, renewed before each call

# Plan and installation

TRIAL_DAYS = env.int("TRIAL_DAYS", default=None)  # unset: until the first of the next month
INSTALLATION_LINK_DAYS = env.int("INSTALLATION_LINK_DAYS", default=14)
HISTORY_PRICE = Decimal(env.str("HISTORY_PRICE", default="67.50"))  # excl. VAT, of each thousand of the past begun
PAYMENTS_PRICE = Decimal(price) if (price := env.str("PAYMENTS_PRICE", default="")) else None  # a month, excl. VAT

# Django

INSTALLED_APPS = [
    "webshop",
    "accounting",
    "integrations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_celery_beat",
    "django_htmx",
    "django_structlog",
    "csp",
    "dashboard",  # after allauth, of which it takes two lists out of the admin
]

MIDDLEWARE = [
    "config.middleware.short_way_for_webhooks",
    "config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves the further columns of an index out, which is fine there
AUTH_USER_MODEL = "integrations.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: SQLite under DATA_DIR unless told otherwise

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # Django's own defaults lock up as soon as web and worker write at the same time.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=27103364;",
    }
elif env.bool("DATABASE_POOL", default=False):
    DATABASE["OPTIONS"] = {"pool": True}
else:
    DATABASE |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# Holds the counts by which shops are throttled; several worker processes need one that they share.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith("LocMemCache"):
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)

# Signing in

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "dashboard.people.accounts.Adapter"
ACCOUNT_FORMS = {
    "signup": "dashboard.people.accounts.SignupForm",
    "reset_password_from_key": "dashboard.people.accounts.ChoosePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_DISPLAY = attrgetter("email")  # a user name is made up by allauth, and nobody knows theirs
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # without the second, allauth asks for no password at log-in either
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
MFA_FORMS = {
    "add_webauthn": "dashboard.people.accounts.AddPasskeyForm",
    "edit_webauthn": "dashboard.people.accounts.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # passkeys on http://localhost
USERSESSIONS_TRACK_ACTIVITY = False  # it would write to the database at every poll
# allauth's own limits hold: a wrong password 5 times in 5 minutes for an address and 10 a minute for a client, sign-up
# and reset 20 a minute for a client. The client is who the last proxy of ours saw, not who a visitor says to be.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if IS_HTTPS else 0)

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default=f"noreply@{urlsplit(PUBLIC_URL).hostname}")
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default="")  # gets what people write in tickets; unset: kept in the admin only

# Languages and time

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale", BASE_DIR / "config" / "locale_allauth"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# Static files

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

# Security

CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
if DEMO:  # cookies know no ports, and two demos on one machine should not log each other out
    SESSION_COOKIE_NAME = f"session-{urlsplit(PUBLIC_URL).port}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked from inside, past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS:  # the proxy in front ends TLS, and must set this header itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# A form may lead on to where an owner signs in with the books, and in a sandbox to the stand-ins.
FORM_TARGETS = [
    ROMPSLOMP_URL,
    *(f"http://{host}" if ":" in host else f"http://{host}:*" for host in SANDBOX_HOSTS),
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the QR code of an authenticator app is a data: image
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'", *FORM_TARGETS],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

# Celery: the database row is the queue of record, a message only a bell

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="file://localhost")
IS_FILE_BROKER = CELERY_BROKER_URL.startswith("file:")
if IS_FILE_BROKER:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"folder": str(DATA_DIR / "broker"), "polling_interval": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4 if IS_FILE_BROKER else 1  # with one at a time, polling would set the pace
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "config.schedule:Schedule"
CELERY_BEAT_SYNC_EVERY = 1  # writes each ring down at once: /readyz looks at it
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "webshop.tasks.sweep", "schedule": 60, "options": {"expire_seconds": 60}},
    "silence": {"task": "webshop.tasks.listen", "schedule": 3600, "options": {"expire_seconds": 3600}},
    "payments": {"task": "webshop.tasks.catch_up_payments", "schedule": crontab(hour="*/4", minute=0)},
    "invoices": {"task": "webshop.tasks.poll_invoices", "schedule": 900, "options": {"expire_seconds": 900}},
    "tickets": {"task": "dashboard.tasks.mail_messages", "schedule": 300, "options": {"expire_seconds": 300}},
    "e-mails": {"task": "dashboard.tasks.tell_people", "schedule": 900, "options": {"expire_seconds": 900}},
}

# Logs and errors

LOGGING = logging_config(for_people=sys.stderr.isatty())
configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True

SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    with contextlib.suppress(ImportError):  # pip install sentry-sdk switches it on
        import sentry_sdk

        sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, include_local_variables=False)
